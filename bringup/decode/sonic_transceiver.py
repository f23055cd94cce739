"""SONiC `show interfaces transceiver presence` and `… eeprom -d`.

Source: keys as printed by sonic-utilities' sfpshow. A dark lane is `-infdBm`; `N/A` is a value that the
module or the daemon does not have (the first cycle of xcvrd takes up to a minute).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    text_of,
    whole_lines,
)
from bringup.decode.sonic_table import read_table, unique
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, Read, value

_PRESENCE = {"Present": True, "Not present": False}
_PORT_LINE = re.compile(r"(\S+): (SFP EEPROM detected|SFP EEPROM [Nn]ot detected)")
_TOP, _UNDER = 8, 16
"""Blanks before a field of the module itself, and before one of a section."""
_LONGEST_KEY = 120
_LANE_KEY = re.compile(r"(RX|TX)([0-9]{0,2})(Power|Bias)")
_POWER_OF = {"RX": "rx_power_dbm", "TX": "tx_power_dbm"}
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

Block = dict[str, str]
Limits = dict[tuple[tuple[str, str], ...], tuple[Threshold, ...]]
"""What was read of printed limits, which modules of a kind have in common: 64 modules, one reading."""


def _parse_presence(data: bytes) -> Found:
    rows, warnings = read_table(data, ("Port", "Presence"))
    unique(rows, "Port")
    unknown = [row["Presence"] for row in rows if row["Presence"] not in _PRESENCE]
    if unknown:
        raise Damaged(f"{unknown[0][:40]!r} is neither 'Present' nor 'Not present'")
    optics = tuple(Optic(port=row["Port"], present=value(_PRESENCE[row["Presence"]])) for row in rows)
    return Found(facts={"optics": optics}, warnings=tuple(warnings))


def _blocks(lines: list[str]) -> Iterator[tuple[str, bool, list[str]]]:
    """One (port, detected, its lines) for each port."""
    port, detected, body = "", False, list[str]()
    for line in lines:
        if not line or line.isspace():
            continue
        match = None if line[0] == " " else _PORT_LINE.fullmatch(line.rstrip())
        if match:
            if port:
                yield port, detected, body
            port, detected, body = match[1], match[2] == "SFP EEPROM detected", []
        else:
            if not port:
                raise Damaged(f"text before the first port: {line.strip()[:60]!r}")
            body.append(line)
    if not port:
        raise Damaged("no line names a port and whether its EEPROM was detected")
    yield port, detected, body


def _fields(body: list[str]) -> tuple[Block, dict[str, Block]]:
    """The module's own fields, and those of each section. A line that is indented further goes on."""
    top: Block = {}
    sections: dict[str, Block] = {}
    last = ""
    under: Block | None = None
    for line in body:
        indent, key, text = _field(line)
        if indent == _TOP:
            _put(top, key, text)
            last, under = key, None
            if not text:
                sections[key] = under = {}
        elif indent == _UNDER:
            if under is None:
                raise Damaged(f"a field stands under no section: {line.strip()[:60]!r}")
            _put(under, key, text)
        elif not last or not line.startswith(" " * (_UNDER + 1)):
            raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
        else:
            top[last] += "\n" + line.strip()
    return top, sections


def _field(line: str) -> tuple[int, str, str]:
    """Indent, key, and what follows the colon with its blank; indent 0 for a line that is no field."""
    before, colon, text = line.partition(":")
    key = before.lstrip(" ")
    indent = len(before) - len(key)
    if indent not in (_TOP, _UNDER) or not colon or not key or (text and text[0] != " "):
        return 0, "", ""
    key = key.rstrip(" ")
    return (indent, key, text) if len(key) <= _LONGEST_KEY and not key[0].isspace() else (0, "", "")


def _put(block: Block, key: str, text: str) -> None:
    if key in block:
        raise Damaged(f"the field {key[:60]!r} occurs twice")
    block[key] = text.strip()


def _lanes(monitors: Block) -> tuple[Lane, ...]:
    read: dict[int, dict[str, Read]] = {}
    for key, text in monitors.items():
        if key[:2] not in ("RX", "TX") or (match := _LANE_KEY.fullmatch(key)) is None:
            continue
        side, digits, what = match.groups()
        index = int(digits or 1)
        if not 1 <= index <= MAX_LANES:
            raise Damaged(f"a module has no lane {index}")
        lane = read.setdefault(index, {})
        if what == "Bias":
            lane["bias_ma"] = read_number(text, "mA")
        else:
            lane[_POWER_OF[side]] = read_power_dbm(text)
    return tuple(Lane(index=index, **read[index]) for index in sorted(read))


def _thresholds(port: str, sections: dict[str, Block], known: Limits) -> tuple[Threshold, ...]:
    """The printed limits. Raises: Damaged: a quantity has not all of its four, or one is no number."""
    printed = tuple(pair for name in _LIMITS for pair in sections.get(name, {}).items())
    if printed not in known:
        known[printed] = _read_thresholds(port, printed)
    return known[printed]


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


def _optic(port: str, body: list[str], known: Limits) -> tuple[Optic, dict[str, object]]:
    top, sections = _fields(body)
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
        thresholds=_thresholds(port, sections, known),
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
    known: Limits = {}
    for port, detected, body in _blocks(whole_lines(text)):
        if port in details:
            raise Damaged(f"the port {port[:40]!r} occurs twice")
        if detected != bool(body):
            raise Damaged(
                f"{port}: fields do not go with whether an EEPROM was detected: the text may be cut"
            )
        optic, fields = (
            _optic(port, body, known)
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
