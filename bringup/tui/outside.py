"""What the console may ask for. The command line gives it; the console imports none of what is behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from bringup.model.cause import Cause, PlugTurn
from bringup.model.errors import BringupError
from bringup.model.inventory import Inventory
from bringup.model.people import Present
from bringup.model.state import RunState
from bringup.view.comparison import Comparison
from bringup.view.examination import Examination


class NotSent(BringupError):
    """A command has not reached a runner."""


class Verified(msgspec.Struct, frozen=True):
    """What a verification found, in one line. `contradicts` is where the record contradicts itself or what
    was signed, empty where it does not; `said` and `found` are the two digests (hex), where there are two.
    """

    words: str
    contradicts: str = ""
    said: str = ""
    found: str = ""


class Outside(msgspec.Struct, frozen=True):
    """What the console may ask for. Each is given by the command line; the console imports none of it.

    `send` gives the words of the reply; it raises `BringupError` where there is none. `here` says where this
    console looks (screen, what it is about, size), and gives all who are there and which of them this one is.
    """

    diagnose: Callable[[RunState, Inventory], tuple[Cause, ...]]
    send: Callable[[str, dict[str, str], str | None], Awaitable[str]] | None
    hand: Callable[[Cause | PlugTurn], str] | None
    verify: Callable[[Path], Awaitable[Verified]]
    lives: Callable[[], bool]
    here: Callable[[str, str, str], Awaitable[tuple[tuple[Present, ...], int | None]]] | None = None
    study: Callable[[str, str], Comparison | Examination] | None = None
    """What a screen shows beside the run, by the screen's name and what it is about; in a thread."""
