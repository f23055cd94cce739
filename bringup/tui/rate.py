"""How often the screen is painted: by the kind of terminal, by what is looked at, and slower where the
terminal takes long to take what is written. A frame draws the newest state, so that a slow terminal skips
pictures, never events.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Literal

Link = Literal["local", "remote", "serial"]
FRAMES_A_S: Mapping[Link, float] = MappingProxyType({"local": 15.0, "remote": 5.0, "serial": 2.0})
WATCH_FRAMES_A_S = 10.0
"""While a port is watched, everywhere but on a serial line."""
LEAST_FRAMES_A_S = 0.5
SLOW_WRITE_S = 0.1
SLOW_IN_A_ROW = 3
"""So many writes one after the other that took longer than that halve the rate."""
GOOD_S = 20.0
"""After so long without a slow write the rate is doubled again, up to what it was."""
RESTS = 2
"""Frames that are left out after one that painted most of the screen: a list that runs through is read five
times a second as well as fifteen, and sends a third of the bytes.
"""
REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
SERIAL_NAMES = re.compile(r"/dev/(tty(S|USB|ACM|AMA|mxc|sclp)|hvc)\d")
SERIAL_TERMINALS = frozenset({"vt52", "vt100", "vt102", "vt220", "vt320"})
"""What login programs call the terminal at the other end of a serial line."""


def link_of(environment: Mapping[str, str], terminal: str = "") -> Link:
    """What kind of terminal this is, by its device's name and what the shell was told."""
    if SERIAL_NAMES.match(terminal) or environment.get("TERM", "") in SERIAL_TERMINALS:
        return "serial"
    return "remote" if any(environment.get(name) for name in REMOTE) else "local"


def this_link() -> Link:
    """Of the terminal on standard output."""
    name = ""
    with suppress(OSError):
        name = os.ttyname(1)
    return link_of(os.environ, name)


class Rate:
    """`due` says whether a frame may be painted now. `began` and `ended` are told by the thread that writes
    to the terminal; `now_s` is a monotonic clock.
    """

    def __init__(self, link: Link = "local", *, now_s: Callable[[], float]) -> None:
        self.link: Link = link
        self._now_s = now_s
        self._halvings = 0
        self._slow = 0
        self._slow_at_s = 0.0
        self._writing = False
        self._next_s = 0.0

    def frames_a_s(self, *, watching: bool = False) -> float:
        whole = WATCH_FRAMES_A_S if watching and self.link != "serial" else FRAMES_A_S[self.link]
        return float(max(LEAST_FRAMES_A_S, whole / 2**self._halvings))

    @property
    def slowed(self) -> bool:
        """Whether the terminal was measured to be slow: then nothing moves that need not."""
        return self._halvings > 0

    @property
    def words(self) -> str:
        """For row 1; empty as long as the terminal keeps up."""
        return f"SLOW TERMINAL {self.frames_a_s():.3g}/s" if self.slowed else ""

    def due(self, tick_s: float, *, watching: bool = False) -> bool:
        """Whether it is time for a frame, where that is asked every `tick_s` seconds. None is painted while
        the terminal has not yet taken the one before.
        """
        now_s = self._now_s()
        self._recover(now_s)
        if self._writing or now_s + tick_s / 4 < self._next_s:
            return False
        # Counted on from when it was due: ticks that don't divide the time between frames must not round it.
        self._next_s = max(self._next_s, now_s - tick_s) + 1 / self.frames_a_s(watching=watching)
        return True

    def painted(self, share: float) -> None:
        """So much of the screen was painted in this frame, from 0 to 1."""
        if share > 0.5:
            self._next_s += RESTS / self.frames_a_s()

    def began(self) -> None:
        """Something is being written to the terminal."""
        self._writing = True

    def ended(self, seconds: float) -> None:
        """The terminal has taken it, and took so long."""
        self._writing = False
        self.wrote(seconds)

    def wrote(self, seconds: float) -> None:
        """A write to the terminal took so long."""
        if seconds <= SLOW_WRITE_S:
            self._slow = 0
            return
        self._slow += 1
        self._slow_at_s = self._now_s()
        if self._slow >= SLOW_IN_A_ROW:
            self._slow = 0
            if self.frames_a_s() > LEAST_FRAMES_A_S:
                self._halvings += 1

    def _recover(self, now_s: float) -> None:
        if self._halvings and now_s - self._slow_at_s >= GOOD_S:
            self._halvings -= 1
            self._slow_at_s = now_s
