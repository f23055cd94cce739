"""EOS `show interfaces transceiver`, with or without `detail`, as a terminal prints it.

The short form is one table. The detailed form is five, one a quantity, each with the module's limits in the
order high alarm, high warning, LOW ALARM, low warning; its head is read for that, not assumed. A port that is
missing from a table has no such reading.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode.eos_transceiver import power
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    read_number,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, Read, value

MAX_LINE_CHARS = 400
_PORT = re.compile(r"[A-Z][a-z]+[0-9]+(?:/[0-9]+)*")
_RULE = re.compile(r"-+(?:\s+-+)+\s*")
_SHORT_HEAD = re.compile(r"Port\s+\(Celsius\)\s+\(Volts\)\s+\(mA\)\s+\(dBm\)\s+\(dBm\)\s+Last Update\s*")
_LIMIT = re.compile(r"(High|Low) (Alarm|Warn)")
_QUANTITY = re.compile(r"\s+(Temperature|Voltage|Current|Tx Power|Rx Power)\s+Threshold")
_FLAG = re.compile(r"\s+(?:\+\+|\+|--|-)(?=\s|$)")
_BESIDE = re.compile(r"\([^()]{1,20}\)")
_NAMES = MappingProxyType(
    {
        "Temperature": "temperature_c",
        "Voltage": "supply_voltage_v",
        "Current": "bias_ma",
        "Tx Power": "tx_power_dbm",
        "Rx Power": "rx_power_dbm",
    }
)
_LIMITS = MappingProxyType(
    {
        ("High", "Alarm"): "high_alarm",
        ("High", "Warn"): "high_warning",
        ("Low", "Alarm"): "low_alarm",
        ("Low", "Warn"): "low_warning",
    }
)


class _Table(msgspec.Struct):
    """One of the five tables of the detailed form: quantity, order of its limits, rows by port."""

    quantity: str
    limits: list[str]
    rows: dict[str, list[Read]]


def _lines(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line.rstrip() for line in whole_lines(text)]
    if any(len(line) > MAX_LINE_CHARS for line in lines):
        raise Damaged(f"a line has more than {MAX_LINE_CHARS} characters")
    return lines, warnings


def _number(text: str) -> Read:
    return read_number(text)


def _parse_short(data: bytes) -> Found:
    lines, warnings = _lines(data)
    start = next((at for at, line in enumerate(lines) if _SHORT_HEAD.fullmatch(line)), None)
    if start is None:
        raise Damaged("the table has no head")
    optics: dict[str, Optic] = {}
    for line in lines[start + 1 :]:
        if not line.strip() or _RULE.fullmatch(line):
            continue
        words = line.split()
        if len(words) not in (7, 8) or not _PORT.fullmatch(words[0]) or words[0] in optics:
            raise Damaged(f"{line[:60]!r} is no row of the table")
        optics[words[0]] = _short_optic(words)
    if not optics:
        raise Nothing("the switch lists no transceiver")
    return Found(facts={"optics": tuple(optics.values())}, warnings=warnings)


def _short_optic(words: list[str]) -> Optic:
    temperature, voltage, bias, sent, received = (_number(word) for word in words[1:6])
    told = any(read.value is not None for read in (temperature, voltage, bias, sent, received))
    return Optic(
        port=words[0],
        present=value(True) if told else ABSENT,
        temperature_c=temperature,
        supply_voltage_v=voltage,
        lanes=(Lane(index=1, rx_power_dbm=power(received), tx_power_dbm=power(sent), bias_ma=bias),),
    )


def _parse_detail(data: bytes) -> Found:
    lines, warnings = _lines(data)
    tables = _tables(lines)
    if len({table.quantity for table in tables}) != len(tables) or len(tables) != len(_NAMES):
        raise Damaged(f"{len(tables)} tables where five are expected")
    ports = dict.fromkeys(port for table in tables for port in table.rows)
    if not ports:
        raise Nothing("the switch lists no transceiver")
    return Found(
        facts={
            "optics": tuple(_optic(port, tables) for port in ports),
            "ports_per_table": {table.quantity: list(table.rows) for table in tables},
        },
        warnings=warnings,
    )


def _tables(lines: list[str]) -> list[_Table]:
    tables: list[_Table] = []
    limits: list[str] = []
    for line in lines:
        found = [_LIMITS[pair] for pair in _LIMIT.findall(line)]
        quantity = _QUANTITY.match(line)
        if len(found) == len(_LIMITS) and quantity is None:
            limits = found
        elif quantity:
            tables.append(_Table(_NAMES[quantity[1]], limits, {}))
        elif line.strip() and tables and not line.startswith("Port ") and not _RULE.fullmatch(line):
            _add_row(tables[-1], line)
    return tables


def _add_row(table: _Table, line: str) -> None:
    words = _FLAG.sub(" ", _BESIDE.sub(" ", line)).split()
    if len(words) != 6 or not _PORT.fullmatch(words[0]) or len(set(table.limits)) != len(_LIMITS):
        raise Damaged(f"{line[:60]!r} is no row of the table")
    if words[0] in table.rows:
        raise Damaged(f"{words[0]} occurs twice in one table")
    table.rows[words[0]] = [_number(word) for word in words[1:]]


def _optic(port: str, tables: list[_Table]) -> Optic:
    reads = {table.quantity: table.rows[port][0] for table in tables if port in table.rows}
    return Optic(
        port=port,
        present=value(True) if any(read.value is not None for read in reads.values()) else ABSENT,
        temperature_c=reads.get("temperature_c", ABSENT),
        supply_voltage_v=reads.get("supply_voltage_v", ABSENT),
        lanes=(
            Lane(
                index=1,
                rx_power_dbm=power(reads.get("rx_power_dbm", ABSENT)),
                tx_power_dbm=power(reads.get("tx_power_dbm", ABSENT)),
                bias_ma=reads.get("bias_ma", ABSENT),
            ),
        ),
        thresholds=tuple(
            Threshold(quantity=table.quantity, **dict(zip(table.limits, table.rows[port][1:], strict=True)))
            for table in tables
            if port in table.rows
        ),
    )


TRANSCEIVER = Format(
    name="eos.text-transceiver",
    title="EOS: show interfaces transceiver, as text",
    sniff=lambda head: (
        90 if re.search(rb"Port +\(Celsius\) +\(Volts\) +\(mA\) +\(dBm\) +\(dBm\)", head[:4096]) else 0
    ),
    parse=_parse_short,
    facts={"optics": tuple[Optic, ...]},
)
TRANSCEIVER_DETAIL = Format(
    name="eos.text-transceiver-detail",
    title="EOS: show interfaces transceiver detail, as text",
    sniff=lambda head: 90 if re.search(rb"High Alarm +High Warn +Low Alarm +Low Warn", head[:8192]) else 0,
    parse=_parse_detail,
    facts={"optics": tuple[Optic, ...], "ports_per_table": dict[str, list[str]]},
)
FORMATS = (TRANSCEIVER, TRANSCEIVER_DETAIL)
