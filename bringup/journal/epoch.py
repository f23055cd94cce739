"""The files `epoch/N`: who runs an epoch, and the mark that tells readers how far the disk has got.

`epoch/N` belongs to the runner of epoch N alone. It is made with O_EXCL, locked by its runner for as long as
that lives, and holds two fixed-size records: who that is, and the *durable mark* (live segment, its durable
size, number of durable events), overwritten in place after each sync.

Why the mark lies in the epoch's own file: a runner that was frozen, taken over and woken can only ever
overwrite the mark of its own, older epoch, which nobody reads any more. Why overwriting it needs no sync: it
is raised only after the data was synced, so whatever version of it survives a crash is a lower bound of what
is there.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path

import msgspec

HOLDER_BYTES = 512
MARK_BYTES = 52
_MARK = re.compile(rb"([0-9a-f]{8}) (\d{8}) (\d{16}) (\d{16})\n")


class Mark(msgspec.Struct, frozen=True):
    """What is durable: `events` in all, the last of them in segment `segment`, whose first `size` bytes
    count.
    """

    segment: int
    size: int
    events: int

    def encode(self) -> bytes:
        body = f"{self.segment:08d} {self.size:016d} {self.events:016d}".encode()
        return b"%08x %b\n" % (zlib.crc32(body), body)


class Holder(msgspec.Struct, frozen=True):
    """Who runs, or ran, an epoch; `since` in UTC."""

    host: str
    pid: int
    since: str
    boot: str
    epoch: int

    def __str__(self) -> str:
        return f"host {self.host}, pid {self.pid}, since {self.since}"


class EpochFile(msgspec.Struct, frozen=True):
    """What `epoch/N` says."""

    holder: Holder
    mark: Mark


def highest_epoch(folder: Path) -> int:
    """The newest epoch's number, 0 where there is none."""
    return max(_numbers(folder), default=0)


def _numbers(folder: Path) -> set[int]:
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return set()
    return {int(name) for name in names if name.isascii() and name.isdigit()}


def read_epoch(path: Path) -> EpochFile | None:
    """None where the file is not there, or its maker died, or has not yet come, before the end of its first
    write.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        # A mark may be read while it is overwritten: its checksum tells, and the next look is whole.
        for _ in range(5):
            raw = os.pread(fd, HOLDER_BYTES + MARK_BYTES, 0)
            found = _parse_epoch(raw)
            if found is not None or len(raw) < HOLDER_BYTES + MARK_BYTES:
                return found
        return None
    except OSError:
        return None
    finally:
        os.close(fd)


def _parse_epoch(raw: bytes) -> EpochFile | None:
    match = _MARK.fullmatch(raw[HOLDER_BYTES:])
    if match is None or int(match[1], 16) != zlib.crc32(match[0][9:-1]):
        return None
    try:
        holder = msgspec.json.decode(raw[:HOLDER_BYTES], type=Holder)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return EpochFile(holder, Mark(int(match[2]), int(match[3]), int(match[4])))


def latest_epoch(folder: Path) -> tuple[int, EpochFile | None]:
    """The newest epoch with a readable file. One without was never used: its maker died while making it."""
    # Those that are there, and not all below the highest: a stray file may be called 99999999999999999999.
    for epoch in sorted(_numbers(folder) - {0}, reverse=True):
        found = read_epoch(folder / str(epoch))
        if found is not None:
            return epoch, found
    return 0, None


class MarkReader:
    """The newest epoch's file again and again, for readers that look often: two system calls when nothing
    changed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fd = -1
        self._next = ""
        self._known: EpochFile | None = None

    def read(self) -> EpochFile | None:
        if self._known is None or os.access(self._next, os.F_OK):
            return self._find()
        match = _MARK.fullmatch(os.pread(self._fd, MARK_BYTES, HOLDER_BYTES))
        if match is None or int(match[1], 16) != zlib.crc32(match[0][9:-1]):
            return self._find()
        return EpochFile(self._known.holder, Mark(int(match[2]), int(match[3]), int(match[4])))

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self._known = None

    def _find(self) -> EpochFile | None:
        self.close()
        epoch, found = latest_epoch(self._folder)
        if found is not None and epoch == highest_epoch(self._folder):
            self._fd = os.open(self._folder / str(epoch), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            self._next = os.fspath(self._folder / str(epoch + 1))
            self._known = found
        return found
