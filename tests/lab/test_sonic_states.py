"""A simulated SONiC tells the state machines of its modules out of its database; the decoder reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bringup.decode.registry import find_format
from bringup.lab.clock import HandClock
from bringup.lab.cmis_memory import ModuleMemory
from bringup.lab.faults import FaultBook
from bringup.lab.profile_fabric import fabric_800g
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World
from bringup.model.facts_module_state import ModuleState

DUMP = 'sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_{}|*"'
COPPER, ACTIVE, LINEAR, PLAIN, STORAGE = "Ethernet0", "Ethernet16", "Ethernet40", "Ethernet144", "Ethernet128"


@pytest.fixture
def world() -> World:
    clock = HandClock()
    return World(fabric_800g(1, 1.0, clock.origin_unix_s), clock)


def dumped(world: World, table: str = "STATUS") -> dict[str, dict[str, Any]]:
    reply = SonicShell(world, "leaf-1").run(DUMP.format(table))
    assert reply.status == 0
    held: dict[str, dict[str, Any]] = json.loads(reply.out)
    return held


def told(world: World, port: str) -> ModuleState:
    reply = SonicShell(world, "leaf-1").run(DUMP.format("STATUS"))
    decoded = find_format("sonic.module-status").decode(reply.out.encode())
    states = decoded.facts["states"]
    assert isinstance(states, tuple)
    (state,) = (each for each in states if isinstance(each, ModuleState) and each.port == port)
    return state


def paths(state: ModuleState) -> list[object]:
    return [lane.data_path.value for lane in state.lanes]


def forward(world: World, seconds: float) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds)


@pytest.mark.parametrize("port", [ACTIVE, LINEAR, PLAIN])
def test_every_lane_of_a_module_that_carries_data_is_activated(world: World, port: str) -> None:
    state = told(world, port)
    assert (state.state.value, state.fault_cause.value, paths(state)) == ("Ready", "none", ["Activated"] * 8)


def test_lanes_that_a_module_does_not_have_stay_deactivated(world: World) -> None:
    assert paths(told(world, STORAGE)) == ["Activated"] * 4 + ["Deactivated"] * 4


def test_passive_copper_is_ready_and_has_no_data_path(world: World) -> None:
    state = told(world, COPPER)
    assert (state.state.value, state.lanes) == ("Ready", ())


def test_a_module_held_in_low_power_says_so_and_wakes_over_all_states_to_activated(world: World) -> None:
    fault = FaultBook(world, 1)
    fault.add(f"low-power-stuck@leaf-1/{PLAIN}")
    asleep = told(world, PLAIN)
    assert (asleep.state.value, paths(asleep)) == ("LowPwr", ["Deactivated"] * 8)
    fault.repair()
    seen: list[tuple[object, object]] = []
    for _ in range(400):
        state = told(world, PLAIN)
        step = (state.state.value, state.lanes[0].data_path.value)
        if not seen or seen[-1] != step:
            seen.append(step)
        if step == ("Ready", "Activated"):
            break
        forward(world, 0.25)
    assert seen == [
        ("PwrUp", "Deactivated"),
        ("Ready", "Init"),
        ("Ready", "TxTurnOn"),
        ("Ready", "Activated"),
    ]


def test_a_port_that_is_shut_has_a_module_at_ready_whose_data_path_is_down(world: World) -> None:
    world.set_admin(f"leaf-1/{PLAIN}", False)
    state = told(world, PLAIN)
    assert (state.state.value, paths(state)) == ("Ready", ["Deactivated"] * 8)


def test_lanes_told_to_be_dark_are_initialized_and_their_outputs_are_off(world: World) -> None:
    ModuleMemory(world, f"leaf-1/{PLAIN}").write(0x10, 130, b"\x03")
    assert paths(told(world, PLAIN))[:3] == ["Initialized", "Initialized", "Activated"]
    fields = dumped(world)[f"TRANSCEIVER_STATUS|{PLAIN}"]["value"]
    assert [fields[f"tx{lane}disable"] for lane in (1, 2, 3)] == ["True", "True", "False"]
    assert [fields[f"tx{lane}OutputStatus"] for lane in (1, 2, 3)] == ["False", "False", "True"]


def test_to_read_the_database_clears_no_flag_of_a_module(world: World) -> None:
    optic = world.port(f"leaf-1/{PLAIN}").optic
    assert optic is not None
    optic.controls.latched["147"] = 0x01
    dumped(world)
    assert optic.controls.latched == {"147": 0x01}


def test_an_empty_cage_has_no_entry_and_nobody_has_diagnostics(world: World) -> None:
    world.port(f"leaf-1/{PLAIN}").optic = None
    assert f"TRANSCEIVER_STATUS|{PLAIN}" not in dumped(world)
    assert dumped(world, "VDM_*") == {}
