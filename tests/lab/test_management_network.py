"""The management switch and the second make of PDU under the net-snmp tools; addresses that follow cables."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import ssl
from pathlib import Path

import pytest

from bringup.input.inventory import load_inventory
from bringup.lab.clock import HandClock
from bringup.lab.rack import LabRack
from bringup.lab.snmp_agent import SnmpAgent
from bringup.lab.world import World
from tests.lab.hgx_world import booted_world, forward, found_world
from tests.lab.small_world import V3_AUTH, V3_PRIV, serving
from tests.lab.test_rack import port_of
from tests.lab.test_snmp_agent import V3, run, v2c

FDB = "1.3.6.1.2.1.17.4.3.1.2"
Q_FDB = "1.3.6.1.2.1.17.7.1.2.2.1.2"
REMOTE = "1.0.8802.1.1.2.1.4.1.1"
IF_NAME, IF_OPER = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.8"
PDU2 = "1.3.6.1.4.1.13742.6"
PX3_STATE, PX3_OPERATION = f"{PDU2}.4.1.2.1.3.1", f"{PDU2}.4.1.2.1.2.1"


@pytest.fixture
def found() -> World:
    return found_world()[0]


async def walk(world: World, device: str, oid: str, access: tuple[str, ...] = v2c()) -> dict[str, str]:
    """Instance below `oid` -> value, as snmpbulkwalk prints it."""
    async with serving(SnmpAgent(world, device)) as port:
        code, text = await run("snmpbulkwalk", access, port, oid)
    assert code == 0
    lines = [line.split(" = ", 1) for line in text.splitlines() if " = " in line]
    return {name.removeprefix(f".{oid}."): told.split(": ", 1)[-1].strip('" ') for name, told in lines}


# the switch


async def test_the_forwarding_table_holds_the_jack_of_each_device_with_power_at_its_port() -> None:
    world = booted_world()
    for table, skip in ((FDB, 0), (Q_FDB, 1)):
        learned = await walk(world, "mgmt-1", table)
        by_mac = {
            ":".join(f"{int(part):02x}" for part in index.split(".")[skip:]): f"mgmt-1/1/{port}"
            for index, port in learned.items()
        }
        expected = {
            device.jack.mac: world.plant.addresses[device.name] for device in world.devices if device.jack
        }
        assert by_mac == expected
        assert len(by_mac) == 12


async def test_a_port_whose_device_has_no_power_is_down_and_forgets_its_address(found: World) -> None:
    names, states = await walk(found, "mgmt-1", IF_NAME), await walk(found, "mgmt-1", IF_OPER)
    up = {names[index] for index, state in states.items() if state == "1"}
    assert list(names.values()) == [f"1/{index}" for index in range(1, 13)]
    assert up == {"1/1", "1/2", "1/3", "1/4"}
    assert len(await walk(found, "mgmt-1", FDB)) == 4


async def test_a_management_cable_that_is_out_is_a_port_without_a_link() -> None:
    world = booted_world()
    with world.changing():
        world.device("node-02").reachable = False
    states = await walk(world, "mgmt-1", IF_OPER)
    assert [index for index, state in states.items() if state != "1"] == ["6"]


async def test_switches_and_servers_are_lldp_neighbours_and_bmcs_and_pdus_are_not() -> None:
    remote = await walk(booted_world(), "mgmt-1", REMOTE)
    names = {index.split(".")[2]: told for index, told in remote.items() if index.startswith("9.")}
    subtypes = {index.split(".")[2]: told for index, told in remote.items() if index.startswith("6.")}
    assert names == {"3": "leaf-1", "4": "leaf-2", **{str(4 + n): f"node-0{n}" for n in range(1, 5)}}
    assert subtypes == {"3": "5", "4": "5", **{str(4 + n): "3" for n in range(1, 5)}}


async def test_the_switch_tells_what_it_is_and_takes_no_set(found: World) -> None:
    entity = await walk(found, "mgmt-1", "1.3.6.1.2.1.47.1.1.1.1")
    assert (entity["5.1"], entity["11.1"]) == ("3", found.device("mgmt-1").serial)
    async with serving(SnmpAgent(found, "mgmt-1")) as port:
        code, text = await run("snmpset", v2c(), port, f"{IF_OPER}.1", "i", "2")
    assert code != 0
    assert "noAccess" in text


async def test_crossed_cables_show_at_the_switch() -> None:
    world = booted_world()
    before = await walk(world, "mgmt-1", FDB)
    with world.changing():
        a, b = (next(c for c in world.plant.management if c.device == name) for name in ("bmc-01", "bmc-02"))
        a.port, b.port = b.port, a.port
    after = await walk(world, "mgmt-1", FDB)
    assert {(before[mac], after[mac]) for mac in before if before[mac] != after[mac]} == {
        ("9", "10"),
        ("10", "9"),
    }


# addresses


async def system_serial(port: int) -> str:
    """The serial of the system behind a Redfish service, by a plain socket and the standard library."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    login = base64.b64encode(b"admin:lab-password").decode()

    async def get(path: str) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        head = f"GET {path} HTTP/1.0\r\nHost: bmc\r\nAuthorization: Basic {login}\r\n\r\n"
        writer.write(head.encode())
        text = (await reader.read()).decode()
        writer.close()
        return text.partition("\r\n\r\n")[2]

    systems = json.loads(await get("/redfish/v1/Systems"))
    return str(json.loads(await get(systems["Members"][0]["@odata.id"]))["SerialNumber"])


async def test_an_address_leads_to_whoever_is_plugged_in_there(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("x")))
    clock = HandClock()
    rack = LabRack(tmp_path / "lab", profile="hgx-h100", clock=clock)
    await rack.start()
    try:
        for outlet in (4, 5, 6, 7):
            rack.world.set_outlet("pdu-1", outlet, True)
        clock.forward(90.0)
        await rack.follow()
        ports = [port_of(rack, f"bmc-0{n}", "redfish") for n in range(1, 5)]
        assert [await system_serial(port) for port in ports] == [f"LG0000000{n}" for n in range(1, 5)]
        rack.faults.add("crossed-management@bmc-02=bmc-04")
        await rack.follow()
        told = [await system_serial(port) for port in ports]
        assert told == ["LG00000001", "LG00000004", "LG00000003", "LG00000002"]
        rack.faults.repair()
        await rack.follow()
        assert [port_of(rack, f"bmc-0{n}", "redfish") for n in range(1, 5)] == ports
        assert await system_serial(ports[1]) == "LG00000002"
    finally:
        await rack.stop()


def test_without_the_management_switch_nobody_is_at_an_address_behind_it(found: World) -> None:
    assert found.resident("leaf-1") is found.device("leaf-1")
    for pdu in ("pdu-1", "pdu-2"):
        found.set_outlet(pdu, 3, False)
    assert found.resident("leaf-1") is None
    assert found.resident("mgmt-1") is found.device("mgmt-1")


# the inventory


async def test_the_inventory_of_the_rack_is_valid_and_lists_the_management_cables(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("x")))
    rack = LabRack(tmp_path / "lab", profile="hgx-h100", clock=HandClock())
    await rack.start()
    await rack.stop()
    inventory = load_inventory(rack.inventory)
    node = inventory.devices["node-03"]
    assert len(inventory.devices) == 13
    assert (len(inventory.cable), len(inventory.port)) == (44, 64)
    assert inventory.far_ends["node-03/enp156s0np0"] == "leaf-2/Ethernet9/1"
    assert inventory.far_ends["mgmt-1/1/11"] == "bmc-03/mgmt"
    assert (node.expect.gpus, len(node.expect.gpu_serials), len(node.expect.leak_detectors)) == (8, 8, 2)
    assert inventory.devices["pdu-2"].snmp is not None
    assert (inventory.devices["pdu-2"].snmp.version, inventory.devices["pdu-2"].snmp.auth) == ("3", "sha256")
    assert {feed.pdu for feed in node.feed} == {"pdu-1", "pdu-2"}


# the second make of PDU


async def test_a_px3_tells_who_it_is_and_its_outlets_by_snmpv3_alone(found: World) -> None:
    nameplate = await walk(found, "pdu-2", f"{PDU2}.3.2.1.1", V3)
    states = await walk(found, "pdu-2", PX3_STATE, V3)
    labels = await walk(found, "pdu-2", f"{PDU2}.3.5.3.1.3.1", V3)
    assert (nameplate["3.1"], nameplate["4.1"]) == ("PX3-5493U-K2", found.device("pdu-2").serial)
    assert {int(index) for index, state in states.items() if state == "7"} == {1, 2, 3}
    assert set(states.values()) == {"7", "8"}
    assert (len(labels), labels["1"], labels["7"]) == (24, "leaf-1 psu-2", "node-04 psu-2")
    async with serving(SnmpAgent(found, "pdu-2")) as port:
        code, text = await run("snmpget", ("-v2c", "-c", "public", "-t", "0.3"), port, f"{PX3_STATE}.1")
    assert (code != 0, "Timeout" in text) == (True, True)


async def test_a_px3_switches_by_its_operation_and_shows_it_in_its_state(found: World) -> None:
    async with serving(SnmpAgent(found, "pdu-2")) as port:
        code, _ = await run("snmpset", V3, port, f"{PX3_OPERATION}.4", "i", "1")
        _, on = await run("snmpget", V3, port, f"{PX3_STATE}.4")
        assert (code, found.outlet_live("pdu-2", 4), "INTEGER: 7" in on) == (0, True, True)
        code, text = await run("snmpset", V3, port, f"{PX3_OPERATION}.4", "i", "7")
        assert (code != 0, "wrongValue" in text) == (True, True)
        code, text = await run("snmpset", V3, port, f"{PX3_STATE}.4", "i", "8")
        assert (code != 0, "notWritable" in text) == (True, True)
        await run("snmpset", V3, port, f"{PX3_OPERATION}.1", "i", "2")
        _, off = await run("snmpget", V3, port, f"{PX3_STATE}.1")
        forward(found, 30.0)
        _, again = await run("snmpget", V3, port, f"{PX3_STATE}.1")
    assert ("INTEGER: 8" in off, "INTEGER: 7" in again) == (True, True)


async def test_values_of_a_px3_scale_by_their_decimal_digits(found: World) -> None:
    digits = await walk(found, "pdu-2", f"{PDU2}.3.5.4.1.7.1.1", V3)
    values = await walk(found, "pdu-2", f"{PDU2}.5.4.3.1.4.1.1", V3)
    watts = found.outlet_load_w("pdu-2", 1)
    assert int(values["5"]) / 10 ** int(digits["5"]) == pytest.approx(watts, abs=0.6)
    assert int(values["1"]) / 10 ** int(digits["1"]) == pytest.approx(watts / 0.97 / 230.0, abs=0.01)


@pytest.mark.parametrize(("auth", "priv"), [("SHA", "AES"), ("SHA-256", "DES")])
async def test_other_algorithms_than_its_own_are_refused(found: World, auth: str, priv: str) -> None:
    access = (
        *("-v3", "-l", "authPriv", "-u", "bringup", "-t", "0.3"),
        *("-a", auth, "-A", V3_AUTH, "-x", priv, "-X", V3_PRIV),
    )
    async with serving(SnmpAgent(found, "pdu-2")) as port:
        code, text = await run("snmpget", access, port, f"{PX3_STATE}.1")
    assert code != 0
    assert re.search("Authentication failure|Timeout|ecryption", text)
