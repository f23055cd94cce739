"""The Vertiv PDU driver against canned variables: what it reads, what it sets, and what it must refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.platform.vertiv_pdu import PLATFORM, VertivPduDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData
from bringup.model.measurement import NOT_AVAILABLE, value
from bringup.transport.base import SnmpValue
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired
from tests.driver.vertiv_pdu.variables import OUTLETS, VARIABLES

READS = ("identity", "outlets", "inlets")


def made(snmp: CannedSnmp) -> VertivPduDriver:
    return VertivPduDriver(wired("vertiv-pdu", "pdu-3"), CannedWires(snmp=snmp))


def driver(**changed: SnmpValue | DeviceError) -> VertivPduDriver:
    return made(CannedSnmp(VARIABLES | changed))


def test_the_platform_is_found_by_its_name() -> None:
    assert find_platform("vertiv-pdu") is PLATFORM


async def test_identity_is_its_own() -> None:
    found = await driver().identity()
    assert (found.serial, found.model, found.os_version) == (
        value("V25000001"),
        value("MN00X"),
        value("5.6.1"),
    )


async def test_one_is_on_two_is_off_and_anything_else_is_no_state() -> None:
    found = await driver().outlets()
    assert [(outlet.index, outlet.state.value, outlet.power_w.value) for outlet in found] == [
        (1, "on", 240.0),
        (2, "off", 0.0),
    ]
    for waiting in (0, 3, 4, 5, 6, 7, 99):
        assert (await driver(**{f"{OUTLETS}.4.1": waiting}).outlets())[0].state == NOT_AVAILABLE


async def test_the_control_object_is_never_read() -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).outlets()
    assert not any(walked.startswith(f"{OUTLETS}.6") for walked in snmp.walks)


async def test_a_phase_is_told_under_the_name_of_its_place() -> None:
    (phase,) = await driver().inlets()
    assert (phase.name, phase.voltage_v, phase.current_a) == ("Phase A", value(230.1), value(7.25))
    assert (phase.power_w, phase.power_factor) == (value(1664.0), value(0.97))


@pytest.mark.parametrize(("to", "command"), [("on", 2), ("off", 4), ("cycle", 6)])
async def test_an_outlet_is_switched_by_one_set_and_nothing_else(to: Any, command: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).switch_outlet(2, to)
    assert (snmp.sets, snmp.walks) == ([(f"{OUTLETS}.6.2", command)], [])


@pytest.mark.parametrize("index", [0, -1, 65])
async def test_an_outlet_that_no_pdu_has_is_never_sent(index: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    with pytest.raises(InputError):
        await made(snmp).switch_outlet(index, "off")
    assert snmp.sets == []


@pytest.mark.parametrize("read", READS)
async def test_an_agent_that_has_nothing_is_no_data(read: str) -> None:
    with pytest.raises(NoData):
        await getattr(made(CannedSnmp({})), read)()


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("wrong", [b"text", -1, 2**64, "1.3.6.1", None, b"\xff\xfe", b"\x1b[2J", b""])
async def test_a_wrong_type_anywhere_is_an_error_or_no_value_and_never_a_crash(
    read: str, wrong: SnmpValue
) -> None:
    for oid in VARIABLES:
        try:
            await getattr(driver(**{oid: wrong}), read)()
        except DeviceError as error:
            assert error.reason in ("unparsable", "no_data"), oid
