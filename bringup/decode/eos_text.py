"""EOS `show version`, `show interfaces status` and `show lldp neighbors` as a terminal prints them.

Columns are read by what stands in them, not by where: names may hold blanks, and long ones push the rest.
Port names are the short ones that EOS prints (`Et3/1`).
"""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType

from bringup.decode.eos_interfaces import LINK_STATES
from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, read_word, refuse_error_text, text_of, whole_lines
from bringup.model.facts import Identity, Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 400
_FIELD = re.compile(r"([A-Z][A-Za-z ]{1,40}): (\S.*)")
_MODEL = re.compile(r"Arista (\S{2,60})")
_UPTIME = re.compile(r"(\d{1,6}) (week|day|hour|minute|second)s?")
_SECONDS = MappingProxyType({"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1})
_MAC = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}")
_STATUS_HEAD = re.compile(r"Port\s+Name\s+Status\s+Vlan\s+Duplex\s+Speed\s+Type")
_STATUS_ROW = re.compile(
    r"(?P<port>[A-Z][a-z]+[0-9/]+)\s+(?P<name>.*?)\s*"
    r"\b(?P<status>connected|notconnect|disabled|errdisabled|inactive|monitoring)\s+"
    r"(?P<vlan>in Po\d+|\S+)\s+(?P<duplex>\S+)\s+(?P<speed>\S+)\s+(?P<type>\S(?:.*\S)?)\s*"
)
_WHOLE_ENDINGS = (" N/A", " Not Present")
"""Nothing longer begins with these, so that a last line that ends with one is whole without its newline."""
_SPEED = re.compile(r"(?:a-)?([0-9]{1,5}(?:\.[0-9])?)([MG])")
_LLDP_HEAD = re.compile(r"Port\s+Neighbor Device ID\s+Neighbor Port ID\s+TTL")
_LLDP_ROW = re.compile(r"(\S+)\s+(\S(?:.*?\S)?)\s{2,}(\S(?:.*?\S)?)\s{2,}([0-9]{1,6})\s*")


def _lines(data: bytes, endings: tuple[str, ...] = ()) -> tuple[list[str], tuple[str, ...]]:
    text, warnings = text_of(data)
    refuse_error_text(text)
    if endings and not text.endswith("\n") and text.endswith(endings):
        text += "\n"
    lines = whole_lines(text)
    if any(len(line) > MAX_LINE_CHARS for line in lines):
        raise Damaged(f"a line has more than {MAX_LINE_CHARS} characters")
    return lines, warnings


def _parse_version(data: bytes) -> Found:
    lines, warnings = _lines(data, (" kB",))
    matches = [match for line in lines if (match := _FIELD.fullmatch(line.strip()))]
    fields: dict[str, str] = {match[1]: match[2] for match in matches}
    model = next((match[1] for line in lines[:5] if (match := _MODEL.fullmatch(line.strip()))), None)
    if model is None or "Software image version" not in fields or "Free memory" not in fields:
        raise Damaged("the model, the release or the last line is missing")
    mac = fields.get("System MAC address", "").lower()
    return Found(
        facts={
            "identity": Identity(
                vendor=value("Arista"),
                model=value(model),
                serial=read_word(fields.get("Serial number")),
                os_version=read_word(fields["Software image version"]),
                hardware_revision=read_word(fields.get("Hardware version")),
                machine=read_word(fields.get("Architecture")),
                uptime_s=_uptime(fields.get("Uptime")),
            ),
            "details": {"system_mac": _with_colons(mac) if _MAC.fullmatch(mac) else None},
        },
        warnings=warnings,
    )


def _uptime(text: str | None) -> Read:
    """`3 weeks, 0 days, 20 hours and 45 minutes`."""
    parts = _UPTIME.findall(text or "")
    return value(float(sum(int(number) * _SECONDS[unit] for number, unit in parts))) if parts else ABSENT


def _with_colons(mac: str) -> str:
    bare = mac.replace(".", "")
    return ":".join(bare[at : at + 2] for at in range(0, 12, 2))


def _rows(lines: list[str], head: re.Pattern[str], row: re.Pattern[str]) -> list[re.Match[str]]:
    """The rows below the table's head; rules of dashes are skipped.

    Raises:
        Damaged: no head, or a line is no row.
    """
    start = next((at for at, line in enumerate(lines) if head.match(line)), None)
    if start is None:
        raise Damaged("the table has no head")
    found: list[re.Match[str]] = []
    for line in lines[start + 1 :]:
        if not line.strip() or not line.strip("- "):
            continue
        match = row.fullmatch(line)
        if match is None:
            raise Damaged(f"{line[:60]!r} is no row of the table")
        found.append(match)
    return found


def _parse_status(data: bytes) -> Found:
    lines, warnings = _lines(data, _WHOLE_ENDINGS)
    rows = _rows(lines, _STATUS_HEAD, _STATUS_ROW)
    if not rows:
        raise Nothing("the switch lists no interface")
    counted = Counter(row["port"] for row in rows)
    twice = tuple(f"{port} is listed {times} times" for port, times in counted.items() if times > 1)
    details: list[object] = [
        {
            "port": row["port"],
            "status": row["status"],
            "description": row["name"] or None,
            "vlan": row["vlan"],
            "duplex": row["duplex"],
            "speed_text": row["speed"],
            "type": row["type"],
        }
        for row in rows
    ]
    return Found(
        facts={"ports": tuple(_port(row) for row in rows), "details": details}, warnings=(*warnings, *twice)
    )


def _port(row: re.Match[str]) -> Port:
    known = LINK_STATES.get(row["status"])
    speed = _SPEED.fullmatch(row["speed"])
    kind = row["type"]
    return Port(
        name=row["port"],
        admin_up=NOT_AVAILABLE if known is None else value(known[0]),
        oper_up=NOT_AVAILABLE if known is None else value(known[1]),
        speed_gbps=value(float(speed[1]) / (1000 if speed[2] == "M" else 1)) if speed else NOT_AVAILABLE,
        medium=NOT_AVAILABLE if kind in ("N/A", "Not Present") else value(kind),
    )


def _parse_lldp(data: bytes) -> Found:
    lines, warnings = _lines(data)
    rows = _rows(lines, _LLDP_HEAD, _LLDP_ROW)
    if not rows:
        raise Nothing("the switch hears no neighbour")
    neighbors = tuple(
        Neighbor(local_port=row[1], system_name=read_word(row[2]), port_id=read_word(row[3])) for row in rows
    )
    ttl_s: Json = {"ttl_s": [int(row[4]) for row in rows]}
    return Found(facts={"neighbors": neighbors, "details": ttl_s}, warnings=warnings)


VERSION = Format(
    name="eos.text-version",
    title="EOS: show version, as text",
    sniff=lambda head: (
        90 if re.match(rb"\s*Arista \S+\s*\n", head) and b"Software image version" in head else 0
    ),
    parse=_parse_version,
    facts={"identity": Identity, "details": dict[str, str | None]},
)
_STATUS_SNIFF = re.compile(rb"Port +Name +Status +Vlan +Duplex +Speed +Type")
_NXOS_RULE = re.compile(rb"^-{60,}\s*$", re.MULTILINE)
"""NX-OS has the same head between rules, and other names of ports."""
STATUS = Format(
    name="eos.text-interfaces-status",
    title="EOS: show interfaces status, as text",
    sniff=lambda head: 90 if _STATUS_SNIFF.search(head[:4096]) and not _NXOS_RULE.search(head[:4096]) else 0,
    parse=_parse_status,
    facts={"ports": tuple[Port, ...], "details": list[dict[str, str | None]]},
)
LLDP = Format(
    name="eos.text-lldp",
    title="EOS: show lldp neighbors, as text",
    sniff=lambda head: (
        90 if re.search(rb"Port +Neighbor Device ID +Neighbor Port ID +TTL", head[:4096]) else 0
    ),
    parse=_parse_lldp,
    facts={"neighbors": tuple[Neighbor, ...], "details": dict[str, list[int]]},
)
FORMATS = (VERSION, STATUS, LLDP)
