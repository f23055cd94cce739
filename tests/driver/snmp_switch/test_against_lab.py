"""Who hangs on the lab's management switch: by its forwarding table and LLDP, read by the driver."""

from __future__ import annotations

from pathlib import Path

from bringup.driver.platform.snmp_switch import SnmpSwitchDriver
from bringup.lab.snmp_agent import SnmpAgent
from bringup.lab.world import World
from bringup.model.facts import Attached
from bringup.model.inventory import Device
from tests.lab.hgx_world import booted_world, found_world
from tests.lab.small_world import READ, serving
from tests.transport.peers import links


async def attached(world: World, folder: Path) -> dict[str, Attached]:
    async with serving(SnmpAgent(world, "mgmt-1")) as port:
        device = Device.model_validate(
            {
                "name": "mgmt-1",
                "role": "mgmt-switch",
                "platform": "snmp-switch",
                "address": "127.0.0.1",
                "snmp": {"port": port, "community": READ},
            }
        )
        async with links(device, folder) as wires:
            return {one.port: one for one in await SnmpSwitchDriver(device, wires).attached()}


async def test_each_jack_is_heard_on_its_port_and_nobody_else(tmp_path: Path) -> None:
    world = booted_world()
    macs = {port: one.macs for port, one in (await attached(world, tmp_path)).items()}
    truth = {
        world.plant.addresses[device.name].split("/", 1)[1]: (device.jack.mac,)
        for device in world.devices
        if device.jack
    }
    assert macs == truth


async def test_who_speaks_lldp_names_itself_and_pdus_and_bmcs_do_not(tmp_path: Path) -> None:
    world = booted_world()
    found = await attached(world, tmp_path)
    named = {
        port: [str(each.system_name.value) for each in one.neighbors]
        for port, one in found.items()
        if one.neighbors
    }
    speakers = {
        world.plant.addresses[device.name].split("/", 1)[1]: [device.hostname]
        for device in world.devices
        if device.jack and device.platform in ("sonic", "eos", "linux")
    }
    assert named == speakers


async def test_a_node_without_power_is_not_heard(tmp_path: Path) -> None:
    world, _ = found_world()
    port = world.plant.addresses["node-01"].split("/", 1)[1]
    assert port not in await attached(world, tmp_path)
