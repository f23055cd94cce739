"""Flow control of every platform that tells it: what is joined, what stays unknown, and what is refused."""

from __future__ import annotations

import pytest

from bringup.driver import lossless
from bringup.driver.capability import ControlsFlow
from bringup.driver.platform.eos import EosDriver
from bringup.driver.platform.junos import JunosDriver
from bringup.driver.platform.linux import LinuxDriver
from bringup.driver.platform.nvue import COMMANDS as NVUE
from bringup.driver.platform.nvue import NvueDriver
from bringup.driver.platform.nxos import NxosDriver
from bringup.driver.platform.sonic import SonicDriver
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts_flow import FlowControl
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from tests.decode import flow_samples as told
from tests.decode.platform_samples import encoded
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.canned_wires import CannedEapi, CannedWires, wired

SONIC: dict[str, Canned] = {
    "show pfc counters": told.SONIC_PAUSES,
    "show pfc priority": told.SONIC_ENABLED,
    "show pfcwd config": told.SONIC_WATCHDOG,
    "pfcwd show stats -e": told.SONIC_STORMS,
    "show priority-group drop counters": told.SONIC_DROPS,
    "show queue wredcounters": told.SONIC_MARKS,
}
EOS: dict[str, object] = {
    "enable": {},
    lossless.EOS_PAUSES: {"output": told.EOS_PAUSES.decode()},
    lossless.EOS_ENABLED: told.EOS_ENABLED,
    lossless.EOS_STORMS: told.EOS_STORMS,
}
INTERFACES = encoded(
    {
        "swp1": {"type": "swp", "link": {"oper-status": "up", "speed": "400G"}},
        "swp2": {"type": "swp", "link": {"oper-status": "down"}},
    }
)
NVUE_REPLIES: dict[str, Canned] = {
    NVUE["interfaces"].text: INTERFACES,
    "nv show interface swp1 counters qos pfc-stats -o json": told.NVUE_PAUSES,
    "nv show interface swp1 qos roce counters -o json": told.NVUE_ROCE,
    "nv show interface swp1 qos roce status -o json": told.NVUE_STATUS,
}
LINKS = b'[{"ifname":"eth0","flags":["UP"],"mtu":9000,"operstate":"UP","link_type":"ether"}]\n'


def sonic(**changed: Canned) -> SonicDriver:
    return SonicDriver(device("sonic"), CannedLinks(SONIC | changed))


def eos(**changed: object) -> EosDriver:
    return EosDriver(wired("eos", "leaf-2"), CannedWires(eapi=CannedEapi(EOS | changed)))


def host(statistics: bytes, **more: Canned) -> LinuxDriver:
    replies: dict[str, Canned] = {"ip -j link": LINKS, "ethtool -S eth0": statistics}
    return LinuxDriver(device("linux", "node-01"), CannedLinks(replies | more))


def by_port(found: tuple[FlowControl, ...]) -> dict[str, FlowControl]:
    return {flow.port: flow for flow in found}


async def test_sonic_joins_its_tables_by_port() -> None:
    made = sonic()
    assert isinstance(made, ControlsFlow)
    found = by_port(await made.flow_control())
    one, other = found["Ethernet0"], found["Ethernet8"]
    assert (one.enabled, one.watchdog, one.storms) == (value("3,4"), value(True), value(4))
    assert (one.pauses[3].rx_frames, one.pauses[3].tx_frames) == (value(1403), value(12))
    # groups 3 and 4 alone are lossless: the 800 of group 0 are no loss
    assert (one.drops, one.ecn_marked_packets) == (value(11), value(1002))
    assert (other.enabled, other.watchdog, other.storms) == (value("none"), value(False), ABSENT)
    assert other.pauses[3].rx_frames == NOT_AVAILABLE
    assert (other.drops, other.ecn_marked_packets) == (ABSENT, NOT_AVAILABLE)


async def test_what_a_sonic_release_does_not_tell_is_absent_and_never_nought() -> None:
    silent = {text: failed(text, 2, 'Error: No such command "x".\n') for text in SONIC if "pfc c" not in text}
    (one, _) = await sonic(**silent).flow_control()
    assert (one.enabled, one.storms, one.drops, one.ecn_marked_packets) == (ABSENT,) * 4
    assert one.watchdog == NOT_AVAILABLE
    assert one.pauses[3].rx_frames == value(1403)


@pytest.mark.parametrize("cut", [40, 200, 420, len(told.SONIC_PAUSES) - 3])
async def test_a_cut_table_of_pauses_is_refused(cut: int) -> None:
    with pytest.raises(Unparsable):
        await sonic(**{"show pfc counters": told.SONIC_PAUSES[:cut]}).flow_control()


async def test_tables_of_received_and_sent_with_other_ports_are_refused() -> None:
    moved = told.SONIC_PAUSES[::-1].replace(b"8tenrehtE", b"9tenrehtE", 1)[::-1]
    with pytest.raises(Unparsable, match="not the same ports"):
        await sonic(**{"show pfc counters": moved}).flow_control()


async def test_eos_tells_totals_the_configured_priorities_and_stuck_queues() -> None:
    found = by_port(await eos().flow_control())
    one, other = found["Ethernet1/1"], found["Ethernet2/1"]
    assert (one.rx_pause_frames, one.tx_pause_frames) == (value(1403), value(25))
    assert (one.enabled, one.storms) == (value("3"), value(3))
    # a priority that is lossless on a port where flow control is not on is not in force
    assert (other.enabled, other.storms) == (value("none"), value(0))


async def test_eos_without_rights_or_watchdog_leaves_both_untold() -> None:
    eapi = CannedEapi({name: reply for name, reply in EOS.items() if name == lossless.EOS_PAUSES})
    (one, _) = await EosDriver(wired("eos", "leaf-2"), CannedWires(eapi=eapi)).flow_control()
    assert (one.enabled, one.storms) == (ABSENT, ABSENT)


@pytest.mark.parametrize(
    "said", ["% Invalid input\n", "", "Port RxPfc TxPfc\nEt1/1 1\n", "Port RxPfc TxPfc\nEt1/1 1 -4\n"]
)
async def test_an_error_text_of_eos_is_no_table(said: str) -> None:
    with pytest.raises((Unparsable, NoData)):
        await eos(**{lossless.EOS_PAUSES: {"output": said}}).flow_control()


async def test_nxos_reads_the_bitmap_and_does_not_guess_where_there_is_none() -> None:
    replies: dict[str, Canned] = {lossless.NXOS.text: told.NXOS_PFC}
    one, other = await NxosDriver(device("nxos"), CannedLinks(replies)).flow_control()
    assert (one.port, one.enabled, one.rx_pause_frames) == ("Ethernet1/1", value("3"), value(1403))
    assert other.enabled == value("none")
    replies = {lossless.NXOS.text: told.NXOS_PFC.replace(b"On  (8)", b"On")}
    (one, _) = await NxosDriver(device("nxos"), CannedLinks(replies)).flow_control()
    assert one.enabled == NOT_AVAILABLE


async def test_junos_tells_pauses_by_priority_of_front_ports_alone() -> None:
    replies: dict[str, Canned] = {lossless.JUNOS.text: told.JUNOS_PFC}
    (one,) = await JunosDriver(device("junos"), CannedLinks(replies)).flow_control()
    assert (one.port, one.pauses[3].rx_frames, one.enabled) == ("et-0/0/0", value(1403), ABSENT)
    with pytest.raises(Unparsable, match="not all of its priorities"):
        cut = b"".join(told.JUNOS_PFC.splitlines(keepends=True)[:7])
        await JunosDriver(device("junos"), CannedLinks({lossless.JUNOS.text: cut})).flow_control()


async def test_nvue_asks_ports_that_are_up() -> None:
    (one,) = await NvueDriver(device("nvue"), CannedLinks(NVUE_REPLIES)).flow_control()
    assert (one.port, one.enabled, one.drops) == ("swp1", value("3"), value(11))
    assert (one.pauses[3].rx_frames, one.ecn_marked_packets) == (value(1403), value(1002))
    one_way = told.NVUE_STATUS.replace(b'"tx-enabled": "yes"', b'"tx-enabled": "no"')
    changed = NVUE_REPLIES | {"nv show interface swp1 qos roce status -o json": one_way}
    (one,) = await NvueDriver(device("nvue"), CannedLinks(changed)).flow_control()
    assert one.enabled == value("none")


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        ("rx_prio3_pause", "tx_prio3_pause"),
        ("rx_pfc_ena_frames_pri3", "tx_pfc_ena_frames_pri3"),
        ("rx_priority_3_xoff.nic", "tx_priority_3_xoff.nic"),
    ],
)
async def test_a_host_s_counters_are_found_under_each_driver_s_names(received: str, sent: str) -> None:
    counted = f"NIC statistics:\n     {received}: 1403\n     {sent}: 25\n".encode()
    (one,) = await host(counted, **{"dcb -j pfc show dev eth0": told.DCB}).flow_control()
    (pause,) = one.pauses
    assert (pause.priority, pause.rx_frames, pause.tx_frames) == (3, value(1403), value(25))
    assert one.enabled == value("3")


async def test_a_host_s_drops_are_those_of_its_lossless_priorities() -> None:
    counted = (
        b"NIC statistics:\n     rx_prio0_buf_discard: 900\n     rx_prio3_buf_discard: 4\n"
        b"     tx_pause_storm_warning_events: 2\n"
    )
    (one,) = await host(counted, **{"dcb -j pfc show dev eth0": told.DCB}).flow_control()
    assert (one.drops, one.storms) == (value(4), value(2))
    (one,) = await host(counted).flow_control()
    assert (one.enabled, one.drops) == (NOT_AVAILABLE, ABSENT)


@pytest.mark.parametrize(
    "said", [b'{"prio_pfc":[true]}\n', b'{"prio_pfc":[0,0,0,1,0,0,0,0]}\n', b"Attribute not found\n", b"{}\n"]
)
async def test_what_dcb_does_not_tell_whole_is_not_known(said: bytes) -> None:
    counted = b"NIC statistics:\n     rx_prio3_pause: 1\n"
    (one,) = await host(counted, **{"dcb -j pfc show dev eth0": said}).flow_control()
    assert one.enabled == NOT_AVAILABLE


async def test_a_host_whose_drivers_count_nothing_has_no_data() -> None:
    with pytest.raises(NoData):
        await host(b"no stats available\n").flow_control()
