"""SONiC `show version`, `show platform syseeprom`, `… psustatus --json`, `… fan`, `… temperature`.

Source: sonic-utilities' show, decode-syseeprom, psushow, fanshow, tempershow. psushow's voltage, current and
power are those of the output; the input is not told.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    is_missing,
    json_of,
    number,
    read_number,
    read_word,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.decode.sonic_table import Row, read_table, rows_of, unique
from bringup.model.facts import Environment, Fan, Identity, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

_VERSION = "SONiC Software Version"
_RELEASE = re.compile(r"SONiC(?:-OS)?[.-](?=\S)")
_SUPPLY_OK = {"OK": True, "NOT OK": False, "WARNING": False}
_FAN_SPEED = re.compile(r"([0-9]+)RPM")
_FAN_PERCENT = re.compile(r"[0-9]+(?:\.[0-9]+)?%")
_CHECKSUM = re.compile(r"\(?checksum (?:is )?valid\.?\)?", re.IGNORECASE)
_BAD_CHECKSUM = re.compile(r"\(?\*{0,3} ?checksum (?:is )?(?:invalid|not valid)\.?\)?", re.IGNORECASE)


def _parse_version(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    fields: dict[str, str] = {}
    whole = False
    for line in whole_lines(text):
        if line.startswith("Docker images:"):
            whole = True
            break
        key, colon, rest = line.partition(":")
        if line.strip() and (not colon or not key.strip()):
            raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
        if line.strip() and key.strip() in fields:
            raise Damaged(f"the field {key.strip()[:60]!r} occurs twice")
        if line.strip():
            fields[key.strip()] = rest.strip()
    if not fields.get(_VERSION):
        raise Damaged(f"there is no {_VERSION!r}")
    if not whole and "Uptime" not in fields:
        raise Damaged("neither the uptime nor the list of images is there: the text may be cut")
    return Found(facts={"identity": _identity(fields), "details": dict(fields)}, warnings=warnings)


def _identity(fields: dict[str, str]) -> Identity:
    model = read_word(fields.get("Model Number"))
    return Identity(
        model=model if model.value is not None else read_word(fields.get("HwSKU")),
        serial=read_word(fields.get("Serial Number")),
        os_version=value(_RELEASE.sub("", fields[_VERSION], count=1)),
        hardware_revision=read_word(fields.get("Hardware Revision", fields.get("Hardware Rev"))),
        kernel=read_word(fields.get("Kernel")),
        machine=read_word(fields.get("Platform", "").partition("-")[0]),
    )


def _parse_syseeprom(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line for line in whole_lines(text) if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.split()[:2] == ["TLV", "Name"]), None)
    if start is None:
        raise Damaged("there is no table of TLVs")
    if any(_BAD_CHECKSUM.fullmatch(line.strip()) for line in lines[start:]):
        raise Damaged("the EEPROM's own checksum is invalid")
    table = [line for line in lines[start:] if not _CHECKSUM.fullmatch(line.strip())]
    rows = rows_of(table, ("TLV Name", "Code", "Value"))
    fields = {row["Code"].upper(): row["Value"] for row in rows if row["Code"].upper() != "0XFD"}
    if "0XFE" not in fields and len(table) == len(lines) - start:
        raise Damaged(
            "neither the last entry, the CRC, nor the line on the checksum is there: the text may be cut"
        )
    identity = Identity(
        vendor=read_word(fields.get("0X2D", fields.get("0X2B"))),
        model=read_word(fields.get("0X21")),
        serial=read_word(fields.get("0X23")),
        hardware_revision=read_word(fields.get("0X27")),
    )
    return Found(
        facts={"identity": identity, "details": {row["TLV Name"]: row["Value"] for row in rows}},
        warnings=warnings,
    )


def _supply(entry: object) -> Supply:
    if not isinstance(entry, dict) or not all(isinstance(part, str) for part in entry.values()):
        raise Damaged("an entry is no object of strings")
    name, status = entry.get("name"), entry.get("status")
    if not name or not isinstance(status, str):
        raise Damaged("a supply has no name or no status")
    if status == "NOT PRESENT":
        return Supply(name=_component(name), present=value(False))
    if not is_missing(status) and status not in _SUPPLY_OK:
        raise Damaged(f"{status[:40]!r} is no status of a supply")
    return Supply(
        name=_component(name),
        present=value(True),
        ok=NOT_AVAILABLE if is_missing(status) else value(_SUPPLY_OK[status]),
        input_v=UNSUPPORTED,
        output_w=read_number(entry.get("power")),
        serial=read_word(entry.get("serial")),
    )


def _component(name: str) -> str:
    """`PSU 1` as the subject's component is written: `psu-1`."""
    return "-".join(name.lower().split())[:80]


def _parse_psustatus(data: bytes) -> Found:
    if data.lstrip()[:1] != b"[":
        refuse_error_text(text_of(data)[0])
    entries = json_of(data)
    if not isinstance(entries, list):
        raise Damaged("the JSON is no list of supplies")
    if not entries:
        raise Nothing("the list of supplies is empty")
    supplies = tuple(_supply(entry) for entry in entries)
    if len({supply.name for supply in supplies}) != len(supplies):
        raise Damaged("two supplies have the same name")
    return Found(facts={"environment": Environment(supplies=supplies), "details": {"entries": entries}})


def _fan(row: Row) -> Fan:
    if row["Presence"] not in ("Present", "Not Present"):
        raise Damaged(f"{row['Presence'][:40]!r} is no presence")
    if row["Presence"] == "Not Present":
        return Fan(name=_component(row["FAN"]), ok=value(False))
    if row["Status"] not in ("OK", "Not OK", "N/A", "Updating"):
        raise Damaged(f"{row['Status'][:40]!r} is no status of a fan")
    ok = value(row["Status"] == "OK") if row["Status"] in ("OK", "Not OK") else NOT_AVAILABLE
    return Fan(name=_component(row["FAN"]), ok=ok, speed_rpm=_fan_speed(row["Speed"]))


def _fan_speed(text: str) -> Read:
    """`12000RPM`; a percentage is of an unknown whole, so no speed."""
    match = _FAN_SPEED.fullmatch(text)
    if match:
        return value(float(number(match[1])))
    if not is_missing(text) and not _FAN_PERCENT.fullmatch(text):
        raise Damaged(f"{text[:40]!r} is no speed of a fan")
    return NOT_AVAILABLE


def _parse_fan(data: bytes) -> Found:
    if b"Fan Not detected" in data[:200] or b"No fan status data" in data[:200]:
        raise Nothing("the switch says that it has no fan data")
    rows, warnings = read_table(data, ("FAN", "Speed", "Presence", "Status"))
    fans = tuple(_fan(row) for row in unique(rows, "FAN"))
    return Found(facts={"environment": Environment(fans=fans)}, warnings=tuple(warnings))


def _parse_temperature(data: bytes) -> Found:
    if b"Thermal Not detected" in data[:200]:
        raise Nothing("the switch says that it has no temperature data")
    rows, warnings = read_table(data, ("Sensor", "Temperature", "High TH"))
    sensors = tuple(
        Sensor(
            name=row["Sensor"],
            temperature_c=read_number(row["Temperature"]),
            high_c=read_number(row["High TH"]) if row["High TH"] else ABSENT,
        )
        for row in unique(rows, "Sensor")
    )
    return Found(facts={"environment": Environment(sensors=sensors)}, warnings=tuple(warnings))


VERSION = Format(
    name="sonic.version",
    title="SONiC: show version",
    sniff=lambda head: 90 if b"SONiC Software Version:" in head[:2000] else 0,
    parse=_parse_version,
    facts={"identity": Identity, "details": dict[str, str]},
)
SYSEEPROM = Format(
    name="sonic.syseeprom",
    title="SONiC: show platform syseeprom",
    sniff=lambda head: 90 if b"TlvInfo" in head[:2000] and b"TLV Name" in head else 0,
    parse=_parse_syseeprom,
    facts={"identity": Identity, "details": dict[str, str]},
)
PSUSTATUS = Format(
    name="sonic.psustatus",
    title="SONiC: show platform psustatus --json",
    sniff=lambda head: 80 if head.lstrip()[:1] == b"[" and b'"led_status"' in head else 0,
    parse=_parse_psustatus,
    facts={"environment": Environment, "details": dict[str, object]},
)
FAN = Format(
    name="sonic.fan",
    title="SONiC: show platform fan",
    sniff=lambda head: 90 if re.search(rb"Drawer +LED +FAN +Speed", head) else 0,
    parse=_parse_fan,
    facts={"environment": Environment},
)
TEMPERATURE = Format(
    name="sonic.temperature",
    title="SONiC: show platform temperature",
    sniff=lambda head: 90 if re.search(rb"Sensor +Temperature +High TH", head) else 0,
    parse=_parse_temperature,
    facts={"environment": Environment},
)
FORMATS = (VERSION, SYSEEPROM, PSUSTATUS, FAN, TEMPERATURE)
