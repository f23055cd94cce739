"""Two runs: what is worse, what moved, what can't be compared, and what else was different."""

from __future__ import annotations

from typing import Any

import msgspec

from bringup.model.state import RunState
from bringup.model.verdict import Verdict
from bringup.view.comparison import Comparison, Kind, compare
from tests.diagnosis.record import C1, Record, healthy, light
from tests.tui.scenes import dirty, good, scene

LANE = f"{C1[0]}#lane-2"


def state(record: Record) -> RunState:
    return scene(record).state


def lit(*received: Any) -> Record:
    """One port of which that was received."""
    record = Record()
    record.step("optics", "levels", C1[0], light(C1[0], rx=received))
    return record


def told(found: Comparison) -> list[tuple[str, str, str, str]]:
    return [(each.kind.value, each.subject, each.quantity, each.change) for each in found.differences]


def test_what_is_worse_stands_first_with_both_readings() -> None:
    found = compare(state(good()), state(dirty()))
    first = found.differences[0]
    assert (first.kind, first.subject, first.quantity) == (Kind.WORSE, LANE, "rx_power_dbm")
    assert (first.a.value, first.b.value, first.change) == (-1.5, -6.3, "-4.8 dB")
    assert (first.a.verdict, first.b.verdict) == (Verdict.PASS, Verdict.FAIL)


def test_the_other_way_round_it_is_better() -> None:
    found = compare(state(dirty()), state(good()))
    assert found.differences[0].kind is Kind.BETTER
    assert not found.of(Kind.WORSE)


def test_what_one_of_them_does_not_know_is_not_comparable_and_neither_better_nor_worse() -> None:
    unknown = Record()
    unknown.broken("optics", "levels", C1[0], "timeout", "no reply", "leaf-1")
    for a, b in ((unknown, lit(-1.4, -1.5)), (lit(-1.4, -1.5), unknown)):
        (each,) = compare(state(a), state(b)).differences
        assert (each.kind, each.change) == (Kind.NOT_COMPARABLE, "not comparable")
    found = compare(state(unknown), state(unknown))
    assert (found.differences, found.same, found.unknown) == ((), 0, 1)


def test_what_only_one_of_them_planned_is_not_comparable() -> None:
    found = compare(state(Record()), state(lit(-1.4)))
    assert [(each.kind, each.a.reason) for each in found.differences] == [
        (Kind.NOT_COMPARABLE, "not planned")
    ]


def test_a_number_that_moved_is_told_though_its_verdict_stayed() -> None:
    found = compare(state(lit(-1.4, -1.5)), state(lit(-1.5, -3.6)))
    assert told(found) == [("number", LANE, "rx_power_dbm", "-2.1 dB")]


def test_noise_is_no_difference() -> None:
    found = compare(state(lit(-1.4, -1.5)), state(lit(-1.9, -1.0)))
    assert (found.differences, found.same) == ((), 1)


def test_a_share_is_told_of_what_has_no_logarithm() -> None:
    def speed(value: float) -> Record:
        record = Record()
        record.step("links", "state", C1[0], [(C1[0], "speed_gbps", value)])
        return record

    (each,) = compare(state(speed(400)), state(speed(200))).differences
    assert (each.kind, each.change) == (Kind.WORSE, "-50 %")


def test_what_is_no_number_any_more_has_no_change_in_numbers() -> None:
    from bringup.model.measurement import DARK

    (each,) = compare(state(lit(-1.4, -1.5)), state(lit(-1.4, DARK))).differences
    assert each.kind is Kind.WORSE
    assert each.b.value is None
    assert "dB" not in each.change


def test_releases_and_parts_and_the_plan_may_explain_it() -> None:
    def release(version: str, serial: str) -> Record:
        record = Record()
        told = [
            ("leaf-1", "os_version", version),
            ("leaf-1", "serial", serial),
            ("leaf-1", "boot_id", serial),
        ]
        record.step("management", "identity", "leaf-1", told)
        return record

    a, b = state(release("202411.1", "S1")), state(release("202411.2", "S2"))
    assert a.run is not None
    b = msgspec.structs.replace(
        b,
        plan_files={"playbook.json": "1", "written.x": "1"},
        run=msgspec.structs.replace(a.run, program="1"),
    )
    a = msgspec.structs.replace(a, plan_files={"playbook.json": "2", "written.x": "2"})
    found = compare(a, b)
    names = [each.what for each in found.confounders]
    assert names == ["plan: playbook.json", "run: program", "leaf-1 os_version", "leaf-1 serial"]
    assert found.software_differs
    assert not found.same_plan


def test_a_run_is_like_itself() -> None:
    both = Record()
    healthy(both)
    found = compare(state(both), state(both))
    assert (found.differences, found.confounders, found.unknown) == ((), (), 0)
    assert found.same == len(state(both).steps)
    assert found.same_plan and not found.software_differs


def test_empty_records_have_nothing_in_common() -> None:
    found = compare(RunState.empty(), RunState.empty())
    assert (found.same, found.differences) == (0, ())
    assert found.a.verdict is Verdict.UNKNOWN
