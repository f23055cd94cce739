"""Cumulus, NX-OS and Junos leaves of a simulated rack, judged by a real session over their own protocols.

What is wrong in the world is seen through each of the three with the verdict that it deserves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

from bringup.cli._prepare import wire
from bringup.driver.registry import platform_names
from bringup.engine.bench import Bench, Bounds
from bringup.input import load_envelopes, load_inventory
from bringup.lab import rack as lab_rack
from bringup.lab.clock import HandClock
from bringup.lab.rack import LabRack
from tests.engine.stand import Stand, verdicts
from tests.lab.vendor_world import JUNOS, NVUE, NXOS, PORTS, vendor_plant

LEAVES = (NVUE, NXOS, JUNOS)
ON = {"role": "leaf"}
CHECKS = (
    "management.identity",
    "management.firmware",
    "power.supplies",
    "switch.environment",
    "switch.ports",
    "optic.presence",
    "optic.levels",
    "link.state",
    "link.neighbors",
)
STAGES = tuple(
    {"name": check.replace(".", "-"), "needs": [], "step": [{"check": check, "deadline_s": 60.0}]}
    for check in CHECKS
)
LLDP_S = 200.0
Verdicts = dict[tuple[str, str], str]


class Judged:
    """A lab that stands, and what a session says of it now."""

    def __init__(self, rack: LabRack, folder: Path) -> None:
        self.rack, self._folder, self._runs = rack, folder, 0

    async def verdicts(self) -> Verdicts:
        """(check, subject) -> verdict with its reason."""
        await self.rack.follow()
        self._runs += 1
        inventory = load_inventory(self.rack.inventory, platforms=platform_names())
        links, wiring = wire(inventory, self.rack.folder)
        stand = Stand(self._folder / f"run-{self._runs}")
        stand.inventory, stand.limits = inventory, load_envelopes(["base", "optics"])
        bench = Bench(inventory, links, Bounds())
        stand.bench = cast(Any, bench)
        try:
            found = verdicts(await stand.run(*STAGES))
        finally:
            await bench.close()
            await wiring.close()
        return {
            (step.partition("/")[2], subject): verdict
            for place, verdict in found.items()
            for step, _, subject in [place.partition("@")]
        }

    def fault(self, name: str) -> None:
        self.rack.faults.add(name)
        clock = self.rack.world.clock
        assert isinstance(clock, HandClock)
        clock.forward(LLDP_S)


@pytest.fixture
async def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Judged]:
    monkeypatch.setattr(lab_rack, "PROFILES", MappingProxyType({"vendors": vendor_plant}))
    clock = HandClock()
    rack = LabRack(tmp_path / "lab", profile="vendors", clock=clock)
    await rack.start()
    clock.forward(LLDP_S)
    yield Judged(rack, tmp_path)
    await rack.stop()


def both(leaf: str) -> tuple[str, str]:
    """The two cabled ports of a leaf."""
    return f"{leaf}/{PORTS[leaf][0]}", f"{leaf}/{PORTS[leaf][1]}"


def of_link(found: Verdicts, check: str, port: str) -> str:
    """The verdict of a check over links at the link that belongs to a port."""
    (told,) = [
        each for (name, subject), each in found.items() if name == check and port in subject.split("<->")
    ]
    return told


async def test_a_healthy_leaf_of_each_make_passes_every_check(judged: Judged) -> None:
    found = await judged.verdicts()
    assert set(found.values()) == {"PASS"}
    assert {check for check, _ in found} == set(CHECKS)
    for leaf in LEAVES:
        assert all(found["optic.levels", port] == "PASS" for port in both(leaf))


async def test_a_dark_lane_a_dead_supply_and_other_software_fail_on_each_make(judged: Judged) -> None:
    supplies = {leaf: judged.rack.world.device(leaf).supplies[1].name for leaf in LEAVES}
    for leaf in LEAVES:
        judged.fault(f"dark-lane@{both(leaf)[0]}#lane-2")
        judged.fault(f"psu-out@{leaf}/{supplies[leaf]}")
        judged.fault(f"wrong-firmware@{leaf}")
    found = await judged.verdicts()
    for leaf in LEAVES:
        hurt, whole = both(leaf)
        assert (found["optic.levels", hurt], found["optic.levels", whole]) == ("FAIL", "PASS")
        assert [of_link(found, "link.state", port) for port in (hurt, whole)] == ["FAIL", "PASS"]
        assert found["power.supplies", f"{leaf}/{supplies[leaf]}"] == "FAIL"
        assert found["management.firmware", leaf] == "FAIL"
        assert found["management.identity", leaf] == "PASS"


async def test_dirt_and_a_fec_that_does_not_match_fail_on_each_make(judged: Judged) -> None:
    for leaf in LEAVES:
        dirty, mismatched = both(leaf)
        judged.fault(f"dirty-connector@{dirty}=6")
        judged.fault(f"fec-mismatch@{mismatched}")
    found = await judged.verdicts()
    for leaf in LEAVES:
        dirty, mismatched = both(leaf)
        assert (found["optic.levels", dirty], found["optic.levels", mismatched]) == ("FAIL", "PASS")
        assert of_link(found, "link.state", mismatched) == "FAIL"


async def test_swapped_cables_and_a_missing_module_fail_on_each_make(judged: Judged) -> None:
    for leaf in LEAVES:
        judged.fault(f"swapped-cables@{both(leaf)[0]}={both(leaf)[1]}")
    swapped = await judged.verdicts()
    judged.rack.faults.repair()
    for leaf in LEAVES:
        judged.fault(f"missing-optic@{both(leaf)[0]}")
    missing = await judged.verdicts()
    for leaf in LEAVES:
        assert {of_link(swapped, "link.neighbors", port) for port in both(leaf)} == {"FAIL"}
        assert {swapped["optic.levels", port] for port in both(leaf)} == {"PASS"}
        assert missing["optic.presence", both(leaf)[0]] == "FAIL"
        assert of_link(missing, "link.neighbors", both(leaf)[1]) == "PASS"


async def test_nonsense_instead_of_an_answer_is_known_to_be_nothing_on_each_make(judged: Judged) -> None:
    for leaf in LEAVES:
        judged.fault(f"device-garbage@{leaf}")
    found = await judged.verdicts()
    told = {subject: verdict for (_, subject), verdict in found.items() if subject.startswith(LEAVES)}
    assert {verdict for subject, verdict in told.items() if "<->" not in subject} == {"UNKNOWN unparsable"}
    assert "PASS" not in told.values()
