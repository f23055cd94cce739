"""The two clocks that stamp events, injectable."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Wall time in nanoseconds since 1970 (UTC), and monotonic nanoseconds since some point of this boot."""

    def wall_ns(self) -> int: ...

    def mono_ns(self) -> int: ...


class SystemClock:
    """The machine's own clocks."""

    def wall_ns(self) -> int:
        return time.time_ns()

    def mono_ns(self) -> int:
        return time.monotonic_ns()


def boot_id() -> str:
    """This boot's id (Linux), or `unknown`: then two boots can't be told apart and the careful reading
    applies.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"


def utc_text(wall_ns: int) -> str:
    """`2025-11-21T14:05:00.123456Z`: UTC, microseconds, always 27 characters."""
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1000:06d}Z"


class Stamper:
    """`utc_text` that formats each second once: the hot path stamps thousands of events in one."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def text(self, wall_ns: int) -> str:
        second, rest = divmod(wall_ns, 1_000_000_000)
        if second != self._second:
            self._second = second
            self._text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._text}.{rest // 1000:06d}Z"
