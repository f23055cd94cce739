"""Opening a journal again: find the valid part, set aside what is torn, know what was there.

Runs in a thread, before the writer. Order of steps and what a crash between them leaves:

1. the epoch is raised (lease): readers go on with the old mark, which stays true;
2. a takeover copies the live segment's valid part under its own name; the old file goes aside first by a
second
   name, so that at each moment one of the two stands under the segment's name;
3. a torn tail is written to a file of its own before it is cut off: a crash between leaves it twice, never
nowhere;
4. what was written but perhaps never synced is written again in place before the sync: after a failed sync
the
   kernel may hold pages that it believes clean and that the disk never got.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bringup.journal.clock import boot_id
from bringup.journal.disk import FULL, sync_folder, write_durably
from bringup.journal.epoch import EpochFile, Mark
from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.lease import Claim
from bringup.journal.tree import Tree

READ_BYTES = 1024 * 1024


class Head(msgspec.Struct, frozen=True, gc=False):
    """What every line carries."""

    seq: int
    epoch: int
    kind: str
    at: str
    boot: str
    mono_ns: int


class Found(msgspec.Struct):
    """What a journal holds: its tree, its last event, its live segment with the size of the valid part.

    `damaged`: behind that part stands a whole line that is no event, not only the beginning of one.
    """

    tree: Tree
    last: Head | None = None
    segment: int = 1
    size: int = 0
    damaged: bool = False
    torn_file: str | None = None
    torn_bytes: int = 0
    torn_sha256: str | None = None
    lost_events: int = 0
    set_aside: str | None = None
    earlier_torn: list[str] = []


def recover(folder: RunFolder, claim: Claim, take_over: bool) -> Found:
    """Make the folder ready for the next event.

    Raises:
        JournalError: the record contradicts itself, or its own checkpoints; nothing was changed then.
        OSError: as the system said.
    """
    numbers = folder.segments()
    if numbers != list(range(1, len(numbers) + 1)):
        raise _contradicts(folder, f"its segments are {numbers}")
    heads = _checkpoint_roots(folder)
    found = _scan(folder, numbers, heads)
    if heads and max(heads) > found.tree.size:
        raise _contradicts(folder, f"a checkpoint covers {max(heads)} events and {found.tree.size} are there")
    mark = claim.previous.mark if claim.previous is not None else Mark(1, 0, 0)
    if found.damaged and (found.segment, found.size) < (mark.segment, mark.size):
        # A crash leaves half a line, or garbage that was never synced. This was whole once.
        name = folder.segment(found.segment).name
        raise _contradicts(folder, f"{name} is damaged at byte {found.size}, where it was durable")
    found.lost_events = max(0, mark.events - found.tree.size)
    live = folder.segment(found.segment)
    if not live.exists():
        write_durably(live, b"")
    if take_over:
        _replace_live(folder, live, found, claim.lease.epoch)
    else:
        _set_torn_aside(folder, live, found, claim.lease.epoch)
        _rewrite_unsynced(live, found, claim.previous)
    sync_folder(folder.journal)
    found.earlier_torn = _unnamed_torn(folder, found, claim.lease.epoch)
    _clear_leftovers(folder)
    return found


def _scan(folder: RunFolder, numbers: list[int], heads: dict[int, bytes]) -> Found:
    """Read all lines; stop at the first that is none, which only the last segment may hold."""
    found = Found(tree=Tree())
    decode = msgspec.json.Decoder(Head).decode
    for number in numbers:
        found.segment, found.size = number, 0
        path = folder.segment(number)
        whole = path.stat().st_size
        for line in _lines(path):
            try:
                head = decode(line)
            except msgspec.MsgspecError:
                found.damaged = True
                break
            if head.seq != found.tree.size or line[:1] != b"{":
                found.damaged = True
                break
            found.tree.add(line)
            found.last = head
            found.size += len(line) + 1
            claimed = heads.get(found.tree.size)
            if claimed is not None and claimed != found.tree.root():
                raise _contradicts(folder, f"checkpoint {found.tree.size} has another root")
        if found.size != whole and number != numbers[-1]:
            raise _contradicts(folder, f"{path.name} is damaged at byte {found.size} and another one follows")
        found.torn_bytes = whole - found.size
    return found


def _lines(path: Path) -> Iterator[bytes]:
    """The complete lines of a file, without their newlines."""
    with path.open("rb", buffering=0) as file:
        rest = b""
        while chunk := file.read(READ_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines


def _checkpoint_roots(folder: RunFolder) -> dict[int, bytes]:
    """Size → root of every checkpoint that is complete. A text without signature counts too."""
    roots = {}
    for path in folder.checkpoints.glob("*.txt"):
        rows = path.read_bytes().split(b"\n")
        try:
            size, root = int(rows[1]), msgspec.convert(rows[2].decode(), bytes)
        except (IndexError, ValueError, msgspec.MsgspecError) as error:
            raise _contradicts(folder, f"{path.name} is no checkpoint") from error
        if path.stem != str(size):
            raise _contradicts(folder, f"{path.name} speaks of size {size}")
        roots[size] = root
    return roots


def _set_torn_aside(folder: RunFolder, live: Path, found: Found, epoch: int) -> None:
    """Keep the torn tail in a file of its own, then cut it off."""
    if not found.torn_bytes:
        return
    with live.open("rb") as file:
        file.seek(found.size)
        torn = file.read()
    found.torn_bytes = len(torn)
    found.torn_sha256 = hashlib.sha256(torn).hexdigest()
    target = live.with_name(f"{live.name}.torn-{epoch}")
    try:
        write_durably(target, torn)
        found.torn_file = str(target.relative_to(folder.path))
    except OSError as error:
        if error.errno not in FULL:
            raise
        # A full disk has no room for it. Its size and digest stand in the event; the end of the run matters
        # more.
    fd = os.open(live, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.ftruncate(fd, found.size)
        os.fsync(fd)
    finally:
        os.close(fd)


def _unnamed_torn(folder: RunFolder, found: Found, epoch: int) -> list[str]:
    """Torn tails that recoveries set aside which then failed before their first event could name them."""
    named = found.last.epoch if found.last is not None else 0
    files = []
    for path in sorted(folder.journal.glob("*.torn-*")):
        made_by = path.name.rpartition("-")[2]
        if made_by.isdigit() and named < int(made_by) < epoch:
            files.append(str(path.relative_to(folder.path)))
    return files


def _rewrite_unsynced(live: Path, found: Found, previous: EpochFile | None) -> None:
    """Write again in place what may never have been synced (see the module's step 4), and sync."""
    start = 0
    if previous is not None and previous.mark.segment == found.segment:
        start = min(previous.mark.size, found.size)
    fd = os.open(live, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if previous is None or previous.holder.boot == boot_id():
            # After a reboot all that can be read came from the disk; in the same boot it may not have.
            at = start
            while data := os.pread(fd, READ_BYTES, at):
                at += os.pwrite(fd, data, at)
        os.fsync(fd)
    finally:
        os.close(fd)


def _replace_live(folder: RunFolder, live: Path, found: Found, epoch: int) -> None:
    """A new file under the live segment's name, so that who still has the old one open writes to nobody."""
    aside = live.with_name(f"{live.name}.aside-{epoch}")
    try:
        os.link(live, aside)
    except OSError:
        # No hard links here (exFAT, some FUSE): a copy says the same; late writes go to a file without a
        # name.
        shutil.copyfile(live, aside)
    with live.open("rb") as file:
        data = file.read(found.size)
        torn = file.read(found.torn_bytes)
    write_durably(live, data)
    found.set_aside = str(aside.relative_to(folder.path))
    if torn:
        found.torn_file, found.torn_sha256 = found.set_aside, hashlib.sha256(torn).hexdigest()


def _clear_leftovers(folder: RunFolder) -> None:
    """Temporary files of a dead writer, and signatures whose checkpoint text was never written."""
    for place in (folder.journal, folder.checkpoints, folder.path):
        for path in place.glob(".*.part"):
            path.unlink(missing_ok=True)
    for path in folder.checkpoints.glob("*.sig"):
        if not path.with_suffix(".txt").exists():
            path.unlink(missing_ok=True)


def _contradicts(folder: RunFolder, what: str) -> JournalError:
    return JournalError(
        f"the record in {folder.path} contradicts itself: {what}", "`bringup log verify` shows all of it"
    )
