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
_NAMES = MappingProxyType({quantity: name for name, quantity in QUANTITIES.items()})
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
_READING = re.compile(
    rf"\s+(Temperature|Voltage|Current|Tx Power|Rx Power)\s+{_NUMBER}(?: (?:C|V|mA|dBm))?(?=\s)"
)
"""The first half of a row; what follows it are the mark and the limits, which most rows have in common."""
_LIMITS = re.compile(
    r"\s+(?:(\+\+|\+|--|-)\s+)?"
    rf"{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s+{_NUMBER}(?: \S+)?\s*"
)
_SKIPPED = re.compile(
    r"\s*(?:-{10,}|SFP Detail Diagnostics Information.*|Current\s+Alarms\s+Warnings|Measurement\s+High.*"
    r"|Note: .*|Transmit Fault Count = [0-9]{1,10}|Link length supported.*|number of lanes .*|\S+# .*"
    r"|.*(?:DOM|diagnostics?|calibration).*|cisco .*)\s*"
)


_Row = tuple[Read, str | None, Threshold]
"""A reading, its mark and its limits."""
_Held = dict[str, _Row]
"""By quantity."""


class _Block(msgspec.Struct):
    """One port: its fields, and for each lane number the readings with mark and limits."""

    port: str
    fields: dict[str, str]
    lanes: dict[int, _Held]
    common: bool = False
    flagged: bool = False


class _Seen(msgspec.Struct):
    """What was read of this text so far: lanes and ports of a kind print the same. `rows` holds whole rows,
    `ends` their second halves by quantity and text, `lines` what is no row and no field: (lane, common to
    all) of a lane's head, None of heads of tables, rules and blanks.
    """

    rows: dict[str, tuple[str, _Row]] = {}
    ends: dict[tuple[str, str], tuple[str | None, Threshold] | None] = {}
    lines: dict[str, tuple[int, bool] | None] = {}


def _parse_text(data: bytes) -> Found:
    content, warnings = text_of(data)
    blocks: list[_Block] = []
    seen = _Seen()
    rows, lines = seen.rows, seen.lines
    lane = 1
    for line in whole_lines(content, longest=MAX_LINE_CHARS):
        if line in lines:
            if (head := lines[line]) is not None:
                lane = _begin(blocks[-1], *head, lane)
        elif blocks and (row := rows.get(line) or _row(line, seen)) is not None:
            _put(blocks[-1], lane, *row)
        elif _PORT.fullmatch(line.rstrip()):
            blocks.append(_Block(line.rstrip(), {}, {}))
            lane = 1
        elif not line.strip() or _SKIPPED.fullmatch(line):
            if blocks:  # what stands above the first port may be a row below it
                lines[line] = None
        else:
            if not blocks:
                refuse_error(line)
                raise Damaged(f"{line[:60]!r} belongs to no port")
            lane = _add(blocks[-1], line, lane, seen)
    if not blocks:
        raise Damaged("no port is listed")
    if len({block.port for block in blocks}) != len(blocks):
        raise Damaged("a port is listed twice")
    return _found(
        [_optic(block) for block in blocks], {block.port: _details(block) for block in blocks}, warnings
    )


def _add(block: _Block, line: str, lane: int, seen: _Seen) -> int:
    """One line of a block that is no row; the lane that the next rows are of."""
    if head := _LANE.fullmatch(line):
        number_, common = seen.lines[line] = int(head[1]), "Common" in head[2]
        return _begin(block, number_, common, lane)
    if field := _FIELD.fullmatch(line):
        if field[1] in block.fields:
            raise Damaged(f"{field[1]!r} of {block.port} stands there twice")
        block.fields[field[1].strip()] = field[2].strip()
    else:
        refuse_error(line)
        raise Damaged(f"{line[:60]!r} is no line of a transceiver")
    return lane


def _begin(block: _Block, number_: int, common: bool, lane: int) -> int:
    """A head says which lane the next rows are of."""
    if not 1 <= number_ <= MAX_LANES or (lane >= number_ and number_ in block.lanes):
        raise Damaged(f"lane {number_} of {block.port} is out of order")
    block.common |= common
    return number_


def _put(block: _Block, lane: int, quantity: str, row: _Row) -> None:
    if (held := block.lanes.get(lane)) is None:
        held = block.lanes[lane] = {}
    if quantity in held:
        raise Damaged(f"{_NAMES[quantity]} of {block.port} stands there twice")
    held[quantity] = row
    if row[1]:
        block.flagged = True


def _row(line: str, seen: _Seen) -> tuple[str, _Row] | None:
    """Quantity and reading of a line that is a row; None of another."""
    match = _READING.match(line)
    if match is None:
        return None
    name, told = match.groups()
    quantity = QUANTITIES[name]
    key = quantity, line[match.end() :]
    if key not in seen.ends:
        seen.ends[key] = _ends(*key)
    if (end := seen.ends[key]) is None:
        return None
    read = read_power_dbm(f"{told}dBm") if quantity.endswith("_dbm") else read_number(told)
    row = seen.rows[line] = quantity, (read, *end)
    return row


def _ends(quantity: str, rest: str) -> tuple[str | None, Threshold] | None:
    """The module's alarm and the limits in the second half of a row; None where it is none."""
    found = _LIMITS.fullmatch(rest)
    if found is None:
        return None
    mark, *ends = found.groups()
    high_alarm, low_alarm, high_warning, low_warning = map(read_number, ends)
    limits = Threshold(
        quantity=quantity,
        high_alarm=high_alarm,
        low_alarm=low_alarm,
        high_warning=high_warning,
        low_warning=low_warning,
    )
    return FLAGS.get(mark or ""), limits


def _optic(block: _Block) -> Optic:
    presence = block.fields.get("transceiver", "")
    if presence.startswith("not "):
        return Optic(port=block.port, present=value(False) if presence == "not present" else NOT_AVAILABLE)
    shared = block.lanes.get(1, {})
    limits: dict[str, Threshold] = {}
    for held in block.lanes.values():
        if len(limits) < len(QUANTITIES):
            limits |= {quantity: limit for quantity, (_, _, limit) in held.items() if quantity not in limits}
    kind = block.fields.get("type")
    return Optic(
        port=block.port,
        present=value(True) if presence == "present" else ABSENT,
        medium=_medium(kind),
        vendor=read_word(block.fields.get("name")),
        part_number=read_word(block.fields.get("part number")),
        serial=read_word(block.fields.get("serial number")),
        firmware=read_word(block.fields.get("firmware version")),
        temperature_c=_told(shared, "temperature_c"),
        supply_voltage_v=_told(shared, "supply_voltage_v"),
        lanes=tuple(
            _lane(number_ - block.common, held)
            for number_, held in block.lanes.items()
            if not _OF_LANES.isdisjoint(held)
        ),
        thresholds=tuple(limits.values()),
    )


_OF_LANES = frozenset({"bias_ma", "tx_power_dbm", "rx_power_dbm"})
_NONE: tuple[Read, None, None] = (ABSENT, None, None)


def _told(held: _Held, quantity: str) -> Read:
    return held.get(quantity, _NONE)[0]


def _lane(index: int, held: _Held) -> Lane:
    return Lane(
        index=index,
        rx_power_dbm=held.get("rx_power_dbm", _NONE)[0],
        tx_power_dbm=held.get("tx_power_dbm", _NONE)[0],
        bias_ma=held.get("bias_ma", _NONE)[0],
    )


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
            if block.flagged and any(flag for _, flag, _ in held.values())
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
