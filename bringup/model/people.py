"""Who is at a run, and who works on what."""

from __future__ import annotations

import msgspec


class Present(msgspec.Struct, frozen=True):
    """Somebody's console, as its runner knows it now; never in a record.

    `number` is the connection's, `terminal` as the kernel names it (`pts/3`), None without one. `attached`:
    came by `attach`, or is not the run's owner. `sends`: commands are taken from there. `screen` and `about`
    are where they look, since `since` (UTC, `HH:MM:SSZ`), and `size` is the terminal's (`80x24`).
    """

    number: int
    by: str
    uid: int | None = None
    terminal: str | None = None
    attached: bool = False
    sends: bool = True
    screen: str = ""
    about: str = ""
    size: str = ""
    since: str = ""


class Claim(msgspec.Struct, frozen=True):
    """`what` (a question's id, or a place: DEVICE or DEVICE/PORT) is being worked on by somebody. It tells
    others; it keeps nobody from answering.
    """

    what: str
    by: str
    terminal: str | None = None
    at: str = ""
    seq: int = -1
