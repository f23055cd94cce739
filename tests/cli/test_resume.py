"""`bringup resume`: which rows are meant, and what is refused before anything is opened."""

from __future__ import annotations

import pytest

from bringup.cli._resume import retest_rows
from bringup.model.errors import InputError
from bringup.model.event import PlanFixed
from bringup.model.fold import fold_events
from tests.cli.rack import Desk

ROWS = (
    ("optics", "levels", "leaf-1/Ethernet0"),
    ("optics", "levels", "leaf-2/Ethernet1/1"),
    ("optics", "presence", "leaf-1/Ethernet0"),
    ("links", "levels", "a/1<->b/2"),
)
STATE = fold_events([PlanFixed(seq=0, files={}, planned=ROWS)])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((), ()),
        (("optics",), ROWS[:3]),
        (("optics/levels",), ROWS[:2]),
        (("optics/levels@leaf-2/Ethernet1/1",), ROWS[1:2]),
        (("links/levels@a/1<->b/2", "optics/presence"), (ROWS[3], ROWS[2])),
        (("presence",), ROWS[2:3]),
        (("presence@leaf-1/Ethernet0",), ROWS[2:3]),
    ],
)
def test_a_retest_means_a_stage_a_step_or_one_subject(
    asked: tuple[str, ...], expected: tuple[tuple[str, str, str], ...]
) -> None:
    assert retest_rows(STATE, asked) == expected


@pytest.mark.parametrize("text", ["", "optic", "optics/level", "optics/levels@leaf-9", "@leaf-1"])
def test_what_the_plan_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="has no"):
        retest_rows(STATE, (text,))


def test_a_step_of_two_stages_does_not_stand_alone() -> None:
    with pytest.raises(InputError, match="several stages") as refused:
        retest_rows(STATE, ("levels",))
    assert "optics/levels, links/levels" in (refused.value.advice or "")


def test_no_such_run_or_a_prefix_of_two_is_exit_2(desk: Desk) -> None:
    for name in ("20260101-000000-aaaa", "20260101-000000-aaab"):
        (desk.runs / name / "journal").mkdir(parents=True)
    said = desk.do("resume", "20991231", "--runs", str(desk.runs))
    assert said.code == 2 and "no run" in said.err
    said = desk.do("resume", "20260101", "--runs", str(desk.runs))
    assert said.code == 2 and "2 runs" in said.err


def test_a_folder_without_a_plan_is_exit_2(desk: Desk) -> None:
    run = desk.runs / "20260101-000000-aaaa"
    (run / "journal").mkdir(parents=True)
    said = desk.do("resume", str(run), "--headless")
    assert said.code == 2 and "Traceback" not in said.err
    assert sorted(path.name for path in run.iterdir()) == ["journal"]
