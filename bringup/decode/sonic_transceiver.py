"""SONiC `show interfaces transceiver presence` and `… eeprom -d`.

Source: keys as printed by sonic-utilities' sfpshow. A dark lane is `-infdBm`; `N/A` is a value that the
module or the daemon does not have (the first cycle of xcvrd takes up to a minute).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

import msgspec

from bringup.decode.medium_name import medium_in, medium_of_application
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    is_missing,
    number,
    read_number,
    read_power_dbm,
    read_word,
    refuse_error_text,
    refuse_open_line,
    text_of,
)
from bringup.decode.sonic_table import read_table, unique
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, Read, value

_PRESENCE = {"Present": True, "Not present": False}
_HEAD = ": SFP EEPROM "
_PORT_LINE = re.compile(r"(\S+): (SFP EEPROM detected|SFP EEPROM [Nn]ot detected)\s*")
_TOP, _UNDER = " " * 8, " " * 16
"""Before a field of the module itself, and before one of a section."""
_ROW = re.compile(rf"\n({_TOP}|{_UNDER})([^:\s][^:\n]{{0,119}}):( .*)?()(?=\n)")
_LANE_KEY = re.compile(r"(RX|TX)([0-9]{0,2})(Power|Bias)")
_LANE_QUANTITY = {
    ("RX", "Power"): "rx_power_dbm",
    ("TX", "Power"): "tx_power_dbm",
    ("RX", "Bias"): "bias_ma",
    ("TX", "Bias"): "bias_ma",
}
_THRESHOLD_KEY = re.compile(r"(RxPower|TxPower|TxBias|Temp|Vcc)(High|Low)(Alarm|Warning)")
_THRESHOLD_OF = {
    "RxPower": ("rx_power_dbm", "dBm"),
    "TxPower": ("tx_power_dbm", "dBm"),
    "TxBias": ("bias_ma", "mA"),
    "Temp": ("temperature_c", "C"),
    "Vcc": ("supply_voltage_v", "Volts"),
}
_MEDIUM = re.compile(r"\b([0-9.]+[GT]?BASE-[A-Z0-9]+(?:-[0-9]+)?|400ZR)\b", re.IGNORECASE)
_MONITORS = ("ChannelMonitorValues", "ModuleMonitorValues", "MonitorData")
_LIMITS = ("ChannelThresholdValues", "ModuleThresholdValues", "ThresholdData")
_SECTION_SETS: tuple[list[str], ...] = (
    [],
    ["ChannelMonitorValues", "ChannelThresholdValues", "ModuleMonitorValues", "ModuleThresholdValues"],
    ["ChannelMonitorValues", "ModuleMonitorValues"],
    ["MonitorData", "ThresholdData"],
)
"""What stands together: QSFP and later with limits, older ones without, and SFP, whose one lane has no
number."""
MAX_LANES = 32
_LANE_OF = MappingProxyType(
    {
        f"{side}{lane}{what}": (lane, quantity)
        for (side, what), quantity in _LANE_QUANTITY.items()
        for lane in range(1, MAX_LANES + 1)
    }
)

_SECTIONS = frozenset({*_MONITORS, *_LIMITS})
_PLAIN_ROW = re.compile(rf"\n{_UNDER}([^:\s]{{1,120}}): (\S+)(?![^\n])")
_PIECE = re.compile(rf"\n{_TOP}(?=\S)")

Block = dict[str, str]


class _Seen(msgspec.Struct):
    """What was read of this text so far: modules of a kind print the same. `pieces` holds fields of the
    module by their text, with the sections under them; `limits` goes by the texts of their sections.
    """

    pieces: dict[str, tuple[Block, dict[str, Block]]] = {}
    limits: dict[tuple[tuple[str, str], ...], tuple[Threshold, ...]] = {}


def _parse_presence(data: bytes) -> Found:
    rows, warnings = read_table(data, ("Port", "Presence"))
    unique(rows, "Port")
    unknown = [row["Presence"] for row in rows if row["Presence"] not in _PRESENCE]
    if unknown:
        raise Damaged(f"{unknown[0][:40]!r} is neither 'Present' nor 'Not present'")
    optics = tuple(Optic(port=row["Port"], present=value(_PRESENCE[row["Presence"]])) for row in rows)
    return Found(facts={"optics": optics}, warnings=tuple(warnings))


def _blocks(text: str) -> Iterator[tuple[str, bool, str]]:
    """One (port, detected, its lines) for each port."""
    heads = list(_heads(text))
    if stray := text[: heads[0].start() if heads else None].strip():
        raise Damaged(f"text before the first port: {stray.splitlines()[0][:60]!r}")
    if not heads:
        raise Damaged("no line names a port and whether its EEPROM was detected")
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=True):
        yield head[1], head[2] == "SFP EEPROM detected", text[head.end() : end].strip("\n")


def _heads(text: str) -> Iterator[re.Match[str]]:
    at = -1
    while (at := text.find(_HEAD, at + 1)) >= 0:
        if match := _PORT_LINE.fullmatch(text, text.rfind("\n", 0, at) + 1, text.find("\n", at)):
            yield match


def _module(body: str, seen: _Seen) -> tuple[Block, dict[str, Block]]:
    """What `_fields` reads of `body`, piece by piece: each begins with a field of the module itself, on which
    nothing above it bears.
    """
    pieces = _PIECE.split(f"\n{body}")
    top: Block = {}
    sections: dict[str, Block] = {}
    try:
        for piece in pieces[1:]:
            if (told := seen.pieces.get(piece)) is None:
                told = seen.pieces[piece] = _plain_section(piece) or _fields(f"{_TOP}{piece}")
            top |= told[0]
            sections |= told[1]
    except Damaged:
        top = {}
    if pieces[0] or len(top) < len(pieces) - 1:  # the whole says best what is wrong
        return _fields(body)
    return top, sections


def _plain_section(piece: str) -> tuple[Block, dict[str, Block]] | None:
    """What `_fields` reads of a section whose lines hold a key and a word each; None of another text."""
    rows = _PLAIN_ROW.findall(piece)
    name, colon, rest = piece[: piece.find("\n")].partition(":")
    block = dict(rows)
    if rest or not colon or name not in _SECTIONS or not len(block) == len(rows) == piece.count("\n"):
        return None
    return {name: ""}, {name: block}


def _fields(body: str) -> tuple[Block, dict[str, Block]]:
    """The module's own fields, and those of each section. A line that is indented further goes on."""
    top: Block = {}
    sections: dict[str, Block] = {}
    last = ""
    under: Block | None = None
    for indent, key, text, line in _rows(body):
        if indent == _TOP:
            _put(top, key, text)
            last, under = key.rstrip(" "), None
            if not text:
                sections[last] = under = {}
        elif indent == _UNDER:
            if under is None:
                raise Damaged(f"a field stands under no section: {key[:60]!r}")
            _put(under, key, text)
        elif not last or not line.startswith(_UNDER + " "):
            raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
        else:
            top[last] += "\n" + line.strip()
    return top, sections


def _rows(body: str) -> list[tuple[str, str, str, str]]:
    """(indent, key, what follows the colon, "") of a line that is a field, ("", "", "", line) of another."""
    rows = _ROW.findall(f"\n{body}\n")
    if len(rows) <= body.count("\n"):  # a line is no field
        rows = [
            found[0] if (found := _ROW.findall(f"\n{line}\n")) else ("", "", "", line)
            for line in body.split("\n")
            if line.strip()
        ]
    return rows


def _put(block: Block, key: str, text: str) -> None:
    key = key.rstrip(" ")
    if key in block:
        raise Damaged(f"the field {key[:60]!r} occurs twice")
    block[key] = text.strip()


def _lanes(monitors: Block) -> tuple[Lane, ...]:
    read: dict[int, dict[str, Read]] = {}
    for key, text in monitors.items():
        index, quantity = _LANE_OF.get(key) or _lane_of(key)
        if not quantity:
            continue
        if (lane := read.get(index)) is None:
            lane = read[index] = {}
        lane[quantity] = read_number(text, "mA") if quantity == "bias_ma" else read_power_dbm(text)
    return tuple([Lane(index=index, **read[index]) for index in sorted(read)])


def _lane_of(key: str) -> tuple[int, str]:
    """Lane and quantity of a monitor, by its key however it is written; "" for one that is of no lane."""
    match = _LANE_KEY.fullmatch(key)
    if match is None:
        return 0, ""
    index = int(match[2] or 1)
    if not 1 <= index <= MAX_LANES:
        raise Damaged(f"a module has no lane {index}")
    return index, _LANE_QUANTITY[match[1], match[3]]


def _thresholds(port: str, sections: dict[str, Block], seen: _Seen) -> tuple[Threshold, ...]:
    """The printed limits. Raises: Damaged: a quantity has not all of its four, or one is no number."""
    printed = tuple(pair for name in _LIMITS for pair in sections.get(name, {}).items())
    if (limits := seen.limits.get(printed)) is None:
        limits = seen.limits[printed] = _read_thresholds(port, printed)
    return limits


def _read_thresholds(port: str, printed: tuple[tuple[str, str], ...]) -> tuple[Threshold, ...]:
    read: dict[str, dict[str, Read]] = {}
    for key, text in printed:
        match = _THRESHOLD_KEY.fullmatch(key)
        if match is None:
            continue
        quantity, unit = _THRESHOLD_OF[match[1]]
        limit = read_power_dbm(text) if unit == "dBm" else read_number(text, unit)
        read.setdefault(quantity, {})[f"{match[2].lower()}_{match[3].lower()}"] = limit
    short = [quantity for quantity, limits in read.items() if len(limits) != 4]
    if short:
        raise Damaged(f"{port}: the limits of {short[0]} are not all there: the text may be cut")
    return tuple(Threshold(quantity=quantity, **limits) for quantity, limits in read.items())


def _medium(top: Block, sections: dict[str, Block]) -> Read:
    """The active application's medium on a CMIS module, else the compliance code, normalised."""
    offered = top.get("Application Advertisement", "N/A").split("\n")
    chosen = next(
        (text for key, text in top.items() if key.startswith("Active application selected code")), ""
    )
    technology = top.get("Media Interface Technology", "")
    media = [_offered(line, technology) for line in offered]
    if chosen.isdigit() and 1 <= int(chosen[:2]) <= len(media):
        found = media[int(chosen[:2]) - 1]
    else:
        found = media[0] if len(set(media)) == 1 else None
    if found is None:
        codes = sections.get("Specification compliance", {})
        found = next((medium for text in codes.values() if (medium := _medium_of(text))), None)
        found = found or _medium_of(top.get("Specification compliance", ""))
    return ABSENT if found is None else value(found)


def _offered(line: str, technology: str) -> str | None:
    """The medium of one line of what a module advertises: host interface, lanes, media interface, lanes."""
    parts = line.split(" - ")
    if len(parts) < 3:
        return None
    named = medium_in(parts[-2]).value
    special = named if isinstance(named, str) and "BASE" not in named else None
    return special or medium_of_application(parts[0], parts[-2], technology) or _medium_of(parts[-2])


def _medium_of(text: str) -> str | None:
    match = _MEDIUM.search(text[:200])
    return match[1].upper() if match else None


def _whole(port: str, sections: dict[str, Block]) -> None:
    """Refuse a module whose monitors stop short. Raises: Damaged: a section is missing."""
    printed = [name for name in sections if name in _MONITORS or name in _LIMITS]
    if printed not in _SECTION_SETS:
        raise Damaged(f"{port}: a section of monitors or limits is missing: the text may be cut")


def _optic(port: str, body: str, seen: _Seen) -> tuple[Optic, dict[str, object]]:
    top, sections = _module(body, seen)
    _whole(port, sections)
    monitors: Block = {}
    for name in _MONITORS:
        monitors |= sections.get(name, {})
    optic = Optic(
        port=port,
        present=value(True),
        medium=_medium(top, sections),
        vendor=read_word(top.get("Vendor Name")),
        part_number=read_word(top.get("Vendor PN")),
        serial=read_word(top.get("Vendor SN")),
        firmware=read_word(top.get("Active Firmware")),
        temperature_c=read_number(monitors.get("Temperature"), "C"),
        supply_voltage_v=read_number(monitors.get("Vcc"), "Volts"),
        lanes=_lanes(monitors),
        thresholds=_thresholds(port, sections, seen),
    )
    return optic, _details(top)


def _told(text: str) -> bool:
    return bool(text.strip()) and not is_missing(text)


def _details(top: Block) -> dict[str, object]:
    def word(key: str) -> str | None:
        return top[key] if _told(top.get(key, "")) else None

    def count(key: str) -> float | int | None:
        try:
            return number(top.get(key, "N/A"))
        except Damaged:
            return None

    oui = word("Vendor OUI")
    return {
        "identifier": word("Identifier"),
        "connector": word("Connector"),
        "vendor_oui": oui.replace("-", ":") if oui else None,
        "vendor_rev": word("Vendor Rev"),
        "cmis_rev": word("CMIS Rev"),
        "cable_length_m": count("Length Cable Assembly(m)"),
        "host_lane_count": count("Host Lane Count"),
        "media_lane_count": count("Media Lane Count"),
        "applications": [
            line for line in top.get("Application Advertisement", "N/A").split("\n") if _told(line)
        ],
    }


def _parse_eeprom(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    optics: list[Optic] = []
    details: dict[str, object] = {}
    seen = _Seen()
    refuse_open_line(text)
    for port, detected, body in _blocks(text):
        if port in details:
            raise Damaged(f"the port {port[:40]!r} occurs twice")
        if detected != bool(body.strip()):
            raise Damaged(
                f"{port}: fields do not go with whether an EEPROM was detected: the text may be cut"
            )
        optic, fields = (
            _optic(port, body, seen)
            if detected
            else (Optic(port=port, present=value(False)), dict[str, object]())
        )
        optics.append(optic)
        details[port] = fields
    return Found(facts={"optics": tuple(optics), "details": details}, warnings=warnings)


PRESENCE = Format(
    name="sonic.presence",
    title="SONiC: show interfaces transceiver presence",
    sniff=lambda head: 90 if re.search(rb"Port +Presence *\n", head) else 0,
    parse=_parse_presence,
    facts={"optics": tuple[Optic, ...]},
)
TRANSCEIVER_EEPROM = Format(
    name="sonic.transceiver-eeprom",
    title="SONiC: show interfaces transceiver eeprom -d",
    sniff=lambda head: 90 if re.search(rb"^\S+: SFP EEPROM [dNn]", head, re.MULTILINE) else 0,
    parse=_parse_eeprom,
    facts={"optics": tuple[Optic, ...], "details": dict[str, dict[str, object]]},
)
FORMATS = (PRESENCE, TRANSCEIVER_EEPROM)
