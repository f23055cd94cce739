"""What a module or a table calls its medium, as inventories write it: `400G-BASE DR4` is 400GBASE-DR4."""

from __future__ import annotations

import re

from bringup.model.measurement import ABSENT, Read, value

_MEDIUM = re.compile(
    r"(?<![0-9A-Za-z.])([0-9.]{1,4}[GT]?)-?BASE[-_ ]([A-Z]{1,4}[0-9]{0,2}(?:-[0-9])?)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_JUNOS = re.compile(r"\b(?:OSFP|QSFP(?:28|56|DD|-DD)?|SFP\+?(?:28|56)?)-([0-9]{2,4}G)-([A-Z]{2}[0-9]{0,2})\b")
_LINEAR = re.compile(
    r"(?<![0-9A-Za-z.])([0-9]{1,4}G)(?:BASE)?[-_]([DF]R[0-9])[-_]LPO(?![0-9A-Za-z])", re.IGNORECASE
)
_CABLE = re.compile(
    r"(?<![0-9A-Za-z.])([0-9]{1,4}G)(?:BASE)?[-_](AOC|AEC|ACC|OCI)(?![0-9A-Za-z])", re.IGNORECASE
)
_EOS_AOC = re.compile(r"([0-9]{1,4}G)BASE-AR[0-9]{1,2}")
_COPPER_HOST = re.compile(r"\b([0-9]{1,4}G)[- ]?(?:BASE[- ]?)?(CR[0-9]{0,2})\b", re.IGNORECASE)
_RATE = re.compile(r"\b([0-9]{2,4}G)(?:AUI|[- ])", re.IGNORECASE)
_LOOKED_AT_CHARS = 200


def medium_in(*texts: str | None) -> Read:
    """The first medium that one of `texts` names; absent where none does."""
    for text in texts:
        special = _special(text or "")
        if special is not None:
            return value(special)
        for form in (_MEDIUM, _JUNOS):
            match = form.search((text or "")[:_LOOKED_AT_CHARS])
            if match:
                return value(f"{match[1]}BASE-{match[2]}".upper())
    return ABSENT


def _special(text: str) -> str | None:
    """Media that no standard names: linear modules and cable assemblies."""
    head = text[:_LOOKED_AT_CHARS]
    linear, cable = _LINEAR.search(head), _CABLE.search(head)
    if linear is not None:
        return f"{linear[1]}-{linear[2]}-LPO".upper()
    return None if cable is None else f"{cable[1]}-{cable[2]}".upper()


def medium_of_eos(kind: str) -> str:
    """The type that EOS tells of a module: its `400GBASE-AR8` is an active optical cable, 400G-AOC."""
    active = _EOS_AOC.fullmatch(kind)
    return f"{active[1]}-AOC" if active is not None else _special(kind) or kind


def medium_of_application(host: str, media: str, technology: str) -> str | None:
    """The medium of a cable assembly, whose media interface tells no more than that it is one (SFF-8024,
    tables of passive copper and active cables); the rate is that of its host interface. None for others.
    """
    host, media = host[:_LOOKED_AT_CHARS], media[:_LOOKED_AT_CHARS].lower()
    copper = _COPPER_HOST.search(host)
    if media.startswith("copper cable"):
        return f"{copper[1]}BASE-{copper[2]}".upper() if copper is not None else None
    rate = _RATE.search(host)
    if not media.startswith("active cable") or rate is None:
        return None
    told = technology.lower()
    if "copper" not in told:
        return f"{rate[1].upper()}-AOC" if told and told != "n/a" else None
    return f"{rate[1].upper()}-{'ACC' if 'linear' in told else 'AEC'}"
