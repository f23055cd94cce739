"""Who may write: one lock and one epoch at a time. `epoch/N` is made with O_EXCL and locked by its runner."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from bringup.journal.clock import boot_id
from bringup.journal.disk import make_folder, sync_folder, write_all
from bringup.journal.epoch import (
    HOLDER_BYTES,
    EpochFile,
    Holder,
    Mark,
    highest_epoch,
    latest_epoch,
    read_epoch,
)
from bringup.journal.error import Fenced, Held, JournalError
from bringup.journal.mounts import file_system

# File systems whose locks may be kept on this machine alone, by mount option.
_LOCAL_LOCKS = {
    "nfs": ("nolock", "local_lock=all", "local_lock=flock"),
    "nfs4": ("nolock", "local_lock=all", "local_lock=flock"),
    "cifs": ("nobrl",),
    "smb3": ("nobrl",),
}


class Lease:
    """The right to write in epoch `epoch`, held by a lock on `epoch/N`."""

    def __init__(self, folder: Path, epoch: int, fd: int, holder: Holder) -> None:
        self.epoch = epoch
        self.holder = holder
        self._fd = fd
        self._next = os.fspath(folder / str(epoch + 1))

    def fenced(self) -> bool:
        """Whether somebody has taken the run over. One system call."""
        return os.access(self._next, os.F_OK)

    def check(self) -> None:
        """
        Raises:
            Fenced: a newer epoch stands.
        """
        if self.fenced():
            raise Fenced(
                f"epoch {self.epoch} was taken over: {self._next} stands",
                "this runner stops; `bringup attach` shows the one that goes on",
            )

    def publish(self, mark: Mark) -> None:
        """Tell readers what is durable. Only ever after the sync."""
        data = mark.encode()
        if os.pwrite(self._fd, data, HOLDER_BYTES) != len(data):
            raise JournalError(f"the durable mark of epoch {self.epoch} took only a part")

    def sync(self) -> None:
        os.fsync(self._fd)

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Claim(msgspec.Struct, frozen=True):
    """A new lease, and what went before: the last usable epoch and its file, and whether its holder still
    lives.
    """

    lease: Lease
    previous_epoch: int
    previous: EpochFile | None
    over_living: bool


def claim(
    folder: Path, *, host: str, since: str, take_over: bool, on_full: Callable[[], bool] = lambda: False
) -> Claim:
    """Raise the epoch. With `take_over` the lock of the one before does not matter, else it must be free.

    `on_full` may make room on a full disk; it is called only once no other runner can be in the way.

    Raises:
        Held: another runner holds the lock; names it.
        JournalError: locks don't work here.
    """
    make_folder(folder)
    refuse_without_locks(folder)
    newest = highest_epoch(folder)
    previous_epoch, previous = latest_epoch(folder)
    old_fd = -1
    over_living = False
    try:
        if newest:
            # Held until ours stands: of two who come at once, one gets it.
            old_fd = os.open(folder / str(newest), os.O_RDWR | os.O_NOFOLLOW)
            over_living = not _try_lock(old_fd)
            if over_living and not take_over:
                raise _held(folder, newest)
        lease = _make_epoch(folder, newest + 1, previous, _Self(host, since, on_full))
    finally:
        if old_fd >= 0:
            os.close(old_fd)
    return Claim(lease, previous_epoch, previous, over_living)


class _Self(msgspec.Struct, frozen=True):
    """What the new holder says of itself, and how it makes room."""

    host: str
    since: str
    on_full: Callable[[], bool]


def _make_epoch(folder: Path, epoch: int, previous: EpochFile | None, own: _Self) -> Lease:
    path = folder / str(epoch)
    holder = Holder(host=own.host[:128], pid=os.getpid(), since=own.since, boot=boot_id(), epoch=epoch)
    # Until our first sync the old mark holds: what was durable then still is.
    mark = previous.mark if previous is not None else Mark(1, 0, 0)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except FileExistsError:
        raise _held(folder, epoch) from None
    try:
        if not _try_lock(fd) or (folder / str(epoch + 1)).exists():
            raise _held(folder, highest_epoch(folder))
        write_all(fd, msgspec.json.encode(holder).ljust(HOLDER_BYTES) + mark.encode(), own.on_full)
        os.fsync(fd)
        sync_folder(folder)
    except BaseException:
        os.close(fd)
        raise
    return Lease(folder, epoch, fd, holder)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise JournalError(
            f"this file system can't lock files ({error.strerror})", "keep runs on a local disk: --runs DIR"
        ) from error
    return True


def _held(folder: Path, epoch: int) -> Held:
    found = read_epoch(folder / str(epoch))
    who = str(found.holder) if found is not None else "a runner that is just starting"
    return Held(
        f"{folder.parent} is held by another runner: {who}",
        "`bringup attach` watches it; `bringup resume --take-over` replaces one that hangs",
    )


def refuse_without_locks(folder: Path) -> None:
    """Two opens of one file must exclude each other, for every machine that can write here.

    Raises:
        JournalError: they don't.
    """
    kind, options = file_system(folder)
    bad = [option for option in _LOCAL_LOCKS.get(kind, ()) if option in options]
    if bad:
        raise JournalError(
            f"{folder} lies on {kind} mounted with {bad[0]}: another machine would not see the lock",
            "keep runs on a local disk: --runs DIR",
        )
    probe = folder / f".lock-probe.{os.urandom(6).hex()}"
    first = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        second = os.open(probe, os.O_RDWR | os.O_NOFOLLOW)
        try:
            if not _try_lock(first) or _try_lock(second):
                raise JournalError(
                    f"locks on {folder} exclude nobody ({kind})", "keep runs on a local disk: --runs DIR"
                )
        finally:
            os.close(second)
    finally:
        os.close(first)
        probe.unlink(missing_ok=True)
