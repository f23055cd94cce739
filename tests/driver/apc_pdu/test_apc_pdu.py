"""The APC PDU driver against canned variables: what it reads, what it sets, and what it must refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.capability import HasOutlets, Identifies, SwitchesOutlets
from bringup.driver.platform.apc_pdu import PLATFORM, ApcPduDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from bringup.transport.base import SnmpValue
from tests.driver.apc_pdu.variables import CONTROL, IDENT, METER, PROBE, STATUS, VARIABLES
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired

READS = ("identity", "outlets", "environment")


def made(snmp: CannedSnmp) -> ApcPduDriver:
    return ApcPduDriver(wired("apc-pdu", "pdu-1"), CannedWires(snmp=snmp))


def driver(**changed: SnmpValue | DeviceError) -> ApcPduDriver:
    return made(CannedSnmp(VARIABLES | changed))


def without(*beginnings: str) -> CannedSnmp:
    return CannedSnmp({oid: held for oid, held in VARIABLES.items() if not oid.startswith(beginnings)})


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(snmp=CannedSnmp({}))
    assert find_platform("apc-pdu") is PLATFORM
    opened = PLATFORM.open(wired("apc-pdu", "pdu-1"), wires)
    assert wires.opened == []
    for capability in (HasOutlets, Identifies, SwitchesOutlets):
        assert isinstance(opened, capability)


async def test_identity_is_that_of_the_identity_table() -> None:
    found = await driver().identity()
    assert (found.serial, found.model) == (value("5A25000001"), value("AP8000X"))
    assert (found.hostname, found.os_version) == (value("pdu-1"), value("v7.1.6"))
    assert found.uptime_s == value(1234.56)


async def test_without_that_table_the_description_tells() -> None:
    found = await made(without(IDENT)).identity()
    assert (found.serial, found.model) == (value("5A25000001"), value("AP8000X"))


async def test_another_agent_is_no_pdu() -> None:
    snmp = CannedSnmp({"1.3.6.1.2.1.1.1.0": b"Linux host", "1.3.6.1.2.1.1.5.0": b"host"})
    with pytest.raises(NoData) as caught:
        await made(snmp).identity()
    assert "rPDU2" in caught.value.advice


async def test_one_is_off_and_two_is_on_in_the_status_table() -> None:
    found = await driver().outlets()
    assert [(outlet.index, outlet.state.value) for outlet in found] == [(1, "on"), (2, "on"), (3, "off")]
    assert [outlet.label.value for outlet in found] == ["leaf-1 psu-1", "leaf-1 psu-2", "spare"]


async def test_zero_watts_is_a_value_and_minus_one_is_not_measured() -> None:
    assert [outlet.power_w for outlet in await driver().outlets()] == [
        value(240.0),
        value(0.0),
        NOT_AVAILABLE,
    ]


async def test_an_outlet_without_a_meter_has_no_power() -> None:
    assert {outlet.power_w for outlet in await made(without(METER)).outlets()} == {ABSENT}


async def test_a_state_that_nobody_knows_is_no_state() -> None:
    assert (await driver(**{f"{STATUS}.5.2": 7}).outlets())[1].state == NOT_AVAILABLE


async def test_the_control_object_is_never_read_as_a_state() -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).outlets()
    assert not any(walked.startswith(CONTROL) for walked in snmp.walks)


async def test_a_pdu_without_switched_outlets_says_so() -> None:
    with pytest.raises(NoData):
        await made(without(STATUS)).outlets()


@pytest.mark.parametrize(("to", "command"), [("on", 1), ("off", 2), ("cycle", 3)])
async def test_an_outlet_is_switched_by_one_set_and_nothing_else(to: Any, command: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).switch_outlet(3, to)
    assert snmp.sets == [(f"{CONTROL}.3", command)]
    assert snmp.walks == []


@pytest.mark.parametrize("index", [0, -1, 193, 10**9])
async def test_an_outlet_that_no_pdu_has_is_never_sent(index: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    with pytest.raises(InputError):
        await made(snmp).switch_outlet(index, "off")
    assert snmp.sets == []


async def test_a_set_that_the_agent_refuses_is_refused() -> None:
    refusal = Refused("pdu-1: notWritable", "Use the write community")
    with pytest.raises(Refused):
        await driver(**{f"set {CONTROL}.1": refusal}).switch_outlet(1, "on")


async def test_only_probes_that_are_plugged_in_are_told_and_a_lost_one_has_no_value() -> None:
    found = (await driver().environment()).sensors
    assert [sensor.temperature_c for sensor in found] == [value(25.4), NOT_AVAILABLE]


async def test_no_probe_at_all_is_no_data() -> None:
    with pytest.raises(NoData):
        await made(without(PROBE)).environment()


@pytest.mark.parametrize("read", READS)
async def test_an_agent_that_has_nothing_is_no_data(read: str) -> None:
    with pytest.raises(NoData) as caught:
        await getattr(made(CannedSnmp({})), read)()
    assert caught.value.advice


@pytest.mark.parametrize("read", READS)
async def test_what_the_transport_says_is_passed_on(read: str) -> None:
    silent = {oid: TimedOut("pdu-1: no answer", "check the community") for oid in VARIABLES}
    with pytest.raises(TimedOut):
        await getattr(made(CannedSnmp(silent)), read)()


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("wrong", [b"text", 5, -1, 2**64, "1.3.6.1", None, b"\xff\xfe", b"\x1b[2J", b""])
async def test_a_wrong_type_anywhere_is_an_error_or_no_value_and_never_a_crash(
    read: str, wrong: SnmpValue
) -> None:
    for oid in VARIABLES:
        try:
            await getattr(driver(**{oid: wrong}), read)()
        except DeviceError as error:
            assert error.reason in ("unparsable", "no_data"), oid
            assert error.message.isprintable()


async def test_a_state_that_is_text_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        await driver(**{f"{STATUS}.5.1": b"on"}).outlets()


async def test_an_index_of_another_shape_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        await driver(**{f"{STATUS}.5.1.7": 2}).outlets()
