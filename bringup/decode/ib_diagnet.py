"""`ibdiagnet2.db_csv`: what ibdiagnet found in an InfiniBand fabric, as sections of CSV.

A section is `START_NAME`, a line of column names, rows, `END_NAME`; one that does not end was cut. Read here:
NODES, PORTS, LINKS, PM_INFO (counters), CABLE_INFO (modules; none of CMIS, which need `--get_phy_info`); the
names and sizes of all others are told. Source: ibdiagnet user manual; columns as public readers of it use
them: they differ between releases, so each is found by its name, with the spellings that are known.
"""

from __future__ import annotations

import csv
import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, FactValue, Found, Nothing, refuse_error_text, text_of, whole_lines
from bringup.model.facts import FecCounters
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 8000
MAX_COLUMNS = 600
_START = re.compile(r"START_([A-Z0-9_]{2,60})")
_NUMBER = re.compile(r"[0-9]{1,20}|0x[0-9a-fA-F]{1,16}")
WANTED = ("NODES", "PORTS", "LINKS", "PM_INFO", "CABLE_INFO")
_NONE = frozenset({"", "N/A", "NA", "ERR"})

Rows = list[dict[str, str]]


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    sections: dict[str, Rows] = {}
    sizes: Json = {}
    here: str | None = None
    columns: list[str] = []
    rows: Rows = []
    count = 0
    for at, raw in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        line = raw.strip()
        start = _START.fullmatch(line)
        if here is None:
            if start:
                if start[1] in sizes:
                    raise Damaged(f"line {at}: the section {start[1]} stands there twice")
                here, columns, rows, count = start[1], [], [], 0
            elif line and not line.startswith("#"):
                refuse_error_text(line)
                raise Damaged(f"line {at} belongs to no section: {line[:60]!r}")
        elif line == f"END_{here}":
            sizes[here] = count
            if here in WANTED:
                sections[here] = rows
            here = None
        elif start:
            raise Damaged(f"line {at}: {start[1]} begins within {here}")
        elif line and not columns:
            columns = _columns(line, at)
        elif line:
            count += 1
            if here in WANTED:
                rows.append(_row(columns, line, at))
    if here is not None:
        raise Damaged(f"the section {here} has no end: the file may be cut")
    return _found(sections, sizes, warnings)


def _columns(line: str, at: int) -> list[str]:
    columns = [cell.strip() for cell in line.split(",")]
    if len(set(columns)) != len(columns) or len(columns) > MAX_COLUMNS or not all(columns):
        raise Damaged(f"line {at}: column names repeat, are blank, or too many")
    return columns


def _row(columns: list[str], line: str, at: int) -> dict[str, str]:
    try:
        cells = next(csv.reader([line])) if '"' in line else line.split(",")
    except csv.Error as error:
        raise Damaged(f"line {at} is no line of CSV: {error}") from error
    if len(cells) != len(columns):
        raise Damaged(f"line {at} has {len(cells)} cells under {len(columns)} names")
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}


def _cell(row: dict[str, str], *names: str) -> str | None:
    """The first of `names` that the row has; None where it is blank or not available."""
    told = next((row[name] for name in names if name in row), None)
    return None if told is None or told in _NONE else told


def _found(sections: dict[str, Rows], sizes: Json, warnings: tuple[str, ...]) -> Found:
    if not sizes:
        raise Nothing("no section is there")
    facts: dict[str, FactValue] = {
        "nodes": [_node(row) for row in sections.get("NODES", ())],
        "links": [_link(row) for row in sections.get("LINKS", ())],
        "cables": [_cable(row) for row in sections.get("CABLE_INFO", ())],
        "fec_counters": tuple(_counters(row) for row in sections.get("PM_INFO", ())),
        "sections": sizes,
    }
    if not any(facts[name] for name in ("nodes", "links", "cables", "fec_counters")):
        raise Nothing("no node, link, cable or counter is listed")
    return Found(facts=facts, warnings=warnings)


def _node(row: dict[str, str]) -> Json:
    kinds = {"1": "CA", "2": "SW", "3": "RT"}
    return {
        "guid": _guid(row, "NodeGUID"),
        "name": _cell(row, "NodeDesc"),
        "kind": kinds.get(_cell(row, "NodeType") or ""),
        "ports": _count(_cell(row, "NumPorts")),
    }


def _link(row: dict[str, str]) -> Json:
    return {
        "a": _guid(row, "NodeGuid1", "NodeGUID1"),
        "a_port": _count(_cell(row, "PortNum1")),
        "b": _guid(row, "NodeGuid2", "NodeGUID2"),
        "b_port": _count(_cell(row, "PortNum2")),
    }


def _cable(row: dict[str, str]) -> Json:
    return {
        "port": _port_name(row),
        "vendor": _cell(row, "Vendor"),
        "part_number": _cell(row, "PN"),
        "serial": _cell(row, "SN"),
        "revision": _cell(row, "Rev"),
        "firmware": _cell(row, "FWVersion"),
        "length": _cell(row, "LengthSMFiber", "LengthCopperOrActive", "Length"),
        "temperature": _cell(row, "Temperature"),
    }


def _counters(row: dict[str, str]) -> FecCounters:
    """The wide counters where the release has them: the narrow ones stop at their largest value."""
    return FecCounters(
        port=_port_name(row),
        symbol_errors=_read(row, "SymbolErrorCounterExt", "SymbolErrorCounter"),
        flap_count=_read(row, "LinkDownedCounterExt", "LinkDownedCounter"),
    )


def _read(row: dict[str, str], *names: str) -> Read:
    if not any(name in row for name in names):
        return ABSENT
    told = _count(_cell(row, *names))
    return NOT_AVAILABLE if told is None else value(told)


def _port_name(row: dict[str, str]) -> str:
    number = _count(_cell(row, "PortNum", "PortNumber"))
    if number is None:
        raise Damaged("a row of a port has no port")
    return f"{_guid(row, 'NodeGuid', 'NodeGUID')}/{number}"


def _guid(row: dict[str, str], *names: str) -> str:
    told = _cell(row, *names)
    if told is None or not re.fullmatch(r"0x[0-9a-fA-F]{1,16}", told):
        raise Damaged(f"{str(told)[:40]!r} is no GUID")
    return told.lower()


def _count(told: str | None) -> int | None:
    """A number, in hex where it begins so.

    Raises:
        Damaged: something else.
    """
    if told is None:
        return None
    if not _NUMBER.fullmatch(told):
        raise Damaged(f"{told[:40]!r} is no count")
    return int(told, 16 if told.startswith("0x") else 10)


DB_CSV = Format(
    name="ib.diagnet-csv",
    title="InfiniBand: ibdiagnet2.db_csv",
    sniff=lambda head: (
        90 if re.search(rb"(?:^|\n)START_(?:NODES|PORTS|LINKS|PM_INFO|CABLE_INFO)\s*\n", head) else 0
    ),
    parse=_parse,
    facts={
        "nodes": list[dict[str, object]],
        "links": list[dict[str, object]],
        "cables": list[dict[str, object]],
        "fec_counters": tuple[FecCounters, ...],
        "sections": dict[str, int],
    },
)
FORMATS = (DB_CSV,)
