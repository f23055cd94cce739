"""What a key press asks of the world outside; the console itself does nothing but draw."""

from __future__ import annotations

import msgspec

from bringup.model.cause import Cause, PlugTurn


class Send(msgspec.Struct, frozen=True):
    """A command to the desk, as `bringup tell` would send it. `quiet`: its screen shows what comes of it, and
    only a refusal is said over its next line.
    """

    verb: str
    arguments: dict[str, str] = {}
    why: str | None = None
    quiet: bool = False


class Verify(msgspec.Struct, frozen=True):
    """Check the record against its checkpoints, in the background."""


class Copy(msgspec.Struct, frozen=True):
    """Plain text for the clipboard, and into a file whose name is told."""

    text: str
    what: str


class Export(msgspec.Struct, frozen=True):
    """A view as plain text into a file whose name is told; `what` is the screen's name."""

    text: str
    what: str


class Fetch(msgspec.Struct, frozen=True):
    """One piece of evidence, to be read on the screen."""

    sha256: str


class Photo(msgspec.Struct, frozen=True):
    """A note that names a photo: `reference` is a path or an asset's tag, `about` what it is of."""

    reference: str
    text: str
    about: str = ""


class Study(msgspec.Struct, frozen=True):
    """What the screen `what` shows is to be found out beside the run; `about` as in its look."""

    what: str
    about: str = ""


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


Effect = Hand | Send | Study | Photo | Fetch | Verify | Copy | Export | Bell | GoHome | Leave
