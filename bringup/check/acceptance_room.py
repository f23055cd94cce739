"""What is left between a reading and the module's own alarms. Pure.

A module's thresholds are its maker's word (standing `vendor`): they don't overrule the standard for a
compliant part, and they are all there is where no standard speaks (field rule 16).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from bringup.model.facts import Threshold
from bringup.model.measurement import NOT_AVAILABLE, Read, value

SUFFIXES = 1
"""Some makers end the serial number of an assembly's two ends in a letter each (`…A` and `…B`)."""


def number(read: Read) -> float | None:
    """A finite number; None for anything else."""
    told = read.value
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        return None
    return float(told)


def given(thresholds: Sequence[Threshold], quantity: str) -> Threshold | None:
    """The module's limits of a quantity, where they are limits: in order, and not all alike (all zero means
    that none are provided). A module that tells two sets of them has told none.
    """
    found = [each for each in thresholds if each.quantity == quantity]
    if len(found) != 1:
        return None
    low, high = number(found[0].low_alarm), number(found[0].high_alarm)
    return found[0] if low is not None and high is not None and low < high else None


def room(read: Read, limits: Threshold | None) -> Read | None:
    """From a reading to the nearer alarm, negative outside; None without limits. Not available where the
    reading is no number: whether a dark lane is a fault is another question.
    """
    if limits is None:
        return None
    told = number(read)
    if told is None:
        return NOT_AVAILABLE
    low, high = number(limits.low_alarm), number(limits.high_alarm)
    assert low is not None and high is not None
    return value(round(min(told - low, high - told), 3), age_s=read.age_s)


def off_median(reads: Sequence[Read]) -> tuple[Read | None, ...]:
    """How far each is from their median, as a share of it; all None where not three or more are told."""
    told = [each for each in map(number, reads) if each is not None]
    if len(told) < 3 or len(told) < len(reads):
        return (None,) * len(reads)
    middle = median(told)
    if middle <= 0.0:
        return (None,) * len(reads)
    return tuple(value(round(abs(each / middle - 1.0), 4)) for each in told)


def one_assembly(here: Read, far: Read) -> Read:
    """Whether two serial numbers are those of the two ends of one cable; not available where one lacks."""
    one, other = here.value, far.value
    if not isinstance(one, str) or not isinstance(other, str) or not one.strip() or not other.strip():
        return NOT_AVAILABLE
    one, other = one.strip(), other.strip()
    lettered = one[-SUFFIXES:].isalpha() and other[-SUFFIXES:].isalpha()
    stems = len(one) > SUFFIXES and one[:-SUFFIXES] == other[:-SUFFIXES]
    return value(one == other or (lettered and stems))


def path_loss_db(sent: Sequence[Read], received: Sequence[Read]) -> Read | None:
    """The largest difference between what is sent and what arrives, both sorted, since which lane lights
    which depends on polarity. Two monitors subtracted: a hint of ± 2 to 3 dB each, and no more.
    """
    out = [each for each in map(number, sent) if each is not None]
    come = [each for each in map(number, received) if each is not None]
    if not out or len(out) != len(come) or len(out) < len(sent) or len(come) < len(received):
        return None
    loss = max(one - other for one, other in zip(sorted(out), sorted(come), strict=True))
    return value(round(loss, 3))
