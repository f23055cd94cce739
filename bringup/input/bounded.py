"""Reading what a person named, within bounds of size and time, whatever it turns out to be."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

PIPE_DEADLINE_S = 5.0
"""How long a pipe may take, start to end: `<(command)` of a shell is one. Nobody writes to some."""


def read_bounded(path: Path, cap_bytes: int, *, pipe_deadline_s: float = PIPE_DEADLINE_S) -> bytes:
    """The file's bytes, and one more than `cap_bytes` where it holds more.

    Raises:
        OSError: it can't be read; ETIMEDOUT for a pipe to which nobody writes, or that never ends.
        ValueError: a NUL in the path.
    """
    # Opened like this a pipe without a writer does not hold us up, nor does a terminal become ours.
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        kind = os.fstat(opened).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        ends_at = None if stat.S_ISREG(kind) else time.monotonic() + pipe_deadline_s
        return _read(opened, cap_bytes, ends_at)
    finally:
        os.close(opened)


def _read(opened: int, cap_bytes: int, ends_at: float | None) -> bytes:
    raw = b""
    while len(raw) <= cap_bytes:
        if ends_at is not None:
            _wait(opened, ends_at, begun=bool(raw))
        try:
            piece = os.read(opened, cap_bytes + 1 - len(raw))
        except BlockingIOError:
            continue
        if not piece:
            break
        raw += piece
    return raw


def _wait(opened: int, ends_at: float, *, begun: bool) -> None:
    """Until there is something to read, or its end."""
    polled = select.poll()
    polled.register(opened, select.POLLIN | select.POLLHUP | select.POLLERR)
    left_s = ends_at - time.monotonic()
    if left_s <= 0 or not polled.poll(left_s * 1000):
        why = (
            "it is no regular file and does not end"
            if begun
            else "it is no regular file, and nobody writes to it"
        )
        raise TimeoutError(errno.ETIMEDOUT, why)
