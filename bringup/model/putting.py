"""Where a cable's plug stands while a person puts it into its port: what the run has seen of it."""

from __future__ import annotations

from enum import StrEnum


class PutState(StrEnum):
    """How far a plug is, as readings of all ports show it."""

    READING = "reading"
    """The device has not answered yet: a plug that goes in now would not be seen going in."""
    WAITING = "waiting"
    """Nothing went in anywhere."""
    TAKEN = "taken"
    """The port held a plug that works before this one came."""
    IN_PLACE = "in_place"
    """A plug went into the port; nobody has named himself at its far end yet."""
    PROVEN = "proven"
    """The far end that the cable list names has named itself there."""
    WRONG_PORT = "wrong_port"
    """A plug went into another port."""
    WRONG_CABLE = "wrong_cable"
    """Somebody else than the cable list says has named himself at the port."""
    UNCLEAR = "unclear"
    """More ports than a hand has plugs came up elsewhere."""
    STATED = "stated"
    """A person says that it is in; no reading has shown it."""
    ENDED = "ended"
    """Nobody looks any more, and it was not proven."""


LAST = frozenset({PutState.PROVEN, PutState.STATED, PutState.ENDED})
"""After one of these nothing of that cable is read any more."""
