"""The Raritan driver reads and switches the lab's second PDU over SNMPv3; the two share no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.driver.platform.raritan_pdu import RaritanPduDriver
from bringup.lab.snmp_agent import SnmpAgent
from bringup.lab.world import World
from bringup.model.errors import DeviceError
from bringup.model.inventory import Device
from bringup.model.measurement import value
from tests.lab.hgx_world import booted_world, forward
from tests.lab.small_world import V3_AUTH, V3_PRIV, V3_USER, serving
from tests.transport.peers import links

PDU = "pdu-2"


def device(port: int, folder: Path) -> Device:
    (folder / "auth").write_text(V3_AUTH)
    (folder / "priv").write_text(V3_PRIV)
    keys = {"auth": "sha256", "auth_key": "file:auth", "priv": "aes128", "priv_key": "file:priv"}
    return Device.model_validate(
        {
            "name": PDU,
            "role": "pdu",
            "platform": "raritan-pdu",
            "address": "127.0.0.1",
            "snmp": {"version": "3", "port": port, "user": V3_USER, **keys},
        }
    )


@pytest.fixture
def world() -> World:
    return booted_world()


async def test_who_it_is_what_hangs_on_it_and_what_it_draws_is_the_world_s(
    world: World, tmp_path: Path
) -> None:
    async with serving(SnmpAgent(world, PDU)) as port:
        asked = device(port, tmp_path)
        async with links(asked, tmp_path) as wires:
            driver = RaritanPduDriver(asked, wires)
            identity, outlets = await driver.identity(), await driver.outlets()
            (inlet,) = await driver.inlets()
    truth = world.device(PDU)
    assert (identity.serial, identity.model) == (value(truth.serial), value(truth.model))
    assert (identity.hostname, identity.os_version) == (value(truth.hostname), value(truth.os_version))
    labels = {outlet.index: outlet.label for outlet in truth.outlets}
    assert {each.index: each.label.value or "" for each in outlets} == labels
    for each in outlets:
        assert each.state == value("on" if world.outlet_live(PDU, each.index) else "off")
    drawn = [each.power_w.value for each in outlets]
    assert all(isinstance(watts, float) for watts in drawn)
    assert isinstance(inlet.power_w.value, float)
    assert inlet.power_w.value == pytest.approx(
        sum(watts for watts in drawn if isinstance(watts, float)), abs=50
    )


@pytest.mark.parametrize("to", ["off", "on"])
async def test_an_outlet_that_is_switched_says_so_by_its_state(world: World, tmp_path: Path, to: str) -> None:
    async with serving(SnmpAgent(world, PDU)) as port:
        asked = device(port, tmp_path)
        async with links(asked, tmp_path) as wires:
            driver = RaritanPduDriver(asked, wires)
            await driver.switch_outlet(3, "on" if to == "on" else "off")
            forward(world, 30.0)
            found = {each.index: each.state for each in await driver.outlets()}
    assert found[3] == value(to)


async def test_an_outlet_that_the_pdu_has_not_is_refused(world: World, tmp_path: Path) -> None:
    async with serving(SnmpAgent(world, PDU)) as port:
        asked = device(port, tmp_path)
        async with links(asked, tmp_path) as wires:
            with pytest.raises(DeviceError):
                await RaritanPduDriver(asked, wires).switch_outlet(60, "off")
