"""A run's record as the console sees it: folded as it grows, with the last events kept to look at."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.follow import Cursor, Entry
from bringup.model.event import (
    EventReader,
    Known,
    PartReplaced,
    PlanFixed,
    StepEnded,
    Superseded,
    Unknown,
    Waived,
)
from bringup.model.fold import Fold
from bringup.model.state import RunState

RECENT = 5000
AT_ONCE = 500
"""Events folded between two looks at the keyboard: about 25 ms on a slow laptop."""
POLL_S = 0.1
ENDS = (StepEnded, Superseded, Waived, PartReplaced, PlanFixed)
"""After one of these another cause may be the likely one."""


class Feed:
    """`follow` goes on for as long as it is read; `state` and `recent` are what was read so far.

    `read` counts events, `ended` those after which causes may be others.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.recent: deque[Known | Unknown] = deque(maxlen=RECENT)
        self.caught_up = False
        self.read = self.ended = 0
        self._fold = Fold()
        self._reader = EventReader()

    @property
    def state(self) -> RunState:
        return self._fold.state

    async def follow(self) -> AsyncIterator[list[Known | Unknown]]:
        """The new events, each time there are some.

        Raises:
            JournalError: the record can't be read, a line of it is no event, or one can't be folded.
        """
        cursor = Cursor(self.folder)
        try:
            while True:
                batch = await asyncio.to_thread(cursor.more)
                for begin in range(0, len(batch), AT_ONCE):
                    yield [self._take(entry) for entry in batch[begin : begin + AT_ONCE]]
                    await asyncio.sleep(0)
                if not batch:
                    self.caught_up = True
                    await asyncio.sleep(POLL_S)
        finally:
            cursor.close()

    def _take(self, entry: Entry) -> Known | Unknown:
        try:
            event = self._reader.read(entry.line)
            self._fold.add(event)
        except JournalError:
            raise
        except Exception as error:
            what = f"event {entry.seq} ({entry.kind}) can't be taken in: {type(error).__name__}: {error}"
            raise JournalError(
                what, "what stands here is the run before it; `bringup log show` has it"
            ) from error
        self.recent.append(event)
        self.read += 1
        self.ended += isinstance(event, ENDS)
        return event
