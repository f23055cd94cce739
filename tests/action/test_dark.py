"""Ends held dark are proven dark, and stay so until they are released; nobody is told that they are safe
before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bringup.action.dark import HOLD, RELEASE, SAFE, UNPROVEN
from bringup.input import load_envelopes
from bringup.journal.sign import KeySigner
from bringup.model.errors import Refused
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from tests.action.cases_dark import FAR, OFF, ON, PORT, TABLES, dark_world
from tests.check.trial import CaseBench, StillClock, Table, World, all_cases, run_cases
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, verdicts

DARK_STEP = {"action": HOLD, "on": {"device": ["leaf-1"]}, "until_s": 5.0, "every_s": 1.0}
LIGHT_STEP = {**DARK_STEP, "action": RELEASE}
SHUT_STEP = {**DARK_STEP, "action": "port.down"}
OPEN_FAR_STEP = {"action": "port.up", "on": {"device": ["leaf-1-far"]}, "until_s": 5.0, "every_s": 1.0}


@pytest.mark.parametrize("table", TABLES, ids=[table.check for table in TABLES])
async def test_every_case_of_light_ends_as_it_must(table: Table, tmp_path: Path) -> None:
    cases = all_cases(table)
    assert len({one.name for one in cases}) == len(cases)
    ran = await run_cases(tmp_path, table)
    assert ran.ended == {one.name: one.expected for one in cases}


def stand_of(folder: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Stand:
    folder.mkdir()
    stand = Stand(folder)
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": world.devices,
            "port": world.ports,
            "cable": world.cables,
        }
    )
    stand.table |= world.table
    stand.bench = CaseBench(stand.table, stand.inventory)
    stand.limits = load_envelopes(("base",))
    stand.approver = KeySigner.throwaway()
    monkeypatch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
    return stand


def world(**over: Any) -> World:
    return dark_world("leaf-1", **over)


def left(state: RunState) -> dict[str, str]:
    return {each.what: each.action for each in state.altered}


def stages(*steps: dict[str, Any], name: str = "stage") -> list[dict[str, Any]]:
    return [{"name": f"{name}-{at}", "needs": [], "step": [step]} for at, step in enumerate(steps)]


async def test_field_13_a_hold_stands_in_the_record_until_it_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = world()
    stand = stand_of(tmp_path / "held", dark, monkeypatch)
    session = await stand.open(*stages(DARK_STEP))
    await session.run()
    (held,) = session._acting.altered
    assert (held.what, held.action) == (SAFE, RELEASE)
    assert held.arguments == {"first": "lanes", "second": "lanes"}
    assert await session._acting.undo(held) == "PASS"
    assert dark.did == [*OFF.split("; "), *ON.split("; ")]
    assert left(await stand.state()) == {}


async def test_field_13_a_hold_outlives_the_program_that_took_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world()
    before = await stand_of(tmp_path / "first", first, monkeypatch).run(*stages(DARK_STEP))
    assert left(before) == {SAFE: RELEASE}
    again = stand_of(tmp_path / "again", first, monkeypatch)
    session = await again.open(*stages(SHUT_STEP), state=before)
    await session.run()
    (still,) = session._acting.altered
    assert (still.what, still.arguments) == (UNPROVEN, {"first": "lanes", "second": "lanes"})
    assert verdicts(await again.state()) == {f"stage-0/port.down@leaf-1/{PORT}": "UNKNOWN skipped"}


async def test_field_13_what_is_held_after_a_stop_is_safe_again_once_it_is_proven_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world()
    before = await stand_of(tmp_path / "first", first, monkeypatch).run(*stages(DARK_STEP))
    again = stand_of(tmp_path / "again", first, monkeypatch)
    session = await again.open(*stages(DARK_STEP, name="again"), state=before)
    await session.run()
    (still,) = session._acting.altered
    assert (still.what, still.arguments) == (SAFE, {"first": "lanes", "second": "lanes"})
    assert await session._acting.undo(still) == "PASS"
    assert first.did[-2:] == ON.split("; ")
    assert left(await again.state()) == {}


async def test_field_13_no_other_action_of_the_run_touches_what_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = world()
    dark.table["leaf-1", "set_admin"] = dark.table["leaf-1-far", "set_admin"] = lambda *words: (
        dark.did.append("port")
    )
    steps = stages(DARK_STEP, OPEN_FAR_STEP)
    steps[1]["needs"] = ["stage-0"]
    state = await stand_of(tmp_path / "run", dark, monkeypatch).run(*steps)
    assert verdicts(state)[f"stage-1/port.up@leaf-1-far/{FAR}"] == "UNKNOWN skipped"
    assert dark.did == OFF.split("; ")


async def test_field_13_an_end_that_was_off_before_is_left_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = world(here={"off": True})
    steps = stages(DARK_STEP, LIGHT_STEP)
    steps[1]["needs"] = ["stage-0"]
    state = await stand_of(tmp_path / "run", dark, monkeypatch).run(*steps)
    assert dark.did == [*OFF.split("; "), f"{FAR} on"]
    assert left(state) == {}


async def test_field_13_what_is_no_longer_proven_dark_is_not_called_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = world()
    first = await stand_of(tmp_path / "first", dark, monkeypatch).run(*stages(DARK_STEP))
    broken = world(far={"stuck": (2,)}, here={"off": True})
    again = stand_of(tmp_path / "again", broken, monkeypatch)
    session = await again.open(*stages(DARK_STEP, name="again"), state=first)
    await session.run()
    (still,) = session._acting.altered
    assert still.what == UNPROVEN
    assert still.arguments == {"first": "lanes", "second": "lanes"}, "how it was before the first hold"
    assert "FAIL" in verdicts(await again.state()).values()


async def test_field_13_half_a_hold_stays_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = world(far={"deaf": True, "loses": Refused("it: no")})
    state = await stand_of(tmp_path / "run", dark, monkeypatch).run(*stages(DARK_STEP))
    assert left(state) == {UNPROVEN: RELEASE}
