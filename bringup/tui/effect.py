"""What a key press asks of the world outside; the console itself does nothing but draw."""

from __future__ import annotations

import msgspec

from bringup.model.cause import Cause, PlugTurn


class Send(msgspec.Struct, frozen=True):
    """A command to the desk, as `bringup tell` would send it."""

    verb: str
    arguments: dict[str, str] = {}
    why: str | None = None


class Verify(msgspec.Struct, frozen=True):
    """Check the record against its checkpoints, in the background."""


class Copy(msgspec.Struct, frozen=True):
    """Plain text for the clipboard, and into a file whose name is told."""

    text: str
    what: str


class Bell(msgspec.Struct, frozen=True):
    """So many bells: one a person is needed, two a pass was held, three stop."""

    times: int = 1


class GoHome(msgspec.Struct, frozen=True):
    """Show the list of runs."""


class Leave(msgspec.Struct, frozen=True):
    """Leave the console. The run goes on."""


class Hand(msgspec.Struct, frozen=True):
    """The simulated technician does the work that a cause asks for, or one turn of the swap guide. In a demo
    only, by a person's choice.
    """

    cause: Cause | PlugTurn


Effect = Hand | Send | Verify | Copy | Bell | GoHome | Leave
