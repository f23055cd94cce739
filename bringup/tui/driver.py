"""The terminal behind the console: Textual's driver, which here times what it writes, keeps what a simple
terminal would print as rubbish, and leaves a screen without a second page empty.
"""

from __future__ import annotations

import os
import time
from typing import IO, TYPE_CHECKING, Any

from textual import constants
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from bringup.tui.rate import SERIAL_TERMINALS, SLOW_WRITE_S, Rate

if TYPE_CHECKING:
    from textual.app import App

SIMPLE_TERMINALS = SERIAL_TERMINALS | {"linux", "ansi", "cons25"}
"""They have no second page, know no extended keyboard, and answer no question about modes."""
QUESTIONS = ("\x1b[?2026$p", "\x1b[?2048$p", "\x1b[>", "\x1b[<u")
"""Asked of, or meant for, terminals in windows only."""
POINTER = "\x1b]22;"
"""The shape of a mouse pointer: the console has no use for one."""
LEAVES = "\x1b[?1049l"
EMPTY = "\x1b[m\x1b[2J\x1b[H"
MOST_WAITING = 12
"""Of the 30 writes that the driver's thread keeps waiting before who writes must wait too."""


class Timed:
    """A file whose writer says how long the terminal took; only time within its own calls counts."""

    def __init__(self, file: IO[str], rate: Rate) -> None:
        self.writes = 0
        self._file, self._rate = file, rate
        self._took_s = 0.0

    def write(self, text: str) -> int:
        self._rate.began()
        began_s = time.monotonic()
        try:
            return self._file.write(text)
        finally:
            self.writes += 1
            self._took(time.monotonic() - began_s)

    def _took(self, seconds: float) -> None:
        """Where much waits there may be no flush for long: what was slow by itself is told at once."""
        if seconds > SLOW_WRITE_S:
            self._rate.wrote(seconds)
        else:
            self._took_s += seconds

    def flush(self) -> None:
        began_s = time.monotonic()
        try:
            self._file.flush()
        finally:
            self._rate.ended(self._took_s + time.monotonic() - began_s)
            self._took_s = 0.0

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


class ConsoleDriver(LinuxDriver):
    """What the console writes with. `app.rate`, where it has one, is told how long writes take."""

    def __init__(self, app: App[Any], **how: Any) -> None:
        super().__init__(app, **how)
        self._simple = os.environ.get("TERM", "") in SIMPLE_TERMINALS
        rate = getattr(app, "rate", None)
        self._timed = Timed(self._file, rate if isinstance(rate, Rate) else Rate(now_s=time.monotonic))
        self._file: Any = self._timed
        self._given = 0

    @property
    def behind(self) -> bool:
        """Whether so much waits for the terminal that one picture more might make everything wait."""
        return self._given - self._timed.writes > MOST_WAITING

    def write(self, data: str) -> None:
        if data.startswith(POINTER) or (self._simple and data.startswith(QUESTIONS)):
            return
        if self._simple and data == LEAVES:
            data = EMPTY + data
        self._given += 1
        super().write(data)


def driver_class() -> type[Driver] | None:
    """Ours, unless the environment names another, as `bringup serve` does; None is the toolkit's choice."""
    return ConsoleDriver if constants.DRIVER is None else None
