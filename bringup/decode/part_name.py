"""Names of parts as subjects write them: `Power Supply Bay 1` -> psu-1, `Chassis Fan #1` -> chassis-fan-1."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^A-Za-z0-9._/-]+")
_LAST_NUMBER = re.compile(r"(\d{1,4})\D*$")
MAX_CHARS = 80


def part_name(text: str) -> str:
    """Lower case, anything but letters, digits and `._/-` a dash; `part` where nothing is left."""
    return _OTHER.sub("-", text[:MAX_CHARS]).strip("-/").lower() or "part"


def numbered(prefix: str, *texts: str | None) -> str | None:
    """`prefix` and the last number in the first of `texts` that has one; None where none has."""
    for text in texts:
        match = _LAST_NUMBER.search((text or "")[:MAX_CHARS])
        if match:
            return f"{prefix}{int(match[1])}"
    return None
