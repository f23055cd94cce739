"""New inventories: what a command made is validated as if a person had typed it, then written, never over
anything.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from bringup.input.inventory import load_inventory
from bringup.model.errors import InputError
from bringup.model.inventory import SCHEMA

Table = Mapping[str, Any]
_HEADER = re.compile(r"^(\[\[?)", re.MULTILINE)
"""Tables inside a table; tomli-w writes every text on one line, so nothing else begins a line like this."""


def inventory_text(
    head: Table, tables: Iterable[tuple[str, Table, Sequence[str]]], *, comment: Sequence[str] = ()
) -> str:
    """TOML of an inventory: `head` holds what stands at the top; each table has its kind (`device`, …) and
    lines of comment that go before it.
    """
    parts = ["".join(f"{_comment(line)}\n" for line in comment)]
    parts.append(tomli_w.dumps({"schema": SCHEMA, **head}))
    for kind, table, lines in tables:
        said = "".join(f"{_comment(line)}\n" for line in lines)
        body = _HEADER.sub(rf"\g<1>{kind}.", tomli_w.dumps(table))
        parts.append(f"{said}[[{kind}]]\n{body}")
    return "\n".join(part for part in parts if part)


def _comment(line: str) -> str:
    """Whatever a device said stays on its line and in its comment."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
    return f"# {shown}".rstrip()


def write_inventory(
    out: Path, text: str, beside: Mapping[str, str], *, platforms: Collection[str] | None = None
) -> None:
    """Validate the inventory and what lies `beside` it (name -> text), then write all as new files.

    Raises:
        InputError: it is not good, a file is there already, or one can't be written; then none was written.
    """
    files = {out: text, **{out.parent / name: content for name, content in beside.items()}}
    for path in files:
        if path.exists() or path.is_symlink():
            raise InputError(
                f"{path} is there already", "A file of yours is never overwritten: name another."
            )
    _validate(out.name, text, beside, platforms)
    written: list[Path] = []
    try:
        for path, content in files.items():
            with path.open("x", encoding="utf-8", newline="") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise InputError(f"{error.filename or out} can't be written: {error.strerror}") from error


def _validate(name: str, text: str, beside: Mapping[str, str], platforms: Collection[str] | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for each, content in {name: text, **beside}.items():
            with (Path(folder) / each).open("x", encoding="utf-8", newline="") as file:
                file.write(content)
        try:
            load_inventory(Path(folder) / name, platforms=platforms)
        except InputError as error:
            problems = tuple(problem.removeprefix(f"{folder}/") for problem in error.problems)
            raise InputError(
                f"what would be written to {name} has {error.message.split(' in ')[0]}",
                "Nothing was written.",
                problems=problems,
            ) from None
