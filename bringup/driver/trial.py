"""What every platform's trials of configuration have in common: names, lines, and the lack of a timer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bringup.model.errors import Refused

MAX_LINES = 50
MAX_LINE_CHARS = 200
TAKEN_BACK = "{device}: the trial {name} waits for nobody any more: the device has taken it back"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")


class NoTimer(Refused):
    """The device has nothing that would take a change back by itself. Nothing was changed."""


def check_name(name: str) -> str:
    """`name`, where it is one.

    Raises:
        Refused: it is none.
    """
    if not _NAME.fullmatch(name):
        raise Refused(f"{name[:40]!r} is no name of a trial", "It has letters, digits and hyphens.")
    return name


def check_lines(lines: Sequence[str], refused: re.Pattern[str]) -> tuple[str, ...]:
    """`lines` without the blanks around them, where all of them may be applied on trial.

    Raises:
        Refused: there are none, or too many, or one is no plain line, or one that `refused` matches.
    """
    found = tuple(line.strip() for line in lines)
    if not 1 <= len(found) <= MAX_LINES:
        raise Refused(f"{len(found)} lines of configuration: nothing was sent", f"Give 1 to {MAX_LINES}.")
    for line in found:
        if not line or not line.isascii() or not line.isprintable() or len(line) > MAX_LINE_CHARS:
            raise Refused(f"{line[:40]!r} is no plain line of configuration", "One command a line.")
        if refused.match(line):
            raise Refused(
                f"{line[:40]!r} may not be applied on trial",
                "It ends the trial, saves, restarts, or does what no timer takes back.",
            )
    return found
