"""NX-OS `show interface status`, `show lldp neighbors` with or without `detail`, and `show clock`, as text.

The status table is read by its head's columns: names may hold blanks, and cells are cut to the width of
theirs. A long device id of the LLDP table stands on a line of its own. The LLDP tables end with a total,
which must agree. Source: recorded outputs of NX-OS.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.nxos_reply import mac_of, refuse_error
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, is_missing, read_word, text_of, whole_lines
from bringup.model.facts import Clock, Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 4000
STATES = MappingProxyType(
    {
        "connected": (True, True),
        "notconnec": (True, False),
        "notconnect": (True, False),
        "sfpabsent": (True, False),
        "xcvrabsen": (True, False),
        "disabled": (False, False),
    }
)
"""Status, cut to nine letters -> (switched on, up). Any other is not available."""
_COLUMNS = ("Port", "Name", "Status", "Vlan", "Duplex", "Speed", "Type")
_HEAD = re.compile(r"Port\s+Name\s+Status\s+Vlan\s+Duplex\s+Speed\s+Type\s*")
_PORT = re.compile(r"(?:Eth|mgmt|Po|po|Lo|Vlan|nve|fc|vfc)[0-9][0-9/.]{0,20}")
_SPEED = re.compile(r"(?:a-)?([0-9]{1,4})(G?)")
_LLDP_HEAD = re.compile(r"Device ID\s+Local Intf\s+Hold-time\s+Capability\s+Port ID\s*")
_LLDP_ROW = re.compile(
    r"(\S.{0,200}?)?\s+((?:mgmt|Eth|Po|po)[0-9][0-9/]{0,20})\s+([0-9]{1,6})\s+(?:([RBTCWPSO]{1,8})\s+)?(\S.*?)\s*"
)
_TOTAL = re.compile(r"Total entries displayed: ([0-9]{1,5})\s*")
_KEY = re.compile(r"([A-Z][A-Za-z ]{2,24}): ?(.*)")
_KEYS = frozenset(
    {
        "Chassis id",
        "Port id",
        "Local Port id",
        "Port Description",
        "System Name",
        "System Description",
        "Time remaining",
        "System Capabilities",
        "Enabled Capabilities",
        "Management Address",
        "Vlan ID",
    }
)
_CLOCK = re.compile(r"(\d{2}:\d{2}:\d{2})(\.\d{1,6})? (\S{2,6}) \S{3} (\S{3} +\d{1,2} \d{4})\s*")


def _lines(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    text, warnings = text_of(data)
    return [line.rstrip() for line in whole_lines(text, longest=MAX_LINE_CHARS)], warnings


def _parse_status(data: bytes) -> Found:
    lines, warnings = _lines(data)
    at = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    if at is None:
        refuse_error("\n".join(lines))
        raise Damaged("the table has no head")
    starts = [lines[at].index(name) for name in _COLUMNS]
    rows = [_cells(line, starts) for line in lines[at + 1 :] if line.strip() and line.strip("-")]
    if not rows:
        raise Nothing("the switch lists no interface")
    if len({row["port"] for row in rows}) != len(rows):
        raise Damaged("an interface is listed twice")
    return Found(facts={"ports": tuple(_port(row) for row in rows), "details": list(rows)}, warnings=warnings)


def _cells(line: str, starts: list[int]) -> dict[str, str | None]:
    padded = line.ljust(starts[-1] + 1)
    if any(padded[start - 1] != " " for start in starts[1:]):
        refuse_error(line)
        raise Damaged(f"{line[:60]!r} does not fit the columns of the table")
    ends = [*starts[1:], len(padded)]
    cells = [padded[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    if not _PORT.fullmatch(cells[0]) or not cells[2]:
        refuse_error(line)
        raise Damaged(f"{line[:60]!r} is no row of the table")
    told = [None if not cell or is_missing(cell) else cell for cell in cells]
    return dict(zip((name.lower() for name in _COLUMNS), told, strict=True))


def _port(row: dict[str, str | None]) -> Port:
    known = STATES.get((row["status"] or "").lower())
    speed = _SPEED.fullmatch(row["speed"] or "")
    up = known is not None and known[1]
    return Port(
        name=str(row["port"]),
        admin_up=NOT_AVAILABLE if known is None else value(known[0]),
        oper_up=NOT_AVAILABLE if known is None else value(known[1]),
        speed_gbps=value(float(speed[1]) / (1 if speed[2] else 1000)) if speed and up else NOT_AVAILABLE,
        medium=read_word(row["type"]) if row["type"] else NOT_AVAILABLE,
    )


def _after_head(lines: list[str]) -> list[str]:
    """What stands below the head of an LLDP table; above it are the prompt and what capabilities mean."""
    at = next((at for at, line in enumerate(lines) if _LLDP_HEAD.fullmatch(line)), None)
    if at is None:
        refuse_error("\n".join(lines))
        raise Damaged("the table has no head")
    return lines[at + 1 :]


def _check_total(lines: list[str], found: int) -> None:
    totals = [int(match[1]) for line in lines if (match := _TOTAL.fullmatch(line))]
    if totals != [found]:
        raise Damaged(f"{found} neighbours, and the total is {totals or 'missing'}: the text may be cut")


def _parse_lldp(data: bytes) -> Found:
    lines, warnings = _lines(data)
    body = _after_head(lines)
    neighbors: list[Neighbor] = []
    holds: list[object] = []
    wrapped: str | None = None
    for line in body:
        if not line.strip() or _TOTAL.fullmatch(line):
            continue
        row = _LLDP_ROW.fullmatch(line if wrapped is None else f" {line}")
        if row and (row[1] is None) == (wrapped is None):
            raise Damaged(f"{line[:60]!r} has no device, or two")
        if row:
            name = row[1] or wrapped
            neighbors.append(
                Neighbor(local_port=row[2], system_name=read_word(name), port_id=read_word(row[5]))
            )
            holds.append(int(row[3]))
            wrapped = None
        elif wrapped is None and not line.startswith(" ") and "  " not in line.strip():
            refuse_error(line)
            wrapped = line.strip()
        else:
            refuse_error(line)
            raise Damaged(f"{line[:60]!r} is no row of the table")
    if wrapped is not None:
        raise Damaged(f"{wrapped[:60]!r} has no row: the text may be cut")
    return _neighbors(lines, neighbors, {"hold_s": holds}, warnings)


def _parse_detail(data: bytes) -> Found:
    lines, warnings = _lines(data)
    blocks: list[dict[str, str]] = []
    for line in _after_head(lines):
        match = _KEY.fullmatch(line)
        if match and match[1] == "Chassis id":
            blocks.append({})
        if match and blocks and match[1] in _KEYS:
            blocks[-1].setdefault(match[1], match[2].strip())
        elif line and not _TOTAL.fullmatch(line):
            refuse_error(line)  # a description of a system runs over several lines
            if not blocks:
                raise Damaged(f"{line[:60]!r} belongs to no neighbour")
    neighbors = [_detailed(block) for block in blocks]
    return _neighbors(lines, neighbors, {}, warnings)


def _detailed(block: dict[str, str]) -> Neighbor:
    port = block.get("Local Port id")
    if not port or not _PORT.fullmatch(port) or "Port id" not in block:
        raise Damaged("a neighbour without its port, or ours: the text may be cut")
    return Neighbor(
        local_port=port,
        system_name=_told(block.get("System Name")),
        chassis_id=mac_of(block["Chassis id"]),
        port_id=_told(block["Port id"]),
        port_description=_told(block.get("Port Description")),
    )


def _told(text: str | None) -> Read:
    return ABSENT if text in ("null", "not advertised") else read_word(text)


def _neighbors(
    lines: list[str], neighbors: list[Neighbor], details: Json, warnings: tuple[str, ...]
) -> Found:
    _check_total(lines, len(neighbors))
    if not neighbors:
        raise Nothing("the switch hears no neighbour")
    return Found(facts={"neighbors": tuple(neighbors), "details": details}, warnings=warnings)


def _parse_clock(data: bytes) -> Found:
    lines, warnings = _lines(data)
    match = next((found for line in lines if (found := _CLOCK.fullmatch(line))), None)
    others = [line for line in lines if line and not _CLOCK.fullmatch(line)]
    if match is None or any(not line.startswith("Time source is ") for line in others):
        refuse_error("\n".join(others))
        raise Damaged("no time of day is there, or more than that")
    if match[3] not in ("UTC", "GMT"):
        raise Nothing(f"the clock tells {match[3]}, not UTC: what that is here is not known")
    try:
        told = datetime.strptime(f"{match[1]} {match[4]}", "%H:%M:%S %b %d %Y").replace(tzinfo=UTC)
    except ValueError as error:
        raise Damaged("there is no such time of day") from error
    source = next((line for line in lines if line.startswith("Time source is ")), None)
    clock = Clock(
        unix_s=value(told.timestamp() + float(match[2] or 0)),
        synchronized=ABSENT if source is None else value("NTP" in source or "PTP" in source),
    )
    return Found(facts={"clock": clock}, warnings=warnings)


_RULE_AND_HEAD = re.compile(rb"-{60,}\s*\n\s*Port +Name +Status +Vlan +Duplex +Speed +Type")
_LLDP_SNIFF = re.compile(rb"Device ID +Local Intf +Hold-time +Capability +Port ID")
_NEIGHBORS: dict[str, object] = {"neighbors": tuple[Neighbor, ...], "details": dict[str, list[int]]}
STATUS = Format(
    name="nxos.text-interfaces-status",
    title="NX-OS: show interface status, as text",
    sniff=lambda head: 90 if _RULE_AND_HEAD.search(head[:4096]) else 0,
    parse=_parse_status,
    facts={"ports": tuple[Port, ...], "details": list[dict[str, str | None]]},
)
LLDP = Format(
    name="nxos.text-lldp",
    title="NX-OS: show lldp neighbors, as text",
    sniff=lambda head: 80 if _LLDP_SNIFF.search(head[:4096]) and b"\nChassis id: " not in head else 0,
    parse=_parse_lldp,
    facts=_NEIGHBORS,
)
LLDP_DETAIL = Format(
    name="nxos.text-lldp-detail",
    title="NX-OS: show lldp neighbors detail, as text",
    sniff=lambda head: 90 if _LLDP_SNIFF.search(head[:4096]) and b"\nChassis id: " in head else 0,
    parse=_parse_detail,
    facts=_NEIGHBORS,
)
CLOCK = Format(
    name="nxos.text-clock",
    title="NX-OS: show clock, as text",
    sniff=lambda head: 70 if re.match(rb"\s*\d{2}:\d{2}:\d{2}\.\d{3} \S{2,6} \S{3} \S{3} +\d", head) else 0,
    parse=_parse_clock,
    facts={"clock": Clock},
)
FORMATS = (STATUS, LLDP, LLDP_DETAIL, CLOCK)
