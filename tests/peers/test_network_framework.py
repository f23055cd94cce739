"""ANTA's own tests against the lab's EOS, verdict by verdict beside ours: alike, or it is said who is wrong.

docs/compared-with-anta.md tells the same to people; a test here holds the two together.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from bringup.lab.eapi_server import EapiServer
from tests.lab.mini_world import make_booted_world
from tests.lab.small_world import PASSWORD, USER, serving
from tests.peers.network_framework import (
    AFTER_FAULT_S,
    PORTS,
    SWITCH,
    AsyncEOSDevice,
    forward,
    our_record,
    ours_of,
    rack_with,
    side_by_side,
    their_verdicts,
)
from tests.peers.network_framework import OF_PORT as OURS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from anta.models import AntaTest
    from anta.tests import hardware, interfaces, software, system

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compared-with-anta.md"
ONE, TWO, THREE = PORTS
REFUSED = {("failure", "FAIL"), ("failure", "UNKNOWN")}
ACCEPTED = {("success", "PASS"), ("success", "MARGINAL")}


class Why(NamedTuple):
    """Where the two differ: their verdict, ours, and who is wrong (a row of the page begins with `row`)."""

    theirs: str
    ours: str
    row: str


ABSENT_SUPPLY = Why("success", "FAIL", "A supply that is not in its bay")
MODULE = Why("success", "FAIL", "A wrong or missing module")
DARK = Why("success", "FAIL", "A dark lane")
WEAK = Why("success", "FAIL", "Light between the standard's minimum and the module's alarm")
NOT_MEASURED = Why("success", "FAIL", "A link that is down has no errors")
FLAPPED = Why("success", "FAIL", "A link that goes down again and again")
CLEARED = Why("success", "UNKNOWN", "Counters that somebody clears")
STALE = Why("success", "UNKNOWN", "Readings that stand still")
MARGINAL = Why("failure", "MARGINAL", "A bit error ratio between 1e-7 and 1e-5")
BEFORE = Why("failure", "PASS", "Codewords lost before a repair")
DIFFERENCES = (
    ABSENT_SUPPLY, MODULE, DARK, WEAK, NOT_MEASURED, FLAPPED, CLEARED, STALE, MARGINAL, BEFORE,
)  # fmt: skip

Place = tuple[str, str]


class Scene(NamedTuple):
    """What is wrong with the rack; what both refuse; and where they differ. All else both accept."""

    name: str
    faults: tuple[str, ...]
    refused: frozenset[Place] = frozenset()
    differ: Mapping[Place, Why] = MappingProxyType({})


SCENES = (
    Scene("nothing is wrong", ()),
    Scene(
        "a dead supply, a fan that stands, an old release, a clock of its own",
        ("psu-out@leaf-2/psu-1", "fan-stopped@leaf-2", "wrong-firmware@leaf-2", "clock-skew@leaf-2"),
        frozenset((SWITCH, name) for name in ("power", "fans", "cooling", "release", "clock")),
    ),
    Scene("a cord that is out", ("psu-out@leaf-2/psu-1=cord",), frozenset({(SWITCH, "power")})),
    Scene(
        "a supply that is not there",
        ("psu-out@leaf-2/psu-1=absent",),
        frozenset({(SWITCH, "fitted")}),
        {(SWITCH, "power"): ABSENT_SUPPLY},
    ),
    Scene(
        "a dirty connector, a dark lane, a hot module",
        (f"dirty-connector@leaf-2/{ONE}", f"dark-lane@leaf-2/{TWO}#lane-2", f"hot-optic@leaf-2/{THREE}"),
        frozenset({(ONE, "errors"), (TWO, "up"), (TWO, "cabling"), (THREE, "heat")}),
        {(ONE, "light"): WEAK, (TWO, "light"): DARK, (TWO, "errors"): NOT_MEASURED},
    ),
    Scene(
        "two swapped cables and a cage without its module",
        (f"swapped-cables@leaf-2/{TWO}=leaf-2/{THREE}", f"missing-optic@leaf-2/{ONE}"),
        frozenset(
            {(TWO, "cabling"), (THREE, "cabling")}
            | {(ONE, name) for name in ("heat", "light", "up", "speed", "cabling")}
        ),
        {(SWITCH, "modules"): MODULE, (ONE, "errors"): NOT_MEASURED},
    ),
    Scene(
        "another error correction, half the speed, a receiver that adapted badly",
        (f"fec-mismatch@leaf-2/{ONE}", f"slow-speed@leaf-2/{TWO}", f"ber-rise@leaf-2/{THREE}"),
        frozenset({(ONE, "up"), (ONE, "cabling"), (TWO, "speed"), (THREE, "errors")}),
        {(ONE, "errors"): NOT_MEASURED},
    ),
    Scene(
        "a module of another kind, one that stays in low power, a plug that is not latched",
        (f"wrong-optic@leaf-2/{ONE}", f"low-power-stuck@leaf-2/{TWO}", f"flapping@leaf-2/{THREE}"),
        frozenset({(TWO, "up"), (TWO, "cabling"), (THREE, "up")}),
        {(SWITCH, "modules"): MODULE, (TWO, "errors"): NOT_MEASURED, (THREE, "errors"): FLAPPED},
    ),
    Scene(
        "counters that are cleared, some dirt, a ratio that rose a little",
        (
            f"counters-reset@leaf-2/{ONE}",
            f"dirty-connector@leaf-2/{TWO}=2.5",
            f"ber-rise@leaf-2/{THREE}=1e-6",
        ),
        frozenset(),
        {(ONE, "errors"): CLEARED, (TWO, "errors"): MARGINAL, (THREE, "errors"): MARGINAL},
    ),
    Scene(
        "counters and monitors that nobody reads any more",
        ("stale-samples@leaf-2=both",),
        frozenset(),
        {(port, name): STALE for port in PORTS for name in ("heat", "light", "errors")},
    ),
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_anta_and_we_say_the_same_or_it_is_said_who_is_wrong(scene: Scene, tmp_path: Path) -> None:
    found = await side_by_side(tmp_path, scene.faults)
    both = {place: (found.theirs[place], found.ours[place]) for place in found.theirs}
    assert {place for place, verdicts in both.items() if verdicts in REFUSED} == scene.refused, both
    differ = {place: verdicts for place, verdicts in both.items() if verdicts not in REFUSED | ACCEPTED}
    assert differ == {place: (why.theirs, why.ours) for place, why in scene.differ.items()}, found.said


async def test_codewords_lost_before_a_repair_are_no_errors_of_the_link_that_was_repaired(
    tmp_path: Path,
) -> None:
    """A total tells of all that ever was; a window tells of the link that is there now."""
    place = (ONE, "errors")
    async with rack_with(tmp_path, (f"dirty-connector@leaf-2/{ONE}=6.2",)) as rack:
        assert (await their_verdicts(rack))[place][0] == "failure"
        rack.faults.repair()
        await forward(rack, AFTER_FAULT_S)
        theirs = (await their_verdicts(rack))[place]
        ours = ours_of(await our_record(rack, tmp_path), ONE, OURS["errors"])
    assert (theirs[0], ours) == (BEFORE.theirs, BEFORE.ours), theirs
    assert any("Uncorrected FEC codewords" in line for line in theirs[1])


def test_the_page_says_of_each_difference_who_is_wrong() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    assert [row.split("|")[1].strip() for row in rows] == [why.row for why in DIFFERENCES]
    for row, why in zip(rows, DIFFERENCES, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1:3] == [f"`{why.theirs}`", why.ours], row
        assert len(cells[3]) > 40, row


MORE: tuple[tuple[type[AntaTest], dict[str, Any]], ...] = (
    (hardware.VerifyTemperature, {"check_temp_sensors": True}),
    (hardware.VerifyTransceiversTemperature, {}),
    (interfaces.VerifyInterfacesCounterDetails, {}),
    (interfaces.VerifyInterfaceErrors, {}),
    (interfaces.VerifyInterfaceDiscards, {}),
    (interfaces.VerifyInterfaceErrDisabled, {}),
    (interfaces.VerifyInterfaceUtilization, {}),
    (interfaces.VerifyIllegalLACP, {}),
    (interfaces.VerifyL3MTU, {"mtu": 9214}),
    (interfaces.VerifyInterfacesPFCCounters, {}),
    (interfaces.VerifyInterfacesECNCounters, {}),
    (interfaces.VerifyInterfacesEgressQueueDrops, {}),
    (system.VerifyUptime, {"minimum": 60}),
    (system.VerifyReloadCause, {}),
    (system.VerifyCoredump, {}),
    (system.VerifyAgentLogs, {}),
    (system.VerifyCPUUtilization, {}),
    (system.VerifyMemoryUtilization, {}),
    (software.VerifyEOSExtensions, {}),
)


async def test_what_else_anta_asks_of_a_switch_the_lab_s_answers() -> None:
    world, _ = make_booted_world()
    async with serving(EapiServer(world, SWITCH)) as port:
        device = AsyncEOSDevice("127.0.0.1", USER, PASSWORD, name=SWITCH, port=port, enable=True)
        await device.refresh()
        assert str(device.version) == world.device(SWITCH).os_version
        ended = {}
        for kind, inputs in MORE:
            test = kind(device, inputs=inputs)
            await test.test()
            ended[kind.__name__] = (str(test.result.result), test.result.messages)
        await device.disconnect()
    assert {name: told for name, told in ended.items() if told != ("success", [])} == {}


async def test_anta_with_a_wrong_password_reaches_no_switch() -> None:
    world, _ = make_booted_world()
    async with serving(EapiServer(world, SWITCH)) as port:
        device = AsyncEOSDevice("127.0.0.1", USER, "wrong", name=SWITCH, port=port)
        await device.refresh()
        await device.disconnect()
        assert (device.is_online, device.established) == (False, False)
