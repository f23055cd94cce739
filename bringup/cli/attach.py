"""Watch a run, running or finished, from any terminal; changes nothing in it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._options import runs_option
from bringup.model.verdict import EXIT_UNKNOWN

if TYPE_CHECKING:
    from bringup.cli._reader import Show
    from bringup.journal.folder import RunFolder


@click.command(name="attach")
@click.argument("run")
@runs_option
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option("--follow", "-f", "go_on", is_flag=True, help="Go on until the run is closed.")
def attach(run: str, runs: Path, form: str, go_on: bool) -> int:
    """Print the durable events of RUN from the first; with --follow, also those to come.

    \b
    Examples:
      bringup attach 20260101-120000-abcd --follow
      ssh rack-host bringup attach 20260101-120000-abcd --format jsonl --follow
    """
    from bringup.engine.socket import told_socket, watching
    from bringup.journal.folder import find
    from bringup.journal.follow import follow, read

    folder = find(runs, run)
    show = shown(form, folder)

    async def watch() -> None:
        if go_on:
            async with watching(told_socket(folder.read_runner())):
                async for entry in follow(folder):
                    show.event(entry)
        else:
            for entry in read(folder):
                show.event(entry)

    try:
        asyncio.run(watch())
    except KeyboardInterrupt:
        show.leave()
        print("left: the run itself goes on", file=sys.stderr)
        return EXIT_UNKNOWN
    finally:
        show.leave()
    show.end()
    return 0


def shown(form: str, folder: RunFolder) -> Show:
    """What prints the run. Text tells causes, for which it needs the inventory that the run was begun with.

    Raises:
        InputError: there is none.
    """
    from bringup.cli._show import JsonLines, make_show

    if form == "jsonl":
        return JsonLines()
    from pydantic import ValidationError

    from bringup.cli._prepare import INVENTORY
    from bringup.model.errors import InputError
    from bringup.model.inventory import Inventory

    kept = folder.plan / INVENTORY
    try:
        return make_show(form, folder, Inventory.model_validate_json(kept.read_bytes()))
    except (OSError, ValidationError) as error:
        raise InputError(
            f"{kept} can't be read, so the run was hardly begun, or is damaged",
            "`--format jsonl` shows what there is; `bringup log verify` what is wrong.",
        ) from error
