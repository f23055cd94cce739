"""A watch over the console's loop: what keeps it from the keyboard for longer than it may is written down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

EVERY_S = 0.025
LONGEST_S = 0.05
OFTEN_ENOUGH = 100
"""So many are told of: a machine that is too slow for all of it shall not have its disk filled too."""


class LoopStalled(Exception):
    """The keyboard had to wait: for the log alone, nobody catches it."""


class Stalls:
    """`told` gets the seconds of each stall that was this program's own doing: its thread worked for longer
    than is allowed. `count` and `longest_s` are of all, those too in which others had the machine.
    """

    def __init__(self, told: Callable[[float], object]) -> None:
        self.count = 0
        self.longest_s = 0.0
        self._told = told

    async def watch(self) -> None:
        """As long as it is awaited."""
        while True:
            wall_s, work_s = time.monotonic(), time.thread_time()
            await asyncio.sleep(EVERY_S)
            late_s = time.monotonic() - wall_s - EVERY_S
            if late_s > LONGEST_S:
                self.stalled(late_s, time.thread_time() - work_s)

    def stalled(self, late_s: float, work_s: float) -> None:
        self.count += 1
        self.longest_s = max(self.longest_s, late_s)
        if work_s > LONGEST_S and self.count <= OFTEN_ENOUGH:
            self._told(late_s)
