"""The bytes that reach a real pseudo-terminal: nothing that a device has said moves a cursor or a colour."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.tui import scenes
from tests.tui.records import folder_of
from tests.tui.scenes import asked, dirty

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 40.0
HOSTILE = scenes.HOSTILE.replace("\ud800", "")
"""As a record can hold it: UTF-8 has no lone surrogates."""
LEAVES = b"\x1b[?1049l"


class Pty:
    """A console on a pseudo-terminal of its own; `seen` is every byte that it wrote."""

    def __init__(self, run: Path, width: int = 80, height: int = 24, **more: str) -> None:
        self._end, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        command = [sys.executable, "-m", "tests.tui.console_child", str(run)]
        env = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **more}
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=other, stdout=other, stderr=other, env=env, start_new_session=True
        )
        os.close(other)
        self.seen = b""

    def until(self, word: bytes) -> None:
        """Read until these bytes came; what was seen before counts no more."""
        at, ends_at = len(self.seen), time.monotonic() + DEADLINE_S
        while word not in self.seen[at:]:
            assert time.monotonic() < ends_at, self.seen[-2000:]
            if not self._more():
                assert word in self.seen[at:], self.seen[-2000:]
                return

    def _more(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], 1.0)
        if not ready:
            return True
        with suppress(OSError):
            data = os.read(self._end, 65536)
            self.seen += data
            return bool(data)
        return False

    def press(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def end(self) -> int:
        """Its exit status; what it still had to say was read."""
        ends_at = time.monotonic() + DEADLINE_S
        while self.process.poll() is None:
            assert time.monotonic() < ends_at
            self._more()
        while self._more() and select.select([self._end], [], [], 0)[0]:
            pass
        os.close(self._end)
        return self.process.returncode


@contextmanager
def console(run: Path, **more: str) -> Iterator[Pty]:
    one = Pty(run, **more)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def hostile_run(place: Path) -> Path:
    record = dirty()
    record.step("management", "identity", "leaf-1", [("leaf-1", "serial", HOSTILE)])
    record.broken("management", "reach", "leaf-2", "timeout", HOSTILE, "leaf-2")
    return folder_of(place, record, asked(HOSTILE)).path


def test_no_sequence_of_a_device_reaches_the_terminal(tmp_path: Path) -> None:
    with console(hostile_run(tmp_path)) as one:
        one.until(b"LIVE")
        for key, word in ((b"f", b"CAUSES"), (b"J", b"EVENTS"), (b" ", b"ASK"), (b"\x1b", b"EVENTS")):
            one.press(key)
            one.until(word)
        one.press(b"Q")
        one.until(b"THE RUN GOES ON")
        one.press(b"\r")
        assert one.end() == 0
    assert b"\\x1b[2J" in one.seen, "the hostile text was not shown at all"
    # Whole-screen erasure and titles: the console itself writes none.
    assert b"\x1b[2J" not in one.seen
    assert b"\x1b]0;" not in one.seen and b"\x1b]2;" not in one.seen
    text = one.seen.decode("utf-8", "replace")
    for bad in ("\u202e", "\u200b", "漢", "\u0301", "\x9b"):
        assert bad not in text
    # A bell rings for the question, and the toolkit ends its choice of a pointer with one.
    assert one.seen.replace(b"\x1b]22;default\x07", b"").count(b"\x07") == 1
    assert LEAVES in one.seen


COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def test_without_colour_none_is_sent_and_with_it_some_is(tmp_path: Path) -> None:
    seen = {}
    run = folder_of(tmp_path).path
    for wish, environment in (("", {}), ("1", {"NO_COLOR": "1"})):
        with console(run, **environment) as one:
            one.until(b"LIVE")
            one.press(b"f")
            one.until(b"CAUSES")
            one.press(b"Q")
            one.until(b"THE RUN GOES ON")
            one.press(b"\r")
            assert one.end() == 0
            seen[wish] = one.seen
    assert COLOUR.search(seen[""])
    assert not COLOUR.search(seen["1"]), COLOUR.findall(seen["1"])[:3]
    assert b"FAIL" in seen["1"]


def test_a_console_that_is_terminated_gives_the_terminal_back(tmp_path: Path) -> None:
    with console(folder_of(tmp_path).path) as one:
        one.until(b"LIVE")
        one.process.send_signal(signal.SIGTERM)
        assert one.end() == 0
    tail = one.seen[one.seen.rindex(LEAVES) - 400 :]
    assert b"\x1b[?25h" in tail, "the cursor stays hidden"
    assert b"\x1b[?2004l" in tail, "pasted text stays bracketed"
    assert not re.search(rb"\x1b\[\?100[0-6]h", tail), "the mouse stays on"
    assert b"Traceback" not in one.seen


def test_a_console_whose_terminal_has_gone_ends_though_it_hears_no_signal(tmp_path: Path) -> None:
    with console(folder_of(tmp_path).path, DEAF="1") as one:
        one.until(b"LIVE")
        os.close(one._end)
        assert one.process.wait(DEADLINE_S) == 3
