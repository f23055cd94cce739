"""What each lane of a module was first read with in a run: what it is held against after hands were on it.

A lane's own difference says more than two monitors subtracted: these are ± 2 to 3 dB absolute, and ± 0.5 dB
relative to themselves (field rule 16). Pure, and one for the engine and for readers.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from bringup.model.event import Measured
from bringup.model.measurement import Scalar
from bringup.model.verdict import Reading

SERIAL = "optic_serial"
LEVELS = frozenset({"rx_power_dbm", "tx_power_dbm", "bias_ma"})
OF_A_BASELINE = LEVELS | {SERIAL}
"""Readings that make or end one."""


def key_of(subject: str, quantity: str) -> str:
    """The key of one reading."""
    return f"{subject} {quantity}"


def note_baseline(known: MutableMapping[str, Scalar], event: Measured) -> None:
    """Take in one reading of `OF_A_BASELINE`: the first counts, until another module is in the cage."""
    if event.reading is not Reading.VALUE or event.value is None:
        return
    key = key_of(event.subject, event.quantity)
    if event.quantity == SERIAL:
        if known.get(key, event.value) != event.value:
            for old in [each for each in known if each.startswith(f"{event.subject}#")]:
                del known[old]
        known[key] = event.value
    elif not isinstance(event.value, bool | str):
        known.setdefault(key, event.value)
