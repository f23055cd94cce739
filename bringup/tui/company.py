"""Keeps asking the runner who else is there, and tells it where this console looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bringup.model.people import Present
from bringup.tui.outside import Outside

EVERY_S = 1.0
"""What others see of this console, and it of them, is at most so much older than the run itself."""


class Company:
    """`where` gives the screen, what it is about and the terminal's size."""

    def __init__(self, outside: Outside, where: Callable[[], tuple[str, str, str]]) -> None:
        self.people: tuple[Present, ...] = ()
        self.you: int | None = None
        self._outside = outside
        self._where = where

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        if self._outside.here is not None:
            self.people, self.you = await self._outside.here(*self._where())
