"""Cases from the corpus's folders, and how an expectation is compared with what a decoder found.

An expectation's `null` is a value that is not known: it may match nothing but None. A reading becomes
None in a view unless it carries a value, so that unknown can't be taken for zero or for good.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bringup.model.facts import Decoded
from bringup.model.measurement import Read

ROOT = Path(os.environ.get("BRINGUP_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
FOR_THE_READER = frozenset({"trap", "must", "note", "scaling", "why"})

View = Callable[[Decoded], dict[str, object]]
"""A decoder's facts in the words of the family's `expected.json`."""


class Case(NamedTuple):
    """One recorded file and what must be read from it."""

    name: str
    data: bytes
    command: str
    outcome: str
    facts: dict[str, object]


def cases(*families: str) -> list[object]:
    """A parameter for each file that an `expected.json` of the families names; one skip without a corpus."""
    if not ROOT.is_dir():
        skip = pytest.mark.skip(reason=f"no corpus in {ROOT}: set BRINGUP_CORPUS")
        return [pytest.param(None, marks=skip, id="no-corpus")]
    found: list[object] = []
    for folder in sorted(path for family in families for path in (ROOT / family).iterdir()):
        files = json.loads((folder / "expected.json").read_text())["files"]
        for name, expected in files.items():
            case = Case(
                name=f"{folder.parent.name}/{folder.name}/{name}",
                data=(folder / name).read_bytes(),
                command=expected["command"],
                outcome=expected["outcome"],
                facts=expected.get("facts", {}),
            )
            found.append(pytest.param(case, id=case.name))
    return found


def plain(read: Read) -> object:
    """The value of a reading; None where it has none."""
    return read.value


def differences(expected: object, found: object, path: str = "") -> list[str]:
    """Where `found` differs from `expected`. What `expected` does not name is not compared."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path}: {found!r} is no object"]
        wrong: list[str] = []
        for key, wanted in expected.items():
            if key in FOR_THE_READER:
                continue
            if key not in found:
                wrong.append(f"{path}/{key}: missing, expected {wanted!r}")
            else:
                wrong += differences(wanted, found[key], f"{path}/{key}")
        return wrong
    if isinstance(expected, list):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            return [f"{path}: {found!r} instead of {expected!r}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{path}[{at}]")]
    if isinstance(expected, bool) or expected is None:
        same = found is expected
    else:
        same = not isinstance(found, bool) and found == expected
    return [] if same else [f"{path}: {found!r} instead of {expected!r}"]
