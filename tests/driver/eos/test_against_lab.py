"""The EOS driver and OpenConfig read from the lab's switch what its world holds; the two share no code."""

from __future__ import annotations

import json as jsonlib
from typing import Any, Literal

import pytest

from bringup.driver import openconfig
from bringup.driver.platform.eos import EosDriver
from bringup.lab.eos_session import EosSession, run_all
from bringup.lab.oc_tree import leaves, to_json
from bringup.lab.render_openconfig import OpenConfig
from bringup.lab.world import World
from bringup.model.facts import FecCounters, Optic, Port
from bringup.model.measurement import value
from bringup.model.verdict import Reading
from bringup.transport.base import HttpReply
from tests.driver.canned_wires import CannedEapi, CannedGnmi, CannedWires, wired
from tests.lab.mini_world import make_booted_world, make_world


class LabEapi(CannedEapi):
    """The lab's command line behind the HTTP protocol, without a wire."""

    def __init__(self, world: World) -> None:
        super().__init__({})
        self._world = world

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = 20.0,
    ) -> HttpReply:
        asked: Any = json
        session = EosSession(self._world, "leaf-2")
        results, failure = run_all(session, asked["params"]["cmds"], text=False)
        body = {"jsonrpc": "2.0", "id": 1, **({"error": failure} if failure else {"result": results})}
        return HttpReply(status=200, headers={}, body=jsonlib.dumps(body).encode())


def leaf(world: World) -> EosDriver:
    return EosDriver(wired("eos", "leaf-2"), CannedWires(eapi=LabEapi(world)))


def target(world: World, device: str = "leaf-2") -> CannedGnmi:
    """All leaves of the lab's tree, as JSON_IETF."""
    config = OpenConfig(world, device)
    found: list[tuple[str, object]] = []
    for path, held in leaves(config.tree(frozenset(config.roots)), ()):
        steps = (name + "".join(f"[{key}={one}]" for key, one in keys) for name, keys in path)
        found.append(("/" + "/".join(steps), to_json(held, True)))
    return CannedGnmi(found)


def by_port(found: tuple[Port, ...] | tuple[Optic, ...] | tuple[FecCounters, ...]) -> dict[str, Any]:
    return {each.name if isinstance(each, Port) else each.port: each for each in found}


async def test_a_switch_is_who_the_world_says() -> None:
    world, _ = make_world()
    found, truth = await leaf(world).identity(), world.device("leaf-2")
    assert (found.model, found.serial) == (value(truth.model), value(truth.serial))
    assert (found.hostname, found.os_version) == (value(truth.hostname), value(truth.os_version))


async def test_ports_are_the_same_over_eapi_and_gnmi() -> None:
    world, _ = make_booted_world()
    ours, theirs = by_port(await leaf(world).ports()), by_port(await openconfig.ports(target(world)))
    assert set(ours) == set(theirs)
    for name, port in ours.items():
        other = theirs[name]
        assert (port.admin_up, port.oper_up, port.mtu) == (other.admin_up, other.oper_up, other.mtu)
        assert port.flap_count == other.flap_count
    assert ours["Ethernet1/1"].fec_mode == theirs["Ethernet1/1"].fec_mode == value("rs544")
    assert ours["Ethernet1/1"].oper_up == value(True)


async def test_counters_are_the_same_over_eapi_and_gnmi() -> None:
    world, _ = make_booted_world()
    ours = by_port(await leaf(world).fec_counters())
    theirs = by_port(await openconfig.fec_counters(target(world)))
    for name in ("Ethernet1/1", "Ethernet2/1", "Ethernet3/1"):
        assert ours[name].corrected_codewords == theirs[name].corrected_codewords
        assert ours[name].uncorrectable_codewords == theirs[name].uncorrectable_codewords
        assert ours[name].pre_fec_ber.value == pytest.approx(theirs[name].pre_fec_ber.value, rel=1e-6)


async def test_a_dark_far_end_is_dark_over_eapi_and_gnmi_and_its_cage_is_full() -> None:
    world, _ = make_world()
    ours = by_port(await leaf(world).optics())["Ethernet1/1"]
    theirs = by_port(await openconfig.optics(target(world)))["Ethernet1/1"]
    for optic in (ours, theirs):
        assert optic.present == value(True)
        assert [lane.index for lane in optic.lanes] == [1, 2, 3, 4]
        assert {lane.rx_power_dbm.reading for lane in optic.lanes} == {Reading.DARK}


async def test_monitors_that_nobody_reads_any_more_are_as_old_as_the_switch_says() -> None:
    world, clock = make_booted_world()
    fresh = by_port(await leaf(world).optics())["Ethernet1/1"]
    assert {lane.tx_power_dbm.age_s for lane in fresh.lanes} == {0.0}
    before = [lane.rx_power_dbm.value for lane in fresh.lanes]
    with world.changing():
        world.hang_monitors("leaf-2")
    clock.forward(200.0)
    old = by_port(await leaf(world).optics())["Ethernet1/1"]
    assert {old.temperature_c.age_s, *(lane.rx_power_dbm.age_s for lane in old.lanes)} == {200.0}
    assert [lane.rx_power_dbm.value for lane in old.lanes] == before


@pytest.mark.parametrize("device", ["leaf-1", "leaf-2"])
async def test_channels_that_count_from_zero_or_one_are_the_same_lanes(device: str) -> None:
    world, _ = make_booted_world()
    (first, *_) = await openconfig.optics(target(world, device))
    assert [lane.index for lane in first.lanes] == [1, 2, 3, 4]
    truth = [lane.rx_power_dbm for lane in world.lanes(f"{device}/{first.port}")]
    read = [lane.rx_power_dbm.value for lane in first.lanes]
    assert read == pytest.approx(truth, abs=0.006)


async def test_a_cage_without_a_module_is_empty_over_eapi_and_gnmi() -> None:
    world, _ = make_world()
    assert by_port(await leaf(world).optics())["Ethernet4/1"].present == value(False)
    assert by_port(await openconfig.optics(target(world)))["Ethernet4/1"].present == value(False)


async def test_neighbors_are_the_same_over_eapi_and_gnmi() -> None:
    world, _ = make_booted_world()
    ours, theirs = await leaf(world).neighbors(), await openconfig.neighbors(target(world))
    assert [(each.local_port, each.system_name, each.port_id) for each in ours] == [
        (each.local_port, each.system_name, each.port_id) for each in theirs
    ]
    assert len(ours) == 3


async def test_a_supply_without_its_outlet_is_fitted_and_not_ok() -> None:
    world, _ = make_world()
    world.set_outlet("pdu-1", 3, False)
    supplies = {supply.name: supply for supply in (await leaf(world).environment()).supplies}
    assert (supplies["psu-1"].present, supplies["psu-1"].ok) == (value(True), value(False))
    assert supplies["psu-1"].input_v == value(0.0)
    assert supplies["psu-2"].ok == value(True)


async def test_a_port_that_is_shut_is_down_by_configuration_and_comes_back() -> None:
    world, _ = make_booted_world()
    for up in (False, True):
        await leaf(world).set_admin("Ethernet1/1", up)
        assert by_port(await leaf(world).ports())["Ethernet1/1"].admin_up == value(up)
