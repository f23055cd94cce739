"""`nv show interface PORT transceiver` and `nv show platform transceiver PORT` of NVUE: one module, as text.

One `key : value` a line; the port is not in the output. Power is told in mW and in dBm, and
`0.0000 mW / -inf dBm` is a lane that sees nothing. A lane that is not listed is not known. Dates are padded
with underscores. The platform's form tells what is measured as a tree, by indentation, with the module's own
limits. Source: documentation of Cumulus Linux and NVOS, and recorded outputs.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.medium_name import medium_in
from bringup.decode.registry import Format
from bringup.decode.result import (
    NO_LIGHT_DBM,
    Damaged,
    FactValue,
    Found,
    Nothing,
    is_missing,
    read_number,
    read_power_dbm,
    read_word,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 600
MAX_LANES = 16
_FIELD = re.compile(r"\s*([a-z][a-z0-9-]{1,50})\s*: ?(.*)")
_PLAIN_FIELD = re.compile(r"^([a-z][a-z0-9-]{1,50}) {0,40}: ?(\S.{0,500})$", re.MULTILINE)
"""A line with a text that belongs to no tree; never longer than a line may be."""
_LANE = re.compile(r"ch-(\d{1,2})-(rx-power|tx-power|tx-bias-current)")
_TEMPERATURE = re.compile(r"(-?[0-9.]{1,9}) (?:degrees )?C(?: / -?[0-9.]{1,9} degrees F)?")
_POWER = re.compile(r"[0-9.]{1,9} mW / (-?[0-9.]{1,9}|-inf) dBm")
_PLAIN_POWER = re.compile(r"[0-9.]{1,9} mW / (-?[0-9]{1,4}\.[0-9]{1,4}) dBm")
_CHANNEL = re.compile(r"channel/channel-(\d{1,2})/(rx-power|tx-power|tx-bias-current)/(power|current)")
_LIMIT = re.compile(
    r"(?:channel/channel-1/)?(temperature|voltage|rx-power|tx-power|tx-bias-current)/"
    r"(high|low)-(alarm|warning|warn)-thresh(?:old)?"
)
_GROUPS = re.compile(r"temperature|voltage|channel|channel-\d{1,2}|rx-power|tx-power|tx-bias-current")
_QUANTITIES = {
    "temperature": ("temperature_c", "C"),
    "voltage": ("supply_voltage_v", "V"),
    "rx-power": ("rx_power_dbm", "dBm"),
    "tx-power": ("tx_power_dbm", "dBm"),
    "tx-bias-current": ("bias_ma", "mA"),
}
MAX_FIELDS = 1000
_LENGTH = re.compile(r"([0-9.]{1,9}) ?(km|m)")
_FIELDS = {"rx-power": "rx_power_dbm", "tx-power": "tx_power_dbm", "tx-bias-current": "bias_ma"}
_LANE_OF = MappingProxyType(
    {f"ch-{lane}-{key}": (lane, name) for lane in range(1, MAX_LANES + 1) for key, name in _FIELDS.items()}
)
_IN = frozenset({"plugged_enabled", "plugged", "inserted", "plugged_disabled"})
_OUT = frozenset({"unplugged", "removed"})


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    fields = _plain_fields(text) or _flat(_fields(text))
    if not fields.keys() & {"status", "identifier", "vendor-name", "cable-type"}:
        raise Damaged("neither a status nor a module is told of")
    facts: dict[str, FactValue] = {"optic": _optic(fields), "details": _details(fields)}
    if all(read_word(told).value is None for told in fields.values()):
        raise Nothing("every field is blank or N/A")
    return Found(facts=facts, warnings=warnings)


def _plain_fields(text: str) -> dict[str, str] | None:
    """What `_fields` reads of a text whose every line stands alone and tells something; None of another."""
    rows = _PLAIN_FIELD.findall(text)
    lines = text.count("\n")
    fields = {name: told.rstrip() for name, told in rows}
    return fields if text.endswith("\n") and len(fields) == len(rows) == lines <= MAX_FIELDS else None


def _fields(text: str) -> dict[str, str]:
    """What is told by its path, `channel/channel-1/rx-power/power` where it stands below others."""
    fields: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in whole_lines(text, longest=MAX_LINE_CHARS):
        if not line.strip():
            continue
        match = _FIELD.fullmatch(line)
        if match is None or len(fields) > MAX_FIELDS:
            refuse_error_text(line)
            raise Damaged(f"{line[:60]!r} is no field")
        indent, name, told = len(line) - len(line.lstrip()), match[1], match[2].strip()
        while above and above[-1][0] >= indent:
            above.pop()
        path = "/".join([*(each for _, each in above), name])
        if path in fields:
            raise Damaged(f"{path!r} occurs twice")
        if not told and _GROUPS.fullmatch(name):
            above.append((indent, name))
            path += "/"
            if path in fields:
                raise Damaged(f"{path!r} occurs twice")
        fields[path] = told
    return fields


def _flat(fields: dict[str, str]) -> dict[str, str]:
    """A tree's readings under the names that they have where each stands on a line of its own; its limits
    stay as they are.
    """
    if not any(path.endswith("/") for path in fields):
        return fields
    found: dict[str, str] = {}
    for path, told in fields.items():
        channel = _CHANNEL.fullmatch(path)
        if channel and (channel[3] == "current") == (channel[2] == "tx-bias-current"):
            found[f"ch-{channel[1]}-{channel[2]}"] = told
        elif path in ("temperature/temperature", "voltage/voltage"):
            found[path.partition("/")[0]] = told
        elif not path.endswith("/"):
            found[path] = told
    return found


def _thresholds(fields: dict[str, str]) -> tuple[Threshold, ...]:
    """The module's own limits; those of lanes are told at each, and alike."""
    told: dict[str, dict[str, Read]] = {}
    for path, text in fields.items():
        if "-thresh" in path and (match := _LIMIT.fullmatch(path)):
            quantity, unit = _QUANTITIES[match[1]]
            end = f"{match[2]}_{'alarm' if match[3] == 'alarm' else 'warning'}"
            told.setdefault(quantity, {})[end] = read_number(text, unit)
    return tuple(Threshold(quantity=quantity, **ends) for quantity, ends in told.items())


def _optic(fields: dict[str, str]) -> Optic:
    present = _present(fields)
    if present.value is False:
        return Optic(port="", present=present)
    return Optic(
        port="",
        present=present,
        medium=medium_in(fields.get("pmd-type"), fields.get("revision-compliance"), fields.get("identifier")),
        vendor=read_word(fields.get("vendor-name")),
        part_number=read_word(fields.get("vendor-pn")),
        serial=read_word(fields.get("vendor-sn")),
        firmware=read_word(fields.get("firmware-version")),
        temperature_c=_temperature(fields.get("temperature")),
        supply_voltage_v=read_number(fields.get("voltage"), "V"),
        lanes=_lanes(fields),
        thresholds=_thresholds(fields),
    )


def _present(fields: dict[str, str]) -> Read:
    """By the status; without one by what names the module."""
    status = fields.get("status", "").lower()
    if status in _OUT:
        return value(False)
    named = any(read_word(fields.get(key)).value is not None for key in ("vendor-pn", "vendor-sn"))
    if status in _IN or (not status and named):
        return value(True)
    return NOT_AVAILABLE if status or not named else ABSENT


def _temperature(text: str | None) -> Read:
    match = _TEMPERATURE.fullmatch(text or "")
    return read_number(match[1] if match else text)


def _lanes(fields: dict[str, str]) -> tuple[Lane, ...]:
    told: dict[int, dict[str, Read]] = {}
    for key, text in fields.items():
        at = _LANE_OF.get(key) or (_lane_of(key) if key.startswith("ch-") else None)
        if at is not None:
            index, name = at
            read = read_number(text, "mA") if name == "bias_ma" else _power(text)
            told.setdefault(index, {})[name] = read
    if sorted(told) != list(range(1, len(told) + 1)):
        raise Damaged("the channels are not counted from 1 without a gap")
    return tuple([Lane(index=index, **told[index]) for index in sorted(told)])


def _lane_of(key: str) -> tuple[int, str] | None:
    """Lane and quantity of a key, however its number is written."""
    match = _LANE.fullmatch(key)
    if match is None:
        return None
    if not 1 <= int(match[1]) <= MAX_LANES:
        raise Damaged(f"channel {int(match[1])} is no lane")
    return int(match[1]), _FIELDS[match[2]]


def _power(text: str) -> Read:
    if plain := _PLAIN_POWER.fullmatch(text):
        level_dbm = float(plain[1])
        return DARK if level_dbm <= NO_LIGHT_DBM else value(level_dbm)
    match = _POWER.fullmatch(text)
    return read_power_dbm(f"{match[1]} dBm" if match else text)


def _details(fields: dict[str, str]) -> Json:
    length = _LENGTH.fullmatch(fields.get("cable-length", ""))
    date = read_word(fields.get("vendor-date-code", fields.get("vendor-data-code", "")).strip("_"))
    return {
        "status": _told(fields, "status"),
        "error_status": _told(fields, "error-status"),
        "identifier": _told(fields, "identifier"),
        "cable_type": _told(fields, "cable-type"),
        "length_m": None if length is None else float(length[1]) * (1000 if length[2] == "km" else 1),
        "vendor_rev": _told(fields, "vendor-rev"),
        "vendor_oui": _told(fields, "vendor-oui"),
        "date_code": date.value,
    }


def _told(fields: dict[str, str], key: str) -> str | None:
    told = fields.get(key, "")
    return None if not told or is_missing(told) else told


TRANSCEIVER = Format(
    name="nvue.transceiver",
    title="Cumulus, NVOS: nv show interface PORT transceiver (the port is left blank)",
    sniff=lambda head: (
        90 if re.search(rb"(?:^|\n)\s*(?:cable-type|identifier) +: ", head) and b"vendor-" in head else 0
    ),
    parse=_parse,
    facts={"optic": Optic, "details": dict[str, object]},
)
FORMATS = (TRANSCEIVER,)
