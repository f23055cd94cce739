"""One lab rack in this process, asked by a public network-test framework and by ourselves, side by side.

ANTA (Apache-2.0) reads the rack's EOS switch over its API with its own client and judges with its own tests;
ours is a session with the real drivers, checks, judge and shipped limits against the same rack. Both say of
each topic of each port `good` or `bad`, or why they can't say.
"""

from __future__ import annotations

import asyncio
import csv
import tomllib
import warnings
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from bringup.cli._prepare import wire
from bringup.engine.bench import Bench, Bounds
from bringup.input import load_envelopes, load_inventory
from bringup.lab.clock import HandClock
from bringup.lab.rack import LabRack
from bringup.model.state import RunState
from bringup.model.subject import parse_subject
from bringup.model.verdict import worst
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand
from tests.lab.mini_world import NODE_BOOT_S

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from anta.device import AsyncEOSDevice
    from anta.models import AntaTest
    from anta.tests.connectivity import VerifyLLDPNeighbors
    from anta.tests.hardware import (
        VerifyEnvironmentCooling,
        VerifyEnvironmentPower,
        VerifyEnvironmentSystemCooling,
        VerifyInventory,
        VerifyTransceiversManufacturers,
    )
    from anta.tests.interfaces import (
        VerifyInterfacesBER,
        VerifyInterfacesOpticsReceivePower,
        VerifyInterfacesOpticsTemperature,
        VerifyInterfacesSpeed,
        VerifyInterfacesStatus,
    )
    from anta.tests.software import VerifyEOSVersion
    from anta.tests.system import VerifyNTP

SWITCH = "leaf-2"
PORTS = ("Ethernet1/1", "Ethernet2/1", "Ethernet3/1")
SETTLED_S = 130.0
AFTER_FAULT_S = 200.0
"""Longer than LLDP remembers an old neighbour, and than a module takes to warm up."""
WINDOW_S = 120.0
HOTTEST_C = 70.0
"""The limit of the shipped envelope: the framework's own default is a site's choice of 68."""


class Topic(NamedTuple):
    """What one of their tests and one of our checks both speak of: `quantities` are those of ours."""

    test: type[AntaTest]
    check: str
    quantities: frozenset[str]


def topic(test: type[AntaTest], check: str, *quantities: str) -> Topic:
    return Topic(test, check, frozenset(quantities))


OF_SWITCH = {
    "power": topic(VerifyEnvironmentPower, "power.supplies", "supply_ok", "supply_present"),
    "fitted": topic(VerifyInventory, "power.supplies", "supply_present"),
    "fans": topic(VerifyEnvironmentCooling, "switch.environment", "fan_ok"),
    "cooling": topic(VerifyEnvironmentSystemCooling, "switch.environment", "fan_ok"),
    "release": topic(VerifyEOSVersion, "management.firmware", "os_version"),
    "clock": topic(VerifyNTP, "management.clock", "clock_offset_s"),
    "modules": topic(
        VerifyTransceiversManufacturers, "optic.presence", "optic_present", "optic_medium", "optic_serial"
    ),
}
OF_PORT = {
    "heat": topic(VerifyInterfacesOpticsTemperature, "optic.temperature", "temperature_c"),
    "light": topic(VerifyInterfacesOpticsReceivePower, "optic.levels", "rx_power_dbm"),
    "up": topic(VerifyInterfacesStatus, "link.state", "oper_up"),
    "speed": topic(VerifyInterfacesSpeed, "link.state", "speed_gbps"),
    "errors": topic(
        VerifyInterfacesBER,
        "link.errors",
        "oper_up",
        "flap_count",
        "uncorrectable_codewords",
        "pre_fec_ber_upper",
    ),
    "cabling": topic(VerifyLLDPNeighbors, "link.neighbors", "neighbor"),
}
WINDOWED = "link.errors"
CHECKS = tuple(dict.fromkeys(each.check for each in (*OF_SWITCH.values(), *OF_PORT.values())))


class RackClock:
    """The engine's time is the rack's, which passes where the engine waits."""

    def __init__(self, rack: LabRack) -> None:
        self._rack = rack

    def now_s(self) -> float:
        return self._rack.world.clock.now()

    def wall_unix_s(self) -> float:
        return self._rack.world.clock.now()

    async def sleep(self, seconds: float) -> None:
        wakes = self.now_s() + seconds
        await asyncio.sleep(0)
        await forward(self._rack, max(0.0, wakes - self.now_s()))


async def forward(rack: LabRack, seconds: float) -> None:
    assert isinstance(rack.world.clock, HandClock)
    rack.world.clock.forward(seconds)
    await rack.follow()


@asynccontextmanager
async def rack_with(folder: Path, faults: Iterable[str]) -> AsyncIterator[LabRack]:
    """The `mini` rack with all links up for a while, then with `faults` for a while."""
    rack = LabRack(folder / "lab", clock=HandClock())
    await rack.start()
    try:
        rack.world.set_outlet("pdu-1", 5, True)
        rack.world.reset_host("node-01", "On")
        await forward(rack, NODE_BOOT_S)
        await forward(rack, SETTLED_S)
        for fault in faults:
            rack.faults.add(fault)
        await forward(rack, AFTER_FAULT_S)
        yield rack
    finally:
        await rack.stop()


# ours


async def our_record(rack: LabRack, folder: Path) -> tuple[RunState, ...]:
    """Sessions of all checks over the switch. No check waits for another, so that each has its own say; the
    one that lets time pass comes last, alone.
    """
    return (
        await _session(rack, folder / "run", [check for check in CHECKS if check != WINDOWED]),
        await _session(rack, folder / "window", [WINDOWED]),
    )


async def _session(rack: LabRack, folder: Path, checks: Iterable[str]) -> RunState:
    stand = Stand(folder)
    stand.inventory = load_inventory(rack.inventory)
    stand.limits = load_envelopes(("base",))
    links, wiring = wire(stand.inventory, rack.folder)
    stand.bench = Bench(stand.inventory, links, Bounds())  # type: ignore[assignment]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_stand, "WorldClock", lambda speed: RackClock(rack))
        try:
            return await stand.run(
                *({"name": check, "needs": [], "step": [_step(check)]} for check in checks)
            )
        finally:
            await wiring.close()


def _step(check: str) -> dict[str, Any]:
    more = {"window_s": WINDOW_S} if check == WINDOWED else {}
    # Whether a dark lane is the far end's fault is known only when the far end is read too.
    devices = ["leaf-1", SWITCH, "node-01"] if check.startswith("optic.") else [SWITCH]
    return {"id": check, "check": check, "on": {"device": devices}, "deadline_s": 60.0, **more}


def ours_of(states: Iterable[RunState], place: str, about: Topic) -> str:
    """Our worst verdict on `place` (a port or the switch itself and its parts) about a topic."""
    found = [
        judgement.verdict
        for state in states
        for key, step in state.steps.items()
        if key.step == about.check
        for judgement in step.judgements
        if judgement.quantity in about.quantities and _within(judgement.subject, place)
    ]
    return worst(found).value


def _within(subject: str, place: str) -> bool:
    named = parse_subject(subject)
    if place == SWITCH:
        return named.device == SWITCH
    return named.device == SWITCH and named.component == place


# theirs


async def their_verdicts(rack: LabRack) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """(place, topic) -> what their test of it ended in, and what it said."""
    expected = tomllib.loads(rack.inventory.read_text())
    with (rack.folder / expected["cables"]).open(newline="") as file:
        expected["cable"] = list(csv.DictReader(file))
    access = rack.world.device(SWITCH).access
    port = next(each.port for each in rack.services if (each.device, each.name) == (SWITCH, "eapi"))
    device = AsyncEOSDevice(
        "127.0.0.1", access.user, access.password, name=SWITCH, port=port, enable=True, disable_cache=True
    )
    try:
        await device.refresh()
        assert device.established, "their client does not take the lab's switch for one"
        found = {}
        for (place, name), inputs in their_inputs(expected).items():
            test = (OF_SWITCH if place == SWITCH else OF_PORT)[name].test(device, inputs=inputs)
            await test.test()
            found[place, name] = (str(test.result.result), list(test.result.messages))
        return found
    finally:
        await device.disconnect()


def their_inputs(expected: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """What our inventory states, in their words."""
    (release,) = (each["expect"]["os"] for each in expected["device"] if each["name"] == SWITCH)
    found: dict[tuple[str, str], dict[str, Any]] = {
        (SWITCH, "power"): {"states": ["ok"]},
        (SWITCH, "fitted"): {"requirements": {"power_supplies": "all"}},
        (SWITCH, "fans"): {"states": ["ok"]},
        (SWITCH, "cooling"): {},
        (SWITCH, "release"): {"versions": [release]},
        (SWITCH, "clock"): {},
        (SWITCH, "modules"): {"manufacturers": ["LABOPTIC"], "allow_not_present": True},
    }
    for port in PORTS:
        far, far_port = far_end(expected, port)
        only = {"interfaces": [port]}
        found |= {
            (port, "heat"): {**only, "max_transceiver_temperature": HOTTEST_C},
            (port, "light"): only,
            (port, "up"): {"interfaces": [{"name": port, "status": "up"}]},
            (port, "speed"): {"interfaces": [{"name": port, "speed": 400}]},
            (port, "errors"): only,
            (port, "cabling"): {
                "neighbors": [{"port": port, "neighbor_device": far, "neighbor_port": far_port}]
            },
        }
    return found


ALIASES = {"Ethernet8": "etp2", "Ethernet16": "etp3"}
"""SONiC sends its alias as the port's id and its name as the description; they compare the id alone."""


def far_end(expected: dict[str, Any], port: str) -> tuple[str, str]:
    """Where the cable list sends a port of the switch, as LLDP names it."""
    here = (SWITCH, port)
    for cable in expected["cable"]:
        ends = ((cable["a_device"], cable["a_port"]), (cable["b_device"], cable["b_port"]))
        if here in ends:
            device, name = ends[1] if ends[0] == here else ends[0]
            return device, ALIASES.get(name, name)
    raise AssertionError(f"no cable at {port}")


class SideBySide(msgspec.Struct, frozen=True):
    """(place, topic) -> theirs (`success`, `failure`, `error` …) and ours (a verdict); what they said."""

    theirs: dict[tuple[str, str], str]
    ours: dict[tuple[str, str], str]
    said: dict[tuple[str, str], list[str]]


async def side_by_side(folder: Path, faults: Iterable[str]) -> SideBySide:
    async with rack_with(folder, faults) as rack:
        told = await their_verdicts(rack)
        states = await our_record(rack, folder)
    topics = {SWITCH: OF_SWITCH, **dict.fromkeys(PORTS, OF_PORT)}
    return SideBySide(
        theirs={key: verdict for key, (verdict, _) in told.items()},
        ours={(place, name): ours_of(states, place, topics[place][name]) for place, name in told},
        said={key: said for key, (_, said) in told.items()},
    )
