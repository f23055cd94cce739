"""A port's totals watched over a window: several looks, so that a clearing shows, and how old they are.

Counters are never cleared by us (field rule 7). Somebody else may: a total that is less than at the look
before, or a later time of the last clearing, spoils the window. It is then measured once more, from the last
look on; what was lost in the spoilt one still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from bringup.check.base import At, Sample, the_one
from bringup.driver.capability import CountsFec
from bringup.model.facts import FecCounters
from bringup.model.measurement import Read, value
from bringup.model.subject import parse_subject

TOTALS = ("corrected_codewords", "uncorrectable_codewords", "symbol_errors", "corrected_bits", "flap_count")
CORRECTED = ("corrected_codewords", "symbol_errors", "corrected_bits")
LOSSES = ("uncorrectable_codewords", "flap_count")
"""What counts wherever it happened; the others are errors for each bit of one window."""
LOOKS = 6
"""Looks in a window after the first: a script that clears each half minute is seen in 120 s, even where looks
come at odd moments (that seven totals then grow all the way is one chance in 5,040).
"""
BEFORE, AFTER = "before", "after"
MIDDLE = tuple(f"look {number} of {LOOKS}" for number in range(1, LOOKS))
AGAIN = (*(f"again, {moment}" for moment in MIDDLE), "again, after")


class Look(msgspec.Struct, frozen=True):
    """What a port counted, when (seconds of the engine's clock), and how long it took to be told."""

    counters: FecCounters | None
    at_s: float
    took_s: float


class Window(msgspec.Struct, frozen=True):
    """Two looks that can be compared. None where there is nothing to compare, or it was spoilt.

    `cleared`: somebody cleared the counters while they were watched, in this window or the one before.
    """

    first: FecCounters | None
    last: FecCounters | None
    seconds: float
    age_s: float | None = None
    cleared: bool = False

    def aged(self, read: Read) -> Read:
        """A reading of this window, with the age of the sample that it rests on."""
        return msgspec.structs.replace(read, age_s=self.age_s) if self.age_s is not None else read


async def watch(at: At, every: Sequence[str]) -> dict[str, Window]:
    """The window of each of the ports `every`. Those that were spoilt are watched once more."""
    looks = {end: [await look(at, end, BEFORE)] for end in every}
    await _gather(at, looks, (*MIDDLE, AFTER))
    found = {end: _window(at, seen) for end, seen in looks.items()}
    spoilt = {end: [looks[end][-1]] for end, window in found.items() if window.cleared}
    if spoilt:
        await _gather(at, spoilt, AGAIN)
        for end, seen in spoilt.items():
            found[end] = _second(found[end], _window(at, seen))
    return found


async def look(at: At, end: str, moment: str) -> Look:
    subject = parse_subject(end)
    sample: Sample[tuple[FecCounters, ...]] = await at.read(subject.device, CountsFec, "fec_counters", moment)
    counters = the_one([one for one in sample.facts if one.port == subject.component], end)
    return Look(counters, sample.at_s, sample.took_s)


async def _gather(at: At, looks: dict[str, list[Look]], moments: Sequence[str]) -> None:
    for moment in moments:
        await at.window(1 / len(moments))
        for end, seen in looks.items():
            seen.append(await look(at, end, moment))


def _window(at: At, looks: Sequence[Look]) -> Window:
    first, last = looks[0], looks[-1]
    told = [each.counters for each in looks if each.counters is not None]
    cleared = any(was_cleared(old, new) for old, new in pairwise(told))
    return Window(
        first.counters, last.counters, last.at_s - first.at_s, _age_s(first, last, world_speed(at)), cleared
    )


def _second(spoilt: Window, again: Window) -> Window:
    """The window after a spoilt one, begun with what was lost in that one."""
    if again.cleared or spoilt.first is None or again.first is None:
        return Window(None, None, again.seconds, again.age_s, cleared=True)
    return msgspec.structs.replace(again, first=carried(spoilt.first, again.first), cleared=True)


def carried(before: FecCounters, since: FecCounters) -> FecCounters:
    """`since`, so that the growth from it also holds what was lost between `before` and it: from nought where
    a total was cleared in between.
    """
    found: dict[str, Read] = {}
    for name in LOSSES:
        old, new = count(getattr(before, name)), count(getattr(since, name))
        if old is not None and new is not None:
            found[name] = value(0) if new < old else getattr(before, name)
    return msgspec.structs.replace(since, **found)


def was_cleared(first: FecCounters, last: FecCounters) -> bool:
    """Whether any total of a port is less than it was, or the device tells of a clearing in between."""
    pairs = ((count(getattr(first, name)), count(getattr(last, name))) for name in TOTALS)
    if any(old is not None and new is not None and new < old for old, new in pairs):
        return True
    told, before = count(last.cleared_unix_s), count(first.cleared_unix_s)
    return told is not None and told != before


def _age_s(first: Look, last: Look, speed: float) -> float | None:
    """How old the last look's sample is at least: what the window lasted, less what the samples are apart.

    By the device's own stamps, so that its clock need not agree with ours. Without stamps None, but where the
    port's own ratio says that errors were corrected and not one total has moved: then these stand still, for
    as long as they were watched. All that the requests themselves took is given to the device.
    """
    if first.counters is None or last.counters is None:
        return None
    lasted_s = last.at_s - first.at_s
    old, new = count(first.counters.sampled_unix_s), count(last.counters.sampled_unix_s)
    if old is not None and new is not None:
        apart_s = (new - old + first.took_s + last.took_s) * speed
        return round(max(0.0, lasted_s - apart_s), 3)
    return round(lasted_s, 3) if _stands_still(first.counters, last.counters) else None


def _stands_still(first: FecCounters, last: FecCounters) -> bool:
    pairs = [(count(getattr(first, name)), count(getattr(last, name))) for name in CORRECTED]
    told = [(old, new) for old, new in pairs if old is not None and new is not None]
    busy = (count(last.pre_fec_ber) or 0.0) >= BUSY_BER
    return busy and bool(told) and all(old == new for old, new in told)


BUSY_BER = 1e-11
"""At this ratio a port of 100 Gb/s corrects more than one bit a second: its totals can't stand still."""


def world_speed(at: At) -> float:
    """A lab's devices keep real time while their world runs faster: by how much."""
    return at.inventory.lab.speed if at.inventory.lab is not None else 1.0


def in_world_time(at: At, read: Read) -> Read:
    """A reading whose age by its device's clock is told in the time in which windows and polls count."""
    if read.age_s is None:
        return read
    return msgspec.structs.replace(read, age_s=round(read.age_s * world_speed(at), 3))


def count(read: Read) -> float | None:
    """A total as a number; None for anything else."""
    told = read.value
    return told if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0 else None
