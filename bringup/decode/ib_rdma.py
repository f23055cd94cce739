"""`rdma -j link` and `rdma -j statistic`: RDMA devices of a Linux host, of whatever make (mlx5, bnxt_re,
ionic, EFA, irdma), and the counters that their drivers keep.

A counter's name is the driver's own; all are totals since the driver was loaded. Source: iproute2, rdma(8).
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.json_field import Json, as_object, read_count, text_in
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of
from bringup.model.facts import Port
from bringup.model.measurement import NOT_AVAILABLE, value

MAX_PORTS = 1024
STATES = MappingProxyType(
    {"ACTIVE": True, "DOWN": False, "INIT": False, "ARMED": False, "ACTIVE_DEFER": False, "NOP": False}
)
_NO_COUNTERS = frozenset({"ifindex", "port", "lqpn", "pid", "cntn"})


def _rows(data: bytes) -> list[tuple[str, Json]]:
    """(DEVICE/PORT, row) for each row.

    Raises:
        Damaged: no list, or a row without its device or port, or two of the same.
        Nothing: there is no RDMA device.
    """
    if data.lstrip()[:1] != b"[":
        refuse_error_text(text_of(data)[0])
    held = json_of(data)
    if not isinstance(held, list) or len(held) > MAX_PORTS:
        raise Damaged("the JSON is no list of ports, or a very long one")
    found: dict[str, Json] = {}
    for each in held:
        row = as_object(each, "a row")
        device, port = text_in(row, "ifname"), read_count(row, "port").value
        if device is None or port is None or "ifindex" not in row or f"{device}/{port}" in found:
            raise Damaged("a row has no device, index or port, or one that stands there twice")
        found[f"{device}/{port}"] = row
    if not found:
        raise Nothing("the host has no RDMA device")
    return list(found.items())


def _parse_link(data: bytes) -> Found:
    ports: list[Port] = []
    details: Json = {}
    for name, row in _rows(data):
        state, physical = text_in(row, "state"), text_in(row, "physical_state")
        if state is None:
            raise Damaged(f"{name[:40]} has no state")
        up = STATES.get(state)
        ports.append(Port(name=name, oper_up=NOT_AVAILABLE if up is None else value(up)))
        details[name] = {"state": state, "physical_state": physical, "interface": text_in(row, "netdev")}
    return Found(facts={"ports": tuple(ports), "details": details})


def _parse_statistic(data: bytes) -> Found:
    counters: Json = {}
    for name, row in _rows(data):
        told = {
            key: read_count(row, key).value
            for key, held in row.items()
            if key not in _NO_COUNTERS and not isinstance(held, str)
        }
        if not told:
            raise Damaged(f"{name[:40]} has no counter")
        counters[name] = told
    return Found(facts={"counters": counters})


LINK = Format(
    name="rdma.link",
    title="Linux: rdma -j link",
    sniff=lambda head: 90 if head.lstrip()[:1] == b"[" and b'"physical_state"' in head else 0,
    parse=_parse_link,
    facts={"ports": tuple[Port, ...], "details": dict[str, dict[str, str | None]]},
)
STATISTIC = Format(
    name="rdma.statistic",
    title="Linux: rdma -j statistic",
    sniff=lambda head: (
        85
        if head.lstrip()[:1] == b"["
        and b'"ifname"' in head
        and b'"port"' in head
        and any(key in head for key in (b'"rx_drops"', b'"retrans', b'_requests"', b'"out_of_', b'"np_cnp'))
        else 0
    ),
    parse=_parse_statistic,
    facts={"counters": dict[str, dict[str, int | None]]},
)
FORMATS = (LINK, STATISTIC)
