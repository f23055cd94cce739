"""What is known of a medium by its name: how many lanes it has, and whether it carries light.

Lane counts: 100 Gb/s a lane in 400GBASE-DR4 (IEEE 802.3 clause 124), 400GBASE-FR4 and LR4-6 (clause 151),
400GBASE-SR4 and 800GBASE-SR8, CR8 (802.3db, 802.3ck, 802.3df), 100GBASE-DR1, FR1, LR1 (clause 140); 50 Gb/s a
lane in 200GBASE-DR4, FR4, LR4, 400GBASE-FR8, LR8 (clauses 121, 122); 2xFR4: two FR4 in one twin-port module
(QSFP-DD800 and OSFP MSAs); four wavelengths each way in OCI MSA GEN1.
Where a wavelength is a lane (FR, LR) it counts as one, as modules report them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Literal

MEDIUM_LANES = MappingProxyType(
    {
        "DR1": 1,
        "FR1": 1,
        "LR1": 1,
        "DR2": 2,
        "SR2": 2,
        "CR2": 2,
        "DR4": 4,
        "FR4": 4,
        "LR4": 4,
        "SR4": 4,
        "CR4": 4,
        "DR8": 8,
        "FR8": 8,
        "LR8": 8,
        "SR8": 8,
        "CR8": 8,
        "2XFR4": 8,
        "2XLR4": 8,
        "2XDR4": 8,
        "OCI": 4,
        "SR": 1,
        "LR": 1,
        "ER": 1,
        "CR": 1,
    }
)
_ENDING = re.compile(r"(?:^|[-_ G])((?:2[xX])?[A-Z]+\d*)(?:[-_+.]\w+)*$")
COPPER = ("CR", "DAC", "ACC", "AEC")


Family = Literal["copper", "sealed", "linear", "external", "optic"]
"""What decides by which limits a module is accepted: copper (DAC, ACC, AEC) carries no light; a sealed cable
(AOC) has an inside that no public limit speaks of; a linear module (LPO) is judged by its own registers and
by the host's error correction; one with an external laser (OCI MSA) by locks, and by what a user's profile
says; every other optic by the standard of its medium.
"""

_FAMILIES: tuple[tuple[Family, tuple[str, ...]], ...] = (
    ("external", ("OCI",)),
    ("linear", ("LPO",)),
    ("sealed", ("AOC",)),
)


def family_of(medium: str) -> Family:
    """The family of a medium such as `400GBASE-DR4`, `800G-DR8-LPO`, `400G-AOC`, `200G-OCI` or `DAC`."""
    if is_copper(medium):
        return "copper"
    words = re.split(r"[-_ ]", medium.upper())
    for family, names in _FAMILIES:
        if any(word.startswith(names) for word in words):
            return family
    return "optic"


def medium_lanes(medium: str) -> int | None:
    """Media lanes of a medium such as `400GBASE-DR4`, `800G-2xFR4` or `100GBASE-LR1`; None: not known."""
    ending = medium.strip().upper().replace("BASE-", "-")
    found = _ENDING.search(ending)
    return MEDIUM_LANES.get(found.group(1)) if found else None


def is_copper(medium: str) -> bool:
    """Whether the medium carries no light (`400GBASE-CR4`, `DAC`)."""
    tail = re.split(r"[-_ ]", medium.upper())[-1]
    return tail.startswith(COPPER)
