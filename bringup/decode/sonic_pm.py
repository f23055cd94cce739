"""SONiC `show interfaces transceiver pm`: performance monitoring of coherent (C-CMIS) modules.

Source: table as printed by sonic-utilities' sfpshow, one a port, with a header of three lines. The minimum
may stand above the maximum, as modules report it; nothing is put right here.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    is_missing,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.decode.sonic_table import Row, rows_of, unique

_PORT = re.compile(r"(\S+):(?: (.+))?")
_COLUMNS = {
    "Min": "min",
    "Avg": "avg",
    "Max": "max",
    "Threshold High Alarm": "high_alarm",
    "Threshold High Warning": "high_warning",
    "Threshold Low Alarm": "low_alarm",
    "Threshold Low Warning": "low_warning",
}
_CROSSINGS = {
    "Threshold Crossing Alert-High": "crossing_high",
    "Threshold Crossing Alert-Low": "crossing_low",
}
_TRUE_FALSE = {"True": True, "False": False, "N/A": None}


def _parameter(row: Row) -> dict[str, object]:
    read: dict[str, object] = {"unit": None if is_missing(row["Unit"]) else row["Unit"]}
    for column, name in _COLUMNS.items():
        read[name] = None if is_missing(row[column]) else number(row[column])
    for column, name in _CROSSINGS.items():
        if row[column] not in _TRUE_FALSE:
            raise Damaged(f"{row[column][:40]!r} is neither True nor False")
        read[name] = _TRUE_FALSE[row[column]]
    return read


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    blocks: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    port = ""
    for line in whole_lines(text):
        match = _PORT.fullmatch(line.rstrip())
        if match:
            port = match[1]
            if port in blocks:
                raise Damaged(f"the port {port[:40]!r} occurs twice")
            blocks[port] = []
            said[port] = match[2] or ""
        elif line.strip():
            if not port:
                raise Damaged(f"text before the first port: {line.strip()[:60]!r}")
            blocks[port].append(line)
    columns = ("Parameter", "Unit", *_COLUMNS, *_CROSSINGS)
    monitors: dict[str, object] = {}
    for name, lines in blocks.items():
        if lines:
            rows = unique(rows_of(lines, columns, header_lines=3), "Parameter")
            monitors[name] = {row["Parameter"]: _parameter(row) for row in rows}
        elif not said[name]:
            raise Damaged(f"{name}: nothing follows: the text may be cut")
    if not blocks:
        raise Damaged("no line names a port")
    if not monitors:
        raise Nothing(f"no module here has performance monitoring: {next(iter(said.values()))[:80]}")
    return Found(facts={"monitors": monitors}, warnings=warnings)


TRANSCEIVER_PM = Format(
    name="sonic.transceiver-pm",
    title="SONiC: show interfaces transceiver pm",
    sniff=lambda head: 90 if re.search(rb"^ +Parameter +Unit +Min +Avg +Max ", head, re.MULTILINE) else 0,
    parse=_parse,
    facts={"monitors": dict[str, dict[str, dict[str, object]]]},
)
FORMATS = (TRANSCEIVER_PM,)
