"""Writing so that it is really there: loops over short writes, syncs of files and of their directories.

What a crash does here: a file made by `write_durably` is either whole under its name or not there at all; the
temporary name left behind is ignored by every reader.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
LARGEST_RESERVE_BYTES = 8 * 1024 * 1024
SMALLEST_RESERVE_BYTES = 16 * 1024
OPEN_AT_ONCE = 32
"""Files that are open at the same time while many are written."""


def write_all(fd: int, data: bytes, on_full: Callable[[], bool]) -> None:
    """Write every byte at the file's end, however short the single writes are.

    `on_full` is called when the disk is full; True means that it made room and the rest is worth another try.

    Raises:
        OSError: as the system said; any part of `data` may have been written.
    """
    view = memoryview(data)
    while view:
        try:
            written = os.write(fd, view)
        except OSError as error:
            if error.errno in FULL and on_full():
                continue
            raise
        if written == 0:
            # Not promised to be an error, but a loop on it would never end.
            raise OSError(errno.EIO, "a write took no bytes")
        view = view[written:]


def sync_folder(path: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_durably(path: Path, data: bytes, *, on_full: Callable[[], bool] = lambda: False) -> None:
    """The whole file under its name, durable with its directory entry; a crash leaves the old one or none.

    Raises:
        OSError: as the system said; nothing stands under the name that did not before.
    """
    _place([(path, data)], on_full)
    sync_folder(path.parent)


def write_all_durably(
    files: Sequence[tuple[Path, bytes]], *, on_full: Callable[[], bool] = lambda: False
) -> None:
    """As `write_durably`, for many different paths; folders that are missing are made, each synced once.

    Raises:
        OSError: as the system said; some of the files may stand, each whole.
    """
    changed: set[Path] = set()
    for begin in range(0, len(files), OPEN_AT_ONCE):
        some = files[begin : begin + OPEN_AT_ONCE]
        for folder in {path.parent for path, _ in some} - changed:
            changed.update((*_make_missing(folder), folder))
        _place(some, on_full)
    for folder in changed:
        sync_folder(folder)


def _place(files: Sequence[tuple[Path, bytes]], on_full: Callable[[], bool]) -> None:
    """The files whole and synced under their names; the names are not durable yet.

    All are on their way to the disk before the first is synced: its sync then does much of the others' work.
    """
    begun: list[tuple[int, str, Path]] = []
    try:
        try:
            for path, data in files:
                temporary = f"{path.parent}/.{path.name}.{os.getpid()}.part"
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                begun.append((os.open(temporary, flags, 0o644), temporary, path))
                write_all(begun[-1][0], data, on_full)
            if len(begun) > 1:
                for fd, _, _ in begun:
                    # Starts the writing and waits for nothing.
                    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            for fd, _, _ in begun:
                os.fsync(fd)
        finally:
            for fd, _, _ in begun:
                os.close(fd)
        for _, temporary, path in begun:
            os.rename(temporary, path)  # noqa: PTH104 (a Path would cost more than the call)
    except OSError:
        for _, temporary, _ in begun:
            Path(temporary).unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """The directory and its parents, durable; no error where it stands already."""
    for changed in _make_missing(path):
        sync_folder(changed)


def _make_missing(path: Path) -> list[Path]:
    """Make the directory and its parents; returns those that have a new name in them, the outermost first."""
    try:
        os.mkdir(path)  # noqa: PTH102 (most often it is just this one that is missing: one system call)
    except FileExistsError:
        if not path.is_dir():
            raise
        return []
    except FileNotFoundError:
        outer = _make_missing(path.parent)
        return [*outer, *_make_missing(path)]
    return [path.parent]


class Reserve:
    """A file that holds space back, so that a full disk still takes the end of the record."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size_bytes = 0

    def claim(self) -> bool:
        """Allocate an eighth of what is free, at most 8 MiB, at least 16 KiB. False: not even that is free.

        The blocks are allocated, not only promised: a sparse file would hold nothing back.
        """
        self._path.unlink(missing_ok=True)
        room = os.statvfs(self._path.parent)
        wanted = min(LARGEST_RESERVE_BYTES, max(SMALLEST_RESERVE_BYTES, room.f_bavail * room.f_frsize // 8))
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            os.posix_fallocate(fd, 0, wanted)
            os.fsync(fd)
            self.size_bytes = wanted
        except OSError as error:
            self.free()
            if error.errno not in FULL:
                raise
        finally:
            os.close(fd)
        return self.size_bytes > 0

    def free(self) -> bool:
        """Give the space back; False where there is none to give. Safe to call from any thread."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True


def free_bytes(path: Path) -> int:
    """What an ordinary user may still write on the file system of `path`."""
    room = os.statvfs(path)
    return room.f_bavail * room.f_frsize
