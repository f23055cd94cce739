"""Readings of one quantity over time: the last ones as a line of blocks, their slope, and where that leads.

Pure arithmetic over what the record holds. Times are seconds of the world (a demo's runs faster), from the
monotonic clock of one boot of the runner's machine: across boots there is no common one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from bringup.model.event import Known, Measured, Unknown
from bringup.model.verdict import Reading
from bringup.view.mark import Tier

BLOCKS = "▁▂▃▄▅▆▇█"
DIGITS = "0123456789"
LEAST_FOR_SLOPE = 5
SURE = 3.0
"""A slope is told when it is that many times its own standard error: less is noise."""
LONGEST_H = 24 * 365.0


class Sample(NamedTuple):
    """One reading: when, of the world and by the wall clock, and how much."""

    at_s: float
    clock: str
    value: float


class Series(msgspec.Struct, frozen=True):
    """The readings of one quantity of one subject, oldest first, never none. `others` counts those between
    them that were no number.
    """

    stage: str
    step: str
    subject: str
    quantity: str
    samples: tuple[Sample, ...]
    others: int = 0

    @property
    def now(self) -> Sample:
        return self.samples[-1]

    @property
    def least(self) -> float:
        return min(each.value for each in self.samples)

    @property
    def most(self) -> float:
        return max(each.value for each in self.samples)


def series_of(events: Iterable[Known | Unknown], speed: float) -> tuple[Series, ...]:
    """Every number that was read more than once in the present boot, in the order of their first readings."""
    found: dict[tuple[str, str], list[Measured]] = {}
    for event in events:
        if isinstance(event, Measured):
            found.setdefault((event.subject, event.quantity), []).append(event)
    every = (_series(readings, speed) for readings in found.values())
    return tuple(each for each in every if each is not None and len(each.samples) > 1)


def _series(readings: Sequence[Measured], speed: float) -> Series | None:
    last = readings[-1]
    here = [each for each in readings if each.boot == last.boot]
    samples = tuple(
        Sample(each.mono_ns / 1e9 * speed, each.at[11:19], float(each.value))
        for each in here
        if each.reading is Reading.VALUE
        and isinstance(each.value, int | float)
        and not isinstance(each.value, bool)
        and math.isfinite(each.value)
    )
    if not samples:
        return None
    return Series(last.stage, last.step, last.subject, last.quantity, samples, len(here) - len(samples))


def spark(values: Sequence[float], width: int, tier: Tier) -> str:
    """The last `width` values, the lowest of them as the lowest block; all alike as a flat line."""
    shown = values[-width:] if width > 0 else ()
    glyphs = BLOCKS if tier == "unicode" else DIGITS
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    span = high - low
    if span <= 0:
        return glyphs[0] * len(shown)
    return "".join(glyphs[min(int((each - low) / span * len(glyphs)), len(glyphs) - 1)] for each in shown)


def slope_per_h(samples: Sequence[Sample]) -> float | None:
    """Growth in an hour, by least squares; None for fewer than five readings, no time between them, or where
    noise would give as much.
    """
    count = len(samples)
    if count < LEAST_FOR_SLOPE:
        return None
    mean_s = math.fsum(each.at_s for each in samples) / count
    mean = math.fsum(each.value for each in samples) / count
    spread = math.fsum((each.at_s - mean_s) ** 2 for each in samples)
    if spread <= 0:
        return None
    slope = math.fsum((each.at_s - mean_s) * (each.value - mean) for each in samples) / spread
    left = math.fsum((each.value - mean - slope * (each.at_s - mean_s)) ** 2 for each in samples)
    error = math.sqrt(left / (count - 2) / spread)
    told = slope * 3600.0
    return told if math.isfinite(told) and slope != 0 and abs(slope) > SURE * error else None


def bounds(limit: str | None) -> tuple[float | None, float | None]:
    """The least and the most that a limit in words lets pass; None where it has no such bound."""
    low = high = None
    for part in (limit or "").split(" and "):
        sign, _, words = part.strip().partition(" ")
        number = _number(words)
        if sign in (">=", "=") and number is not None:
            low = number
        if sign in ("<=", "=") and number is not None:
            high = number
    return low, high


def _number(words: str) -> float | None:
    try:
        found = float(words.split(" ", 1)[0])
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def worst(series: Series, limit: str | None) -> float | None:
    """The reading nearest to a bound, or furthest beyond it; None without a bound."""
    low, high = bounds(limit)
    if low is None and high is None:
        return None
    return min((each.value for each in series.samples), key=lambda value: room(value, low, high))


def room(value: float, low: float | None, high: float | None) -> float:
    """How much is left to the nearest bound; less than nothing beyond it."""
    return min(
        value - low if low is not None else math.inf,
        high - value if high is not None else math.inf,
    )


def hours_left(value: float, slope: float, limit: str | None) -> float | None:
    """When a slope leads out of a limit; None where it leads nowhere, is out already, or is years away."""
    low, high = bounds(limit)
    edge = high if slope > 0 else low
    if edge is None or room(value, low, high) < 0:
        return None
    hours = (edge - value) / slope
    return hours if 0 <= hours <= LONGEST_H else None
