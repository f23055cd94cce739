"""`ethtool -m IF`: what the module's own memory says, as ethtool words it for SFP (SFF-8472), QSFP
(SFF-8636), CMIS.

Source: output of ethtool 5 and 6. A module whose monitors can't be true (its supply voltage is impossible,
or its limits stand in the wrong order) has readings `not_available`; the printed figures are kept apart from
them.
"""

from __future__ import annotations

import re

import msgspec

from bringup.decode.medium_name import medium_in
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    is_missing,
    read_number,
    read_power_dbm,
    read_word,
    refuse_error_text,
    refuse_open_line,
    text_of,
    whole_lines,
)
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Reading

_LINE = re.compile(r"\t(\S.{0,80}?) *: ?(.*)")
_PLAIN_LINE = re.compile(r"^\t([^\s:][^:\n]{0,80}): ?(.*)$", re.MULTILINE)
_CODED = re.compile(r"0x[0-9a-f]{2} \((.{1,120})\)")
_MA = re.compile(r"([0-9.]{1,12}) ?mA")
_POWER = re.compile(r"([0-9.]{1,12}) mW / (-?(?:inf|[0-9.]{1,12})) dBm")
_CELSIUS = re.compile(r"(-?[0-9.]{1,12}) degrees C(?: / -?[0-9.]{1,12} degrees F)?")
_VOLT = re.compile(r"([0-9.]{1,12}) ?V")
_MEDIUM = re.compile(r"\b([0-9]+[GT]?)(?: ?Base|BASE)-([A-Z0-9]+(?:-[0-9]+)?)", re.IGNORECASE)
_CHANNEL = re.compile(r"(.{1,60}?) ?\(Channel ([0-9]{1,2})\)")
_THRESHOLD = re.compile(r"(.{1,40}?) (high|low) (alarm|warning) threshold")
_FLAG = re.compile(r".{1,60} (?:high|low) (?:alarm|warning)(?: \(Chan(?:nel)? [0-9]{1,2}\))?")
_FLAG_ENDS = (" alarm", " warning", ")")
_BIAS, _TX, _RX = "bias_ma", "tx_power_dbm", "rx_power_dbm"
_TEMPERATURE, _VOLTAGE = "temperature_c", "supply_voltage_v"
_PATTERNS = {_BIAS: _MA, _TEMPERATURE: _CELSIUS, _VOLTAGE: _VOLT}
_QUANTITY_OF = {
    "laser bias current": _BIAS,
    "laser tx bias current": _BIAS,
    "transmit avg optical power": _TX,
    "laser output power": _TX,
    "laser tx power": _TX,
    "receiver signal average optical power": _RX,
    "rcvr signal avg optical power": _RX,
    "laser rx power": _RX,
    "module temperature": _TEMPERATURE,
    "module voltage": _VOLTAGE,
}
POSSIBLE_SUPPLY_V = (2.0, 5.0)
"""A module of 3.3 V that answers at all has some such voltage (SFF-8472 and CMIS allow 2.97 to 3.63 V)."""

LAST_OF_SFP = "Laser rx power low warning threshold"

Rows = list[tuple[str, str]]


def _rows(data: bytes) -> tuple[Rows, tuple[str, ...]]:
    text, warnings = text_of(data)
    if re.search(r"operation not supported|no such device|netlink error", text[:400], re.IGNORECASE):
        raise Nothing(f"ethtool says: {text.strip().splitlines()[0][:80]}")
    refuse_error_text(text)
    rows = _plain_rows(text) or _any_rows(text)
    if rows[0][0] != "Identifier":
        raise Damaged("the text does not begin with the module's identifier")
    return rows, warnings


def _plain_rows(text: str) -> Rows | None:
    """What `_any_rows` reads, where a colon ends the name in every line, and none is overlong; else None."""
    refuse_open_line(text)
    rows = [(name.rstrip(" "), told.strip()) for name, told in _PLAIN_LINE.findall(text)]
    return rows if len(rows) == text.count("\n") else None


def _any_rows(text: str) -> Rows:
    rows: Rows = []
    for line in whole_lines(text):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
        rows.append((match[1], match[2].strip()))
    return rows


def _channel(name: str) -> tuple[str | None, int]:
    """The quantity of a monitor's name, None of another name, and its lane; 0 where it tells none."""
    channel = _CHANNEL.fullmatch(name) if name.endswith(")") else None
    if channel is None:
        return _QUANTITY_OF.get(name.strip().lower()), 0
    return _QUANTITY_OF.get(channel[1].strip().lower()), int(channel[2])


def _read(quantity: str, text: str) -> Read:
    """One monitor or limit. Raises `Damaged` where the text does not fit the quantity."""
    if not text[:1].isdigit() and is_missing(text):
        return NOT_AVAILABLE
    pattern = _PATTERNS.get(quantity, _POWER)
    match = pattern.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:40]!r} is no {quantity}")
    return read_power_dbm(f"{match[2]}dBm") if pattern is _POWER else read_number(match[1])


class _Told(msgspec.Struct):
    """The rows by what they tell: (name, text, quantity, lane) of monitors, with lane 0 for the whole module
    or, on SFP, its one lane; (text, quantity or None, end) of limits; the texts of flags; and every monitor
    and limit in ethtool's own words.
    """

    monitors: list[tuple[str, str, str, int]] = []
    limits: list[tuple[str, str | None, str]] = []
    flags: list[str] = []
    printed: dict[str, str] = {}


def _told(rows: Rows) -> _Told:
    told = _Told()
    for name, text in rows:
        quantity, lane = _channel(name)
        if quantity is not None:
            told.monitors.append((name, text, quantity, lane))
            told.printed[name] = text
        elif name.endswith(" threshold"):
            if limit := _THRESHOLD.fullmatch(name):
                quantity = _QUANTITY_OF.get(limit[1].strip().lower())
                told.limits.append((text, quantity, f"{limit[2]}_{limit[3]}"))
                told.printed[name] = text
        elif name.endswith(_FLAG_ENDS) and _FLAG.fullmatch(name):
            told.flags.append(text)
    return told


def _monitors(told: _Told) -> dict[tuple[str, int], Read]:
    found: dict[tuple[str, int], Read] = {}
    for name, text, quantity, lane in told.monitors:
        if (quantity, lane) in found:
            raise Damaged(f"the field {name[:60]!r} occurs twice")
        found[quantity, lane] = _read(quantity, text)
    return found


def _lanes(monitors: dict[tuple[str, int], Read]) -> tuple[Lane, ...]:
    by_lane: dict[int, dict[str, Read]] = {}
    for (quantity, lane), read in monitors.items():
        if quantity in (_BIAS, _TX, _RX):
            by_lane.setdefault(lane or 1, {})[quantity] = read
    return tuple(Lane(index=index, **by_lane[index]) for index in sorted(by_lane))


def _thresholds(told: _Told) -> tuple[Threshold, ...]:
    found: dict[str, dict[str, Read]] = {}
    for text, quantity, end in told.limits:
        if quantity is not None:
            found.setdefault(quantity, {})[end] = _read(quantity, text)
    short = [quantity for quantity, limits in found.items() if len(limits) != 4]
    if short:
        raise Damaged(f"the limits of {short[0]} are not all there: the text may be cut")
    return tuple(Threshold(quantity=quantity, **limits) for quantity, limits in found.items())


def _level(read: Read) -> float | None:
    """A number to compare by; no light is below every power."""
    if read.reading is Reading.DARK:
        return float("-inf")
    return float(read.value) if isinstance(read.value, int | float) else None


def _disordered(limits: Threshold) -> bool:
    upwards = (limits.low_alarm, limits.low_warning, limits.high_warning, limits.high_alarm)
    known = [level for level in map(_level, upwards) if level is not None]
    return len(set(known)) > 1 and known != sorted(known)


def _implausible(monitors: dict[tuple[str, int], Read], thresholds: tuple[Threshold, ...]) -> str | None:
    """Why the monitors can't be believed; None where nothing speaks against them."""
    volts = monitors.get((_VOLTAGE, 0), ABSENT).value
    low, high = POSSIBLE_SUPPLY_V
    if isinstance(volts, float) and not low <= volts <= high:
        return f"a supply voltage of {volts} V is impossible: the monitors are not to be believed"
    wrong = [limits.quantity for limits in thresholds if _disordered(limits)]
    if len(wrong) > 1:
        return (
            f"the limits of {', '.join(wrong)} stand in the wrong order: the monitors are not to be believed"
        )
    return None


def _whole(rows: Rows) -> None:
    """Refuse an SFP page that announces monitors, flags and limits and does not get to their end.

    Raises:
        Damaged: it does not.
    """
    told = dict(rows)
    if told.get("Optical diagnostics support") == "Yes" and "Alarm/warning flags implemented" not in told:
        raise Damaged("the module's monitors are not all there: the text may be cut")
    if told.get("Alarm/warning flags implemented") == "Yes" and LAST_OF_SFP not in told:
        raise Damaged("the module's limits are not all there: the text may be cut")


def _medium(rows: Rows) -> Read:
    for name, text in rows:
        if name not in ("Transceiver type", "Active application"):
            continue
        special = medium_in(text)
        if isinstance(special.value, str) and "BASE" not in special.value:
            return special
        match = _MEDIUM.search(text[:200])
        if match:
            return value(f"{match[1]}BASE-{match[2]}".upper())
    return ABSENT


def _parse(data: bytes) -> Found:
    rows, warnings = _rows(data)
    _whole(rows)
    told = _told(rows)
    monitors, thresholds = _monitors(told), _thresholds(told)
    why = _implausible(monitors, thresholds)
    believed = dict.fromkeys(monitors, NOT_AVAILABLE) if why else monitors
    first = dict(reversed(rows))
    coded = _CODED.fullmatch(first["Identifier"])
    if coded is None:
        raise Damaged(f"{first['Identifier'][:40]!r} is no identifier")
    optic = Optic(
        port="",
        present=value(True),
        medium=_medium(rows),
        vendor=read_word(first.get("Vendor name")),
        part_number=read_word(first.get("Vendor PN")),
        serial=read_word(first.get("Vendor SN")),
        temperature_c=believed.get((_TEMPERATURE, 0), ABSENT),
        supply_voltage_v=believed.get((_VOLTAGE, 0), ABSENT),
        lanes=_lanes(believed),
        thresholds=thresholds,
    )
    details: dict[str, object] = {
        "identifier": coded[1],
        "vendor_oui": read_word(first.get("Vendor OUI")).value,
        "vendor_rev": read_word(first.get("Vendor rev")).value,
        "alarms_on": told.flags.count("On") if told.flags else None,
        "plausible": why is None if monitors else None,
        "printed": told.printed,
    }
    return Found(facts={"optic": optic, "details": details}, warnings=warnings + ((why,) if why else ()))


MODULE = Format(
    name="ethtool.module",
    title="ethtool -m IF (the port is not in the output: it is left blank)",
    sniff=lambda head: 90 if re.match(rb"\tIdentifier {5,}: 0x", head) else 0,
    parse=_parse,
    facts={"optic": Optic, "details": dict[str, object]},
)
FORMATS = (MODULE,)
