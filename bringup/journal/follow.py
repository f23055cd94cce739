"""Reading a journal, finished or growing, here or in another process: only what is durable, and nothing
changed.

How a reader knows what is durable: the runner publishes a mark in its `epoch/N` after each sync (see
`bringup.journal.epoch`). The reader takes the mark of the newest epoch and reads no byte behind it.

Why that holds:
- A mark is raised after the sync and, in one runner, after a look that nobody took over; a takeover copies
  the live segment after its epoch stands. So what any mark covers is in every later copy, at the same offset:
  a reader may go on in the new file where it stood in the old one.
- A frozen runner that wakes writes to a file that has lost its name, and to the mark of an epoch that is no
  longer the newest. Neither is read.
- After a crash of the machine the mark on the disk may be older than the data. But then the boot id in its
  file is not today's, and all that can be read came from the disk: everything counts. The same goes for a
  folder copied from elsewhere. Only on a network file system may another boot id mean a runner that lives on
  another machine: there the mark counts.
- After a crash of the runner alone, what stands behind the mark may never reach the disk. It stays unread
  until the journal is opened again, which syncs it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bringup.journal.clock import boot_id
from bringup.journal.epoch import MarkReader
from bringup.journal.error import Gap, JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.mounts import NETWORK, file_system

READ_BYTES = 1024 * 1024
_UNBOUNDED = 1 << 62


class Entry(NamedTuple):
    """One durable event: its line as stored, without the newline, and decoded."""

    seq: int
    kind: str
    line: bytes
    body: dict[str, Any]


class Limit(NamedTuple):
    """How far a reader may go: segments before `segment` whole, that one up to `size`. `epoch` whose mark it
    is.
    """

    segment: int
    size: int
    epoch: int


def read(folder: RunFolder | Path) -> Iterator[Entry]:
    """All durable events that are there now. An incomplete last line is left out.

    Raises:
        JournalError: there is no journal, or a line in it is no event.
    """
    run = folder if isinstance(folder, RunFolder) else RunFolder(folder)
    if not run.journal.is_dir():
        raise JournalError(f"{run.path} holds no journal", "name a run's folder or its id; `bringup list`")
    with closing(Cursor(run)) as cursor:
        while batch := cursor.more():
            yield from batch


async def follow(
    folder: RunFolder | Path,
    *,
    poll_s: float = 0.1,
    wake: Callable[[int], Awaitable[object]] | None = None,
) -> AsyncIterator[Entry]:
    """All durable events from the first, and each new one, until the run is closed.

    Without `wake` the mark is looked at every `poll_s` seconds. In the runner's own process pass
    `Journal.wait_durable` as `wake`: it is called with the seq that is waited for.

    Raises:
        JournalError: a line is no event; or what `wake` raises.
    """
    closed = False
    with closing(Cursor(folder if isinstance(folder, RunFolder) else RunFolder(folder))) as cursor:
        while True:
            batch = cursor.more()
            for entry in batch:
                closed = entry.kind == "RunClosed"
                yield entry
            if batch:
                # Reading a long record must not keep the rest of this program from running.
                await asyncio.sleep(0)
            elif closed:
                return
            elif wake is not None:
                await wake(cursor.next_seq)
            else:
                await asyncio.sleep(poll_s)


class Cursor:
    """A place in a journal. `more` goes on from there; it only reads. Close it: it keeps two files open."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._segment = 1
        self._offset = 0
        self.next_seq = 0
        self._decode = msgspec.json.Decoder(dict[str, Any]).decode
        self._on_network = file_system(folder.path)[0] in NETWORK
        self._boot = boot_id()
        self._marks = MarkReader(folder.epoch)
        self._file = -1
        self._file_is = (0, 0)
        self._broken: JournalError | None = None

    def more(self) -> list[Entry]:
        """The next durable events, at most about a megabyte of them; empty when there is none now.

        Raises:
            JournalError: a line is no event. All that stands before it was given out first.
        """
        while self._broken is None:
            limit = self.limit()
            if self._segment > limit.segment:
                return []
            whole = self._segment < limit.segment
            batch, at_end = self._read(_UNBOUNDED if whole else limit.size, limit.epoch)
            if batch or not (at_end and whole and self._folder.segment(self._segment + 1).exists()):
                return batch
            self._segment, self._offset = self._segment + 1, 0
        raise self._broken

    def limit(self) -> Limit:
        """How far the disk has got, as far as a reader can know."""
        found = self._marks.read()
        if found is not None and (found.holder.boot == self._boot or self._on_network):
            mark = found.mark
            return Limit(mark.segment, mark.size, found.holder.epoch)
        numbers = self._folder.segments()
        return Limit(numbers[-1] if numbers else 0, _UNBOUNDED, 0)

    def close(self) -> None:
        self._marks.close()
        if self._file >= 0:
            os.close(self._file)
        self._file, self._file_is = -1, (0, 0)

    def _open(self, epoch: int) -> bool:
        """Have the current segment open; a takeover puts another file under its name."""
        wanted = (self._segment, epoch)
        if self._file >= 0 and self._file_is == wanted:
            return True
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        try:
            path = self._folder.segment(self._segment)
            self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return False
        self._file_is = wanted
        return True

    def _read(self, limit: int, epoch: int) -> tuple[list[Entry], bool]:
        """Entries from the current place up to byte `limit`; whether no complete line is left."""
        if limit <= self._offset:
            return [], True
        if not self._open(epoch):
            return [], True
        data = b""
        while b"\n" not in data:
            wanted = min(READ_BYTES, limit - self._offset - len(data))
            chunk = os.pread(self._file, wanted, self._offset + len(data)) if wanted > 0 else b""
            if not chunk:
                return [], True
            data += chunk
        data = data[: data.rindex(b"\n") + 1]
        self._offset += len(data)
        return self._entries(data[:-1].split(b"\n")), False

    def _entries(self, lines: list[bytes]) -> list[Entry]:
        found: list[Entry] = []
        for line in lines:
            try:
                found.append(self._entry(line))
            except JournalError as error:
                if not found:
                    raise
                self._broken = error
                break
        return found

    def _entry(self, line: bytes) -> Entry:
        try:
            body = self._decode(line)
            seq, kind = body["seq"], body["kind"]
        except (msgspec.MsgspecError, KeyError) as error:
            raise self._damaged(f"event {self.next_seq} can't be read") from error
        if isinstance(seq, int) and seq > self.next_seq:
            one = seq - 1 == self.next_seq
            what = f"event {self.next_seq} is" if one else f"events {self.next_seq} to {seq - 1} are"
            missing = self._damaged(f"{what} missing")
            raise Gap(missing.message, missing.advice, self.next_seq, seq - 1)
        if seq != self.next_seq or not isinstance(kind, str):
            raise self._damaged(f"event {self.next_seq} should stand where {seq!r} is")
        self.next_seq += 1
        return Entry(seq, kind, line, body)

    def _damaged(self, what: str) -> JournalError:
        name = self._folder.segment(self._segment)
        return JournalError(f"{name}: {what}", "`bringup log verify` shows what is wrong with this record")
