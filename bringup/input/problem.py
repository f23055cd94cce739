"""What is wrong in a file that a person wrote: where, what, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

import msgspec

from bringup.model.errors import InputError

SHOWN_NAMES = 12
PROBLEM_CAP = 300
"""How many problems of one kind are looked for: who has that many mends the first and asks again."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """Reads `FILE:LINE: FIELD: wrong; right`. Lines count from 1."""

    file: str
    line: int
    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        text = f"{self.file}:{self.line}: {field}{self.wrong}; {self.right}"
        # One line each, whatever name a file gives to something.
        return text.replace("\n", "\\n")


def give_up(problems: Iterable[Problem]) -> InputError:
    """The error that holds them all, in the order of files and lines, each once."""
    found = sorted(set(problems))
    files = len({problem.file for problem in found})
    more = "or more " if len(found) >= PROBLEM_CAP else ""
    count = "1 problem" if len(found) == 1 else f"{len(found)} {more}problems"
    return InputError(
        f"{count} in {files} file{'s' if files > 1 else ''}",
        "Nothing was touched; mend the input and try again.",
        problems=tuple(str(problem) for problem in found),
    )


def first(problems: Iterable[Problem]) -> list[Problem]:
    """The first of them, up to the cap; the rest is not even looked for."""
    return list(islice(problems, PROBLEM_CAP))


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
