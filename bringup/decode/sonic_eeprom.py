"""SONiC: bytes of a module's memory, as `sfputil read-eeprom … --no-format` prints them, in one line."""

from __future__ import annotations

import re

from bringup.decode.linux_line import the_line
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found

_DIGITS = re.compile(r"(?:[0-9a-fA-F]{2}){1,256}")


def _parse(data: bytes) -> Found:
    text, warnings = the_line(data)
    if not _DIGITS.fullmatch(text):
        raise Damaged(f"{text[:60]!r} is no row of bytes in hex")
    return Found(facts={"hex": text.lower()}, warnings=warnings)


def _sniff(head: bytes) -> int:
    """Never: a row of digits may be anything."""
    return 0


FORMATS = (
    Format(
        name="sonic.eeprom_bytes",
        title="SONiC: sfputil read-eeprom … --no-format",
        sniff=_sniff,
        parse=_parse,
        facts={"hex": str},
    ),
)
