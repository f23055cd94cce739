"""What stands in the way of a dangerous action, as the devices tell it just before: reasons against it, and
what nobody knows.
"""

from __future__ import annotations

import msgspec


class Unsafe(Exception):
    """Do not do it: nothing was changed. `wrong`: what was read contradicts the inventory, which is a FAIL;
    else the action has to wait for something. `cause` is the subject to blame. `passing`: it may be over in a
    moment (a supply takes some seconds to tell that it delivers), and is looked at again for a while.
    """

    def __init__(
        self,
        message: str,
        advice: str,
        *,
        wrong: bool = False,
        cause: str | None = None,
        passing: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.wrong = wrong
        self.cause = cause
        self.passing = passing


class Doubt(msgspec.Struct, frozen=True):
    """What no reading tells, so that a person decides. With `scans`, by one of these texts, read off the
    thing itself; else by choosing to go on. `outlet` and `feeds`: what such a scan proves.
    """

    text: str
    scans: tuple[str, ...] = ()
    outlet: str = ""
    feeds: str = ""
