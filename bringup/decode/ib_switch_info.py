"""`ibswinfo`: an unmanaged InfiniBand switch, read in-band: what it is, its supplies, fans and temperature.

Blocks of `name | value` between rulers; the text begins and ends with one. A field that is blank or left out
was not read. The one fan status is that of all fans together. Source: output of ibswinfo.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    FactValue,
    Found,
    counter,
    read_count,
    read_number,
    read_word,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Environment, Fan, Identity, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 300
MAX_FANS = 64
_RULER = re.compile(r"[=-]{20,80}")
_FIELD = re.compile(r"( *)(\S.{0,40}?) *\|(.*)")
_SUPPLY = re.compile(r"PSU(\d{1,2}) status")
_FAN = re.compile(r"fan#(\d{1,2}) \(rpm\)")
_UPTIME = re.compile(r"(\d{1,5})d-(\d{1,2}):(\d{2}):(\d{2})")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    lines = [line.rstrip() for line in whole_lines(text, longest=MAX_LINE_CHARS)]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) < 6 or not _RULER.fullmatch(lines[0]) or not _RULER.fullmatch(lines[2]):
        refuse_error_text(text)
        raise Damaged("the text does not begin with the switch's name between rulers")
    if not _RULER.fullmatch(lines[-1]):
        raise Damaged("the last ruler is missing: the text may be cut")
    top, supplies = _fields(lines[3:])
    if "part number" not in top and "serial number" not in top:
        raise Damaged("neither part nor serial number is there")
    facts: dict[str, FactValue] = {
        "identity": _identity(lines[1].strip(), top),
        "environment": _environment(top, supplies),
        "details": _details(top),
    }
    return Found(facts=facts, warnings=warnings)


def _fields(lines: list[str]) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """The switch's own fields, and those of each supply, which are set in below its status."""
    top: dict[str, str] = {}
    supplies: dict[int, dict[str, str]] = {}
    here: dict[str, str] = top
    for line in lines:
        if not line or _RULER.fullmatch(line):
            here = top
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            refuse_error_text(line)
            raise Damaged(f"{line[:60]!r} is no field")
        supply = _SUPPLY.fullmatch(match[2])
        if supply:
            if int(supply[1]) in supplies:
                raise Damaged(f"supply {supply[1]} stands there twice")
            here = supplies[int(supply[1])] = {}
        elif not match[1]:
            here = top
        if match[2] in here:
            raise Damaged(f"{match[2]!r} occurs twice")
        here["status" if supply else match[2]] = match[3].strip()
    return top, supplies


def _identity(name: str, top: dict[str, str]) -> Identity:
    firmware = read_word(top.get("firmware version"))
    return Identity(
        vendor=value("NVIDIA") if "Mellanox" in name else ABSENT,
        model=read_word(top.get("part number")),
        serial=read_word(top.get("serial number")),
        hardware_revision=read_word(top.get("revision")),
        os_version=firmware,
        description=read_word(name),
        uptime_s=_uptime_s(top.get("uptime (d-h:m:s)")),
        firmware={"switch": firmware} if firmware.value is not None else {},
    )


def _uptime_s(text: str | None) -> Read:
    match = _UPTIME.fullmatch(text or "")
    if match is None:
        return ABSENT if not text else NOT_AVAILABLE
    days, hours, minutes, seconds = (int(each) for each in match.groups())
    return value(float(((days * 24 + hours) * 60 + minutes) * 60 + seconds))


def _environment(top: dict[str, str], supplies: dict[int, dict[str, str]]) -> Environment:
    overall = _ok(top.get("fan status"))
    fans = {int(match[1]): told for key, told in top.items() if (match := _FAN.fullmatch(key))}
    if len(fans) > MAX_FANS:
        raise Damaged("more fans than a switch has")
    each_ok = overall if overall.value is True else NOT_AVAILABLE
    return Environment(
        supplies=tuple(_supply(index, told) for index, told in supplies.items()),
        fans=(
            *((Fan(name="fans", ok=overall),) if overall.value is not None else ()),
            *(
                Fan(name=f"fan-{index}", ok=each_ok, speed_rpm=read_number(told))
                for index, told in sorted(fans.items())
            ),
        ),
        sensors=(Sensor(name="switch", temperature_c=read_number(top.get("temperature (C)"))),)
        if "temperature (C)" in top
        else (),
    )


def _ok(text: str | None) -> Read:
    read = read_word(text)
    return value(read.value == "OK") if read.value is not None else read


def _supply(index: int, told: dict[str, str]) -> Supply:
    """It delivers where its status and its output are OK; one of them bad is bad, one unknown unknown."""
    both = (_ok(told.get("status")), _ok(told.get("DC power")))
    bad = any(read.value is False for read in both)
    known = all(read.value is not None for read in both)
    empty = str(told.get("status")).lower() in ("not present", "absent")
    return Supply(
        name=f"psu-{index}",
        present=value(False)
        if empty
        else (value(True) if read_word(told.get("S/N")).value is not None else ABSENT),
        ok=value(False) if bad else (value(True) if known else NOT_AVAILABLE),
        output_w=read_number(told.get("power (W)")),
        serial=read_word(told.get("S/N")),
    )


def _details(top: dict[str, str]) -> Json:
    maximum = read_number(top.get("max temp (C)")).value
    ports = top.get("ports")
    return {
        "ports": counter(ports) if ports and read_count(ports).value is not None else None,
        "psid": read_word(top.get("PSID")).value,
        "guid": read_word(top.get("GUID")).value,
        "product": read_word(top.get("product name")).value,
        "highest_temperature_c": maximum,
        "fan_status": read_word(top.get("fan status")).value,
    }


SWITCH_INFO = Format(
    name="ib.switch-info",
    title="InfiniBand: ibswinfo",
    sniff=lambda head: 90 if b"part number        |" in head and b"PSID  " in head[:2000] else 0,
    parse=_parse,
    facts={"identity": Identity, "environment": Environment, "details": dict[str, object]},
)
FORMATS = (SWITCH_INFO,)
