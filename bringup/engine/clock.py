"""Time as the engine sees it: `speed` scales windows, settles and polls; never deadlines on a wire."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


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
