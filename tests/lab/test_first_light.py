"""The `first-light` rack: a cage that is broken out, a trunk of several links, hosts that run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bringup.input.inventory import load_inventory
from bringup.lab.clock import HandClock
from bringup.lab.faults import FaultBook
from bringup.lab.profile_first_light import CAGED, UPLINKS, first_light
from bringup.lab.rack import LabRack
from bringup.lab.render_openconfig import OpenConfig
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World, restore
from bringup.model.errors import InputError
from tests.lab.test_faults import hands_see

SUBPORTS = [f"leaf-1/{name}" for name in CAGED]


@pytest.fixture
def world() -> World:
    clock = HandClock()
    world = World(first_light(1, 1.0, clock.origin_unix_s), clock)
    forward(world, 60.0)
    return world


def forward(world: World, seconds: float) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds)
    world.now()


def down(world: World) -> set[str]:
    return {port.subject for device in world.devices for port in world.ports(device.name) if not port.up}


def far(world: World, leaf_port: str) -> list[str]:
    return [f"{seen.system_name}/{seen.port_id}" for seen in world.neighbors(f"leaf-1/{leaf_port}")]


def test_every_link_of_the_healthy_rack_is_up_and_every_host_runs(world: World) -> None:
    assert down(world) == set()
    assert sum(device.booted for device in world.devices if device.role == "node") == 20
    assert len(world.cables) == 20 + 8 + 4


def test_a_broken_out_port_has_one_lane_of_the_module_that_all_four_share(world: World) -> None:
    modules = {id(world.port(subject).optic) for subject in SUBPORTS}
    powers = [world.lanes(subject)[0].tx_power_dbm for subject in SUBPORTS]
    assert len(modules) == 1
    assert [len(world.lanes(subject)) for subject in SUBPORTS] == [1, 1, 1, 1]
    assert len(set(powers)) == 4
    assert [world.port(subject).speed_gbps for subject in SUBPORTS] == [100.0] * 4


def test_a_cage_in_another_mode_lacks_ports_and_links_but_no_light(world: World) -> None:
    FaultBook(world, 1).add("wrong-breakout@leaf-1/etp17")
    forward(world, 60.0)
    listed = SonicShell(world, "leaf-1").run("show interfaces status").out
    assert re.search(r"^ *Ethernet128 +129,130,131,132 +400G ", listed, re.M)
    assert not re.search(r"^ *Ethernet(129|130|131) ", listed, re.M)
    hosts = {f"host-{number}/enp65s0np0" for number in range(17, 21)}
    assert down(world) == {"leaf-1/Ethernet128", *hosts}
    assert all(lane.rx_power_dbm is not None for lane in world.lanes("leaf-1/Ethernet128"))
    assert len(world.lanes("leaf-1/Ethernet128")) == 4
    assert all(world.lanes(host)[0].rx_power_dbm is not None for host in hosts)


def test_two_halves_make_two_ports_of_two_lanes(world: World) -> None:
    FaultBook(world, 1).add("wrong-breakout@leaf-1/etp17=2x200G")
    names = [port.name for port in world.ports("leaf-1") if port.cage]
    assert names == [CAGED[0], CAGED[2]]
    assert [len(world.lanes(f"leaf-1/{name}")) for name in names] == [2, 2]


def test_gnmi_lists_the_ports_that_the_mode_makes(world: World) -> None:
    def interfaces() -> str:
        return str(OpenConfig(world, "leaf-1").tree(frozenset({"interfaces"})))

    assert "Ethernet130" in interfaces()
    world.set_breakout("leaf-1", "etp17", "1x400G")
    assert "Ethernet130" not in interfaces()


def test_the_mode_is_shown_and_set_by_command(world: World) -> None:
    shell = SonicShell(world, "leaf-1")
    FaultBook(world, 1).add("wrong-breakout")
    shown = shell.run("show interfaces breakout current-mode Ethernet128").out
    assert re.search(r"^\| Ethernet128 +\| 1x400G +\|$", shown, re.M)
    refused = shell.run("sudo config interface breakout Ethernet0 4x100G -y -f -l")
    assert refused.status != 0
    assert shell.run("sudo config interface breakout Ethernet128 3x100G -y").status != 0
    assert shell.run("sudo config interface breakout Ethernet128 4x100G").status != 0
    assert shell.run("sudo config interface breakout Ethernet128 4x100G[50G] -y -f -l").status == 0
    forward(world, 30.0)
    assert down(world) == set()


def test_a_rolled_trunk_leads_each_link_to_its_neighbours_far_end(world: World) -> None:
    before = {name: far(world, name) for name in UPLINKS[-4:]}
    FaultBook(world, 1).add("crossed-trunk@T-1")
    forward(world, 200.0)
    after = {name: far(world, name) for name in UPLINKS[-4:]}
    assert list(before.values()) == [[f"spine-1/Ethernet{number}/1"] for number in (9, 10, 11, 12)]
    assert list(after.values()) == [[f"spine-1/Ethernet{number}/1"] for number in (10, 11, 12, 9)]
    assert down(world) == set()


@pytest.mark.parametrize(
    "text", ["wrong-breakout", "wrong-breakout=2x200G", "crossed-trunk", "crossed-trunk=3"]
)
def test_each_fault_changes_the_world_and_its_repair_puts_it_back(world: World, text: str) -> None:
    before = hands_see(world)
    faults = FaultBook(world, 1)
    faults.add(text)
    assert hands_see(world) != before
    forward(world, 60.0)
    faults.repair()
    forward(world, 200.0)
    assert hands_see(world) == before
    assert down(world) == set()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("wrong-breakout=8x50G", "means nothing"),
        ("wrong-breakout=4x100G", "already"),
        ("wrong-breakout@leaf-1/etp1", "can't happen"),
        ("crossed-trunk=4", "out of range"),
        ("crossed-trunk@T-2", "can't happen"),
    ],
)
def test_what_can_not_be_is_refused(world: World, text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        FaultBook(world, 1).add(text)


def test_a_saved_world_shares_its_modules_again(world: World) -> None:
    again = World(restore(world.save()), world.clock)
    assert len({id(again.port(subject).optic) for subject in SUBPORTS}) == 1
    assert again.lanes(SUBPORTS[2]) == world.lanes(SUBPORTS[2])


async def test_its_inventory_is_valid_and_names_cage_and_trunk(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("x")))
    rack = LabRack(tmp_path / "lab", profile="first-light", faults=("wrong-breakout",), clock=HandClock())
    await rack.start()
    await rack.stop()
    inventory = load_inventory(rack.inventory)
    caged = [port for port in inventory.port if port.cage is not None]
    assert (len(inventory.devices), len(inventory.port), len(inventory.cable)) == (42, 64, 32)
    assert [(port.name, port.cage, port.speed_gbps, port.lanes) for port in caged] == [
        (name, "etp17", 100.0, 1) for name in CAGED
    ]
    assert [cable.label for cable in inventory.cable if cable.medium == "400GBASE-FR4"] == [
        f"T-1.{number}" for number in range(1, 5)
    ]
