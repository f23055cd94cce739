"""A run's record as the console sees it: folded as it grows, with the last events kept to look at.

Where it can't be read on, what was good stays, with the word why. It is read again from its first event when
something in it has changed, and shown again only once that reading has come as far.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import closing

from bringup.journal.error import Gap, JournalError
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
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0
"""Between two readings of a record that could not be read on."""
RESTS = 10
"""A long record takes a while to read again: that many times as long is then waited."""
ENDS = (StepEnded, Superseded, Waived, PartReplaced, PlanFixed)
"""After one of these another cause may be the likely one."""


class FoldError(JournalError):
    """An event can't be taken in; what stands is the run before it."""

    def __init__(self, entry: Entry, error: Exception) -> None:
        what = f"event {entry.seq} ({entry.kind}) can't be taken in: {type(error).__name__}: {error}"
        super().__init__(what, "what stands here is the run before it; `bringup log export` writes all of it")
        self.seq = entry.seq


class Reading:
    """One reading of the record from its first event. `ended` counts events after which causes may differ."""

    def __init__(self) -> None:
        self.fold = Fold()
        self.recent: deque[Known | Unknown] = deque(maxlen=RECENT)
        self.read = self.ended = 0
        self._events = EventReader()

    def take(self, entry: Entry) -> Known | Unknown:
        try:
            event = self._events.read(entry.line)
            self.fold.add(event)
        except JournalError:
            raise
        except Exception as error:
            raise FoldError(entry, error) from error
        self.recent.append(event)
        self.read += 1
        self.ended += isinstance(event, ENDS)
        return event


class Feed:
    """`keep` goes on for as long as it is awaited; `state` and `recent` are what was read so far, `trouble`
    why no more was.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.caught_up = False
        self.trouble: Exception | None = None
        self._reading = Reading()
        self._last = self._reading.fold.state
        self._held = False
        self._took_s = 0.0

    @property
    def state(self) -> RunState:
        if not self._held:
            self._last = self._reading.fold.state
        return self._last

    @property
    def recent(self) -> deque[Known | Unknown]:
        return self._reading.recent

    @property
    def read(self) -> int:
        """How many events stand in `state`."""
        return self._reading.read

    @property
    def ended(self) -> int:
        return self._reading.ended

    async def keep(self) -> None:
        """Follow, and after trouble read again from the first event, whenever the record has changed."""
        wait_s = FIRST_WAIT_S
        while True:
            before = await asyncio.to_thread(self._looks)
            try:
                async for _ in self.follow():
                    wait_s = FIRST_WAIT_S
            except Exception as error:
                self.caught_up, self.trouble = True, error  # all that can be read has been
            while True:
                await asyncio.sleep(max(wait_s, RESTS * self._took_s))
                wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
                if await asyncio.to_thread(self._looks) != before:
                    break

    async def follow(self) -> AsyncIterator[list[Known | Unknown]]:
        """The new events, each time there are some; after trouble once as many are there again as were.

        Raises:
            JournalError: the record can't be read, a line of it is no event, or one can't be folded.
        """
        reading, began_s = self._reading if self.read == 0 else Reading(), time.monotonic()
        with closing(Cursor(self.folder)) as cursor:
            while True:
                batch = await asyncio.to_thread(cursor.more)
                for begin in range(0, len(batch), AT_ONCE):
                    taken = await self._take(reading, batch[begin : begin + AT_ONCE])
                    if reading is self._reading:
                        yield taken
                    elif reading.read >= self.read:
                        self._reading = reading
                    if not self.caught_up or self.trouble is not None:
                        self._took_s = time.monotonic() - began_s
                    await asyncio.sleep(0)
                if not batch:
                    self._reading, self._held = reading, False
                    self.caught_up, self.trouble = True, None
                    await asyncio.sleep(POLL_S)

    async def _take(self, reading: Reading, batch: list[Entry]) -> list[Known | Unknown]:
        """Where one can't be taken in, the fold may have half of it: the run before it is read again."""
        try:
            return [reading.take(entry) for entry in batch]
        except FoldError as error:
            if reading is self._reading:
                self._held = True
                self._reading = await self._before(error.seq)
                self._held = False
            raise

    async def _before(self, seq: int) -> Reading:
        """The record up to that event, without it."""
        reading = Reading()
        with closing(Cursor(self.folder)) as cursor:
            while batch := await asyncio.to_thread(cursor.more):
                for number, entry in enumerate(batch):
                    if entry.seq >= seq:
                        return reading
                    reading.take(entry)
                    if number % AT_ONCE == 0:
                        await asyncio.sleep(0)
        return reading

    def _looks(self) -> tuple[tuple[str, int, int, int], ...]:
        """By what a change of the record shows: its segments, and the mark of what is durable."""
        found = []
        for place in (self.folder.journal, self.folder.epoch):
            try:
                with os.scandir(place) as entries:
                    stats = [(entry.path, entry.stat()) for entry in entries]
            except OSError:
                continue
            found += [(path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        return tuple(sorted(found))


def told(trouble: Exception) -> tuple[str, str]:
    """What stands in row 1 while the record can't be read on, and why it can't."""
    if isinstance(trouble, Gap):
        return f"GAP {trouble.first}-{trouble.last}", str(trouble)
    return "RECORD BROKEN", str(trouble)
