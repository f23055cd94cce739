"""The EOS driver against canned replies: what it reads, and what it must refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bringup.driver.capability import (
    CountsFec,
    HasEnvironment,
    HasOptics,
    HasPorts,
    SeesNeighbors,
    SwitchesPorts,
)
from bringup.driver.platform.eos import PLATFORM, EosDriver, slot_of
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.facts import FecCounters, Port
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, value
from bringup.model.verdict import Reading
from tests.driver.canned_wires import CannedEapi, CannedGnmi, CannedWires, raw_reply, wired
from tests.driver.eos.replies import healthy
from tests.driver.openconfig.updates import UPDATES

READS = {
    "identity": "show version",
    "clock": "show clock",
    "ports": "show interfaces",
    "fec_counters": "show interfaces phy detail",
    "optics": "show inventory",
    "neighbors": "show lldp neighbors detail",
}
"""Each read and a command that it can't do without."""


def driver(changed: dict[str, Any] | None = None) -> EosDriver:
    return made(CannedEapi(healthy() | (changed or {})))


def made(eapi: CannedEapi, gnmi: CannedGnmi | None = None) -> EosDriver:
    return EosDriver(wired("eos", "leaf-2"), CannedWires(eapi=eapi, gnmi=gnmi))


async def call(eos: EosDriver, read: str) -> object:
    return await getattr(eos, read)()


async def ports(eos: EosDriver) -> dict[str, Port]:
    return {port.name: port for port in await eos.ports()}


async def counters(eos: EosDriver) -> dict[str, FecCounters]:
    return {entry.port: entry for entry in await eos.fec_counters()}


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(eapi=CannedEapi({}))
    assert find_platform("eos") is PLATFORM
    opened = PLATFORM.open(wired("eos", "leaf-2"), wires)
    assert wires.opened == []
    for capability in (HasPorts, HasOptics, CountsFec, HasEnvironment, SeesNeighbors, SwitchesPorts):
        assert isinstance(opened, capability)


async def test_identity_is_read_in_one_request() -> None:
    eapi = CannedEapi(healthy())
    found = await made(eapi).identity()
    assert eapi.commands == [("show version", "show hostname")]
    assert (found.hostname, found.serial) == (value("leaf-2"), value("JAS25000007"))
    assert (found.model, found.os_version) == (value("DCS-7060X-9T"), value("4.33.1F"))
    assert found.uptime_s == value(86400.25)


async def test_the_clock_is_utc_and_set_by_a_server() -> None:
    clock = await driver().clock()
    assert clock.unix_s == value(1750086400.5)
    assert clock.synchronized == value(True)


async def test_a_clock_of_its_own_is_not_disciplined() -> None:
    clock = await driver({"show clock": {"utcTime": 1.5, "clockSource": {"local": True}}}).clock()
    assert clock.synchronized == value(False)


async def test_which_reed_solomon_follows_from_rate_and_module() -> None:
    found = await ports(driver())
    assert found["Ethernet1/1"].fec_mode == value("rs544")
    assert found["Ethernet2/1"].fec_mode == value("none")
    assert found["Ethernet3/1"].fec_mode == value("rs528")
    assert found["Ethernet4/1"].fec_mode == value("rs544")


async def test_reed_solomon_of_a_module_nobody_knows_is_not_guessed() -> None:
    assert (await ports(driver()))["Ethernet5/1"].fec_mode == NOT_AVAILABLE


async def test_admin_and_oper_are_told_apart() -> None:
    found = await ports(driver())
    states = {name: (port.admin_up.value, port.oper_up.value) for name, port in found.items()}
    assert states["Ethernet1/1"] == (True, True)
    assert states["Ethernet2/1"] == (True, False)
    assert states["Ethernet3/1"] == (False, False)
    assert states["Ethernet4/1"] == (True, False)


async def test_a_word_for_a_state_that_nobody_knows_is_no_state() -> None:
    port = (await ports(driver()))["Ethernet5/1"]
    assert (port.admin_up, port.oper_up) == (NOT_AVAILABLE, NOT_AVAILABLE)


async def test_a_switch_without_error_correction_still_has_ports() -> None:
    replies = healthy()
    del replies["show interfaces error-correction"]
    found = await ports(made(CannedEapi(replies)))
    assert found["Ethernet1/1"].oper_up == value(True)
    assert found["Ethernet1/1"].fec_mode == ABSENT


async def test_zero_bandwidth_is_a_value() -> None:
    assert (await ports(driver()))["Ethernet2/1"].speed_gbps == value(0.0)


async def test_only_phys_that_face_the_line_count_and_none_hides_another() -> None:
    found = await counters(driver())
    assert found["Ethernet1/1"].uncorrectable_codewords == value(0)
    assert found["Ethernet1/1"].pre_fec_ber == value(2.5e-9)
    assert found["Ethernet3/1"].uncorrectable_codewords == value(3)
    assert found["Ethernet3/1"].corrected_codewords == value(15)
    assert found["Ethernet3/1"].pre_fec_ber == value(3e-7)


async def test_flaps_are_those_of_the_interface() -> None:
    assert (await counters(driver()))["Ethernet1/1"].flap_count == value(3)


async def test_a_port_whose_phys_count_nothing_has_no_counters() -> None:
    found = (await counters(driver()))["Ethernet4/1"]
    assert found.uncorrectable_codewords == ABSENT
    assert found.pre_fec_ber == ABSENT


async def test_fec_counters_come_over_gnmi_where_there_is_gnmi() -> None:
    eapi = CannedEapi({})
    found = await counters(made(eapi, CannedGnmi(UPDATES)))
    assert eapi.commands == []
    assert found["Ethernet1/1"].corrected_codewords == value(5000)


async def test_a_dark_lane_a_weak_lane_and_an_unread_lane_are_three_readings() -> None:
    optic = (await driver().optics())[0]
    assert [lane.index for lane in optic.lanes] == [1, 2, 3, 4]
    assert [lane.rx_power_dbm for lane in optic.lanes] == [value(-1.5), DARK, value(-28.25), NOT_AVAILABLE]


async def test_zero_dbm_is_a_value_and_minus_30_is_dark_on_the_sending_side_too() -> None:
    lanes = (await driver().optics())[0].lanes
    assert [lane.tx_power_dbm for lane in lanes] == [value(1.25), value(0.0), DARK, ABSENT]
    assert lanes[2].bias_ma == value(0.0)


async def test_presence_comes_from_the_inventory() -> None:
    found = {optic.port: optic for optic in await driver().optics()}
    assert found["Ethernet1/1"].present == value(True)
    assert found["Ethernet2/1"].present == value(False)
    assert found["Ethernet3/1"].present == value(True)
    assert found["Ethernet3/1"].serial == value("AO888")
    assert found["Ethernet3/1"].lanes == ()


async def test_a_module_in_a_slot_that_is_said_to_be_empty_is_neither_there_nor_not() -> None:
    replies = healthy()
    replies["show inventory"]["xcvrSlots"]["1"] = replies["show inventory"]["xcvrSlots"]["2"]
    assert (await made(CannedEapi(replies)).optics())[0].present == NOT_AVAILABLE


async def test_a_switch_without_a_single_module_still_tells_that_its_cages_are_empty() -> None:
    replies = healthy()
    names = ("Ethernet1/1", "Ethernet2/1")
    replies["show interfaces transceiver dom thresholds"] = {
        "interfaces": {name: {"displayName": name} for name in names}
    }
    slots = replies["show inventory"]["xcvrSlots"]
    slots["1"] = slots["2"]
    found = await made(CannedEapi(replies)).optics()
    assert [(optic.port, optic.present) for optic in found] == [(name, value(False)) for name in names]


@pytest.mark.parametrize(
    ("port", "slot"),
    [("Ethernet49/1", "49"), ("Ethernet3/1/4", "3/1"), ("Ethernet7", "7"), ("Ethernet4/1", None)],
)
def test_a_port_finds_its_slot(port: str, slot: str | None) -> None:
    assert slot_of(port, {"49": None, "3/1": None, "3": None, "7": None}) == slot


async def test_neighbors_have_the_age_that_the_switch_s_own_clock_tells() -> None:
    found = await driver().neighbors()
    assert [(each.local_port, each.port_id.value) for each in found] == [
        ("Ethernet1/1", "Ethernet8"),
        ("Ethernet3/1", "Ethernet5"),
    ]
    assert found[0].age_s == value(10.25)


async def test_lldp_that_hears_nobody_is_an_answer() -> None:
    reply: dict[str, object] = {"lldpNeighbors": {"Ethernet1/1": {"lldpNeighborInfo": []}}}
    assert await driver({"show lldp neighbors detail": reply}).neighbors() == ()


async def test_lldp_that_listens_nowhere_is_no_answer() -> None:
    with pytest.raises(NoData):
        await driver({"show lldp neighbors detail": {"lldpNeighbors": {}}}).neighbors()


async def test_a_supply_without_input_is_there_and_not_ok() -> None:
    supplies = {supply.name: supply for supply in (await driver().environment()).supplies}
    assert (supplies["psu-1"].present, supplies["psu-1"].ok) == (value(True), value(True))
    assert (supplies["psu-2"].present, supplies["psu-2"].ok) == (value(True), value(False))
    assert supplies["psu-2"].input_v == value(0.0)
    assert supplies["psu-3"].present == value(False)


async def test_fans_and_sensors_of_all_places_are_told() -> None:
    found = await driver().environment()
    assert {fan.name: fan.ok.value for fan in found.fans} == {
        "fan-1/1": True,
        "fan-2/1": False,
        "PowerSupply1/1": True,
    }
    assert {sensor.name: sensor.temperature_c for sensor in found.sensors} == {
        "TempSensor1": value(41.5),
        "TempSensor2": NOT_AVAILABLE,
        "TempSensorP1/1": value(30.0),
    }


async def test_an_environment_without_one_of_its_parts_is_what_is_left() -> None:
    replies = healthy()
    del replies["show system environment cooling"]
    found = await made(CannedEapi(replies)).environment()
    assert found.fans == ()
    assert len(found.sensors) == 3


async def test_a_port_is_shut_and_started_in_one_request() -> None:
    eapi = CannedEapi(healthy())
    await made(eapi).set_admin("Ethernet1/1", False)
    await made(eapi).set_admin("Ethernet1/1", True)
    assert eapi.commands == [
        ("enable", "configure", "interface Ethernet1/1", "shutdown"),
        ("enable", "configure", "interface Ethernet1/1", "no shutdown"),
    ]


@pytest.mark.parametrize(
    "port",
    ["Ethernet1/1\nshutdown", "Ethernet1 ; reload", "Management1", "", "Ethernet1-9", "Vlan1", "e" * 99],
)
async def test_what_is_no_front_port_is_never_sent(port: str) -> None:
    eapi = CannedEapi(healthy())
    with pytest.raises(InputError):
        await made(eapi).set_admin(port, False)
    assert eapi.commands == []


async def test_a_change_that_eos_refuses_is_refused() -> None:
    with pytest.raises(Refused, match="invalid command"):
        await driver().set_admin("Ethernet9/1", False)


async def test_a_change_whose_answer_can_not_be_read_is_not_called_refused() -> None:
    eapi = CannedEapi(healthy())
    eapi.whole = raw_reply(b'{"jsonrpc": "2.0", "resu')
    with pytest.raises(Unparsable):
        await made(eapi).set_admin("Ethernet1/1", False)


@pytest.mark.parametrize(("read", "command"), READS.items())
async def test_a_command_that_the_switch_has_not_is_no_data(read: str, command: str) -> None:
    replies = healthy()
    del replies[command]
    with pytest.raises(NoData):
        await call(made(CannedEapi(replies)), read)


@pytest.mark.parametrize(
    "message", ["Authorization denied for command 'show version'", "privileged mode required"]
)
async def test_a_command_that_the_user_may_not_run_is_refused(message: str) -> None:
    eapi = CannedEapi({})
    error = {"code": 1002, "message": "CLI command 1 of 1 failed", "data": [{"errors": [message]}]}
    eapi.whole = raw_reply(json.dumps({"jsonrpc": "2.0", "id": "x", "error": error}).encode())
    with pytest.raises(Refused):
        await made(eapi).identity()


BAD_WHOLES = {
    "empty": b"",
    "cut": json.dumps({"jsonrpc": "2.0", "result": [healthy()["show version"]]}).encode()[:-20],
    "no-json": b"<html>Bad gateway</html>",
    "array": b"[]",
    "too-few": b'{"jsonrpc": "2.0", "result": [{}]}',
    "no-result": b'{"jsonrpc": "2.0"}',
    "result-is-text": b'{"jsonrpc": "2.0", "result": "ok"}',
    "result-of-texts": b'{"jsonrpc": "2.0", "result": ["a", "b"]}',
    "twice": b'{"jsonrpc": "2.0", "result": [], "result": [{}, {}]}',
    "nan": b'{"jsonrpc": "2.0", "result": [{"modelName": NaN}, {}]}',
    "infinite": b'{"jsonrpc": "2.0", "result": [{"modelName": "x", "version": "1", "uptime": 1e999}, {}]}',
    "bomb": b"[" * 200_000,
    "deep": b'{"jsonrpc": "2.0", "result": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    "error-is-text": b'{"jsonrpc": "2.0", "error": "no"}',
    "escapes": b'\x1b[2J\x1b]0;owned\x07{"jsonrpc": "2.0"}',
    "errors-in-result": b'{"jsonrpc": "2.0", "result": [{"errors": ["Late"]}, {"errors": ["Late"]}]}',
}


@pytest.mark.parametrize("kind", sorted(BAD_WHOLES))
@pytest.mark.parametrize("read", sorted(READS))
async def test_a_bad_answer_is_never_facts(read: str, kind: str) -> None:
    eapi = CannedEapi({})
    eapi.whole = raw_reply(BAD_WHOLES[kind])
    with pytest.raises(DeviceError) as caught:
        await call(made(eapi), read)
    assert caught.value.advice
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_a_page_that_is_no_eapi_is_no_facts(status: int) -> None:
    eapi = CannedEapi({})
    eapi.whole = raw_reply(b"<html></html>", status)
    with pytest.raises(NoData if status == 404 else Unparsable):
        await made(eapi).identity()


@pytest.mark.parametrize("read", sorted(READS))
async def test_what_the_transport_says_is_passed_on(read: str) -> None:
    eapi = CannedEapi({})
    eapi.whole = TimedOut("leaf-2: no answer", "wait")
    with pytest.raises(TimedOut):
        await call(made(eapi), read)


WRONG: tuple[object, ...] = (None, [], {}, "text", -1, True, 1e999, {"value": []}, [[]], "\x1b[31mred")


def spoiled(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member of a reply."""
    if isinstance(node, dict):
        return [found for key, part in node.items() for found in ((*path, key), *spoiled(part, (*path, key)))]
    if isinstance(node, list):
        return [found for at, part in enumerate(node) for found in spoiled(part, (*path, at))]
    return []


@pytest.mark.parametrize("read", sorted(READS))
async def test_a_wrong_type_anywhere_is_an_error_or_no_value_and_never_a_crash(read: str) -> None:
    whole = healthy()[READS[read]]
    for path in spoiled(whole):
        for wrong in WRONG:
            replies = healthy()
            node = replies[READS[read]]
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = wrong
            try:
                await call(made(CannedEapi(replies)), read)
            except DeviceError as error:
                assert error.reason in ("unparsable", "no_data"), (path, wrong)


@pytest.mark.parametrize("read", sorted(READS))
async def test_a_member_that_is_missing_is_an_error_or_absent_and_never_a_value(read: str) -> None:
    base = json.loads(json.dumps(healthy()))
    for path in spoiled(base[READS[read]]):
        replies = healthy()
        node = replies[READS[read]]
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]
        try:
            await call(made(CannedEapi(replies)), read)
        except DeviceError as error:
            assert error.reason in ("unparsable", "no_data"), path


async def test_a_missing_reading_is_absent_and_not_zero() -> None:
    replies = healthy()
    del replies["show interfaces"]["interfaces"]["Ethernet1/1"]["interfaceCounters"]
    port = (await ports(made(CannedEapi(replies))))["Ethernet1/1"]
    assert port.flap_count.reading is Reading.ABSENT
