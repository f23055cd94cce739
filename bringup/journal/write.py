"""The journal's writer: events in, seq out, nothing told before it is durable.

All methods belong to one event loop. Bytes reach the disk in a thread of their own
(`bringup.journal.writer`).
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import os
from collections import deque
from typing import Any

import msgspec

from bringup.journal.checkpoint import checkpoint_text, keep_checkpoint
from bringup.journal.clock import Clock, Stamper, SystemClock, boot_id, utc_text
from bringup.journal.disk import free_bytes
from bringup.journal.encode import to_fields, to_line
from bringup.journal.error import DiskFull, JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.opening import (
    CLOCK_JUMP_NS,
    Opened,
    as_journal_error,
    first_event,
    jump_since,
    open_folder,
)
from bringup.journal.record import Checkpointed, ClockJumped
from bringup.journal.recover import Head
from bringup.journal.redact import Redactor
from bringup.journal.sign import Signer, fingerprint
from bringup.journal.tree import Tree
from bringup.journal.waiters import Waiters
from bringup.journal.writer import Blob, Line, Outcome, Writer

# What may be accepted and not yet durable; more waits. Bounds memory, and what a crash can take.
LARGEST_BACKLOG_BYTES = 4 * 1024 * 1024
# Preparing (redact, hash, compress) more than this would hold up the event loop.
INLINE_BLOB_BYTES = 16 * 1024


class Kept(msgspec.Struct, frozen=True):
    """Evidence in `blobs/`: SHA-256 and size of the bytes as stored, that is after redaction, before gzip."""

    sha256: str
    size: int
    media_type: str = "application/octet-stream"


class Journal:
    """One run's record, open for writing. Make it with `create` or `reopen`, end it with `close`."""

    def __init__(
        self,
        folder: RunFolder,
        opened: Opened,
        *,
        signer: Signer,
        redactor: Redactor | None,
        clock: Clock,
    ) -> None:
        held, found, reserve = opened
        self.folder = folder
        self.epoch = held.lease.epoch
        self.durable = found.tree.size
        self.full = False
        self._lease, self._reserve, self._signer, self._clock = held.lease, reserve, signer, clock
        self._redactor = redactor if redactor else None
        self._tree: Tree = found.tree
        self._last: Head | None = found.last
        self._last_wall_ns, self._last_mono_ns = clock.wall_ns(), clock.mono_ns()
        self._stamper = Stamper()
        self._boot = boot_id()
        self._origin = f"bringup/{folder.run_id}"
        self._loop = asyncio.get_running_loop()
        self._backlog = 0
        self._largest_backlog = min(LARGEST_BACKLOG_BYTES, max(4096, reserve.size_bytes // 2))
        self._waiters = Waiters()
        self._error: JournalError | None = None
        self._winding_up = False
        self._closed = False
        self._known_blobs: set[str] = set()
        self._checkpointing = asyncio.Lock()
        self._outcomes: deque[Outcome] = deque()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._loop.add_reader(self._bell, self._hear)
        self._writer = Writer(
            folder,
            held.lease,
            reserve,
            self._report,
            segment=found.segment,
            size=found.size,
            events=found.tree.size,
            mono_ns=self._last_mono_ns,
        )

    @classmethod
    async def create(
        cls,
        folder: RunFolder,
        *,
        signer: Signer,
        redactor: Redactor | None = None,
        clock: Clock | None = None,
    ) -> Journal:
        """Start the journal of a new run: lock, epoch 1, an empty first segment.

        Raises:
            Held: somebody has already.
            JournalError: no working locks, no room, or the disk says no.
        """
        clock = clock or SystemClock()
        opened = await asyncio.to_thread(
            open_folder, folder, utc_text(clock.wall_ns()), take_over=False, new=True
        )
        return cls(folder, opened, signer=signer, redactor=redactor, clock=clock)

    @classmethod
    async def reopen(
        cls,
        folder: RunFolder,
        *,
        signer: Signer,
        redactor: Redactor | None = None,
        take_over: bool = False,
        clock: Clock | None = None,
    ) -> Journal:
        """Go on with a run: recovery, the next epoch, `Recovered` or `TakenOver` as its first event, durable.

        Raises:
            Held: another runner lives; only `take_over` raises the epoch over it.
            JournalError: the record contradicts itself, no working locks, no room, or the disk says no.
        """
        clock = clock or SystemClock()
        opened = await asyncio.to_thread(
            open_folder, folder, utc_text(clock.wall_ns()), take_over=take_over, new=False
        )
        journal = cls(folder, opened, signer=signer, redactor=redactor, clock=clock)
        # A disk that is still full must not keep the end of the record from being written.
        journal._winding_up = opened.reserve.size_bytes == 0
        await journal.append(first_event(opened))
        journal.full = opened.reserve.size_bytes == 0
        journal._winding_up = False
        return journal

    async def offer(self, event: msgspec.Struct) -> int:
        """Accept an event: ordered, durable before the next `append` returns. Waits only where the backlog is
        full.

        Returns its seq.

        Raises:
            EventRefused: this event has no honest form; the journal is untouched.
            JournalError: stop now (full, poisoned, fenced, closed).
        """
        self._check_open()
        if self._backlog > self._largest_backlog:
            await self._wait_for_room()
        return self._put(event)

    async def append(self, event: msgspec.Struct, *, patient: bool = False) -> int:
        """Accept an event and return its seq when it, and all before it, are durable.

        With `patient` it may linger a moment for others to share the sync: where nobody waits but for it. A
        cancelled `append` is still written. Raises as `offer`; after an error nobody knows whether it was
        written.
        """
        self._check_open()
        if self._backlog > self._largest_backlog:
            await self._wait_for_room()
        seq = self._put(event)
        if not patient:
            self._writer.hurry()
        await self._waiters.durable(seq)
        return seq

    async def keep(self, data: bytes, *, media_type: str = "application/octet-stream") -> Kept:
        """Keep evidence. Redacted, then hashed, compressed; durable before the next `append` returns.

        Raises as `offer`.
        """
        self._check_open()
        if self._backlog > self._largest_backlog:
            await self._wait_for_room()
        if len(data) <= INLINE_BLOB_BYTES:
            digest, size, packed = _prepare(data, self._redactor)
        else:
            digest, size, packed = await asyncio.to_thread(_prepare, data, self._redactor)
            self._check_open()
        if digest not in self._known_blobs:
            if free_bytes(self.folder.path) < len(packed) + self._largest_backlog // 8:
                # Better no evidence than a reserve eaten by it.
                self.full = True
                self._check_open()
            self._known_blobs.add(digest)
            self._backlog += len(packed)
            self._writer.put(Blob(self.folder.blob(digest), packed))
        return Kept(digest, size, media_type)

    async def checkpoint(self) -> Checkpointed:
        """Sign the tree over all events so far, keep it in `checkpoints/`, and record it with an event.

        Raises as `offer`; also JournalError where the key can't sign.
        """
        async with self._checkpointing:
            event = await self._write_checkpoint()
            await self.append(event)
        return event

    async def close(self, event: msgspec.Struct | None = None) -> None:
        """End: `event` (RunClosed) as the last line, a last checkpoint without an event of its own, the lock
        free.

        Closing again does nothing. The lock is freed even where this raises.
        """
        if self._closed:
            return
        try:
            if self._error is None and not self._lease.fenced():
                self._winding_up = True
                if event is not None:
                    await self.append(event)
                async with self._checkpointing:
                    await self._write_checkpoint()
            elif event is not None:
                self._check_open()
                self.assert_epoch()
        finally:
            await self._end()

    def wind_up(self) -> None:
        """After `DiskFull`: from now on events are taken again, into the space that was held back. Small and
        few.
        """
        self._winding_up = True

    def assert_epoch(self) -> None:
        """Whether this runner may still act. Call it before each action.

        Raises:
            Fenced: the run was taken over.
            JournalError: the disk is full, or the journal is poisoned or closed.
        """
        if self._error is not None:
            raise self._error
        self._lease.check()
        self._check_open()

    async def wait_durable(self, seq: int) -> None:
        """Return once the event `seq` is durable; readers in this process wake on it.

        Raises:
            JournalError: it never will be.
        """
        if seq < self.durable:
            return
        if self._error is not None:
            raise self._error
        if self._closed:
            raise JournalError(f"the journal of {self.folder.path} is closed")
        await self._waiters.durable(seq)

    def head(self) -> tuple[int, str]:
        """Size and base64 root of the tree over all events so far: what an approval is signed over."""
        return self._tree.size, base64.b64encode(self._tree.root()).decode("ascii")

    def _check_open(self) -> None:
        if self._error is not None:
            raise self._error
        if self._closed:
            raise JournalError(f"the journal of {self.folder.path} is closed")
        if self.full and not self._winding_up:
            raise DiskFull(
                f"the disk that holds {self.folder.path} is full ({free_bytes(self.folder.path)} bytes free)",
                "free some space, then `bringup resume`; what was recorded until now is kept",
            )

    def _put(self, event: msgspec.Struct) -> int:
        """Stamp and hand over, without an await between: order of seq is order of bytes."""
        fields = to_fields(event)
        wall_ns, mono_ns = self._clock.wall_ns(), self._clock.mono_ns()
        self._note_clock(wall_ns, mono_ns)
        return self._stamp(fields, wall_ns, mono_ns)

    def _stamp(self, fields: dict[str, Any], wall_ns: int, mono_ns: int) -> int:
        seq = self._tree.size
        fields["seq"] = seq
        fields["epoch"] = self.epoch
        fields["at"] = self._stamper.text(wall_ns)
        fields["mono_ns"] = mono_ns
        fields["boot"] = self._boot
        line = to_line(fields)
        if self._redactor is not None and self._redactor.touches(line):
            line = to_line(self._redactor.fields(fields))
        data = line + b"\n"
        self._backlog += len(data)
        self._writer.put(Line(seq, data, mono_ns))
        self._tree.add(line)
        return seq

    def _note_clock(self, wall_ns: int, mono_ns: int) -> None:
        """Write `ClockJumped` before the event that shows it."""
        jump_ns = (wall_ns - self._last_wall_ns) - (mono_ns - self._last_mono_ns)
        self._last_wall_ns, self._last_mono_ns = wall_ns, mono_ns
        event: ClockJumped | None = None
        if self._last is not None:
            event = jump_since(self._last, wall_ns, mono_ns, self._boot)
            self._last = None
        if event is None and abs(jump_ns) >= CLOCK_JUMP_NS:
            event = ClockJumped(by_s=round(jump_ns / 1e9, 6))
        if event is not None:
            self._stamp(to_fields(event), wall_ns, mono_ns)

    async def _write_checkpoint(self) -> Checkpointed:
        size, root = self.head()
        if not size:
            raise JournalError("an empty journal has nothing to sign")
        self._writer.hurry()
        await self.wait_durable(size - 1)
        self._lease.check()
        text = checkpoint_text(self._origin, size, root)
        await asyncio.to_thread(keep_checkpoint, self.folder, self._signer, size, text, self._make_room)
        key = fingerprint(self._signer.public_key)
        return Checkpointed(size=size, root=root, file=f"checkpoints/{size}.txt", signer=key)

    async def _wait_for_room(self) -> None:
        while self._backlog > self._largest_backlog:
            self._writer.hurry()
            await self._waiters.room()
            self._check_open()

    def _make_room(self) -> bool:
        """The disk is full: give the reserve back, once. From any thread."""
        self.full = True
        return self._reserve.free()

    def _report(self, outcome: Outcome) -> None:
        """From the writer's thread. An eventfd wakes the loop with half the work of call_soon_threadsafe."""
        self._outcomes.append(outcome)
        os.eventfd_write(self._bell, 1)

    def _hear(self) -> None:
        """In the loop: the bell rang."""
        try:
            os.eventfd_read(self._bell)
        except BlockingIOError:
            return
        while self._outcomes:
            self._settle(self._outcomes.popleft())

    def _settle(self, outcome: Outcome) -> None:
        """Wake whoever waited for what is now durable, or tell all that nothing more will be."""
        self._backlog -= outcome.taken_bytes
        self.durable = outcome.events
        self.full = self.full or outcome.full
        if outcome.error is not None and self._error is None:
            self._error = as_journal_error(outcome.error, self.folder)
        if self._error is not None:
            self._waiters.fail(self._error)
            return
        self._waiters.settle(self.durable)
        if self._backlog <= self._largest_backlog:
            self._waiters.make_room()

    async def _end(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._writer.stop)
        self._hear()
        self._loop.remove_reader(self._bell)
        os.close(self._bell)
        if self._error is None:
            self._reserve.free()
        self._lease.release()
        self._waiters.fail(JournalError(f"the journal of {self.folder.path} is closed"))


def _prepare(data: bytes, redactor: Redactor | None) -> tuple[str, int, bytes]:
    clean = redactor.data(data) if redactor is not None else data
    return hashlib.sha256(clean).hexdigest(), len(clean), gzip.compress(clean, 6, mtime=0)
