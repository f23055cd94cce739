"""The Linux driver against canned replies: what it reads, what a plain box lacks, and what it must refuse."""

from __future__ import annotations

import pytest

from bringup.driver.capability import HasAdapters, HasPorts, HasProcessor, Identifies, SwitchesPorts
from bringup.driver.platform.linux import PLATFORM, LinuxDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.model.verdict import Reading
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.linux.replies import DRIVER, FEC, MODULE, PORT, SETTINGS, TIMEDATECTL, healthy

READS = {
    "identity": "uname -srm",
    "clock": "date +%s.%N",
    "processor": "cat /proc/meminfo",
    "ports": "ip -j link",
    "optics": "ip -j link",
    "fec_counters": "ip -j link",
    "neighbors": "lldpcli show neighbors -f json0",
    "adapters": "ip -j link",
}
"""Each read and a command that it can't do without."""
DMI = [
    f"cat /sys/class/dmi/id/{name}"
    for name in ("product_name", "product_serial", "sys_vendor", "bios_version")
]


def driver(**changed: Canned) -> LinuxDriver:
    return LinuxDriver(device("linux", "node-01"), CannedLinks(healthy() | changed))


def without(*commands: str) -> tuple[LinuxDriver, CannedLinks]:
    """A host that has none of the commands that begin so."""
    replies = {text: reply for text, reply in healthy().items() if not text.startswith(commands)}
    links = CannedLinks(replies)
    return LinuxDriver(device("linux", "node-01"), links), links


def plain_debian() -> dict[str, Canned]:
    """A virtual machine with no DMI, no ethtool, no lldpd and no systemd."""
    missing = failed("x", 1, "cat: /sys/class/dmi/id/x: No such file or directory\n")
    kept = {
        text: reply
        for text, reply in healthy().items()
        if not text.startswith(("ethtool", "lldpcli", "time"))
    }
    return kept | dict.fromkeys(DMI, missing)


async def call(made: LinuxDriver, read: str) -> object:
    return await getattr(made, read)()


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    links = CannedLinks({})
    assert find_platform("linux") is PLATFORM
    made = PLATFORM.open(device("linux"), links)
    assert links.canned.asked == []
    for capability in (Identifies, HasPorts, HasProcessor, HasAdapters, SwitchesPorts):
        assert isinstance(made, capability)


async def test_identity_joins_kernel_release_and_firmware() -> None:
    found = await driver().identity()
    assert (found.hostname, found.kernel, found.machine) == (
        value("node-01"),
        value("6.8.0-51-generic"),
        value("x86_64"),
    )
    assert (found.vendor, found.model, found.serial) == (value("ACME"), value("AR-8000"), value("AR8N0001"))
    assert found.os_version == value("Ubuntu 24.04.1 LTS")
    assert found.firmware == {"bios": value("2.4a")}
    assert found.uptime_s == value(353.22)


async def test_a_serial_that_nobody_filled_in_is_not_available() -> None:
    for words in (b"To Be Filled By O.E.M.\n", b"Default string\n", b"Not Specified\n"):
        found = await driver(**{"cat /sys/class/dmi/id/product_serial": words}).identity()
        assert found.serial == NOT_AVAILABLE


async def test_a_serial_that_only_root_may_read_is_not_available() -> None:
    refusal = failed("x", 1, "cat: /sys/class/dmi/id/product_serial: Permission denied\n")
    found = await driver(**{"cat /sys/class/dmi/id/product_serial": refusal}).identity()
    assert found.serial == NOT_AVAILABLE
    assert found.model == value("AR-8000")


async def test_a_plain_machine_still_has_name_kernel_cpus_memory_and_nics() -> None:
    made = LinuxDriver(device("linux"), CannedLinks(plain_debian()))
    found = await made.identity()
    assert (found.hostname, found.kernel, found.machine) == (
        value("node-01"),
        value("6.8.0-51-generic"),
        value("x86_64"),
    )
    assert (found.model, found.serial, found.vendor) == (UNSUPPORTED, UNSUPPORTED, UNSUPPORTED)
    processor = await made.processor()
    assert (processor.cpu_count, processor.memory_gib) == (value(224), value(1007.8125))
    ports = await made.ports()
    assert [(port.name, port.oper_up.value) for port in ports] == [(PORT, True), ("dummy0", False)]
    assert {port.speed_gbps.reading for port in ports} == {Reading.UNSUPPORTED}
    assert (await made.clock()).synchronized == UNSUPPORTED
    assert {optic.present.reading for optic in await made.optics()} == {Reading.UNSUPPORTED}
    with pytest.raises(NoData):
        await made.neighbors()


async def test_the_loopback_is_no_port() -> None:
    assert "lo" not in [port.name for port in await driver().ports()]


async def test_speed_and_fec_of_a_port_come_from_ethtool() -> None:
    port = (await driver().ports())[0]
    assert (port.speed_gbps, port.fec_mode, port.mtu) == (value(400.0), value("rs544"), value(9000))


@pytest.mark.parametrize(
    ("speed", "lanes", "mode"),
    [("100000", "4", "rs528"), ("100000", "2", "rs544"), ("25000", "1", "rs528"), ("100000", "", None)],
)
async def test_rs_is_told_apart_by_the_rate_of_a_lane(speed: str, lanes: str, mode: str | None) -> None:
    changed = SETTINGS.replace(b"400000Mb/s", speed.encode() + b"Mb/s")
    changed = changed.replace(b"\tLanes: 4\n", b"\tLanes: %s\n" % lanes.encode() if lanes else b"")
    port = (await driver(**{f"ethtool {PORT}": changed}).ports())[0]
    assert port.fec_mode.value == mode


async def test_a_port_that_is_down_has_no_fec_in_use() -> None:
    down = healthy()["ip -j link"]
    assert isinstance(down, bytes)
    flags = down.replace(
        b'"UP","LOWER_UP"],"mtu":9000,"qdisc":"mq","operstate":"UP"', b'"UP"],"mtu":9000,"operstate":"DOWN"'
    )
    none = FEC.replace(b"Active FEC encoding: RS", b"Active FEC encoding: None")
    port = (await driver(**{"ip -j link": flags, f"ethtool -I --show-fec {PORT}": none}).ports())[0]
    assert port.oper_up == value(False)
    assert port.fec_mode == NOT_AVAILABLE


async def test_a_dark_lane_is_a_lane() -> None:
    optic = (await driver().optics())[0]
    assert [lane.rx_power_dbm for lane in optic.lanes] == [value(-1.0), DARK]
    assert [lane.index for lane in optic.lanes] == [1, 2]
    assert (optic.port, optic.serial, optic.temperature_c) == (PORT, value("AO2501002"), value(44.5))


UNREADABLE = failed("x", 71, "netlink error: Input/output error\n")
UNPLUGGED = SETTINGS.replace(b"Link detected: yes", b"Link detected: no (No cable)")


@pytest.mark.parametrize(
    ("settings", "nic", "present"),
    [
        (UNPLUGGED, DRIVER, value(False)),
        (UNPLUGGED, DRIVER.replace(b"mlx5_core", b"ice"), NOT_AVAILABLE),  # says so of a dark module, too
        (UNPLUGGED, failed("x", 71, "netlink error: No such device\n"), NOT_AVAILABLE),
        (SETTINGS, DRIVER, NOT_AVAILABLE),
        (SETTINGS.replace(b"detected: yes", b"detected: no"), DRIVER, NOT_AVAILABLE),
        (SETTINGS.replace(b"detected: yes", b"detected: no (Cable issue)"), DRIVER, NOT_AVAILABLE),
    ],
)
async def test_a_cage_is_empty_where_its_memory_can_not_be_read_and_the_firmware_says_unplugged(
    settings: bytes, nic: Canned, present: Read
) -> None:
    replies: dict[str, Canned] = {f"ethtool {PORT}": settings, f"ethtool -i {PORT}": nic}
    optic = (await driver(**replies, **{f"ethtool -m {PORT}": UNREADABLE}).optics())[0]
    assert optic.present == present


async def test_a_module_whose_memory_can_be_read_is_there_whatever_the_link_says() -> None:
    assert (await driver(**{f"ethtool {PORT}": UNPLUGGED}).optics())[0].present == value(True)


async def test_a_cage_that_may_not_be_looked_into_is_not_called_empty() -> None:
    refusal = failed("x", 1, "netlink error: Operation not permitted\n")
    replies: dict[str, Canned] = {f"ethtool {PORT}": UNPLUGGED, f"ethtool -m {PORT}": refusal}
    assert (await driver(**replies).optics())[0].present == NOT_AVAILABLE


async def test_a_module_with_an_impossible_voltage_is_not_believed() -> None:
    optic = (await driver(**{f"ethtool -m {PORT}": MODULE.replace(b"3.2910 V", b"0.2287 V")}).optics())[0]
    assert optic.temperature_c == NOT_AVAILABLE
    assert {lane.rx_power_dbm for lane in optic.lanes} == {NOT_AVAILABLE}
    assert optic.serial == value("AO2501002")


async def test_a_cage_that_can_not_be_read_is_not_an_empty_one() -> None:
    broken = failed("x", 71, "netlink error: Input/output error\n")
    optic = (await driver(**{f"ethtool -m {PORT}": broken}).optics())[0]
    assert optic.present == NOT_AVAILABLE


async def test_counters_come_from_both_tools() -> None:
    counters = {entry.port: entry for entry in await driver().fec_counters()}
    found = counters[PORT]
    assert (found.corrected_codewords, found.uncorrectable_codewords) == (value(81234), value(0))
    assert (found.corrected_bits, found.flap_count) == (value(88123), value(2))
    assert counters["dummy0"].uncorrectable_codewords == UNSUPPORTED


async def test_adapters_are_the_interfaces_on_pci() -> None:
    (adapter,) = await driver().adapters()
    assert (adapter.port, adapter.pcie_address, adapter.driver) == (
        PORT,
        value("0000:41:00.0"),
        value("mlx5_core"),
    )
    assert adapter.firmware == value("28.43.1014 (MT_0000000838)")
    assert (adapter.pcie_width_lanes, adapter.pcie_speed_gt_s) == (value(16), value(32.0))


async def test_a_degraded_pcie_link_is_read_as_it_is() -> None:
    text = next(text for text in healthy() if "current_link_width" in text)
    (adapter,) = await driver(**{text: b"8\n16\n16.0 GT/s PCIe\n32.0 GT/s PCIe\n"}).adapters()
    assert (adapter.pcie_width_lanes, adapter.pcie_width_max_lanes) == (value(8), value(16))
    assert (adapter.pcie_speed_gt_s, adapter.pcie_speed_max_gt_s) == (value(16.0), value(32.0))


async def test_a_virtual_function_without_a_link_has_none() -> None:
    text = next(text for text in healthy() if "current_link_width" in text)
    missing = failed("x", 1, "cat: /sys/class/net/x/device/max_link_width: No such file or directory\n")
    (adapter,) = await driver(**{text: missing}).adapters()
    assert adapter.pcie_width_lanes == UNSUPPORTED


async def test_the_clock_tells_whether_it_is_disciplined() -> None:
    assert (await driver().clock()).synchronized == value(True)
    drifting = TIMEDATECTL.replace(b"NTPSynchronized=yes", b"NTPSynchronized=no")
    assert (await driver(**{"timedatectl show": drifting}).clock()).synchronized == value(False)


async def test_a_tool_outside_the_path_is_found_and_remembered() -> None:
    made, links = without("ethtool")
    links.canned.replies[f"/usr/sbin/ethtool {PORT}"] = SETTINGS
    links.canned.replies[f"/usr/sbin/ethtool -I --show-fec {PORT}"] = FEC
    assert (await made.ports())[0].fec_mode == value("rs544")
    assert links.canned.asked.count(f"ethtool -I --show-fec {PORT}") == 0


async def test_a_tool_that_needs_root_is_tried_with_sudo() -> None:
    made, links = without(f"ethtool -m {PORT}")
    links.canned.replies[f"ethtool -m {PORT}"] = failed("x", 1, "netlink error: Operation not permitted\n")
    links.canned.replies[f"sudo -n ethtool -m {PORT}"] = MODULE
    assert (await made.optics())[0].serial == value("AO2501002")


@pytest.mark.parametrize("read", sorted(READS))
@pytest.mark.parametrize(
    "text",
    [
        "Error: device gone\n",
        "Traceback (most recent call last):\n",
        "sh: 1: ip: not found\n",
        "\x1b[2Jroot@node:~#\n",
        "{}\n",
        "[1, 2]\n",
        '[{"ifname": "eth0; reboot", "flags": ["UP"], "operstate": "UP", "link_type": "ether"}]\n',
    ],
)
async def test_error_text_with_status_zero_is_no_reading(read: str, text: str) -> None:
    with pytest.raises((Unparsable, NoData)) as caught:
        await call(driver(**{READS[read]: text.encode()}), read)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("read", sorted(READS))
async def test_an_empty_reply_is_no_data(read: str) -> None:
    with pytest.raises(NoData):
        await call(driver(**{READS[read]: b""}), read)


@pytest.mark.parametrize("read", sorted(READS))
async def test_an_over_long_reply_is_unparsable(read: str) -> None:
    with pytest.raises(Unparsable):
        await call(driver(**{READS[read]: b"x" * (16 * 1024 * 1024 + 1)}), read)


@pytest.mark.parametrize("read", sorted(READS))
@pytest.mark.parametrize("error", [TimedOut("no answer", "wait"), Refused("closed", "open it")])
async def test_what_the_transport_raises_comes_through(read: str, error: DeviceError) -> None:
    with pytest.raises(type(error)):
        await call(driver(**{READS[read]: error}), read)


async def test_a_timeout_in_the_middle_comes_through() -> None:
    for text in (f"ethtool {PORT}", f"ethtool -m {PORT}", f"ethtool -S {PORT}", f"ethtool -i {PORT}"):
        slow = driver(**{text: TimedOut("no answer", "wait")})
        with pytest.raises(TimedOut):
            await slow.ports()
            await slow.optics()
            await slow.fec_counters()
            await slow.adapters()


async def test_a_connection_that_breaks_in_the_middle_is_no_missing_value() -> None:
    for text in (f"ethtool {PORT}", "cat /sys/class/dmi/id/product_serial"):
        broken = driver(**{text: Refused("connection reset", "look at the host")})
        with pytest.raises(Refused):
            await broken.ports()
            await broken.identity()


async def test_a_cut_list_of_interfaces_is_unparsable() -> None:
    whole = healthy()["ip -j link"]
    assert isinstance(whole, bytes)
    with pytest.raises(Unparsable):
        await driver(**{"ip -j link": whole[:-20]}).ports()


async def test_a_cut_answer_on_one_port_is_not_available_there() -> None:
    port = (await driver(**{f"ethtool {PORT}": SETTINGS[:100]}).ports())[0]
    assert port.speed_gbps == NOT_AVAILABLE
    (adapter,) = await driver(**{f"ethtool -i {PORT}": DRIVER[:40]}).adapters()
    assert adapter.driver == NOT_AVAILABLE


@pytest.mark.parametrize(("up", "verb"), [(True, "up"), (False, "down")])
async def test_an_interface_is_switched_by_one_command(up: bool, verb: str) -> None:
    links = CannedLinks(healthy())
    await LinuxDriver(device("linux"), links).set_admin(PORT, up)
    assert links.canned.asked == [f"sudo ip link set {PORT} {verb}"]


async def test_where_there_is_no_sudo_root_needs_none() -> None:
    text = f"ip link set {PORT} up"
    missing = failed("x", 127, "sh: 1: sudo: not found\n")
    links = CannedLinks(healthy() | {f"sudo {text}": missing, text: b""})
    await LinuxDriver(device("linux"), links).set_admin(PORT, True)
    assert links.canned.asked == [f"sudo {text}", text]


@pytest.mark.parametrize("port", ["eth0; reboot", "$(reboot)", "-h", "", "a b", "eth0\n", "x" * 16])
async def test_what_is_no_interface_name_reaches_no_shell(port: str) -> None:
    links = CannedLinks(healthy())
    with pytest.raises(InputError):
        await LinuxDriver(device("linux"), links).set_admin(port, True)
    assert links.canned.asked == []


@pytest.mark.parametrize(
    "reply", [failed("x", 1, 'Cannot find device "x"\n'), failed("x", 1, "sudo: a password is required\n")]
)
async def test_a_host_that_would_not_is_refused(reply: Canned) -> None:
    with pytest.raises(Refused):
        await driver(**{f"sudo ip link set {PORT} up": reply}).set_admin(PORT, True)
