"""Pages of the record for the journal screen, read from its segments beside frames and keys: any part of it,
and the events that hold a word. What is kept is bounded, however long the record is.
"""

from __future__ import annotations

import asyncio
import os
import string
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator

from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.model.event import EventReader, Known, Unknown
from bringup.view.record_page import Page
from bringup.view.scene import Look

STRIDE = 256
"""Events of a block: where each begins is remembered."""
BLOCKS_KEPT = 8
AROUND = 2 * STRIDE
"""Rows fetched before and behind the cursor: more than a page of the tallest screen."""
AROUND_FOUND = 128
"""The same of what a search has found, which lies scattered."""
READ_BYTES = 256 * 1024
SEARCHED_AT_ONCE = 4096
MOST_FOUND = 200_000
PLAIN = frozenset(string.ascii_lowercase + string.digits + "_./<>#-")
"""A word of these stands in a line's bytes as on the screen: lines without it need no decoding."""

Event = Known | Unknown
Matches = Callable[[Event, str], bool]


class Pages:
    """One run's record, by the numbers of its events. `matches` says whether an event holds a word, given in
    small letters.
    """

    def __init__(self, folder: RunFolder, matches: Matches) -> None:
        self._folder, self._matches = folder, matches
        self._reader = EventReader()
        self._begin()

    def _begin(self) -> None:
        self._starts: list[tuple[int, int]] = []
        self._indexed = 0
        self._place = (1, 0)
        self._blocks: OrderedDict[int, tuple[Event, ...]] = OrderedDict()
        self._look_for("")

    def _look_for(self, word: str) -> None:
        self._word, self._searched = word, 0
        self._found = (array("I"), array("Q"))  # segment and offset of each line that was found

    async def page(self, look: Look, events: int, near: int, have: Page) -> Page:
        """The rows that are looked at, of a record of `events`, with some around; `have` where it holds them,
        or where they are at hand: from number `near` on all are. A search goes on a part of the way with each
        call.

        Raises:
            JournalError: the record can't be read.
        """
        word, cursor = look.filter, None if look.follow else look.cursor
        if not word and (cursor is None or cursor - AROUND // 2 >= near):
            return have
        return await asyncio.to_thread(self._page, word, cursor, events, have)

    def _page(self, word: str, cursor: int | None, events: int, have: Page) -> Page:
        try:
            return self._fetched(word, cursor, events, have)
        except (OSError, ValueError, IndexError) as error:
            self._begin()  # another record stands there now: by the next look it is read anew
            what = f"the record can't be read: {error}"
            raise JournalError(what, "`bringup log verify` says more") from error

    def _fetched(self, word: str, cursor: int | None, events: int, have: Page) -> Page:
        if word:
            self._search(word, events)
        total, around = (len(self._found[0]), AROUND_FOUND) if word else (events, AROUND)
        here = total - 1 if cursor is None else min(cursor, total - 1)
        first, end = max(0, here - around // 2), min(total, here + around // 2)
        searched = self._searched if word else events
        if have.word == word and have.holds(first, end):
            same = (have.total, have.searched) == (total, searched)
            return have if same else Page(word, total, have.first, have.events, searched)
        rows = range(max(0, here - around), min(total, here + around))
        fetched = [self._one_found(row) if word else self._event(row, events) for row in rows]
        return Page(word, total, rows.start, tuple(fetched), searched)

    def _one_found(self, row: int) -> Event:
        segment, offset = self._found[0][row], self._found[1][row]
        return self._reader.read(self._read(segment, offset).partition(b"\n")[0])

    def _event(self, number: int, events: int) -> Event:
        block, at = divmod(number, STRIDE)
        known = self._blocks.get(block)
        if known is None or at >= len(known):
            known = self._blocks[block] = tuple(
                self._reader.read(line)
                for _, _, line in self._lines(block * STRIDE, (block + 1) * STRIDE, events)
            )
        self._blocks.move_to_end(block)
        while len(self._blocks) > BLOCKS_KEPT:
            self._blocks.popitem(last=False)
        if known[at].seq != number:
            raise ValueError(f"event {known[at].seq} stands where {number} was")
        return known[at]

    def _search(self, word: str, events: int) -> None:
        """On with it, from where it stopped."""
        if word != self._word:
            self._look_for(word)
        wanted = word.lower()
        raw = wanted.encode() if PLAIN.issuperset(wanted) else b""
        end = min(events, self._searched + SEARCHED_AT_ONCE)
        for segment, offset, line in self._lines(self._searched, end, events):
            if raw in line.lower() and self._matches(self._reader.read(line), wanted):
                self._found[0].append(segment)
                self._found[1].append(offset)
        self._searched = end if len(self._found[0]) < MOST_FOUND else events

    def _lines(self, first: int, end: int, events: int) -> Iterator[tuple[int, int, bytes]]:
        """Segment, offset and line of these events, of those before number `events`."""
        end = min(end, events)
        if first >= end:
            return
        block = first // STRIDE
        self._index(block)
        segment, offset = self._starts[block]
        skip, left = first - block * STRIDE, end - first
        while left > 0:
            data = self._read(segment, offset)
            whole = data.rfind(b"\n") + 1
            if not whole:
                segment, offset = self._next(segment), 0
                continue
            for line in data[: whole - 1].split(b"\n"):
                if skip:
                    skip -= 1
                elif left:
                    left -= 1
                    yield segment, offset, line
                offset += len(line) + 1

    def _index(self, block: int) -> None:
        """Know where the blocks up to this one begin."""
        segment, offset = self._place
        while len(self._starts) <= block:
            data = self._read(segment, offset)
            whole = data.rfind(b"\n") + 1
            if not whole:
                segment, offset = self._next(segment), 0
                continue
            at = 0
            while at < whole:
                if self._indexed % STRIDE == 0:
                    self._starts.append((segment, offset + at))
                self._indexed += 1
                at = data.index(b"\n", at) + 1
            offset += whole
            self._place = (segment, offset)

    def _next(self, segment: int) -> int:
        """The segment behind this one, which has no whole line left."""
        if not self._folder.segment(segment + 1).exists():
            raise ValueError(f"segment {segment} is shorter than it was")
        return segment + 1

    def _read(self, segment: int, offset: int) -> bytes:
        """From there to the end of a line at least, where it has one."""
        file = os.open(self._folder.segment(segment), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            data = os.pread(file, READ_BYTES, offset)
            while b"\n" not in data and (more := os.pread(file, READ_BYTES, offset + len(data))):
                data += more
            return data
        finally:
            os.close(file)
