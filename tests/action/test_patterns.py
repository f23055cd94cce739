"""Patterns and tones end as they must, and leave no pattern, no dark lane and no paused polling behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bringup.model.state import RunState
from tests.action.cases_patterns import CROSSED, TABLES, TONE, TONE_BY_LANE
from tests.check.trial import Case, Table, case, run_cases

ALONE = [(table, one) for table in TABLES for one in table.cases]


@pytest.mark.parametrize(("table", "one"), ALONE, ids=[f"{table.check} {one.name}" for table, one in ALONE])
async def test_every_case_of_patterns_and_tones_ends_as_it_must(
    table: Table, one: Case, tmp_path: Path
) -> None:
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    assert ran.ended == {one.name: one.expected}
    assert not ran.state.altered


def told(state: RunState, quantity: str) -> dict[str, object]:
    (step,) = state.steps.values()
    return {
        each.subject.partition("#")[2]: each.value for each in step.measurements if each.quantity == quantity
    }


async def test_who_follows_is_named(tmp_path: Path) -> None:
    one = case("swapped", "", to={1: ("other", 1)})
    ran = await run_cases(tmp_path, msgspec.structs.replace(TONE, cases=(one,)))
    assert told(ran.state, "tone_heard_at") == {"": "swapped-other/Ethernet1/1"}


async def test_crossed_lanes_are_told_lane_by_lane(tmp_path: Path) -> None:
    one = case("crossed", "", to=CROSSED)
    ran = await run_cases(tmp_path, msgspec.structs.replace(TONE_BY_LANE, cases=(one,)))
    assert told(ran.state, "tone_lane") == {
        f"lane-{lane}": f"crossed-far/eth0#lane-{5 - lane}" for lane in range(1, 5)
    }
