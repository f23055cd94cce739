"""The ladder of loopbacks names the bad segment, and leaves no loopback behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bringup.model.state import RunState
from tests.action.cases_loopback import FIBRE, LADDER, NAMED, NOBODY, SEGMENTS, TABLES
from tests.check.trial import Case, Table, case, run_cases

ALONE = [(table, one) for table in TABLES for one in table.cases]


@pytest.mark.parametrize(("table", "one"), ALONE, ids=[one.name for _, one in ALONE])
async def test_every_case_of_a_ladder_ends_as_it_must(table: Table, one: Case, tmp_path: Path) -> None:
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    assert ran.ended == {one.name: one.expected}
    left = {each.what for each in ran.state.altered}
    assert bool(left) is (one.name == "it does not let go")


def named(state: RunState) -> object:
    (step,) = state.steps.values()
    (told,) = [each for each in step.measurements if each.quantity == "bad_segment"]
    return told.value


@pytest.mark.parametrize("one", NAMED, ids=[one.name for one in NAMED])
async def test_the_bad_segment_is_named(one: Case, tmp_path: Path) -> None:
    ran = await run_cases(tmp_path, msgspec.structs.replace(LADDER, cases=(one,)))
    assert named(ran.state) == one.expected


async def test_segments_that_no_loopback_tells_apart_are_named_together(tmp_path: Path) -> None:
    one = case("blind at the far end", "", bad={FIBRE: 1.0}, far_answers=NOBODY)
    ran = await run_cases(tmp_path, msgspec.structs.replace(LADDER, cases=(one,)))
    assert named(ran.state) == " or ".join(SEGMENTS[at] for at in range(2, 5))
