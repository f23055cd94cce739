"""The console on a pseudo-terminal of its own, read through a small terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.tui.glass import Glass

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 90.0
LEAVES = b"\x1b[?1049l"


class Pty:
    """`seen` is every byte that it wrote, `glass` what they leave on a screen, `settings` the terminal's own
    before it began.
    """

    def __init__(self, command: Sequence[str], width: int, height: int, env: dict[str, str]) -> None:
        self._end, self._terminal = pty.openpty()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.settings = self.settings_now()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=self._terminal,
            stdout=self._terminal,
            stderr=self._terminal,
            env=env,
            start_new_session=True,
        )
        self.seen = b""
        self.glass = Glass(width, height)

    def settings_now(self) -> list[Any]:
        return termios.tcgetattr(self._terminal)

    def until(self, *words: str) -> None:
        """Read until all these stand on the screen."""
        self.until_it(lambda: all(word in self.glass.text for word in words))

    def until_it(self, holds: Callable[[], Any]) -> None:
        ends_at = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < ends_at, self.glass.text
            self.read(0.2)

    def read(self, wait_s: float) -> bytes:
        """What comes within that time; empty where nothing did."""
        if not select.select([self._end], [], [], wait_s)[0]:
            return b""
        data = b""
        with suppress(OSError):
            data = os.read(self._end, 65536)
        self.seen += data
        self.glass.feed(data)
        return data

    def press(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def leave(self) -> int:
        """By the keys that a person leaves with."""
        self.press(b"Q")
        self.until("THE RUN GOES ON")
        self.press(b"\r")
        return self.end()

    def end(self) -> int:
        """Its exit status; what it still had to say was read."""
        self.until_it(lambda: self.process.poll() is not None)
        while self.read(0.0):
            pass
        return self.process.returncode

    def hang_up(self) -> None:
        """The terminal is gone: a window that was closed, a line that was cut."""
        os.close(self._end)
        self._end = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for end in (self._end, self._terminal):
            if end >= 0:
                os.close(end)


@contextmanager
def console(run: Path, width: int = 80, height: int = 24, **more: str) -> Iterator[Pty]:
    own = {"TERM": "xterm-256color", "PYTHONUTF8": "1", "XDG_CONFIG_HOME": str(run.parent / "config")}
    env = {**os.environ, **own, **more}
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "COLORFGBG"):
        env.pop(name, None)
    one = Pty([sys.executable, "-m", "tests.tui.console_child", str(run)], width, height, env)
    try:
        yield one
    finally:
        one.close()
