"""Adapters of several makes: devlink, the vendors' tools, and RDMA counters under each driver's own names."""

from __future__ import annotations

import json

import pytest

from bringup.driver.capability import HasRdma, TellsNicHealth
from bringup.driver.platform.linux import LinuxDriver
from bringup.model.errors import NoData, Unparsable
from bringup.model.measurement import ABSENT, value
from tests.decode.nic_samples import DEVLINK_HEALTH, DEVLINK_INFO, NICCLI, NICCTL
from tests.driver.canned import Canned, CannedLinks, device, failed

PORTS = {"eth0": ("0000:41:00.0", "mlx5_core"), "eth1": ("0000:22:00.0", "bnxt_en"),
         "eth2": ("0000:06:00.0", "ionic")}  # fmt: skip
LINKS = json.dumps(
    [{"ifname": name, "flags": ["UP"], "operstate": "UP", "link_type": "ether"} for name in PORTS]
).encode()


def host(**changed: Canned) -> LinuxDriver:
    replies: dict[str, Canned] = {"ip -j link": LINKS + b"\n"}
    for name, (address, driver) in PORTS.items():
        place = f"/sys/devices/pci0000:40/0000:40:01.1/{address}\n"
        replies[f"readlink -f /sys/class/net/{name}/device"] = place.encode()
        told = f"driver: {driver}\nversion: 6.8\nfirmware-version: {'' if driver == 'ionic' else '1.2.3'}\n"
        told += "expansion-rom-version: \nbus-info: " + address + "\nsupports-statistics: yes\n"
        told += "supports-test: yes\nsupports-eeprom-access: no\nsupports-register-dump: no\n"
        replies[f"ethtool -i {name}"] = (told + "supports-priv-flags: yes\n").encode()
    replies |= {
        "devlink -j dev info": DEVLINK_INFO,
        "devlink -j health show": DEVLINK_HEALTH,
        "niccli --list": NICCLI,
        "nicctl show card -j": NICCTL,
        **changed,
    }
    return LinuxDriver(device("linux", "node-01"), CannedLinks(replies))


async def test_an_adapter_is_who_devlink_and_its_vendors_tool_say() -> None:
    found = {each.port: each for each in await host().adapters()}
    assert found["eth0"].serial == value("MT2244X01234")
    # what ethtool tells stands; a board has its own number, and a name by the vendor
    assert (found["eth0"].firmware, found["eth1"].serial) == (value("1.2.3"), value("P1400G0001"))
    assert found["eth1"].model == value("BCM57608-P1400G")
    assert (found["eth2"].model, found["eth2"].serial) == (value("POLLARA-1Q400P"), value("FPL0000001"))


async def test_a_host_without_these_tools_has_its_adapters_still() -> None:
    missing = {
        tool: failed(tool, 127, f"bash: {tool.split()[0]}: command not found\n")
        for tool in ("devlink -j dev info", "niccli --list", "nicctl show card -j")
    }
    found = {each.port: each for each in await host(**missing).adapters()}
    assert (found["eth0"].firmware, found["eth0"].serial) == (value("1.2.3"), ABSENT)


@pytest.mark.parametrize("said", [DEVLINK_INFO[:-9], b"{}\n", b"[]\n", b"kernel answers: No such device\n"])
async def test_what_devlink_tells_by_halves_is_not_believed(said: bytes) -> None:
    found = {each.port: each for each in await host(**{"devlink -j dev info": said}).adapters()}
    assert found["eth0"].serial == ABSENT


async def test_watches_are_those_of_the_ports_own_function() -> None:
    made = host()
    assert isinstance(made, TellsNicHealth)
    (only,) = await made.nic_health()
    assert only.port == "eth0"
    assert [(each.name, each.healthy.value, each.errors.value) for each in only.reporters] == [
        ("fw", True, 0), ("fw_fatal", False, 2)
    ]  # fmt: skip
    with pytest.raises((NoData, Unparsable)):
        await host(**{"devlink -j health show": b'{"health":{}}\n'}).nic_health()


LINK = {"ifindex": 0, "ifname": "mlx5_0", "port": 1, "state": "ACTIVE", "physical_state": "LINK_UP"}


def rdma(counters: dict[str, int], **link: object) -> LinuxDriver:
    row = {**LINK, **link}
    counted = {"ifindex": 0, "ifname": row["ifname"], "port": 1, **counters}
    return host(
        **{
            "rdma -j link": json.dumps([row]).encode() + b"\n",
            "rdma -j statistic": json.dumps([counted]).encode() + b"\n",
        }
    )


@pytest.mark.parametrize(
    ("counters", "timeouts", "failures", "drops"),
    [
        ({"local_ack_timeout_err": 3, "req_cqe_error": 1, "out_of_buffer": 9}, 3, 1, 9),
        ({"to_retransmits": 4, "max_retry_exceeded": 2, "rx_roce_discards": 8}, 4, 2, 8),
        ({"retrans_timeout_events": 5, "unresponsive_remote_events": 1, "rdma_read_wr_err": 2,
          "rx_drops": 7}, 5, 3, 7),
        ({"tx_rdma_ack_timeout": 6}, 6, None, None),
    ],
)  # fmt: skip
async def test_counts_are_found_under_each_drivers_names(
    counters: dict[str, int], timeouts: int, failures: int | None, drops: int | None
) -> None:
    made = rdma(counters, netdev="eth0")
    assert isinstance(made, HasRdma)
    (port,) = await made.rdma_ports()
    assert (port.name, port.interface, port.active) == ("mlx5_0/1", "eth0", value(True))
    assert (port.timeouts.value, port.failures.value, port.drops.value) == (timeouts, failures, drops)


async def test_an_efa_has_no_interface_and_a_port_without_counts_counts_nothing() -> None:
    (port,) = await rdma({"retrans_timeout_events": 0}, ifname="rdmap0s6").rdma_ports()
    assert (port.name, port.interface, port.timeouts) == ("rdmap0s6/1", None, value(0))
    made = rdma({})
    (port,) = await made.rdma_ports()
    assert (port.timeouts, port.drops) == (ABSENT, ABSENT)


async def test_a_host_without_rdma_has_no_such_ports() -> None:
    for said in (b"[]\n", b"[{}]\n", b"Failed to open NETLINK_RDMA socket\n"):
        with pytest.raises((NoData, Unparsable)):
            await host(**{"rdma -j link": said}).rdma_ports()
