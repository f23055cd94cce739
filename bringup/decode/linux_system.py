"""Linux `/etc/os-release`, `/proc/meminfo`, `timedatectl show`, and the texts of `/sys/class/dmi/id`.

Source: os-release(5), proc(5), timedatectl(1). Firmware that was never filled in says so in many words.
"""

from __future__ import annotations

import re

from bringup.decode.linux_line import the_line
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    counter,
    read_word,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Clock, Identity, Processor
from bringup.model.measurement import NOT_AVAILABLE, Read, value

_ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]{0,60})=(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^\s\"']*))")
_MEMORY = re.compile(r"(\S{1,60}): +([0-9]{1,18})(?: kB)?")
_PROPERTY = re.compile(r"([A-Za-z]{1,60})=(.*)")
_NEVER_FILLED_IN = frozenset(
    {
        "to be filled by o.e.m.",
        "default string",
        "not specified",
        "not applicable",
        "system serial number",
        "system product name",
        "system manufacturer",
        "0123456789",
        "none",
    }
)
MAX_TEXT = 256
KIB_PER_GIB = 1024 * 1024


def _assignments(data: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    text, warnings = text_of(data)
    refuse_error_text(text)
    fields: dict[str, str] = {}
    for line in whole_lines(text):
        if not line.strip() or line.startswith("#"):
            continue
        match = _ASSIGNMENT.fullmatch(line.strip())
        if match is None:
            raise Damaged(f"a line is no assignment: {line.strip()[:60]!r}")
        double, single, bare = match[2], match[3], match[4]
        fields[match[1]] = re.sub(r"\\(.)", r"\1", double) if double is not None else single or bare or ""
    return fields, warnings


def _parse_os_release(data: bytes) -> Found:
    fields, warnings = _assignments(data)
    if not fields.get("NAME") and not fields.get("ID"):
        raise Damaged("neither NAME nor ID is there")
    pretty = fields.get("PRETTY_NAME") or f"{fields.get('NAME', '')} {fields.get('VERSION', '')}"
    identity = Identity(os_version=read_word(pretty))
    return Found(facts={"identity": identity, "details": dict(fields)}, warnings=warnings)


def _parse_meminfo(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    fields: dict[str, int] = {}
    for line in whole_lines(text):
        match = _MEMORY.fullmatch(line.strip())
        if match is None or match[1] in fields:
            raise Damaged(f"a line is no amount of memory: {line.strip()[:60]!r}")
        fields[match[1]] = counter(match[2])
    total = fields.get("MemTotal")
    if total is None:
        raise Damaged("there is no MemTotal")
    memory = value(total / KIB_PER_GIB) if total else NOT_AVAILABLE
    return Found(
        facts={"processor": Processor(memory_gib=memory), "details": dict(fields)}, warnings=warnings
    )


def _parse_timedatectl(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    fields: dict[str, str] = {}
    for line in whole_lines(text):
        match = _PROPERTY.fullmatch(line)
        if match is None:
            raise Damaged(f"a line is no property: {line.strip()[:60]!r}")
        fields[match[1]] = match[2]
    told = fields.get("NTPSynchronized")
    if told not in ("yes", "no"):
        raise Damaged("there is no NTPSynchronized")
    return Found(
        facts={"clock": Clock(synchronized=value(told == "yes")), "details": dict(fields)}, warnings=warnings
    )


def firmware_text(text: str) -> Read:
    """A text of the firmware; words that only say that nobody filled it in are not available."""
    return NOT_AVAILABLE if text.strip().lower() in _NEVER_FILLED_IN else read_word(text)


def _parse_dmi(data: bytes) -> Found:
    line, warnings = the_line(data)
    if len(line) > MAX_TEXT or not line.isprintable():
        raise Damaged("a text of the firmware is short and printable, and this is not")
    read = firmware_text(line)
    return Found(facts={"text": read.value, "reading": str(read.reading)}, warnings=warnings)


OS_RELEASE = Format(
    name="linux.os-release",
    title="Linux: cat /etc/os-release",
    sniff=lambda head: 70 if re.search(rb"^(?:PRETTY_NAME|ID|NAME)=", head, re.MULTILINE) else 0,
    parse=_parse_os_release,
    facts={"identity": Identity, "details": dict[str, str]},
)
MEMINFO = Format(
    name="linux.meminfo",
    title="Linux: cat /proc/meminfo",
    sniff=lambda head: 90 if head.startswith(b"MemTotal:") else 0,
    parse=_parse_meminfo,
    facts={"processor": Processor, "details": dict[str, int]},
)
TIMEDATECTL = Format(
    name="linux.timedatectl",
    title="Linux: timedatectl show",
    sniff=lambda head: 80 if re.search(rb"^NTPSynchronized=", head, re.MULTILINE) else 0,
    parse=_parse_timedatectl,
    facts={"clock": Clock, "details": dict[str, str]},
)
DMI = Format(
    name="linux.dmi",
    title="Linux: cat /sys/class/dmi/id/…",
    sniff=lambda head: 0,
    parse=_parse_dmi,
    facts={"text": str | None, "reading": str},
)
FORMATS = (OS_RELEASE, MEMINFO, TIMEDATECTL, DMI)
