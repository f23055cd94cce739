"""The Server Technology driver against canned variables: both generations of these PDUs."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.decode.snmp_servertech import number_of, place_of
from bringup.driver.platform.servertech_pdu import PLATFORM, ServertechPduDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Unparsable
from bringup.model.measurement import NOT_AVAILABLE, value
from bringup.transport.base import SnmpValue
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired
from tests.driver.servertech_pdu.variables import OUTLETS, PRO, SENTRY4, VARIABLES

READS = ("identity", "outlets", "inlets")


def made(snmp: CannedSnmp) -> ServertechPduDriver:
    return ServertechPduDriver(wired("servertech-pdu", "pdu-4"), CannedWires(snmp=snmp))


def driver(**changed: SnmpValue | DeviceError) -> ServertechPduDriver:
    return made(CannedSnmp(VARIABLES | changed))


def test_the_platform_is_found_by_its_name() -> None:
    assert find_platform("servertech-pdu") is PLATFORM


async def test_identity_is_its_own_in_both_generations() -> None:
    third, fourth = await driver().identity(), await made(CannedSnmp(PRO)).identity()
    assert (third.serial, third.model) == (value("KAXV0000001"), value("CW-X"))
    assert (fourth.serial, fourth.model) == (value("AAAA0000001"), value("C2X"))
    assert str(fourth.os_version.value).endswith("8.0m")


async def test_one_is_on_zero_is_off_and_what_waits_has_no_state() -> None:
    found = await driver().outlets()
    assert [(outlet.index, outlet.state) for outlet in found] == [
        (1, value("on")),
        (2, value("off")),
        (101, NOT_AVAILABLE),
    ]
    assert [outlet.power_w for outlet in found] == [value(240.0), value(0.0), NOT_AVAILABLE]


async def test_outlets_of_the_fourth_generation_are_read_the_same() -> None:
    found = await made(CannedSnmp(PRO)).outlets()
    assert [(outlet.index, outlet.label.value, outlet.state.value) for outlet in found] == [
        (1, "leaf-1", "on"),
        (2, "leaf-2", "off"),
    ]


async def test_two_generations_in_one_answer_are_unparsable() -> None:
    with pytest.raises(Unparsable):
        await driver(**PRO).outlets()


async def test_minus_one_on_a_neutral_is_not_measured() -> None:
    first, neutral = await driver().inlets()
    assert (first.current_a, first.voltage_v, first.power_w) == (value(1.11), value(230.0), value(147.0))
    assert (neutral.current_a, neutral.voltage_v) == (value(2.12), NOT_AVAILABLE)


@pytest.mark.parametrize("place", [(1, 1, 1), (1, 1, 99), (1, 2, 1), (2, 1, 1), (8, 99, 99)])
def test_a_number_and_its_place_are_the_same_outlet(place: tuple[int, int, int]) -> None:
    assert place_of(number_of(place)) == place


@pytest.mark.parametrize("number", [0, -1, 100, 200, 10_000, 10**9])
def test_what_is_no_outlet_s_number_has_no_place(number: int) -> None:
    assert place_of(number) is None


@pytest.mark.parametrize(("to", "command"), [("on", 1), ("off", 2), ("cycle", 3)])
async def test_an_outlet_is_switched_by_one_set_of_its_generation(to: Any, command: int) -> None:
    third, fourth = CannedSnmp(VARIABLES), CannedSnmp(PRO)
    await made(third).switch_outlet(101, to)
    await made(fourth).switch_outlet(2, to)
    assert third.sets == [(f"{OUTLETS}.11.1.2.1", command)]
    assert fourth.sets == [(f"{SENTRY4}.8.5.1.2.1.1.2", command)]


@pytest.mark.parametrize("index", [0, -1, 3, 100, 201, 10**9])
async def test_an_outlet_that_the_pdu_does_not_list_is_never_sent(index: int) -> None:
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
    for variables in (VARIABLES, PRO):
        for oid in variables:
            try:
                await getattr(made(CannedSnmp(variables | {oid: wrong})), read)()
            except DeviceError as error:
                assert error.reason in ("unparsable", "no_data"), oid
