"""The thread that brings lines to the disk: group commit, segments, blobs, the mark.

Order within a batch, and why: blobs first, so that an event never names evidence that is not there; then the
lines; then one fdatasync; then the epoch once more (whoever was taken over while it slept must confirm
nothing); then the mark for readers; then whoever waits is told. A crash between any two of these leaves
events that nobody was told of.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from bringup.journal.disk import Reserve, sync_folder, write_all, write_all_durably
from bringup.journal.epoch import Mark
from bringup.journal.folder import RunFolder
from bringup.journal.lease import Lease

SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_NS = 3600 * 1_000_000_000
BATCH_BYTES = 4 * 1024 * 1024
# How long what nobody waits for gathers before it goes to the disk: a sync for each offered event or piece of
# evidence would cost more than all else that the engine does. Readers see it that much later.
LINGER_S = 0.05


class Blob(NamedTuple):
    """Evidence, compressed, on its way to `path`."""

    path: Path
    data: bytes


class Line(NamedTuple):
    """One event's bytes with the newline, and the monotonic time it was stamped with."""

    seq: int
    data: bytes
    mono_ns: int


class Outcome(msgspec.Struct, frozen=True):
    """What a batch came to: the events durable in all, and whether the reserve had to be used."""

    events: int
    taken_bytes: int
    full: bool
    error: BaseException | None = None


class Writer:
    """Owns the live segment. `report` is called in this thread after each batch.

    After the first error it takes nothing more: each later batch reports the same error.
    """

    def __init__(
        self,
        folder: RunFolder,
        lease: Lease,
        reserve: Reserve,
        report: Callable[[Outcome], None],
        *,
        segment: int,
        size: int,
        events: int,
        mono_ns: int,
    ) -> None:
        self._folder, self._lease, self._reserve, self._report = folder, lease, reserve, report
        self._segment, self._size, self._events, self._opened_ns = segment, size, events, mono_ns
        self._queue: queue.SimpleQueue[Blob | Line | None] = queue.SimpleQueue()
        # Free while somebody waits: an event in one call each way, which counts for a lone producer.
        self._patience = threading.Lock()
        self._patience.acquire()
        self._full = False
        self._fd = os.open(folder.segment(segment), os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def put(self, item: Blob | Line) -> None:
        """In order; on the disk within `LINGER_S` and a sync, or at once with `hurry`."""
        self._queue.put(item)

    def hurry(self) -> None:
        """Somebody waits for what was put until now."""
        try:
            if self._patience.locked():
                self._patience.release()
        except RuntimeError:
            pass  # the other thread was quicker

    def stop(self) -> None:
        """Finish what was put and end the thread. Blocks."""
        self._queue.put(None)
        self.hurry()
        self._thread.join()
        os.close(self._fd)

    def _run(self) -> None:
        error: BaseException | None = None
        going = True
        while going:
            blobs, lines, going = self._next_batch()
            taken = sum(len(blob.data) for blob in blobs) + sum(len(line.data) for line in lines)
            if error is None:
                try:
                    self._commit(blobs, lines)
                except BaseException as caught:  # whatever it is, it must reach those who wait
                    error = caught
            if blobs or lines:
                self._report(Outcome(self._events, taken, self._full, error))

    def _next_batch(self) -> tuple[list[Blob], list[Line], bool]:
        """Wait for one item, linger unless somebody waits, take what else is there, up to a bound."""
        blobs: list[Blob] = []
        lines: list[Line] = []
        item = self._queue.get()
        # Taken before the queue is emptied: who frees it from here on has put before, and is served below.
        self._patience.acquire(timeout=LINGER_S)
        taken = 0
        while item is not None:
            taken += len(item.data)
            if isinstance(item, Line):
                lines.append(item)
            else:
                blobs.append(item)
            if taken >= BATCH_BYTES:
                self.hurry()  # somebody may wait for what is left
                return blobs, lines, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return blobs, lines, True
        return blobs, lines, False

    def _commit(self, blobs: list[Blob], lines: list[Line]) -> None:
        if blobs:
            self._lease.check()
            write_all_durably(blobs, on_full=self._make_room)
        if not lines:
            return
        # No look at the epoch before the write: bytes of a runner that was taken over reach a file without
        # readers. The look that counts is the one between the sync and the confirmation.
        self._roll_if_due(lines[0].mono_ns)
        data = b"".join([line.data for line in lines])
        write_all(self._fd, data, self._make_room)
        if os.fstat(self._fd).st_size != self._size + len(data):
            # Fewer bytes than the system said it took, or a writer that should not be.
            raise OSError(errno.EIO, "the segment has not grown by what was written")
        os.fdatasync(self._fd)
        self._lease.check()
        self._size += len(data)
        self._events = lines[-1].seq + 1
        self._lease.publish(Mark(self._segment, self._size, self._events))

    def _roll_if_due(self, mono_ns: int) -> None:
        """Start the next segment. The old one is synced: nothing of it is pending here."""
        if self._size < SEGMENT_BYTES and (not self._size or mono_ns - self._opened_ns < SEGMENT_NS):
            return
        self._lease.check()
        path = self._folder.segment(self._segment + 1)
        if path.exists():
            # Only a runner of an older epoch, woken in the middle of this very step, can have made it.
            path.rename(path.with_name(f"{path.name}.aside-{self._lease.epoch}"))
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        os.close(self._fd)
        self._fd = fd
        sync_folder(path.parent)
        self._segment, self._size, self._opened_ns = self._segment + 1, 0, mono_ns
        # Durable at once: readers never go past the marked segment, so a mark that a crash set back must not
        # point before it.
        self._lease.publish(Mark(self._segment, 0, self._events))
        self._lease.sync()

    def _make_room(self) -> bool:
        """The disk is full: give the reserve back, once."""
        self._full = True
        return self._reserve.free()
