"""What a link's errors say after each of several locks: whether it matters how a receiver adapted. Pure.

A receiver that adapts to a transient settles where it corrects ten or a hundred times the errors, in good
light and with a link that looks sound (network reference, section 7, row 16). One lock shows nothing of it;
several do, where their windows differ by more than chance (physics reference, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.check.link import difference
from bringup.check.watching import count, was_cleared
from bringup.model.facts import FecCounters
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from bringup.statistics import poisson_interval

QUIET_BER = 1e-10
"""Ratios below this count as this: what lies under it nobody can tell from good (at 1e-10 a codeword of 5,440
bits holds one wrong bit in two million)."""
ERRORS_IN_ORDER = ("corrected_bits", "symbol_errors", "corrected_codewords")
"""What a port may count, best first; at the ratios that matter here one of each is one wrong bit."""


class Errors(msgspec.Struct, frozen=True):
    """Errors that were seen in `bits`, both of one receiver."""

    errors: int
    bits: float

    @property
    def ber(self) -> float:
        """The ratio as it was seen: 0 where no error was."""
        return self.errors / self.bits

    @property
    def shows(self) -> bool:
        """Whether so few bits could tell a good lock from a bad one at all."""
        return poisson_interval(0).high / self.bits <= 10 * QUIET_BER

    @property
    def least(self) -> float:
        """The ratio is at least this (95 %), and `most` at most; neither below `QUIET_BER`."""
        return max(QUIET_BER, poisson_interval(self.errors).low / self.bits)

    @property
    def most(self) -> float:
        return max(QUIET_BER, poisson_interval(self.errors).high / self.bits)


class Lock(msgspec.Struct, frozen=True):
    """One lock of a link; number 0 is the one that was found. `up_s`: from the opened port to carrier at both
    ends, as first seen, and `up_least_s` as last seen without; None for the one that was found.
    """

    number: int
    here: Errors | None = None
    far: Errors | None = None
    up_s: float | None = None
    up_least_s: float | None = None


def errors_between(first: FecCounters | None, last: FecCounters | None, bits: float) -> Errors | None:
    """What a port counted between two looks; None where it counts nothing, or was cleared in between."""
    if first is None or last is None or bits <= 0 or was_cleared(first, last):
        return None
    for name in ERRORS_IN_ORDER:
        grown = difference(getattr(first, name), getattr(last, name))
        number = count(grown) if grown is not None else None
        if number is not None:
            return Errors(round(number), bits)
    return None


def factor(windows: Sequence[Errors | None]) -> Read | None:
    """By how much at least the ratio has changed between any two locks: 1 where no two of them differ by more
    than chance. Not available where some lock's window is too short to show anything, None where some lock
    was not measured.
    """
    told = [window for window in windows if window is not None]
    if len(told) < max(2, len(windows)):
        return None
    if not all(window.shows for window in told):
        return NOT_AVAILABLE
    proven = max(one.least for one in told) / min(one.most for one in told)
    return value(round(max(1.0, proven), 3))
