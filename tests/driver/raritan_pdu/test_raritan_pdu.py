"""The Raritan PDU driver against canned variables: what it reads, what it sets, and what it must refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.capability import HasEnvironment, HasInlets, HasOutlets, Identifies, SwitchesOutlets
from bringup.driver.platform.raritan_pdu import PLATFORM, RaritanPduDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from bringup.transport.base import SnmpValue
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired
from tests.driver.raritan_pdu.variables import (
    CONTROL,
    INLET_CONFIG,
    NAME,
    OUTLET_CONFIG,
    OUTLET_READ,
    PDU2,
    PROBE,
    STATE,
    VARIABLES,
)

READS = ("identity", "outlets", "inlets", "environment")


def made(snmp: CannedSnmp) -> RaritanPduDriver:
    return RaritanPduDriver(wired("raritan-pdu", "pdu-2"), CannedWires(snmp=snmp))


def driver(**changed: SnmpValue | DeviceError) -> RaritanPduDriver:
    return made(CannedSnmp(VARIABLES | changed))


def without(*beginnings: str) -> RaritanPduDriver:
    return made(CannedSnmp({oid: held for oid, held in VARIABLES.items() if not oid.startswith(beginnings)}))


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(snmp=CannedSnmp({}))
    assert find_platform("raritan-pdu") is PLATFORM
    opened = PLATFORM.open(wired("raritan-pdu", "pdu-2"), wires)
    assert wires.opened == []
    for capability in (HasOutlets, HasInlets, HasEnvironment, Identifies, SwitchesOutlets):
        assert isinstance(opened, capability)


async def test_identity_is_that_of_the_nameplate() -> None:
    found = await driver().identity()
    assert (found.serial, found.model) == (value("1S25000001"), value("PX3-0001X"))
    assert (found.hostname, found.os_version) == (value("pdu-2"), value("4.3.0.5-50000"))


async def test_without_a_nameplate_the_description_tells_the_model_and_no_serial() -> None:
    found = await without(f"{PDU2}.3.2").identity()
    assert (found.model, found.os_version) == (value("PX3-0001X"), value("4.3.0.5-50000"))
    assert found.serial == ABSENT


async def test_another_agent_is_no_pdu() -> None:
    snmp = CannedSnmp({"1.3.6.1.2.1.1.1.0": b"Linux host", "1.3.6.1.2.1.1.5.0": b"host"})
    with pytest.raises(NoData) as caught:
        await made(snmp).identity()
    assert "PX2" in caught.value.advice


async def test_seven_is_on_and_eight_is_off() -> None:
    found = await driver().outlets()
    assert [(outlet.index, outlet.state.value) for outlet in found] == [(1, "on"), (2, "off"), (3, "on")]
    assert [outlet.label for outlet in found] == [value("leaf-1 psu-1"), value("leaf-1 psu-2"), ABSENT]


async def test_power_is_scaled_by_the_digits_of_its_own_row() -> None:
    assert [outlet.power_w for outlet in await driver().outlets()] == [value(240.5), value(0.0), value(3.1)]


@pytest.mark.parametrize("column", [6, 7])
async def test_a_sensor_whose_row_does_not_say_how_to_scale_it_has_no_value(column: int) -> None:
    assert (await without(f"{OUTLET_CONFIG}.{column}").outlets())[0].power_w == NOT_AVAILABLE


@pytest.mark.parametrize("digits", [-1, 10, 2**31])
async def test_digits_beyond_reason_scale_nothing(digits: int) -> None:
    assert (await driver(**{f"{OUTLET_CONFIG}.7.1.1.5": digits}).outlets())[0].power_w == NOT_AVAILABLE


async def test_a_sensor_in_another_unit_is_not_taken_for_watts() -> None:
    assert (await driver(**{f"{OUTLET_CONFIG}.6.1.1.5": 4}).outlets())[0].power_w == NOT_AVAILABLE


async def test_the_state_of_the_on_off_sensor_does_where_there_is_no_switching_table() -> None:
    assert [outlet.state.value for outlet in await without(STATE).outlets()] == ["on", "off", "on"]


async def test_two_states_that_contradict_each_other_are_none() -> None:
    found = await driver(**{f"{OUTLET_READ}.3.1.1.14": 8}).outlets()
    assert found[0].state == NOT_AVAILABLE


async def test_a_state_that_nobody_knows_is_no_state() -> None:
    changed: dict[str, Any] = {f"{STATE}.1.1": -1, f"{OUTLET_READ}.3.1.1.14": -1}
    assert (await driver(**changed).outlets())[0].state == NOT_AVAILABLE


async def test_an_outlet_without_any_state_object_has_no_state() -> None:
    found = await without(STATE, f"{OUTLET_READ}.3", f"{OUTLET_READ}.4").outlets()
    assert {outlet.state for outlet in found} == {ABSENT}


async def test_outlets_of_another_pdu_in_the_chain_are_not_this_ones() -> None:
    found = await driver(**{f"{NAME}.2.1": b"elsewhere", f"{STATE}.2.1": 7}).outlets()
    assert len(found) == 3


async def test_the_control_object_is_never_read_as_a_state() -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).outlets()
    assert not any(walked.startswith(CONTROL) for walked in snmp.walks)


async def test_an_inlet_tells_what_comes_in_and_what_it_cannot_tell_is_no_value() -> None:
    (inlet,) = await driver().inlets()
    assert (inlet.name, inlet.current_a, inlet.voltage_v) == ("inlet-1", value(7.467), value(229.0))
    assert (inlet.power_w, inlet.power_factor, inlet.energy_wh) == (value(1665.0), NOT_AVAILABLE, ABSENT)


async def test_inlets_without_digits_have_no_current() -> None:
    (inlet,) = await without(f"{INLET_CONFIG}.7").inlets()
    assert inlet.current_a == NOT_AVAILABLE


async def test_only_temperature_probes_are_told() -> None:
    found = (await driver().environment()).sensors
    assert [(sensor.name, sensor.temperature_c) for sensor in found] == [("Inlet", value(23.1))]


async def test_no_probe_at_all_is_no_data() -> None:
    with pytest.raises(NoData):
        await without(PROBE).environment()


@pytest.mark.parametrize(("to", "command"), [("on", 1), ("off", 0), ("cycle", 2)])
async def test_an_outlet_is_switched_by_one_set_and_nothing_else(to: Any, command: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    await made(snmp).switch_outlet(3, to)
    assert snmp.sets == [(f"{CONTROL}.1.3", command)]
    assert snmp.walks == []


@pytest.mark.parametrize("index", [0, -1, 65, 10**9])
async def test_an_outlet_that_no_pdu_has_is_never_sent(index: int) -> None:
    snmp = CannedSnmp(VARIABLES)
    with pytest.raises(InputError):
        await made(snmp).switch_outlet(index, "off")
    assert snmp.sets == []


async def test_a_set_that_the_agent_refuses_is_refused() -> None:
    refusal = Refused("pdu-2: notWritable", "Use the write community")
    with pytest.raises(Refused):
        await driver(**{f"set {CONTROL}.1.1": refusal}).switch_outlet(1, "on")


@pytest.mark.parametrize("read", READS)
async def test_an_agent_that_has_nothing_is_no_data(read: str) -> None:
    with pytest.raises(NoData) as caught:
        await getattr(made(CannedSnmp({})), read)()
    assert caught.value.advice


@pytest.mark.parametrize("read", READS)
async def test_what_the_transport_says_is_passed_on(read: str) -> None:
    silent = {oid: TimedOut("pdu-2: no answer", "check the community") for oid in VARIABLES}
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


async def test_an_index_of_another_shape_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        await driver(**{f"{STATE}.7": 7}).outlets()
