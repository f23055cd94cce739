"""Time as the engine sees it: `speed` scales windows, settles and polls; never deadlines on a wire."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from bringup.model.inventory import Lab

LAB_PROCESS_S = 1.0
"""Real seconds in which a lab on a busy machine shows what has come to be in its world."""


class EngineClock(Protocol):
    def now_s(self) -> float:
        """Seconds of the world since some moment; only differences mean anything."""
        ...

    def wall_unix_s(self) -> float: ...

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of the world pass."""
        ...


class WorldClock:
    """The real clock, `speed` times faster for what happens in a simulated world (1 for real racks)."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now_s(self) -> float:
        return time.monotonic() * self.speed

    def wall_unix_s(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


def time_for(until_s: float, lab: Lab | None) -> float:
    """World seconds that something has to come true. In a simulated world they are at least as long as its
    own processes may need: these run in real time, whatever the world's speed.
    """
    return max(until_s, LAB_PROCESS_S * lab.speed) if lab is not None and until_s > 0.0 else until_s
