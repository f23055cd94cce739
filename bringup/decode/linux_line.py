"""Linux commands and files that answer with one line: host name, clock, uptime, boot id, kernel, CPUs."""

from __future__ import annotations

import re
from collections.abc import Callable

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    FactValue,
    Found,
    counter,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Clock, Identity, Processor
from bringup.model.measurement import NOT_AVAILABLE, value

_HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")
_BOOT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNAME = re.compile(r"Linux (\S{1,120}) (\S{1,40})")
_DATE = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,9}|%?N)?)?")
_UPTIME = re.compile(r"([0-9]{1,12}\.[0-9]{2}) [0-9]{1,15}\.[0-9]{2}")


def the_line(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The one line of `data`, stripped.

    Raises:
        Damaged: more than one line, a line that may be cut, or an error message.
    """
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = whole_lines(text)
    if len(lines) != 1 or not lines[0].strip():
        raise Damaged(f"one line was expected, {len(lines)} came")
    return lines[0].strip(), warnings


def _matched(pattern: re.Pattern[str], text: str, what: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:60]!r} is no {what}")
    return match


def _hostname(text: str) -> dict[str, FactValue]:
    return {"identity": Identity(hostname=value(_matched(_HOSTNAME, text, "host name")[0]))}


def _boot_id(text: str) -> dict[str, FactValue]:
    return {"identity": Identity(boot_id=value(_matched(_BOOT_ID, text, "boot id")[0]))}


def _uname(text: str) -> dict[str, FactValue]:
    match = _matched(_UNAME, text, "`uname -srm`")
    return {"identity": Identity(kernel=value(match[1]), machine=value(match[2]))}


def _uptime(text: str) -> dict[str, FactValue]:
    return {"identity": Identity(uptime_s=value(float(_matched(_UPTIME, text, "uptime")[1])))}


def _date(text: str) -> dict[str, FactValue]:
    match = _matched(_DATE, text, "time in seconds")  # busybox knows no %N and prints it as it is
    fraction = match[2] if match[2] and match[2].isdigit() else "0"
    return {"clock": Clock(unix_s=value(float(number(f"{match[1]}.{fraction}"))))}


def _nproc(text: str) -> dict[str, FactValue]:
    count = counter(text)
    return {"processor": Processor(cpu_count=value(count) if count else NOT_AVAILABLE)}


def _format(
    name: str, title: str, read: Callable[[str], dict[str, FactValue]], sniff: bytes, fact: str
) -> Format:
    pattern = re.compile(sniff)

    def parse(data: bytes) -> Found:
        line, warnings = the_line(data)
        return Found(facts=read(line), warnings=warnings)

    kinds = {"identity": Identity, "clock": Clock, "processor": Processor}
    return Format(
        name=name,
        title=title,
        sniff=lambda head: 60 if pattern.fullmatch(head.strip()[:400]) else 0,
        parse=parse,
        facts={fact: kinds[fact]},
    )


HOSTNAME = _format("linux.hostname", "Linux: hostname", _hostname, rb"(?!)", "identity")
BOOT_ID = _format(
    "linux.boot-id",
    "Linux: cat /proc/sys/kernel/random/boot_id",
    _boot_id,
    rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "identity",
)
UNAME = _format("linux.uname", "Linux: uname -srm", _uname, rb"Linux \S+ \S+", "identity")
UPTIME = _format(
    "linux.uptime", "Linux: cat /proc/uptime", _uptime, rb"[0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2}", "identity"
)
DATE = _format("linux.date", "Linux: date +%s.%N", _date, rb"[0-9]{9,12}\.[0-9]{9}", "clock")
NPROC = _format("linux.nproc", "Linux: nproc", _nproc, rb"(?!)", "processor")
FORMATS = (HOSTNAME, BOOT_ID, UNAME, UPTIME, DATE, NPROC)
