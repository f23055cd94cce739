"""What a Linux host tells of its network adapters beyond ethtool: devlink for every make, the vendors' own
tools for what devlink lacks, and the rdma tool for what the transport counts.

A driver's names for its counters are a table: `RDMA_COUNTERS`. EFA has no network interface, no light and no
LLDP: its ports are judged by these counts alone. Source: iproute2; the kernel's documentation of mlx5's and
bnxt_re's counters, the drivers efa, irdma and ionic.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from bringup.decode import ib_rdma, linux_nic
from bringup.driver.lossless import maybe
from bringup.driver.reading import Command
from bringup.driver.told import facts
from bringup.model.errors import NoData
from bringup.model.facts import Adapter, Decoded, Port
from bringup.model.facts_nic import NicHealth, RdmaPort
from bringup.model.measurement import ABSENT, Read, value

Reader = Callable[[Command], Awaitable[Decoded]]
INFO = Command(text="devlink -j dev info", format=linux_nic.DEVLINK_INFO, deadline_s=30.0)
HEALTH = Command(text="devlink -j health show", format=linux_nic.DEVLINK_HEALTH)
LINKS = Command(text="rdma -j link", format=ib_rdma.LINK)
STATISTICS = Command(text="rdma -j statistic", format=ib_rdma.STATISTIC, deadline_s=30.0)
VENDOR_TOOLS: Mapping[str, Command] = MappingProxyType(
    {
        "bnxt_en": Command(text="niccli --list", format=linux_nic.NICCLI_LIST, deadline_s=40.0),
        "ionic": Command(text="nicctl show card -j", format=linux_nic.NICCTL_CARD, deadline_s=40.0),
    }
)
"""Kernel driver -> the vendor's tool that knows the board."""
TOOLS = frozenset({"devlink", "rdma", "niccli", "nicctl"})
RDMA_COUNTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # mlx5, bnxt_re, efa, ionic
        "timeouts": (
            "local_ack_timeout_err", "to_retransmits", "retrans_timeout_events", "tx_rdma_ack_timeout",
        ),
        # mlx5, bnxt_re, efa, irdma
        "retransmits": ("packet_seq_err", "seq_err_naks_rcvd", "retrans_pkts", "tcpRetransSegs"),
        "failures": (
            "req_cqe_error", "max_retry_exceeded", "unresponsive_remote_events",
            "impaired_remote_conn_events", "rdma_read_wr_err", "rdma_write_wr_err",
        ),
        "drops": ("out_of_buffer", "rx_roce_discards", "rx_drops"),
        "ecn_marked": ("np_ecn_marked_roce_packets", "rx_ecn_marked_pkts", "rx_rdma_ecn_pkts", "RxECNMrkd"),
        "notices_sent": ("np_cnp_sent", "tx_cnp_pkts", "tx_rdma_cnp_pkts", "cnpSent"),
        "notices_obeyed": ("rp_cnp_handled", "rx_cnp_pkts", "rx_rdma_cnp_pkts", "cnpHandled"),
    }
)  # fmt: skip
"""What is counted -> the names that drivers have for it; where a driver has several of a row they add up."""


async def completed(read: Reader, adapters: Sequence[Adapter]) -> tuple[Adapter, ...]:
    """`adapters` with what devlink, and then the tools of their vendors, know of the same PCI functions."""
    known = _by_address(await maybe(read(INFO)))
    for driver in dict.fromkeys(str(each.driver.value) for each in adapters):
        if driver in VENDOR_TOOLS:
            board = _by_address(await maybe(read(VENDOR_TOOLS[driver])))
            known = {address: _joined(known.get(address), more) for address, more in board.items()} | {
                address: each for address, each in known.items() if address not in board
            }
    return tuple(_joined(each, known.get(str(each.pcie_address.value))) for each in adapters)


def _by_address(decoded: Decoded | None) -> dict[str, Adapter]:
    told = () if decoded is None else facts(decoded, "adapters", Adapter)
    return {str(each.pcie_address.value): each for each in told if each.pcie_address.value is not None}


def _joined(one: Adapter | None, more: Adapter | None) -> Adapter:
    """What `one` does not tell is taken from `more`."""
    if one is None or more is None:
        found = one or more
        assert found is not None
        return found
    changes = {
        field: getattr(more, field)
        for field in ("driver", "firmware", "model", "serial")
        if getattr(one, field).value is None and getattr(more, field).value is not None
    }
    return msgspec.structs.replace(one, **changes)


async def health(read: Reader, adapters: Sequence[Adapter]) -> tuple[NicHealth, ...]:
    """The watches of every adapter that has any, by the names of its ports.

    Raises:
        NoData: none has.
    """
    told = {each.port: each for each in facts(await read(HEALTH), "health", NicHealth)}
    found = [
        msgspec.structs.replace(told[address], port=adapter.port)
        for adapter in adapters
        if (address := str(adapter.pcie_address.value)) in told
    ]
    if not found:
        raise NoData("no adapter of this host has a health reporter", "Its driver keeps none: leave it out.")
    return tuple(found)


async def rdma_ports(read: Reader) -> tuple[RdmaPort, ...]:
    """Every RDMA port with what its driver counts.

    Raises:
        NoData: the host has none.
    """
    links = await read(LINKS)
    counted = await maybe(read(STATISTICS))
    details = links.facts["details"]
    counters = {} if counted is None else counted.facts["counters"]
    assert isinstance(details, dict) and isinstance(counters, dict)
    return tuple(
        _rdma_port(port, details.get(port.name), counters.get(port.name))
        for port in facts(links, "ports", Port)
    )


def _rdma_port(port: Port, details: object, counters: object) -> RdmaPort:
    interface = details.get("interface") if isinstance(details, dict) else None
    held = counters if isinstance(counters, dict) else {}
    return RdmaPort(
        name=port.name,
        interface=interface if isinstance(interface, str) else None,
        active=port.oper_up,
        **{field: _sum(held, names) for field, names in RDMA_COUNTERS.items()},
    )


def _sum(held: Mapping[str, object], names: Sequence[str]) -> Read:
    told = [held[name] for name in names if name in held]
    counts = [each for each in told if isinstance(each, int)]
    return value(sum(counts)) if counts and len(counts) == len(told) else ABSENT
