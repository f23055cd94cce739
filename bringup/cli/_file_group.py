"""`check`, `list` and `show` for one kind of file that people write: the same three for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import click
import msgspec

from bringup.cli.main import printable
from bringup.model.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

File = TypeVar("File", bound="BaseModel")
Kind = Literal["playbook", "inventory", "envelope"]
form_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


class Kit(msgspec.Struct, Generic[File], frozen=True, kw_only=True):
    """What differs between kinds: how one is loaded, said in a line, and shown."""

    kind: Kind
    load: Callable[[Path], File]
    brief: Callable[[File], str]
    text: Callable[[File], str]


def columns(rows: Iterable[Sequence[object]], indent: str = "") -> str:
    """Rows as aligned text; an empty cell is shown as `-`."""
    cells = [[printable(str(cell)) or "-" for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)] if cells else []
    return "\n".join(
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def add_commands(group: click.Group, kit: Kit[Any]) -> None:
    """Give `group` its three commands."""

    @group.command("check")
    @click.argument("files", nargs=-1, required=True, metavar="FILE...")
    @form_option
    def check(files: tuple[str, ...], form: str) -> int:
        """Read and validate; every problem of every file is told at once. Exit code 2 if there is one."""
        return check_files(kit, files, form)

    @group.command("list")
    @form_option
    def list_shipped_files(form: str) -> None:
        """Those that travel with the program."""
        from bringup.input.shipped import list_shipped

        shipped = {name: str(path) for name, path in list_shipped(kit.kind).items()}
        if form == "json":
            print(json.dumps([{"name": name, "path": path} for name, path in shipped.items()]))
        elif shipped:
            print(columns(shipped.items()))

    @group.command("show")
    @click.argument("file")
    @form_option
    def show(file: str, form: str) -> None:
        """What the program understood of one; a path or a shipped name."""
        from bringup.input.shipped import find_file

        show_file(kit, find_file(kit.kind, file), form)


def show_file(kit: Kit[Any], path: Path, form: str) -> None:
    """Print what was understood of one."""
    loaded = kit.load(path)
    if form == "json":
        print(loaded.model_dump_json(by_alias=True, exclude_none=True))
    else:
        print(kit.text(loaded))


def check_files(kit: Kit[Any], files: Sequence[str], form: str) -> int:
    """Check each file; 2 if anything is wrong with any."""
    from bringup.input.shipped import find_file

    told: list[dict[str, Any]] = []
    for file in files:
        try:
            path = find_file(kit.kind, file)
            told.append({"file": str(path), "ok": True, "about": kit.brief(kit.load(path)), "problems": []})
        except InputError as error:
            told.append({"file": file, "ok": False, "problems": list(error.problems) or [str(error)]})
    if form == "json":
        print(json.dumps(told))
    else:
        _print_checked(told)
    return 0 if all(each["ok"] for each in told) else 2


def _print_checked(told: list[dict[str, Any]]) -> None:
    for each in told:
        if each["ok"]:
            print(printable(f"{each['file']}: good: {each['about']}"))
        for problem in each["problems"]:
            print(printable(problem), file=sys.stderr)
    wrong = sum(len(each["problems"]) for each in told)
    if wrong:
        print(f"{wrong} problem{'s' if wrong > 1 else ''}", file=sys.stderr)
