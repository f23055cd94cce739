"""What stands before the first event: lock, epoch, recovery, reserve; and how failures are told."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from bringup.journal.disk import FULL, Reserve, make_folder
from bringup.journal.epoch import Mark
from bringup.journal.error import DiskFull, JournalError, Poisoned
from bringup.journal.folder import RunFolder
from bringup.journal.lease import Claim, claim
from bringup.journal.record import ClockJumped, Recovered, TakenOver
from bringup.journal.recover import Found, Head, recover

# Network time slews slower than this between two events; a larger step is told.
CLOCK_JUMP_NS = 1_000_000_000


class Opened(NamedTuple):
    """A folder that is ours to write: the lease, what was in it, and the space held back."""

    claim: Claim
    found: Found
    reserve: Reserve


def open_folder(folder: RunFolder, since: str, *, take_over: bool, new: bool) -> Opened:
    """Everything before the first event; in a thread."""
    reserve = Reserve(folder.journal / "reserve")
    try:
        for place in (folder.plan, folder.journal, folder.blobs, folder.checkpoints):
            make_folder(place)
        if new and folder.segments():
            raise JournalError(f"{folder.path} holds a journal already", "`bringup resume` goes on with it")
        host = platform.node() or "unknown"
        held = claim(folder.epoch, host=host, since=since, take_over=take_over, on_full=reserve.free)
    except OSError as error:
        raise as_journal_error(error, folder) from error
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
            raise as_journal_error(error, folder) from error
        raise
    return Opened(held, found, reserve)


def first_event(opened: Opened) -> msgspec.Struct:
    """`TakenOver` or `Recovered`: what the new runner found."""
    held, found = opened.claim, opened.found
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


def jump_since(last: Head, wall_ns: int, mono_ns: int, boot: str) -> ClockJumped | None:
    """Whether the clock moved between the last event of an earlier runner and now."""
    try:
        then = datetime.fromisoformat(last.at)
    except ValueError:
        return None
    then_ns = int(then.timestamp()) * 1_000_000_000 + then.microsecond * 1000
    if last.boot == boot:
        jump_ns = (wall_ns - then_ns) - (mono_ns - last.mono_ns)
        return ClockJumped(by_s=round(jump_ns / 1e9, 6)) if abs(jump_ns) >= CLOCK_JUMP_NS else None
    if wall_ns < then_ns - CLOCK_JUMP_NS:
        return ClockJumped(by_s=round((wall_ns - then_ns) / 1e9, 6), across_boots=True)
    return None


def as_journal_error(error: BaseException, folder: RunFolder) -> JournalError:
    if isinstance(error, JournalError):
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
