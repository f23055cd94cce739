"""Whether somebody does the run: looked for beside the keyboard, each second while it is there, and after
1, 2, 4 ... 15 seconds once it is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_EVERY_S = 1.0
LONGEST_WAIT_S = 15.0


class Pulse:
    """`lives` may wait for a disk. `now_s` is a monotonic clock."""

    def __init__(self, lives: Callable[[], bool], *, now_s: Callable[[], float]) -> None:
        self.looked = False
        self.there = True
        self._lives, self._now_s = lives, now_s
        self._lost_at_s = self._next_s = 0.0
        self._wait_s = LOOK_EVERY_S
        self._looking = False

    @property
    def lost_s(self) -> float | None:
        """For how long it has been gone; None while it is there."""
        return None if self.there else self._now_s() - self._lost_at_s

    @property
    def next_look_s(self) -> float:
        """Seconds until it is looked for again."""
        return max(0.0, self._next_s - self._now_s())

    def look_soon(self) -> None:
        """Somebody has just needed it: don't wait."""
        self._next_s = 0.0

    async def look(self) -> None:
        """Look, if it is time to."""
        if self._looking or self._now_s() < self._next_s:
            return
        self._looking = True
        try:
            there = await asyncio.to_thread(self._lives)
        except OSError:
            there = False
        finally:
            self._looking = False
        now_s = self._now_s()
        if there:
            self._wait_s = LOOK_EVERY_S
        elif self.there:
            self._lost_at_s, self._wait_s = now_s, LOOK_EVERY_S
        else:
            self._wait_s = min(LONGEST_WAIT_S, 2 * self._wait_s)
        self.there, self.looked = there, True
        self._next_s = now_s + self._wait_s
