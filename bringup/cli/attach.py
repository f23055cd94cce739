"""Watch a run, running or finished, from any terminal; changes nothing in it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bringup.cli._options import runs_option


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
    from bringup.cli._prepare import PLAYBOOK
    from bringup.cli._show import make_show
    from bringup.journal.folder import find
    from bringup.journal.follow import follow, read
    from bringup.model.errors import InputError
    from bringup.model.inventory import Inventory

    folder = find(runs, run)
    kept = folder.plan / "inventory.json"
    if not kept.is_file():
        raise InputError(f"{folder.path} has no plan/{PLAYBOOK}", "The runner has not begun, or was killed.")
    show = make_show(form, folder, Inventory.model_validate_json(kept.read_bytes()))

    async def watch() -> None:
        if go_on:
            async for entry in follow(folder):
                show.event(entry)
        else:
            for entry in read(folder):
                show.event(entry)

    try:
        asyncio.run(watch())
    except KeyboardInterrupt:
        print("left: the run itself goes on", file=sys.stderr)
        return 0
    show.end()
    return 0
