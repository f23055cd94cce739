"""Waivers as the fold holds them: by the record alone, years later too (field rule 26)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bringup.model import event as ev
from bringup.model.fold import Fold, fold_events
from bringup.model.state import RunState
from bringup.model.verdict import Verdict
from bringup.model.waiver import still_covers
from tests.model.test_state import PLANNED, all_ended, ended, judged, number, plan, started

ROW = PLANNED[1]
STAGE, STEP, PORT = ROW
LANE = f"{PORT}#lane-2"
COVERED = ev.Covered(LANE, "rx_power_dbm", ">= -5.9", -6.3, "lower")
DEPENDS = {f"optic_serial@{PORT}": "M1", "os_version@leaf-1": "4.1"}
WAIVED = ev.Waived(
    stage=STAGE, step=STEP, subject=PORT, by="ann", why="spare ordered", until="2026-07-31",
    covers=(COVERED,), depends=DEPENDS,
)  # fmt: skip


def attempt(number: int, value: float, at: str = "2026-07-02T08:00:00Z", **depends: str) -> list[Any]:
    verdict = Verdict.FAIL if value < -5.9 else Verdict.PASS
    return [
        started(*ROW, attempt=number),
        judged(LANE, verdict, value, attempt=number),
        ended(*ROW, verdict=verdict, attempt=number, at=at, depends={**DEPENDS, **depends}),
    ]


def again(*events: Any, retest: bool = True) -> list[Any]:
    gone = ev.Superseded(stage=STAGE, step=STEP, subject=PORT, why="a retest", retest=retest)
    return [plan(), *all_ended()[:1], *all_ended()[2:], *attempt(1, -6.3), WAIVED, gone, *events]


def state_of(events: list[Any]) -> RunState:
    return fold_events(number(events))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-6.3, Verdict.WAIVED), (-6.0, Verdict.WAIVED), (-6.31, Verdict.FAIL), (-2.0, Verdict.PASS)],
)
def test_field_26_a_retest_is_covered_by_a_value_that_is_no_worse(value: float, expected: Verdict) -> None:
    state = state_of(again(*attempt(2, value)))
    assert state.verdict is expected
    assert (state.step(*ROW).waiver is not None) is (expected is Verdict.WAIVED)  # type: ignore[union-attr]


def test_field_26_another_lane_is_not_covered() -> None:
    other = judged(f"{PORT}#lane-3", Verdict.FAIL, -6.1, attempt=2)
    events = attempt(2, -6.3)
    assert state_of(again(*events[:2], other, events[2])).verdict is Verdict.FAIL


def test_field_26_another_limit_is_not_covered() -> None:
    other = judged(LANE, Verdict.FAIL, -6.3, limit=">= -5.0", attempt=2)
    start, _, end = attempt(2, -6.3)
    assert state_of(again(start, other, end)).verdict is Verdict.FAIL


def test_field_26_a_verdict_without_a_value_is_not_covered() -> None:
    lost = [started(*ROW, attempt=2), ended(*ROW, verdict=Verdict.UNKNOWN, attempt=2, reason="timeout")]
    assert state_of(again(*lost)).verdict is Verdict.UNKNOWN


def test_field_26_another_part_is_not_covered_and_another_firmware_is() -> None:
    assert state_of(again(*attempt(2, -6.3, **{f"optic_serial@{PORT}": "M9"}))).verdict is Verdict.FAIL
    assert state_of(again(*attempt(2, -6.3, **{"os_version@leaf-1": "4.2"}))).verdict is Verdict.WAIVED
    assert state_of(again(*attempt(2, -6.3), retest=True)).verdict is Verdict.WAIVED
    assert state_of(again(*attempt(2, -6.3), retest=False)).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-07-31", Verdict.WAIVED), ("2026-08-01", Verdict.FAIL), ("", Verdict.WAIVED)]
)
def test_field_26_the_end_date_is_held_against_the_events_own_time(day: str, expected: Verdict) -> None:
    later = ev.StageEnded(stage=STAGE, verdict=Verdict.WAIVED, at=f"{day}T00:00:01Z" if day else "")
    bad = [plan(), *all_ended()[:1], *all_ended()[2:], *attempt(1, -6.3), WAIVED]
    assert state_of([*bad, later]).verdict is expected


def test_a_closed_run_stays_what_it_was_closed_as() -> None:
    bad = [plan(), *all_ended()[:1], *all_ended()[2:], *attempt(1, -6.3), WAIVED]
    close = ev.RunClosed(verdict=Verdict.WAIVED, exit_code=5, at="2026-07-31T23:00:00Z")
    signed = ev.Signed(
        role="buyer", by="bo", signed_text="t", signature="s", signer="k", at="2027-01-01T00:00:00Z"
    )
    assert state_of([*bad, close, signed]).exit_code == 5
    opened = ev.StepStarted(
        stage="links", step="state", subject=PLANNED[2][2], attempt=2, does="link.state",
        at="2027-01-02T00:00:00Z",
    )  # fmt: skip
    assert state_of([*bad, close, opened, ended(*PLANNED[2], attempt=2)]).verdict is Verdict.FAIL


def test_folding_in_two_parts_keeps_what_a_retest_may_be_covered_by() -> None:
    events = number(again(*attempt(2, -6.2)))
    for cut in range(len(events)):
        folded = Fold(fold_events(events[:cut]))
        for event in events[cut:]:
            folded.add(event)
        assert folded.state.verdict is Verdict.WAIVED


@pytest.mark.parametrize(
    ("then", "now", "worse", "holds"),
    [
        (5, 5, "higher", True),
        (5, 6, "higher", False),
        (5, 4, "higher", True),
        ("rs528", "rs528", "", True),
        ("rs528", "none", "", False),
        (True, True, "", True),
        (1, True, "", False),
        (5, 4, "", False),
    ],
)
def test_worse_is_the_way_that_misses_the_limit(then: Any, now: Any, worse: str, holds: bool) -> None:
    covers = (msgspec.structs.replace(COVERED, value=then, worse=worse),)
    waiver = msgspec.structs.replace(WAIVED, covers=covers)
    bad = judged(LANE, Verdict.FAIL, now)
    assert still_covers(waiver, [bad], DEPENDS) is holds
