"""What travels with the program: playbooks, inventories, envelopes; in the wheel and in a source checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import bringup
from bringup.input.problem import nearest
from bringup.model.errors import InputError

Kind = Literal["playbook", "inventory", "envelope"]
_FOLDERS: dict[Kind, str] = {"playbook": "playbooks", "inventory": "inventory"}


def shipped_folder(kind: Kind) -> Path:
    """Where files of that kind lie: inside the package, else at the top of the source tree it is run from."""
    package = Path(bringup.__file__).resolve().parent
    if kind == "envelope":
        return package / "envelopes"
    inside = package / "_shipped" / _FOLDERS[kind]
    return inside if inside.is_dir() else package.parent / _FOLDERS[kind]


def list_shipped(kind: Kind) -> dict[str, Path]:
    """Name -> file, sorted."""
    folder = shipped_folder(kind)
    return {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}


def find_shipped(kind: Kind, name: str) -> Path | None:
    """The shipped file of that name, if there is one."""
    return list_shipped(kind).get(name)


def find_file(kind: Kind, argument: str, relative_to: Path | None = None) -> Path:
    """A path (relative to `relative_to`, else to where one stands) or a shipped name.

    What looks like a path (`/`, `.toml`) or is a file is one; else it is a name.

    Raises:
        InputError: neither, with the nearest names.
    """
    path = Path(argument).expanduser()
    placed = path if relative_to is None else relative_to / path
    if "/" in argument or argument.endswith(".toml") or placed.is_file():
        if placed.is_file():
            return placed
        raise InputError(f"{kind} {argument!r}: there is no such file", "Check the path.")
    shipped = list_shipped(kind)
    if argument in shipped:
        return shipped[argument]
    raise InputError(
        f"no {kind} is called {argument!r}: {nearest(argument, shipped)}",
        f"Give a path, or a name that `bringup {kind} list` shows.",
    )
