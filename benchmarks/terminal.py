"""A program on a pseudo-terminal of its own: what it writes, what it takes, and how soon."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

DEADLINE_S = 60.0
TICKS_A_S = os.sysconf("SC_CLK_TCK")


class Terminal:
    """`written` counts bytes. End it with `end`."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        *,
        width: int = 80,
        height: int = 24,
    ) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.began_s = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**env, "TERM": "xterm-256color"},
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        self.written = 0
        self._last = b""

    def until(self, word: bytes) -> float:
        """Seconds until these bytes came.

        Raises:
            RuntimeError: they did not.
        """
        began_s, found = time.monotonic(), b""
        while word not in found:
            if time.monotonic() - began_s > DEADLINE_S:
                raise RuntimeError(f"{word!r} did not come: {found[-500:]!r}")
            found += self.read(1.0)
        return time.monotonic() - began_s

    def read(self, wait_s: float) -> bytes:
        """What comes within that time; empty where nothing did."""
        if not select.select([self._here], [], [], wait_s)[0]:
            return b""
        with suppress(OSError):
            data = os.read(self._here, 1 << 16)
            self.written += len(data)
            return data
        return b""

    def quiet(self, seconds: float) -> int:
        """How many bytes come in that time."""
        before, ends_at = self.written, time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0:
            self.read(left)
        return self.written - before

    def press(self, keys: bytes) -> None:
        os.write(self._here, keys)

    @property
    def cpu_s(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_S

    @property
    def peak_mib(self) -> float:
        """The most memory that it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._here)
