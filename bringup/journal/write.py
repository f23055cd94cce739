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
import platform
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec

from bringup.journal.clock import Clock, Stamper, SystemClock, boot_id, utc_text
from bringup.journal.disk import FULL, Reserve, free_bytes, write_durably
from bringup.journal.encode import to_fields, to_line
from bringup.journal.error import DiskFull, Fenced, JournalError, Poisoned
from bringup.journal.folder import RunFolder
from bringup.journal.lease import Claim, Mark, claim
from bringup.journal.machine import enrol, signers_line
from bringup.journal.record import Checkpointed, ClockJumped, Recovered, TakenOver
from bringup.journal.recover import Found, Head, recover
from bringup.journal.redact import Redactor
from bringup.journal.sign import CHECKPOINT, Signer, fingerprint
from bringup.journal.tree import Tree
from bringup.journal.writer import Blob, Line, Outcome, Writer

# What may be accepted and not yet durable; more waits. Bounds memory, and what a crash can take.
LARGEST_BACKLOG_BYTES = 4 * 1024 * 1024
# Network time slews slower than this between two events; a larger step is told.
CLOCK_JUMP_NS = 1_000_000_000
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
        lease_and_found: tuple[Claim, Found, Reserve],
        *,
        signer: Signer,
        redactor: Redactor | None,
        clock: Clock,
    ) -> None:
        held, found, reserve = lease_and_found
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
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._space: deque[asyncio.Future[None]] = deque()
        self._error: JournalError | None = None
        self._winding_up = False
        self._closed = False
        self._known_blobs: set[str] = set()
        self._checkpointing = asyncio.Lock()
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
        opened = await asyncio.to_thread(_open, folder, utc_text(clock.wall_ns()), take_over=False, new=True)
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
            _open, folder, utc_text(clock.wall_ns()), take_over=take_over, new=False
        )
        journal = cls(folder, opened, signer=signer, redactor=redactor, clock=clock)
        # A disk that is still full must not keep the end of the record from being written.
        journal._winding_up = opened[2].size_bytes == 0
        await journal.append(_first_event(opened[0], opened[1]))
        journal.full = opened[2].size_bytes == 0
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
        while self._backlog > self._largest_backlog:
            await self._wait_for_space()
        return self._put(event)

    async def append(self, event: msgspec.Struct) -> int:
        """Accept an event and return its seq when it, and all before it, are durable.

        A cancelled `append` is still written. Raises as `offer`; after an error nobody knows whether it was
        written.
        """
        seq = await self.offer(event)
        await self.wait_durable(seq)
        return seq

    async def keep(self, data: bytes, *, media_type: str = "application/octet-stream") -> Kept:
        """Keep evidence. Redacted, then hashed, compressed; durable before the next `append` returns.

        Raises as `offer`.
        """
        self._check_open()
        while self._backlog > self._largest_backlog:
            await self._wait_for_space()
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
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((seq, future))
        await future

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
        self._check_open()
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
            event = _jump_since(self._last, wall_ns, mono_ns, self._boot)
            self._last = None
        if event is None and abs(jump_ns) >= CLOCK_JUMP_NS:
            event = ClockJumped(by_s=round(jump_ns / 1e9, 6))
        if event is not None:
            self._stamp(to_fields(event), wall_ns, mono_ns)

    async def _write_checkpoint(self) -> Checkpointed:
        size, root = self.head()
        if not size:
            raise JournalError("an empty journal has nothing to sign")
        await self.wait_durable(size - 1)
        text = f"{self._origin}\n{size}\n{root}\n".encode()
        await asyncio.to_thread(self._sign, size, text)
        key = fingerprint(self._signer.public_key)
        return Checkpointed(size=size, root=root, file=f"checkpoints/{size}.txt", signer=key)

    def _sign(self, size: int, text: bytes) -> None:
        """The signature first: a text that stands there is complete. Runs in a thread."""
        self._lease.check()
        path = self.folder.checkpoints / f"{size}.txt"
        try:
            signature = self._signer.sign(text, CHECKPOINT)
            write_durably(path.with_suffix(".sig"), signature, on_full=self._reserve.free)
            write_durably(path, text, on_full=self._reserve.free)
            if not self.folder.signers.exists():
                enrol(self.folder.signers, signers_line(self._signer, CHECKPOINT))
        except OSError as error:
            raise JournalError(f"the checkpoint {path.name} can't be written: {error.strerror}") from error

    async def _wait_for_space(self) -> None:
        future: asyncio.Future[None] = self._loop.create_future()
        self._space.append(future)
        await future
        self._check_open()

    def _report(self, outcome: Outcome) -> None:
        """From the writer's thread."""
        try:
            self._loop.call_soon_threadsafe(self._settle, outcome)
        except RuntimeError:
            # The loop is gone: the process ends, and nobody waits.
            return

    def _settle(self, outcome: Outcome) -> None:
        """Wake whoever waited for what is now durable, or tell all that nothing more will be."""
        self._backlog -= outcome.taken_bytes
        self.durable = outcome.events
        self.full = self.full or outcome.full
        waiting = self._waiting
        if outcome.error is not None and self._error is None:
            self._error = _as_journal_error(outcome.error, self.folder)
        if self._error is not None:
            self._fail_all(self._error)
            return
        if waiting and waiting[0][0] < self.durable and waiting[-1][0] < self.durable:
            done, self._waiting = waiting, deque()
        else:
            done = deque(entry for entry in waiting if entry[0] < self.durable)
            self._waiting = deque(entry for entry in waiting if entry[0] >= self.durable)
        for _, future in done:
            if not future.done():
                future.set_result(None)
        while self._space and self._backlog <= self._largest_backlog:
            future = self._space.popleft()
            if not future.done():
                future.set_result(None)
                break

    def _fail_all(self, error: JournalError) -> None:
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(error)
        for future in self._space:
            if not future.done():
                future.set_exception(error)
        self._waiting.clear()
        self._space.clear()

    async def _end(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._writer.stop)
        if self._error is None:
            self._reserve.free()
        self._lease.release()
        self._fail_all(JournalError(f"the journal of {self.folder.path} is closed"))


def _open(folder: RunFolder, since: str, *, take_over: bool, new: bool) -> tuple[Claim, Found, Reserve]:
    """Everything before the first event; in a thread."""
    reserve = Reserve(folder.journal / "reserve")
    try:
        for place in (folder.plan, folder.journal, folder.blobs, folder.checkpoints):
            place.mkdir(parents=True, exist_ok=True)
        if new and folder.segments():
            raise JournalError(f"{folder.path} holds a journal already", "`bringup resume` goes on with it")
        host = platform.node() or "unknown"
        held = claim(folder.epoch, host=host, since=since, take_over=take_over, on_full=reserve.free)
    except OSError as error:
        raise _as_journal_error(error, folder) from error
    try:
        reserve.free()
        found = recover(folder, held, take_over)
        if not reserve.claim() and new:
            raise DiskFull(
                f"there is no room for a record in {folder.path}", "name another place: --runs DIR"
            )
        held.lease.publish(Mark(found.segment, found.size, found.tree.size))
        held.lease.sync()
    except BaseException as error:
        held.lease.release()
        if isinstance(error, OSError):
            raise _as_journal_error(error, folder) from error
        raise
    return held, found, reserve


def _first_event(held: Claim, found: Found) -> msgspec.Struct:
    holder = str(held.previous.holder) if held.previous is not None else "unknown"
    common: Mapping[str, Any] = {
        "previous_epoch": held.previous_epoch,
        "holder": holder,
        "torn_file": found.torn_file,
        "torn_bytes": found.torn_bytes,
        "torn_sha256": found.torn_sha256,
        "earlier_torn": found.earlier_torn,
        "lost_events": found.lost_events,
    }
    if held.over_living:
        return TakenOver(set_aside=found.set_aside, **common)
    closed = found.last is not None and found.last.kind == "RunClosed"
    return Recovered(closed_before=closed, **common)


def _jump_since(last: Head, wall_ns: int, mono_ns: int, boot: str) -> ClockJumped | None:
    """Whether the clock moved between the last event of an earlier runner and now."""
    import datetime

    try:
        then = datetime.datetime.fromisoformat(last.at)
    except ValueError:
        return None
    then_ns = int(then.timestamp()) * 1_000_000_000 + then.microsecond * 1000
    if last.boot == boot:
        jump_ns = (wall_ns - then_ns) - (mono_ns - last.mono_ns)
        return ClockJumped(by_s=round(jump_ns / 1e9, 6)) if abs(jump_ns) >= CLOCK_JUMP_NS else None
    if wall_ns < then_ns - CLOCK_JUMP_NS:
        return ClockJumped(by_s=round((wall_ns - then_ns) / 1e9, 6), across_boots=True)
    return None


def _prepare(data: bytes, redactor: Redactor | None) -> tuple[str, int, bytes]:
    clean = redactor.data(data) if redactor is not None else data
    return hashlib.sha256(clean).hexdigest(), len(clean), gzip.compress(clean, 6, mtime=0)


def _as_journal_error(error: BaseException, folder: RunFolder) -> JournalError:
    if isinstance(error, (Fenced, JournalError)):
        return error
    if isinstance(error, OSError) and error.errno in FULL:
        return DiskFull(
            f"the disk that holds {folder.path} is full and the reserve is used up",
            "free some space, then `bringup resume`; what was confirmed until now is kept",
        )
    what = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else repr(error)
    return Poisoned(
        f"the record in {folder.path} can't be written: {what}",
        "stop; check the disk; then `bringup resume` recovers what reached it",
    )
