"""No PASS out of damage: sick switches and a host whose replies are spoilt on the way pass nothing more than
they do when they are heard well. Drivers, checks, judge and the shipped limits are the real ones.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bringup.engine.bench import Bench, Bounds
from bringup.input import load_envelopes, load_inventory
from bringup.lab.faults import FaultBook
from bringup.lab.inventory import write_inventory
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World
from bringup.model.inventory import Device, Inventory
from tests.check.trial import StillClock
from tests.driver.canned_wires import CannedWires
from tests.driver.damage import Damage, DamagedLinks
from tests.driver.eos.test_against_lab import LabEapi
from tests.driver.sonic.test_against_lab import LabLinks
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, verdicts
from tests.lab.mini_world import make_booted_world

SICK = (
    "dark-lane@leaf-1/Ethernet8#lane-2", "hot-optic@leaf-1/Ethernet16", "fan-stopped@leaf-1",
    "psu-out@leaf-1/psu-1", "missing-optic@leaf-1/Ethernet0",
    "low-power-stuck@leaf-2/Ethernet1/1", "dirty-connector@leaf-2/Ethernet3/1", "fan-stopped@leaf-2",
    "psu-out@leaf-2/psu-1=cord", "half-width-nic@node-01/enp193s0np0", "wrong-firmware@leaf-2",
)  # fmt: skip
LEAVES, ALL = ("leaf-1", "leaf-2"), ("leaf-1", "leaf-2", "node-01")
CHECKS = {
    "management.firmware": ALL, "power.supplies": LEAVES,
    "switch.environment": LEAVES, "switch.ports": LEAVES,
    "optic.presence": ALL, "optic.temperature": ALL, "optic.levels": ALL, "module.state": ("leaf-1",),
    "link.state": ALL, "link.neighbors": ALL, "nic.pcie": ("node-01",),
}  # fmt: skip
"""Check -> the devices that it is asked about."""
KINDS = ("cut", "lines lost", "line twice", "escapes", "wrong type", "member lost", "key twice")
EACH = 3
"""One reply in so many is spoilt at a time, each of them once."""
ENOUGH = 10_000
GOOD = ("PASS", "MARGINAL")


class Rack(NamedTuple):
    world: World
    inventory: Inventory


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Rack:
    """The rack with all its faults, and the inventory of what it should be."""
    world, clock = make_booted_world()
    folder = tmp_path_factory.mktemp("lab")
    services = {"leaf-1": "ssh", "leaf-2": "eapi", "node-01": "ssh", "bmc-01": "redfish", "pdu-1": "snmp"}
    write_inventory(folder, world.plant, dict.fromkeys(services.items(), ("127.0.0.1", 1)))
    faults = FaultBook(world, 1)
    for fault in SICK:
        faults.add(fault)
    clock.forward(200.0)
    world.now()
    return Rack(world, load_inventory(folder / "inventory.toml"))


def links_to(world: World, name: str) -> Any:
    if name == "leaf-2":
        return CannedWires(eapi=LabEapi(world))
    shell = SonicShell(world, name) if name == "leaf-1" else LinuxShell(world, name)
    return LabLinks(shell)


async def record(folder: Path, rack: Rack, damage: Damage, only: Container[int]) -> dict[str, str]:
    """Row -> verdict, where of each device the replies with the numbers `only` are spoilt."""

    def wires(device: Device) -> Any:
        return DamagedLinks(links_to(rack.world, device.name), damage, only)

    stand = Stand(folder)
    stand.inventory, stand.limits = rack.inventory, load_envelopes(("base",))
    stand.bench = Bench(rack.inventory, wires, Bounds())  # type: ignore[assignment]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
        return verdicts(await stand.run(*(_stage(check, names) for check, names in CHECKS.items())))


def _stage(check: str, names: tuple[str, ...]) -> dict[str, Any]:
    step = {"id": check, "check": check, "on": {"device": list(names)}, "deadline_s": 60.0}
    return {"name": check, "needs": [], "step": [step]}


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_passes_by_damage_that_does_not_pass_without(
    kind: str, rack: Rack, tmp_path: Path
) -> None:
    heard = await record(tmp_path / "well", rack, Damage("none", 0), ())
    assert sum(verdict == "FAIL" for verdict in heard.values()) >= 15, heard
    assert sum(verdict in GOOD for verdict in heard.values()) >= 15, heard
    lost: set[str] = set()
    for seed in range(EACH):
        spoilt = await record(tmp_path / str(seed), rack, Damage(kind, seed), range(seed, ENOUGH, EACH))
        passed = {row for row, verdict in spoilt.items() if verdict in GOOD and heard[row] not in GOOD}
        assert passed == set(), f"seed {seed}"
        lost |= {row for row, verdict in spoilt.items() if verdict != heard[row]}
    assert lost, "nothing was spoilt"
