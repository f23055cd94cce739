"""What the console may ask for. The command line gives it; the console imports none of what is behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from bringup.model.cause import Cause, PlugTurn
from bringup.model.inventory import Inventory
from bringup.model.people import Present
from bringup.model.state import RunState


class Outside(msgspec.Struct, frozen=True):
    """What the console may ask for. Each is given by the command line; the console imports none of it.

    `send` gives the words of the reply; it raises `BringupError` where there is none. `here` says where this
    console looks (screen, what it is about, size), and gives all who are there and which of them this one is.
    """

    diagnose: Callable[[RunState, Inventory], tuple[Cause, ...]]
    send: Callable[[str, dict[str, str], str | None], Awaitable[str]] | None
    hand: Callable[[Cause | PlugTurn], str] | None
    verify: Callable[[Path], str]
    lives: Callable[[], bool]
    here: Callable[[str, str, str], Awaitable[tuple[tuple[Present, ...], int | None]]] | None = None
