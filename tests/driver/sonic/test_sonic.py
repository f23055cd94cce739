"""The SONiC driver against canned replies: what it reads, and what it must refuse."""

from __future__ import annotations

import pytest

from bringup.driver.capability import CountsFec, HasEnvironment, HasOptics, HasPorts, SwitchesPorts
from bringup.driver.platform.sonic import PLATFORM, SonicDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import DARK, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Reading
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.sonic.replies import (
    DOM_TIMES,
    EEPROM,
    LLDP_INTERFACES,
    NEIGHBORS,
    STATUS,
    SYSEEPROM,
    VERSION,
    healthy,
)

READS = {
    "identity": "show version",
    "clock": "date +%s.%N",
    "ports": "show interfaces status",
    "optics": "show interfaces transceiver eeprom -d",
    "fec_counters": "show interfaces counters fec-stats",
    "neighbors": "docker exec lldp lldpctl -f json0",
    "environment": "show platform psustatus --json",
}
"""Each read and the command that it can't do without."""


def driver(**changed: Canned) -> SonicDriver:
    return with_replies(healthy() | changed)


def with_replies(replies: dict[str, Canned]) -> SonicDriver:
    return SonicDriver(device("sonic"), CannedLinks(replies))


async def call(made: SonicDriver, read: str) -> object:
    return await getattr(made, read)()


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    links = CannedLinks({})
    assert find_platform("sonic") is PLATFORM
    made = PLATFORM.open(device("sonic"), links)
    assert links.canned.asked == []
    for capability in (HasPorts, HasOptics, CountsFec, HasEnvironment, SwitchesPorts):
        assert isinstance(made, capability)


async def test_identity_joins_what_several_commands_tell() -> None:
    found = await driver().identity()
    assert found.hostname == value("leaf-1")
    assert (found.vendor, found.model, found.serial) == (
        value("ACME"),
        value("AQ32-400"),
        value("AQ3207LEAF01"),
    )
    assert found.os_version == value("202411.2-7f3c1d9e0")
    assert found.kernel == value("6.1.0-29-2-amd64")
    assert found.uptime_s == value(353471.22)
    assert found.boot_id == value("0f8e1d3a-5b6c-4d7e-8f90-a1b2c3d4e5f6")


async def test_a_switch_without_that_eeprom_still_has_an_identity() -> None:
    refusal = b"Platform x86_64-kvm_x86_64-r0 does not support EEPROM\n"
    found = await driver(**{"show platform syseeprom": refusal}).identity()
    assert found.serial == value("AQ3207LEAF01")
    assert found.vendor.reading is Reading.ABSENT


async def test_a_bad_checksum_of_the_eeprom_gives_nothing_of_it() -> None:
    bad = SYSEEPROM.replace(b"(checksum valid)", b"(*** checksum invalid)")
    assert (await driver(**{"show platform syseeprom": bad}).identity()).vendor.reading is Reading.ABSENT


async def test_the_clock_is_read_to_the_nanosecond() -> None:
    assert (await driver().clock()).unix_s == value(1737365411.25)


async def test_fec_that_runs_is_told_apart_by_the_rate_of_a_lane() -> None:
    ports = {port.name: port for port in await driver().ports()}
    assert ports["Ethernet0"].fec_mode == value("rs544")
    assert ports["Ethernet16"].fec_mode == value("rs528")


async def test_a_port_that_is_down_has_no_fec_in_use() -> None:
    ports = {port.name: port for port in await driver().ports()}
    assert ports["Ethernet8"].oper_up == value(False)
    assert ports["Ethernet8"].admin_up == value(True)
    assert ports["Ethernet8"].fec_mode == NOT_AVAILABLE


async def test_speed_is_in_gbps() -> None:
    assert [port.speed_gbps.value for port in await driver().ports()] == [400.0, 400.0, 100.0]


async def test_a_dark_lane_an_unread_lane_and_a_weak_lane_are_three_readings() -> None:
    lanes = (await driver().optics())[0].lanes
    assert [lane.index for lane in lanes] == [1, 2, 3, 4]
    assert [lane.rx_power_dbm for lane in lanes] == [value(0.8), DARK, value(-1.25), NOT_AVAILABLE]
    assert lanes[2].tx_power_dbm == DARK
    assert lanes[2].bias_ma == value(0.0)


async def test_the_medium_is_that_of_the_active_application() -> None:
    assert (await driver().optics())[0].medium == value("400GBASE-DR4")


async def test_a_module_that_can_not_be_read_is_present_and_not_available() -> None:
    optic = (await driver().optics())[1]
    assert optic.present == value(True)
    assert optic.serial == NOT_AVAILABLE


async def test_an_empty_cage_is_not_present() -> None:
    assert (await driver().optics())[2].present == value(False)


async def test_counters_lose_their_thousands_separators_and_nothing_else() -> None:
    counters = {entry.port: entry for entry in await driver().fec_counters()}
    assert counters["Ethernet0"].corrected_codewords == value(9214003)
    assert counters["Ethernet0"].pre_fec_ber == value(2.31e-08)
    assert counters["Ethernet8"].uncorrectable_codewords == value(0)
    assert counters["Ethernet16"].uncorrectable_codewords == NOT_AVAILABLE


async def test_neighbors_come_with_their_age() -> None:
    (neighbor,) = await driver().neighbors()
    assert (neighbor.local_port, neighbor.system_name, neighbor.port_id) == (
        "Ethernet0",
        value("node-01"),
        value("enp65s0np0"),
    )
    assert neighbor.age_s == value(93784.0)


NOBODY = {"docker exec lldp lldpctl -f json0": b'{"lldp": [{}]}\n'}
LISTENS = "docker exec lldp lldpcli show interfaces -f json0"


async def test_a_switch_that_listens_and_hears_nobody_says_so() -> None:
    assert await driver(**NOBODY, **{LISTENS: LLDP_INTERFACES}).neighbors() == ()


@pytest.mark.parametrize(
    "told",
    [
        b'{"lldp": [{}]}\n',
        b"",
        b"{",
        failed("x", 127, "lldpcli: command not found\n"),
        failed("x", 1, "Error response from daemon: container 3ab1 is not running\n"),
        LLDP_INTERFACES.replace(b"RX and TX", b"TX only"),
        LLDP_INTERFACES.replace(b"RX and TX", b"disabled"),
        NEIGHBORS,
    ],
)
async def test_a_switch_that_hears_nobody_and_does_not_say_that_it_listens_is_no_data(told: Canned) -> None:
    with pytest.raises(NoData, match="neighbour"):
        await driver(**NOBODY, **{LISTENS: told}).neighbors()


@pytest.mark.parametrize("told", [b"", b"\n", b"{}", b"[]", b"null", b'{"lldp": null}', b'{"lldp": {}}'])
async def test_the_empty_output_of_a_broken_lldpd_is_never_a_table_without_neighbours(told: bytes) -> None:
    with pytest.raises(DeviceError):
        await driver(**{"docker exec lldp lldpctl -f json0": told, LISTENS: LLDP_INTERFACES}).neighbors()


async def test_supplies_fans_and_sensors_are_read_as_they_are() -> None:
    found = await driver().environment()
    assert [(supply.name, supply.present.value, supply.ok.value) for supply in found.supplies] == [
        ("psu-1", True, True),
        ("psu-2", True, False),
        ("psu-3", False, None),
    ]
    assert [(fan.ok.value, fan.speed_rpm.value) for fan in found.fans] == [
        (True, 12000.0),
        (False, 0.0),
        (False, None),
        (True, None),
    ]
    assert [(sensor.name, sensor.temperature_c.value) for sensor in found.sensors] == [
        ("CPU Core", 52.5),
        ("Intake", None),
    ]


async def test_a_supply_does_not_tell_its_input_and_its_output_is_not_taken_for_it() -> None:
    assert (await driver().environment()).supplies[0].input_v.reading is Reading.UNSUPPORTED


async def test_one_part_of_the_environment_may_be_missing_but_not_all() -> None:
    gone: dict[str, Canned] = {"show platform fan": b"Fan Not detected\n\n"}
    assert (await driver(**gone).environment()).fans == ()
    gone |= {
        "show platform temperature": b"Thermal Not detected\n\n",
        "show platform psustatus --json": b"[]\n",
    }
    with pytest.raises(NoData):
        await driver(**gone).environment()


async def test_one_command_a_table() -> None:
    links = CannedLinks(healthy())
    made = SonicDriver(device("sonic"), links)
    await made.optics()
    assert links.canned.asked == [
        "show interfaces transceiver presence",
        "show interfaces transceiver eeprom -d",
        'sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_DOM_SENSOR|*"',
    ]


DOM = 'sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_DOM_SENSOR|*"'


async def test_monitors_are_as_old_as_the_daemon_says_less_the_second_it_rounds_to() -> None:
    optics = {optic.port: optic for optic in await driver(**{DOM: DOM_TIMES}).optics()}
    # read at 09:29:31, and the switch's clock says 09:30:11.25
    assert {lane.rx_power_dbm.age_s for lane in optics["Ethernet0"].lanes} == {39.25}
    assert optics["Ethernet0"].temperature_c.age_s == 39.25
    assert optics["Ethernet0"].serial.age_s is None
    assert optics["Ethernet8"].temperature_c.age_s is None


@pytest.mark.parametrize(
    "told",
    [
        failed("x", 127, "sonic-db-dump: command not found\n"),
        b"{}\n",
        b"",
        DOM_TIMES.replace(b"Mon Jan 20 09:29:31 2025", b"N/A"),
        DOM_TIMES.replace(b"Mon Jan 20 09:29:31 2025", b"yesterday"),
        DOM_TIMES.replace(b"2025", b"2026"),
    ],
)
async def test_an_age_that_the_switch_does_not_tell_or_that_is_none_is_not_known(told: Canned) -> None:
    optics = await driver(**{DOM: told}).optics()
    assert {lane.rx_power_dbm.age_s for optic in optics for lane in optic.lanes} == {None}


@pytest.mark.parametrize("read", sorted(READS))
@pytest.mark.parametrize(
    "text",
    [
        "Error: could not connect to redis\n",
        "Traceback (most recent call last):\n  File \"/usr/bin/x\", line 1\nKeyError: 'a'\n",
        "bash: show: command not found\n",
        'Usage: show [OPTIONS] COMMAND [ARGS]...\nTry "show -h" for help.\n',
        "\x1b]0;owned\x07\x1b[2J\x1b[31mEthernet0 up\n",
        "{}\n",
        "null\n",
        "[[[[\n",
    ],
)
async def test_error_text_with_status_zero_is_no_reading(read: str, text: str) -> None:
    with pytest.raises((Unparsable, NoData)) as caught:
        await call(driver(**{READS[read]: text.encode()}), read)
    assert "\x1b" not in str(caught.value)
    assert caught.value.advice


@pytest.mark.parametrize("read", sorted(READS))
async def test_an_empty_reply_is_no_data(read: str) -> None:
    replies = dict.fromkeys(healthy(), b"")
    with pytest.raises(NoData):
        await call(with_replies(dict(replies)), read)


@pytest.mark.parametrize("read", sorted(READS))
async def test_an_over_long_reply_is_unparsable(read: str) -> None:
    with pytest.raises(Unparsable):
        await call(driver(**{READS[read]: b"x" * (16 * 1024 * 1024 + 1)}), read)


@pytest.mark.parametrize("read", sorted(READS))
@pytest.mark.parametrize("error", [TimedOut("no answer", "wait"), Refused("closed", "open it")])
async def test_what_the_transport_raises_comes_through(read: str, error: DeviceError) -> None:
    with pytest.raises(type(error)):
        await call(driver(**{READS[read]: error}), read)


@pytest.mark.parametrize("cut", [1, 40, 200, 400])
async def test_a_cut_table_of_ports_is_unparsable(cut: int) -> None:
    with pytest.raises(Unparsable):
        await driver(**{"show interfaces status": STATUS[:-cut]}).ports()


async def test_a_cut_module_is_unparsable() -> None:
    cut = EEPROM[: EEPROM.index(b"RxPowerLowWarning")]
    with pytest.raises(Unparsable):
        await driver(**{"show interfaces transceiver eeprom -d": cut}).optics()


async def test_a_command_that_the_switch_lacks_is_no_data() -> None:
    missing = failed("x", 2, 'Error: No such command "fec-stats".\n')
    with pytest.raises(NoData, match="fec-stats"):
        await driver(**{"show interfaces counters fec-stats": missing}).fec_counters()


async def test_a_command_that_may_not_be_run_is_refused() -> None:
    refusal = failed("x", 1, "sudo: a password is required\n")
    text = "docker exec lldp lldpctl -f json0"
    with pytest.raises(Refused):
        await driver(**{text: failed("x", 1, "permission denied\n"), f"sudo -n {text}": refusal}).neighbors()


async def test_neighbors_are_read_as_root_where_the_user_may_not_talk_to_docker() -> None:
    refusal = failed("x", 1, "permission denied while trying to connect to the Docker daemon socket\n")
    text = "docker exec lldp lldpctl -f json0"
    replies: dict[str, Canned] = {text: refusal, f"sudo -n {text}": NEIGHBORS}
    found = await driver(**replies).neighbors()
    assert found[0].system_name == value("node-01")


async def test_whole_output_counts_whatever_the_status_is() -> None:
    odd = failed("show version", 1, "", VERSION)
    assert (await driver(**{"show version": odd}).identity()).serial == value("AQ3207LEAF01")


async def test_a_version_that_is_not_available_is_no_empty_text() -> None:
    unknown = VERSION.replace(b"AQ3207LEAF01", b"N/A")
    bare: dict[str, Canned] = {"show version": unknown, "show platform syseeprom": b"nothing\n"}
    serial = (await driver(**bare).identity()).serial
    assert serial == Read(Reading.NOT_AVAILABLE)


@pytest.mark.parametrize(("up", "verb"), [(True, "startup"), (False, "shutdown")])
async def test_a_port_is_switched_by_one_command(up: bool, verb: str) -> None:
    links = CannedLinks(healthy())
    await SonicDriver(device("sonic"), links).set_admin("Ethernet0", up)
    assert links.canned.asked == [f"sudo config interface {verb} Ethernet0"]


@pytest.mark.parametrize("port", ["Ethernet0; reboot", "$(reboot)", "-h", "", "a b", "Ethernet0\n", "x" * 80])
async def test_what_is_no_port_name_reaches_no_shell(port: str) -> None:
    links = CannedLinks(healthy())
    with pytest.raises(InputError):
        await SonicDriver(device("sonic"), links).set_admin(port, True)
    assert links.canned.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        failed("x", 1, "sudo: a password is required\n"),
        failed("x", 2, "", b"Usage: config interface startup [OPTIONS]\nError: Interface name is invalid.\n"),
        b"Error: Interface name is invalid. Please enter a valid interface name!!\n",
    ],
)
async def test_a_switch_that_would_not_is_refused(reply: Canned) -> None:
    with pytest.raises(Refused):
        await driver(**{"sudo config interface startup Ethernet0": reply}).set_admin("Ethernet0", True)
