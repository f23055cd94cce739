"""What is wrong in a file that a person wrote: where, what, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from bringup.model.errors import InputError

SHOWN_NAMES = 12


class Problem(msgspec.Struct, frozen=True, order=True):
    """Reads `FILE:LINE: FIELD: wrong; right`. Lines count from 1."""

    file: str
    line: int
    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.file}:{self.line}: {field}{self.wrong}; {self.right}"


def give_up(problems: Iterable[Problem]) -> InputError:
    """The error that holds them all, in the order of files and lines, each once."""
    found = sorted(set(problems))
    files = len({problem.file for problem in found})
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return InputError(
        f"{count} in {files} file{'s' if files > 1 else ''}",
        "Nothing was touched; mend the input and try again.",
        problems=tuple(str(problem) for problem in found),
    )


def nearest(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """Advice for a name that does not exist: those that look like it, else those that there are."""
    known = sorted(set(names))
    near = get_close_matches(name, known, 3, 0.6) or [each for each in known if each.lower() == name.lower()]
    if near:
        return "did you mean " + " or ".join(repr(each) for each in near) + "?"
    if not known:
        return otherwise or "there are none"
    shown = ", ".join(known[:SHOWN_NAMES]) + (", …" if len(known) > SHOWN_NAMES else "")
    return f"there are: {shown}"
