"""The generic SNMP switch driver against canned variables: what it reads, and what it must refuse."""

from __future__ import annotations

import pytest

from bringup.decode.registry import decode_detected, find_format
from bringup.driver.capability import HasEnvironment, HasOptics, HasPorts, Identifies, SeesNeighbors
from bringup.driver.platform.snmp_switch import PLATFORM, SnmpSwitchDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, NoData, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, value
from bringup.transport.base import SnmpValue
from bringup.transport.recorded import variables_to_bytes
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired
from tests.driver.snmp_switch.variables import ENTITY, IF, LOCAL, REMOTE, SENSOR, VARIABLES

READS = ("identity", "ports", "neighbors", "environment", "optics")


def made(snmp: CannedSnmp) -> SnmpSwitchDriver:
    return SnmpSwitchDriver(wired("snmp-switch", "leaf-3"), CannedWires(snmp=snmp))


def driver(**changed: SnmpValue | DeviceError) -> SnmpSwitchDriver:
    return made(CannedSnmp(VARIABLES | changed))


def without(*beginnings: str) -> SnmpSwitchDriver:
    return made(CannedSnmp({oid: held for oid, held in VARIABLES.items() if not oid.startswith(beginnings)}))


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(snmp=CannedSnmp({}))
    assert find_platform("snmp-switch") is PLATFORM
    opened = PLATFORM.open(wired("snmp-switch", "leaf-3"), wires)
    assert wires.opened == []
    for capability in (HasPorts, Identifies, SeesNeighbors, HasEnvironment, HasOptics):
        assert isinstance(opened, capability)


async def test_identity_is_what_the_description_tells_and_the_serial_of_the_chassis() -> None:
    found = await driver().identity()
    assert (found.hostname, found.os_version) == (value("leaf-3"), value("4.33.1F"))
    assert (found.model, found.serial) == (value("DCS-7060X-9T"), value("JAS25000099"))
    assert found.uptime_s == value(3600.0)
    assert str(found.description.value).startswith("Arista Networks EOS")


async def test_an_agent_of_an_unknown_make_has_its_name_and_description() -> None:
    found = await made(
        CannedSnmp({"1.3.6.1.2.1.1.1.0": b"Some box", "1.3.6.1.2.1.1.5.0": b"box-1"})
    ).identity()
    assert (found.hostname, found.description) == (value("box-1"), value("Some box"))
    assert (found.model, found.serial, found.os_version) == (ABSENT, ABSENT, ABSENT)


async def test_interfaces_are_named_by_ifname_and_else_by_their_description() -> None:
    assert [port.name for port in await driver().ports()] == ["Ethernet1", "Ethernet2", "Ethernet3"]


async def test_states_are_told_apart_and_unknown_ones_are_none() -> None:
    found = [(port.admin_up, port.oper_up) for port in await driver().ports()]
    assert found == [
        (value(True), value(True)),
        (value(False), value(False)),
        (NOT_AVAILABLE, NOT_AVAILABLE),
    ]


async def test_speed_is_in_gbps_and_zero_stands_for_none() -> None:
    assert [port.speed_gbps for port in await driver().ports()] == [value(400.0), value(25.0), NOT_AVAILABLE]


async def test_a_mac_has_six_octets() -> None:
    assert [port.mac for port in await driver().ports()] == [
        value("02:00:5e:00:00:01"),
        ABSENT,
        NOT_AVAILABLE,
    ]


async def test_neighbors_are_on_lldp_s_own_ports_not_on_ifindexes() -> None:
    first, second = await driver().neighbors()
    assert (first.local_port, first.system_name, first.port_id) == (
        "Ethernet1",
        value("leaf-1"),
        value("Ethernet8"),
    )
    assert (second.local_port, second.system_name) == ("Ethernet2", ABSENT)
    assert second.port_id == value("02:00:5e:00:00:01")


async def test_lldp_that_hears_nobody_is_an_answer_and_no_lldp_is_none() -> None:
    assert await without(REMOTE).neighbors() == ()
    with pytest.raises(NoData):
        await without(LOCAL, REMOTE).neighbors()


async def test_sensors_are_scaled_by_their_own_rows() -> None:
    found = await driver().environment()
    assert [(sensor.name, sensor.temperature_c) for sensor in found.sensors] == [
        ("board-sensor", value(41.5))
    ]
    assert [(fan.name, fan.speed_rpm, fan.ok) for fan in found.fans] == [
        ("fan-1", value(5600.0), NOT_AVAILABLE)
    ]


async def test_light_in_watts_and_in_dbm_is_read_on_its_lane() -> None:
    (optic,) = await driver().optics()
    assert (optic.port, optic.temperature_c) == ("Ethernet1", value(30.5))
    assert [lane.rx_power_dbm for lane in optic.lanes] == [value(-2.0), DARK]
    assert optic.lanes[0].tx_power_dbm == value(-1.5)
    assert optic.lanes[0].bias_ma == value(33.45)


async def test_two_sensors_in_one_place_give_neither() -> None:
    (optic,) = await driver(**{f"{ENTITY}.4.32": 40}).optics()
    assert [lane.rx_power_dbm for lane in optic.lanes] == [NOT_AVAILABLE]


@pytest.mark.parametrize(("column", "held"), [(4, 10**9), (4, -(10**9)), (5, 2), (5, 3), (2, 99), (3, 77)])
async def test_a_sensor_that_does_not_work_or_overflows_has_no_value(column: int, held: int) -> None:
    (optic,) = await driver(**{f"{SENSOR}.{column}.31": held}).optics()
    assert optic.lanes[0].rx_power_dbm == NOT_AVAILABLE


async def test_no_light_at_all_is_dark_and_less_than_that_is_nonsense() -> None:
    (optic,) = await driver(**{f"{SENSOR}.4.31": 0, f"{SENSOR}.4.32": -5}).optics()
    assert [lane.rx_power_dbm for lane in optic.lanes] == [DARK, NOT_AVAILABLE]


@pytest.mark.parametrize("read", READS)
async def test_an_agent_that_has_nothing_is_no_data(read: str) -> None:
    with pytest.raises(NoData) as caught:
        await getattr(made(CannedSnmp({})), read)()
    assert caught.value.advice


@pytest.mark.parametrize("read", READS)
async def test_what_the_transport_says_is_passed_on(read: str) -> None:
    silent = {oid: TimedOut("leaf-3: no answer", "check the community") for oid in VARIABLES}
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
        await driver(**{f"{IF}.8.1": b"up"}).ports()


async def test_a_neighbor_s_index_of_another_shape_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        await driver(**{f"{REMOTE}.5.17": b"x"}).neighbors()


async def test_a_walk_as_transcripts_keep_it_decodes_as_the_live_one() -> None:
    kept = variables_to_bytes(list(VARIABLES.items()))
    decoded = decode_detected(kept)
    assert (decoded.format, decoded.outcome) == ("snmp.switch", "ok")
    assert decoded.facts["ports"] == await driver().ports()
    assert decoded.facts["neighbors"] == await driver().neighbors()


@pytest.mark.parametrize(
    "kept",
    [
        b'[["1.3.6.1.2.1.1.5.0", {"hex": "xy"}]]',
        b'[["1.3.6.1.2.1.1.5.0", true]]',
        b'[["1.3.6.1.2.1.1.5.0", 1.5]]',
        b'[["1.3.6.1.2.1.1.5.0", {"text": "a", "hex": "00"}]]',
        b'[["1.3.6.1.2.1.1.5.0"]]',
        b'[["1.3.6.1.2.1.1.5.0", 1], ["1.3.6.1.2.1.1.5.0", 1]]',
        b'[["1.3.6.1.2.1.1.5.0", {"text": "lea',
    ],
)
def test_a_damaged_walk_of_a_transcript_is_unparsable(kept: bytes) -> None:
    assert find_format("snmp.switch").decode(kept).outcome == "unparsable"
