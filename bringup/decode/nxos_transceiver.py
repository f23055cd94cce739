"""`show interface transceiver [details]` of NX-OS, as JSON and as a terminal prints it.

Limits stand in the order high alarm, LOW ALARM, high warning, low warning. Marks beside a reading (`--`, `+`)
are the module's own alarms, kept in `flags`. A CFP counts a lane 1 for what all its lanes share: that is none
here, and the others count from 1. Source: recorded outputs of NX-OS.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode.json_field import Json
from bringup.decode.medium_name import medium_in
from bringup.decode.nxos_reply import FLAGS, object_of, real, refuse_error, rows_of, text, word
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    number,
    read_number,
    read_power_dbm,
    read_word,
    text_of,
    whole_lines,
)
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 300
MAX_LANES = 16
QUANTITIES = MappingProxyType(
    {
        "Temperature": "temperature_c",
        "Voltage": "supply_voltage_v",
        "Current": "bias_ma",
        "Tx Power": "tx_power_dbm",
        "Rx Power": "rx_power_dbm",
    }
)
_JSON = MappingProxyType(
    {
        "temperature_c": ("temperature", "temp"),
        "supply_voltage_v": ("voltage", "volt"),
        "bias_ma": ("current", "current"),
        "tx_power_dbm": ("tx_pwr", "tx_pwr"),
        "rx_power_dbm": ("rx_pwr", "rx_pwr"),
    }
)
"""Quantity -> (key of the reading, begin of the keys of its limits)."""
_ENDS = (
    ("high_alarm", "alrm_hi"),
    ("low_alarm", "alrm_lo"),
    ("high_warning", "warn_hi"),
    ("low_warning", "warn_lo"),
)
_PORT = re.compile(r"(?:Ethernet|Eth|mgmt|fc)[0-9]{1,4}(?:/[0-9]{1,4}){0,3}")
_FIELD = re.compile(r"\s+(.{2,60}?) (?:is|are) (.{0,160})")
_LANE = re.compile(r"\s*Lane Number:\s*([0-9]{1,2})\s+(.{0,60})")
_NUMBER = r"(-?[0-9.]{1,9}|N/A|-?inf|--)"
_ROW = re.compile(
    rf"\s+(Temperature|Voltage|Current|Tx Power|Rx Power)\s+{_NUMBER}(?: (?:C|V|mA|dBm))?\s+"
    r"(?:(\+\+|\+|--|-)\s+)?"
    rf"{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s*"
)
_SKIPPED = re.compile(
    r"\s*(?:-{10,}|SFP Detail Diagnostics Information.*|Current\s+Alarms\s+Warnings|Measurement\s+High.*"
    r"|Note: .*|Transmit Fault Count = [0-9]{1,10}|Link length supported.*|number of lanes .*|\S+# .*"
    r"|.*(?:DOM|diagnostics?|calibration).*|cisco .*)\s*"
)


class _Block(msgspec.Struct):
    """One port: its fields, and for each lane number the readings with mark and limits."""

    port: str
    fields: dict[str, str]
    lanes: dict[int, dict[str, tuple[Read, str | None, Threshold]]]
    common: bool = False


def _parse_text(data: bytes) -> Found:
    content, warnings = text_of(data)
    blocks: list[_Block] = []
    known: dict[tuple[str, ...], Threshold] = {}
    passed: set[str] = set()  # heads and rules, the same over every lane
    lane = 1
    for line in whole_lines(content, longest=MAX_LINE_CHARS):
        if line in passed:
            continue
        row = _ROW.fullmatch(line) if blocks else None
        if row:
            _add_row(blocks[-1], row, lane, known)
        elif _PORT.fullmatch(line.rstrip()):
            blocks.append(_Block(line.rstrip(), {}, {}))
            lane = 1
        elif not line.strip() or _SKIPPED.fullmatch(line):
            passed.add(line)
        else:
            if not blocks:
                refuse_error(line)
                raise Damaged(f"{line[:60]!r} belongs to no port")
            lane = _add(blocks[-1], line, lane)
    if not blocks:
        raise Damaged("no port is listed")
    if len({block.port for block in blocks}) != len(blocks):
        raise Damaged("a port is listed twice")
    return _found(
        [_optic(block) for block in blocks], {block.port: _details(block) for block in blocks}, warnings
    )


def _add(block: _Block, line: str, lane: int) -> int:
    """One line of a block that is no row; the lane that the next rows are of."""
    head, field = _LANE.fullmatch(line), _FIELD.fullmatch(line)
    if head:
        if not 1 <= int(head[1]) <= MAX_LANES or (lane >= int(head[1]) and int(head[1]) in block.lanes):
            raise Damaged(f"lane {head[1]} of {block.port} is out of order")
        block.common |= "Common" in head[2]
        return int(head[1])
    if field:
        if field[1] in block.fields:
            raise Damaged(f"{field[1]!r} of {block.port} stands there twice")
        block.fields[field[1].strip()] = field[2].strip()
    else:
        refuse_error(line)
        raise Damaged(f"{line[:60]!r} is no line of a transceiver")
    return lane


def _add_row(block: _Block, row: re.Match[str], lane: int, known: dict[tuple[str, ...], Threshold]) -> None:
    """One reading of a lane. `known` are the limits of this text so far: ports of a kind print the same."""
    name, told, mark, *ends = row.groups()
    readings = block.lanes.setdefault(lane, {})
    quantity = QUANTITIES[name]
    if quantity in readings:
        raise Damaged(f"{name} of {block.port} stands there twice")
    if (limits := known.get((quantity, *ends))) is None:
        high_alarm, low_alarm, high_warning, low_warning = map(read_number, ends)
        limits = known[quantity, *ends] = Threshold(
            quantity=quantity,
            high_alarm=high_alarm,
            low_alarm=low_alarm,
            high_warning=high_warning,
            low_warning=low_warning,
        )
    read = read_power_dbm(f"{told}dBm") if quantity.endswith("_dbm") else read_number(told)
    readings[quantity] = read, FLAGS.get(mark or ""), limits


def _optic(block: _Block) -> Optic:
    presence = block.fields.get("transceiver", "")
    if presence.startswith("not "):
        return Optic(port=block.port, present=value(False) if presence == "not present" else NOT_AVAILABLE)
    shared = {**block.lanes.get(1, {})}
    lanes = [number_ for number_, held in block.lanes.items() if _is_lane(held)]
    limits: dict[str, Threshold] = {}
    for held in block.lanes.values():
        for quantity, (_, _, limit) in held.items():
            limits.setdefault(quantity, limit)
    kind = block.fields.get("type")
    return Optic(
        port=block.port,
        present=value(True) if presence == "present" else ABSENT,
        medium=_medium(kind),
        vendor=read_word(block.fields.get("name")),
        part_number=read_word(block.fields.get("part number")),
        serial=read_word(block.fields.get("serial number")),
        firmware=read_word(block.fields.get("firmware version")),
        temperature_c=shared["temperature_c"][0] if "temperature_c" in shared else ABSENT,
        supply_voltage_v=shared["supply_voltage_v"][0] if "supply_voltage_v" in shared else ABSENT,
        lanes=tuple(_lane(at - block.common, block.lanes[at]) for at in lanes),
        thresholds=tuple(limits.values()),
    )


def _is_lane(held: dict[str, tuple[Read, str | None, Threshold]]) -> bool:
    return any(quantity in held for quantity in ("bias_ma", "tx_power_dbm", "rx_power_dbm"))


def _lane(index: int, held: dict[str, tuple[Read, str | None, Threshold]]) -> Lane:
    names = ("rx_power_dbm", "tx_power_dbm", "bias_ma")
    return Lane(index=index, **{name: held[name][0] for name in names if name in held})


def _medium(kind: str | None) -> Read:
    """As inventories write it, where the type names one; else the type itself."""
    found = medium_in(kind)
    return found if found.value is not None else read_word(kind)


def _details(block: _Block) -> Json:
    bitrate = re.match(r"[0-9]{1,7}", block.fields.get("nominal bitrate", ""))
    return {
        "type": read_word(block.fields.get("type")).value,
        "revision": read_word(block.fields.get("revision")).value,
        "bitrate_mbps": None if bitrate is None else counter(bitrate[0]),
        "flags": {
            str(at - block.common): {name: flag for name, (_, flag, _) in held.items() if flag}
            for at, held in block.lanes.items()
            if any(flag for _, flag, _ in held.values())
        },
    }


def _parse_json(data: bytes) -> Found:
    rows = rows_of(object_of(data), "TABLE_interface", "ROW_interface")
    if not rows:
        raise Nothing("the switch lists no interface")
    optics: list[Optic] = []
    details: Json = {}
    for row in rows:
        port = text(row, "interface")
        if port is None or port in details or not row.keys() & {"sfp", "type", "partnum"}:
            raise Damaged("a row has no interface of its own, or nothing of a transceiver")
        optics.append(_json_optic(port, row))
        bitrate = row.get("nom_bitrate")
        details[port] = {
            "type": text(row, "type"),
            "revision": text(row, "rev"),
            "bitrate_mbps": None if bitrate is None else number(str(bitrate)),
            "flags": {},
        }
    return _found(optics, details, ())


def _json_optic(port: str, row: Json) -> Optic:
    sfp = (text(row, "sfp") or "").lower()
    if sfp.startswith("not"):
        return Optic(port=port, present=value(False) if sfp == "not present" else NOT_AVAILABLE)
    lanes = rows_of(row, "TABLE_lane", "ROW_lane")
    if not lanes and "rx_pwr" in row:
        lanes = [row]
    first = lanes[0] if lanes else {}
    return Optic(
        port=port,
        present=value(True) if sfp == "present" else ABSENT,
        medium=_medium(text(row, "type")),
        vendor=word(row, "name"),
        part_number=word(row, "partnum"),
        serial=word(row, "serialnum"),
        firmware=word(row, "firmware_ver"),
        temperature_c=real(first, "temperature"),
        supply_voltage_v=real(first, "voltage"),
        lanes=_json_lanes(lanes),
        thresholds=tuple(_json_limits(quantity, first) for quantity in _JSON if _has_limits(quantity, first)),
    )


def _json_lanes(rows: list[Json]) -> tuple[Lane, ...]:
    told = [row for row in rows if row.keys() & {"rx_pwr", "tx_pwr", "current"}]
    indices = [counter(str(row.get("lane_number", "1")).strip() or "1") for row in told]
    if len(set(indices)) != len(indices) or any(not 1 <= index <= MAX_LANES for index in indices):
        raise Damaged("a lane is listed twice, or is none")
    shift = len(rows) - len(told)  # a lane 1 of what all share
    return tuple(
        Lane(
            index=index - shift,
            rx_power_dbm=_json_power(row, "rx_pwr"),
            tx_power_dbm=_json_power(row, "tx_pwr"),
            bias_ma=real(row, "current"),
        )
        for index, row in zip(indices, told, strict=True)
        if index > shift
    )


def _json_power(row: Json, key: str) -> Read:
    held = row.get(key)
    if isinstance(held, str):
        return read_power_dbm(f"{held.strip()} dBm") if held.strip() else NOT_AVAILABLE
    read = real(row, key)
    return read_power_dbm(f"{read.value} dBm") if isinstance(read.value, float) else read


def _has_limits(quantity: str, row: Json) -> bool:
    return f"{_JSON[quantity][1]}_alrm_hi" in row


def _json_limits(quantity: str, row: Json) -> Threshold:
    begin = _JSON[quantity][1]
    return Threshold(quantity=quantity, **{name: real(row, f"{begin}_{end}") for name, end in _ENDS})


def _found(optics: list[Optic], details: Json, warnings: tuple[str, ...]) -> Found:
    return Found(facts={"optics": tuple(optics), "details": details}, warnings=warnings)


_FACTS: dict[str, object] = {"optics": tuple[Optic, ...], "details": dict[str, dict[str, object]]}
TRANSCEIVER = Format(
    name="nxos.transceiver",
    title="NX-OS: show interface transceiver [details] | json",
    sniff=lambda head: 90 if b'"ROW_interface"' in head and (b'"sfp"' in head or b'"partnum"' in head) else 0,
    parse=_parse_json,
    facts=_FACTS,
)
TRANSCEIVER_TEXT = Format(
    name="nxos.text-transceiver",
    title="NX-OS: show interface transceiver [details], as text",
    sniff=lambda head: 90 if re.search(rb"\n\s+transceiver is (?:not )?(?:present|applicable)", head) else 0,
    parse=_parse_text,
    facts=_FACTS,
)
FORMATS = (TRANSCEIVER, TRANSCEIVER_TEXT)
