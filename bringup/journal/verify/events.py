"""Reads all lines, checks their form and order, and collects what they claim of other files."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bringup.journal.verify.merkle import Leaves
from bringup.journal.verify.report import Report

READ_BYTES = 1024 * 1024
LARGEST_LINE_BYTES = 64 * 1024 * 1024
# Events that may begin an epoch, and so may stand behind RunClosed, or before RunStarted where the first
# runner died before it wrote anything.
OPENING = frozenset({"Recovered", "TakenOver", "ClockJumped"})


class Unreadable(Exception):
    """A file that should be plain is not there, or is something else."""


def open_plain(path: Path) -> int:
    """A file descriptor of a regular file; never follows a link, never hangs on a pipe.

    Raises:
        Unreadable: what stands there is none.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise Unreadable("it is missing") from error
    except OSError as error:
        raise Unreadable(f"it can't be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise Unreadable("it is no plain file")
    return fd


def read_plain(path: Path, largest: int) -> bytes:
    """
    Raises:
        Unreadable: no regular file, or larger than `largest` bytes.
    """
    with os.fdopen(open_plain(path), "rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Unreadable(f"it is larger than {largest} bytes")
    return data


class Head(msgspec.Struct, gc=False):
    """What every line has. Lines that claim nothing of other files are read no further."""

    seq: int
    epoch: int
    kind: str
    at: str
    boot: str
    mono_ns: int


class Claim(msgspec.Struct):
    """An event that speaks of files, signatures or tree heads, decoded whole."""

    seq: int
    kind: str
    body: dict[str, Any]


# Lines that name a digest, a signature or a signed text are read whole too, whatever their kind.
CLAIMING = frozenset({"RunStarted", "PlanFixed", "Checkpointed", "Recovered", "TakenOver", "ClockJumped"})


class EventsReader:
    """One pass over the journal. Afterwards `leaves` has the tree; claims went to `claims` as they came."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder / "journal"
        self._report = report
        self.leaves = Leaves()
        self.last: Head | None = None
        self.times: dict[int, str] = {}

    def claims(self, wanted_times: frozenset[int]) -> Iterator[Claim]:
        """Read everything; stops at the first line that is none.

        For each size in `wanted_times`, `times[size]` is when the event before it was written.
        """
        numbers = self._numbers()
        for number in numbers:
            going = True
            for lines, whole in self._chunks(number, last=number == numbers[-1]):
                good, claims = self._heads(lines, f"{number:08d}.jsonl", wanted_times)
                self.leaves.add(lines[:good])
                yield from claims
                going = whole and good == len(lines)
                if not going:
                    break
            if not going:
                return

    def _numbers(self) -> list[int]:
        try:
            names = sorted(path.name for path in self._folder.iterdir())
        except OSError:
            names = []
        numbers = [int(name[:8]) for name in names if re.fullmatch(r"\d{8}\.jsonl", name)]
        if numbers != list(range(1, len(numbers) + 1)):
            self._report.contradicts("segment-missing", "journal", f"its segments are {numbers[:20]}")
            numbers = [number for index, number in enumerate(numbers, 1) if number == index]
        if not numbers:
            # Nothing began, or all of it was taken away: then the checkpoints contradict.
            self._report.lacks("no-events", "journal", "there is no journal")
        return numbers

    def _chunks(self, number: int, *, last: bool) -> Iterator[tuple[list[bytes], bool]]:
        """Complete lines, about a megabyte at a time; False with the last where something torn follows."""
        name = f"{number:08d}.jsonl"
        try:
            fd = open_plain(self._folder / name)
        except Unreadable as error:
            self._report.contradicts("segment-unreadable", name, str(error))
            yield [], False
            return
        rest = b""
        with os.fdopen(fd, "rb", buffering=0) as file:
            while chunk := file.read(READ_BYTES):
                data = rest + chunk
                end = data.rfind(b"\n")
                rest = data[end + 1 :]
                if end >= 0:
                    yield data[:end].split(b"\n"), True
                if len(rest) > LARGEST_LINE_BYTES:
                    break
        if rest:
            self._torn(name, len(rest), last)
            yield [], False

    def _torn(self, name: str, size: int, last: bool) -> None:
        where = f"{name} after event {self.leaves.count - 1}"
        if last:
            self._report.lacks(
                "torn-line", where, f"{size} bytes of an incomplete line; `resume` sets them aside"
            )
        else:
            self._report.contradicts("torn-line", where, "an incomplete line, and another segment follows")

    def _heads(self, lines: list[bytes], name: str, wanted_times: frozenset[int]) -> tuple[int, list[Claim]]:
        """How many of the lines are events in order, and what claims they make."""
        decode = _DECODE_HEAD
        claims: list[Claim] = []
        seq = self.leaves.count
        last = self.last
        epoch, closed = (last.epoch, last.kind == "RunClosed") if last is not None else (0, False)
        for good, line in enumerate(lines):
            try:
                head = decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                self._report.contradicts("not-an-event", f"{name} event {seq}", str(error))
                return good, claims
            if head.seq != seq:
                text = f"seq {head.seq} stands where {seq} belongs"
                self._report.contradicts("out-of-order", f"{name} event {seq}", text)
                return good, claims
            if head.epoch != epoch or closed:
                self._check_turn(head, epoch, closed, name)
                epoch = head.epoch
            closed = head.kind == "RunClosed"
            if head.kind in CLAIMING or b'"sha256":' in line or b'"sign' in line:
                claims.append(Claim(seq, head.kind, msgspec.json.decode(line)))
            seq += 1
            if seq in wanted_times:
                self.times[seq] = head.at
            self.last = head
        return len(lines), claims

    def _check_turn(self, head: Head, epoch: int, closed: bool, name: str) -> None:
        """A new epoch rises, and says so; behind RunClosed only such a one goes on."""
        where = f"{name} event {head.seq}"
        if head.epoch < epoch:
            self._report.contradicts("epoch-falls", where, f"epoch {head.epoch} after {epoch}")
        elif closed and head.epoch == epoch:
            self._report.contradicts("after-closed", where, f"{head.kind} stands behind RunClosed")
        elif epoch and head.kind not in OPENING:
            self._report.contradicts("epoch-silent", where, f"epoch {head.epoch} begins with {head.kind}")


_DECODE_HEAD = msgspec.json.Decoder(Head).decode
