"""Lines of systemd-networkd in a system's log: which interface lost its carrier, and which gained it, when.

Each line is one event; a log that was turned over or cut has fewer, so that no line says that a link was
steady. Stamps are as the log prints them: most have no year. Source: systemd-networkd's messages.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of, whole_lines

MAX_LINE_CHARS = 16_000
_LINE = re.compile(
    r"([A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T\S{8,26}) (\S{1,255}) (\S{1,80}): (.*)"
)
_CARRIER = re.compile(r"([A-Za-z0-9_.:-]{1,15}): ([Ll]ost|[Gg]ained) carrier")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    if text.endswith((": Gained carrier", ": lost carrier")):
        text += "\n"  # nothing longer begins so: the line is whole
    events: list[object] = []
    for at, line in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            if line.strip():
                refuse_error_text(line)
                raise Damaged(f"line {at} is no line of a system's log: {line[:60]!r}")
            continue
        carrier = _CARRIER.fullmatch(match[4]) if match[3].startswith("systemd-networkd") else None
        if carrier:
            event: Json = {
                "at": match[1],
                "host": match[2],
                "interface": carrier[1],
                "carrier": carrier[2].lower() == "gained",
            }
            events.append(event)
    if not events:
        raise Nothing("no line tells of a carrier")
    return Found(facts={"events": events}, warnings=warnings)


CARRIER_LOG = Format(
    name="ib.carrier-log",
    title="Linux: a system log's lines on carriers (systemd-networkd)",
    sniff=lambda head: (
        70 if re.search(rb" systemd-networkd\[\d+\]: \S+: (?:lost|Gained) carrier", head) else 0
    ),
    parse=_parse,
    facts={"events": list[dict[str, object]]},
)
FORMATS = (CARRIER_LOG,)
