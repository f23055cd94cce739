"""A run's record as the console sees it: folded as it grows, with the last events kept to look at."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from bringup.journal.folder import RunFolder
from bringup.journal.follow import Cursor
from bringup.model.event import EventReader, Known, Unknown
from bringup.model.fold import Fold
from bringup.model.state import RunState

RECENT = 5000
AT_ONCE = 500
"""Events folded between two looks at the keyboard: about 25 ms on a slow laptop."""
POLL_S = 0.1


class Feed:
    """`follow` goes on for as long as it is read; `state` and `recent` are what was read so far."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.recent: deque[Known | Unknown] = deque(maxlen=RECENT)
        self.caught_up = False
        self._fold = Fold()
        self._reader = EventReader()

    @property
    def state(self) -> RunState:
        return self._fold.state

    async def follow(self) -> AsyncIterator[int]:
        """The number of new events, each time there are some.

        Raises:
            JournalError: the record can't be read, or a line of it is no event.
        """
        cursor = Cursor(self.folder)
        try:
            while True:
                batch = await asyncio.to_thread(cursor.more)
                for begin in range(0, len(batch), AT_ONCE):
                    some = batch[begin : begin + AT_ONCE]
                    for entry in some:
                        event = self._reader.read(entry.line)
                        self._fold.add(event)
                        self.recent.append(event)
                    yield len(some)
                    await asyncio.sleep(0)
                if not batch:
                    self.caught_up = True
                    await asyncio.sleep(POLL_S)
        finally:
            cursor.close()
