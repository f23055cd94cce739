"""The world's clock: it may run faster than the machine's, and starts again where it left off."""

from __future__ import annotations

import time
from collections.abc import Callable

MIN_SPEED = 1.0
MAX_SPEED = 1000.0


class WorldClock:
    """World time in seconds since 1970: `origin + speed * elapsed`, elapsed taken from a monotonic clock.

    `origin_unix_s` is the world's time at its making, which is also the machine's wall clock then; a restored
    world keeps its origin, so its time has gone on while nobody looked.
    """

    def __init__(
        self,
        origin_unix_s: float,
        speed: float = 1.0,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        elapsed_s: float = 0.0,
    ) -> None:
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"speed {speed} is outside {MIN_SPEED:g} to {MAX_SPEED:g}")
        self.origin_unix_s = origin_unix_s
        self.speed = speed
        self._monotonic = monotonic
        self._begun = monotonic() - elapsed_s

    def now(self) -> float:
        """World time."""
        return self.origin_unix_s + self.speed * (self._monotonic() - self._begun)

    def wall_of(self, world_s: float) -> float:
        """The machine's wall clock at a moment of world time.

        Devices keep their clocks by NTP, from the same time as the machine beside them, so what they print
        as a date is this, however fast the world runs.
        """
        return self.origin_unix_s + (world_s - self.origin_unix_s) / self.speed


class HandClock(WorldClock):
    """A world clock that only moves when told to."""

    def __init__(self, origin_unix_s: float = 1_750_000_000.0) -> None:
        self._seconds = 0.0
        super().__init__(origin_unix_s, 1.0, monotonic=lambda: self._seconds)

    def forward(self, seconds: float) -> None:
        """Let `seconds` of world time pass."""
        self._seconds += seconds
