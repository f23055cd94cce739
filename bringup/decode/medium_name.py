"""What a module or a table calls its medium, as inventories write it: `400G-BASE DR4` is 400GBASE-DR4."""

from __future__ import annotations

import re

from bringup.model.measurement import ABSENT, Read, value

_MEDIUM = re.compile(
    r"(?<![0-9A-Za-z.])([0-9.]{1,4}[GT]?)-?BASE[-_ ]([A-Z]{1,4}[0-9]{0,2}(?:-[0-9])?)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_JUNOS = re.compile(r"\b(?:OSFP|QSFP(?:28|56|DD|-DD)?|SFP\+?(?:28|56)?)-([0-9]{2,4}G)-([A-Z]{2}[0-9]{0,2})\b")
_LOOKED_AT_CHARS = 200


def medium_in(*texts: str | None) -> Read:
    """The first medium that one of `texts` names; absent where none does."""
    for text in texts:
        for form in (_MEDIUM, _JUNOS):
            match = form.search((text or "")[:_LOOKED_AT_CHARS])
            if match:
                return value(f"{match[1]}BASE-{match[2]}".upper())
    return ABSENT
