"""Watch a run, running or finished, from any terminal; changes nothing in it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._complete import run_names
from bringup.cli._display import display_options
from bringup.cli._options import approve_option, runs_option
from bringup.model.verdict import EXIT_UNKNOWN

if TYPE_CHECKING:
    from bringup.cli._reader import Show
    from bringup.journal.folder import RunFolder


@click.command(name="attach")
@click.argument("run", shell_complete=run_names)
@runs_option
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), help="Print instead of the console.")
@click.option("--follow", "-f", "go_on", is_flag=True, help="Go on until the run is closed.")
@approve_option
@click.option("--served", is_flag=True, hidden=True)
@click.option("--allow-answers", is_flag=True, hidden=True)
@display_options
@click.option("--plain", is_flag=True, help="The console as lines.")
def attach(
    run: str,
    runs: Path,
    form: str | None,
    go_on: bool,
    approve_with: Path | None,
    served: bool,
    allow_answers: bool,
    plain: bool,
) -> int:
    """Watch RUN in the console; without a terminal, print its durable events from the first. A run that was
    started with --share takes commands from here; any other is watched only.

    \b
    Examples:
      bringup attach 20260101-120000-abcd --follow
      ssh rack-host bringup attach 20260101-120000-abcd --format jsonl --follow
    """
    from bringup.cli._attendance import attended
    from bringup.journal.folder import find
    from bringup.journal.follow import follow, read

    folder = find(runs, run)
    if form is None and not go_on:
        from bringup.cli._console import ANSWERING, can_open, open_console

        if served or can_open():
            from bringup.cli._attendance import may_send

            may = ANSWERING if allow_answers else frozenset[str]()
            shared = not served and may_send(folder)
            open_console(
                folder,
                may=None if shared else may,
                key=approve_with if shared else None,
                plain=plain and not served,
                attached=True,
            )
            return 0
    show = shown(form or "text", folder)

    async def watch() -> None:
        if go_on:
            async with attended(folder, attached=True):
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
    from bringup.cli._reader import read_inventory
    from bringup.cli._show import JsonLines, make_show

    if form == "jsonl":
        return JsonLines()
    return make_show(form, folder, read_inventory(folder))
