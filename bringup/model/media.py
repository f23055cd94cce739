"""What is known of a medium by its name: how many lanes it has, and whether it carries light.

Lane counts: 100 Gb/s a lane in 400GBASE-DR4 (IEEE 802.3 clause 124), 400GBASE-FR4 and LR4-6 (clause 151),
400GBASE-SR4 and 800GBASE-SR8, CR8 (802.3db, 802.3ck, 802.3df), 100GBASE-DR1, FR1, LR1 (clause 140); 50 Gb/s a
lane in 200GBASE-DR4, FR4, LR4, 400GBASE-FR8, LR8 (clauses 121, 122); 2xFR4: two FR4 in one twin-port module
(QSFP-DD800 and OSFP MSAs). Where a wavelength is a lane (FR, LR) it counts as one, as modules report them.
"""

from __future__ import annotations

import re
from types import MappingProxyType

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
        "SR": 1,
        "LR": 1,
        "ER": 1,
        "CR": 1,
    }
)
_ENDING = re.compile(r"(?:^|[-_ G])((?:2[xX])?[A-Z]+\d*)(?:[-_+.]\w+)*$")
COPPER = ("CR", "DAC", "ACC", "AEC")


def medium_lanes(medium: str) -> int | None:
    """Media lanes of a medium such as `400GBASE-DR4`, `800G-2xFR4` or `100GBASE-LR1`; None: not known."""
    ending = medium.strip().upper().replace("BASE-", "-")
    found = _ENDING.search(ending)
    return MEDIUM_LANES.get(found.group(1)) if found else None


def is_copper(medium: str) -> bool:
    """Whether the medium carries no light (`400GBASE-CR4`, `DAC`)."""
    tail = re.split(r"[-_ ]", medium.upper())[-1]
    return tail.startswith(COPPER)
