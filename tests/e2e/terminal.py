"""A real terminal for whole runs: the console in a window of tmux, driven by keys, read as text."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import until

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
DEADLINE_S = 120.0
AGAIN_S = 1.0
DEAF = "Enter once more"
"""What the console says to an Enter that it has not taken; it takes one a moment later."""


class Terminals:
    """A tmux server of our own: no settings of the user's, no session of the user's."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._socket = folder / "tmux"
        self._environment = dict(environment)
        self._made = 0

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words]
        outer = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
        done = subprocess.run(command, env=outer, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def open(self, *words: str, width: int = 80, height: int = 24, **environment: str) -> Terminal:
        """`bringup WORDS` in a window of that size."""
        self._made += 1
        name = f"w{self._made}"
        command = shlex.join([sys.executable, "-m", "bringup", *words])
        env = {**self._environment, "PYTHONUTF8": "1", **environment}
        exports = [word for key, value in env.items() for word in ("-e", f"{key}={value}")]
        size = ["-x", str(width), "-y", str(height)]
        # `exec cat` keeps the window when the command has ended: its status stands on the last line.
        whole = f"{command}; echo \"EXIT $?\"; stty -a | grep -o '[-]*echo ' | head -1; exec cat"
        self.tmux("new-session", "-d", "-s", name, *size, *exports, "-c", str(self.folder), whole)
        return Terminal(self, name)

    def end(self) -> None:
        if self._made:
            self.tmux("kill-server")


class Terminal:
    """One window."""

    def __init__(self, terminals: Terminals, name: str) -> None:
        self._terminals = terminals
        self.name = name

    @property
    def screen(self) -> str:
        return self._terminals.tmux("capture-pane", "-p", "-t", self.name)

    @property
    def body(self) -> str:
        """The screen without its first row: freshness and clock are each terminal's own."""
        return "\n".join(self.screen.splitlines()[1:])

    @property
    def pid(self) -> int:
        """The console's own process."""
        shell = self._terminals.tmux("display-message", "-p", "-t", self.name, "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is on."""
        told = self._terminals.tmux("display-message", "-p", "-t", self.name, "#{alternate_on}")
        return told.strip() == "1"

    def press(self, *keys: str) -> None:
        """Keys by tmux's names, one at a time: the gate takes what comes at once for a scanner's."""
        for key in keys:
            self._terminals.tmux("send-keys", "-t", self.name, key)

    def type(self, words: str) -> None:
        self._terminals.tmux("send-keys", "-t", self.name, "-l", words)

    def resize(self, width: int, height: int) -> None:
        self._terminals.tmux("resize-window", "-t", self.name, "-x", str(width), "-y", str(height))

    def close(self) -> None:
        """As one closes a window: whoever is in it loses the terminal."""
        self._terminals.tmux("kill-session", "-t", self.name)

    def wait(self, *words: str, deadline_s: float = DEADLINE_S) -> str:
        """The screen, once it shows all these words."""
        return self.wait_for(lambda screen: all(word in screen for word in words), words, deadline_s)

    def wait_for(self, holds: Callable[[str], Any], what: object = "", deadline_s: float = DEADLINE_S) -> str:
        ends_at = time.monotonic() + deadline_s
        while not holds(shown := self.screen):
            assert time.monotonic() < ends_at, f"{what} does not show:\n{shown}"
            time.sleep(0.02)
        return shown

    def go(self, key: str, *words: str) -> str:
        """Press a key; the screen, once it shows all these words."""
        return self._press_until(key, lambda screen: all(word in screen for word in words), words)

    def until_gone(self, key: str, word: str) -> str:
        """Press a key; the screen, once it shows a word no more."""
        return self._press_until(key, lambda screen: word not in screen, f"no {word}")

    def back(self, *words: str) -> str:
        """Escape, level by level, until the screen shows all these words; at the root it does nothing."""
        ends_at = time.monotonic() + DEADLINE_S
        while not all(word in (shown := self.screen) for word in words):
            assert time.monotonic() < ends_at, f"no way back to {words}:\n{shown}"
            self.press("Escape")
            until_s = time.monotonic() + AGAIN_S
            while time.monotonic() < until_s and not all(word in self.screen for word in words):
                time.sleep(0.02)
        return shown

    def _press_until(self, key: str, holds: Callable[[str], bool], what: object) -> str:
        """Pressed once: on a busy machine a key takes its time, and a second one would do something else.
        Enter is pressed again where the console says that it came too early.
        """
        ends_at = time.monotonic() + DEADLINE_S
        while True:
            self.press(key)
            time.sleep(0.02)
            shown = self.wait_for(lambda screen: holds(screen) or (key == "Enter" and DEAF in screen), what)
            if holds(shown):
                return shown
            assert time.monotonic() < ends_at, f"{key} does not lead to {what}:\n{shown}"
            time.sleep(AGAIN_S)

    def status(self) -> int:
        """The command's exit status, once it has ended; the terminal is as it was before."""
        shown = self.wait("EXIT ", "echo")
        assert not self.alternate
        assert "-echo" not in shown, shown
        assert "Traceback" not in shown, shown
        found = re.search(r"EXIT (\d+)", shown)
        assert found is not None
        return int(found[1])


def gone(pid: int) -> None:
    """Return once the process is not there any more."""
    until(lambda: not Path(f"/proc/{pid}").exists())
