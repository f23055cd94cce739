"""Who may write: one lock, one epoch, and the mark that tells readers how far the disk has got.

`epoch/N` belongs to the runner of epoch N alone. It is made with O_EXCL, locked by its runner for as long as
that lives, and holds two fixed-size records: who that is, and the *durable mark* (live segment, its durable
size, number of durable events), overwritten in place after each sync.

Why the mark lies in the epoch's own file: a runner that was frozen, taken over and woken can only ever
overwrite the mark of its own, older epoch, which nobody reads any more. Why overwriting it needs no sync: it
is raised only after the data was synced, so whatever version of it survives a crash is a lower bound of what
is there.
"""

from __future__ import annotations

import fcntl
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from bringup.journal.clock import boot_id
from bringup.journal.disk import make_folder, sync_folder, write_all
from bringup.journal.error import Fenced, Held, JournalError

HOLDER_BYTES = 512
MARK_BYTES = 52
_MARK = re.compile(rb"([0-9a-f]{8}) (\d{8}) (\d{16}) (\d{16})\n")
# File systems whose locks may be kept on this machine alone, by mount option.
_LOCAL_LOCKS = {
    "nfs": ("nolock", "local_lock=all", "local_lock=flock"),
    "nfs4": ("nolock", "local_lock=all", "local_lock=flock"),
    "cifs": ("nobrl",),
    "smb3": ("nobrl",),
}
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs", "lustre", "virtiofs"}
)


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
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return 0
    return max((int(name) for name in names if name.isascii() and name.isdigit()), default=0)


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
    except msgspec.MsgspecError:
        return None
    return EpochFile(holder, Mark(int(match[2]), int(match[3]), int(match[4])))


def latest_epoch(folder: Path) -> tuple[int, EpochFile | None]:
    """The newest epoch with a readable file. One without was never used: its maker died while making it."""
    for epoch in range(highest_epoch(folder), 0, -1):
        found = read_epoch(folder / str(epoch))
        if found is not None:
            return epoch, found
    return 0, None


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


def file_system(path: Path) -> tuple[str, frozenset[str]]:
    """Kind and mount options of the file system that holds `path`; ("unknown", none) where the system won't
    say.
    """
    try:
        table = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        device = path.stat().st_dev
    except OSError:
        return "unknown", frozenset()
    return parse_mounts(table, os.fspath(path.resolve()), f"{os.major(device)}:{os.minor(device)}")


def parse_mounts(table: str, path: str, device: str) -> tuple[str, frozenset[str]]:
    """The mount of `/proc/self/mountinfo` that holds `path`: by the longest mount point, of its device if one
    is.
    """
    best: tuple[bool, int, str, frozenset[str]] = (False, -1, "unknown", frozenset())
    for row in table.splitlines():
        left, _, right = row.partition(" - ")
        fields, tail = left.split(), right.split()
        if len(fields) < 6 or len(tail) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
        if path != point and not path.startswith(point.rstrip("/") + "/"):
            continue
        options = frozenset(fields[5].split(",")) | frozenset(tail[2].split(","))
        best = max(best, (fields[2] == device, len(point), tail[0], options), key=lambda found: found[:2])
    return best[2], best[3]
