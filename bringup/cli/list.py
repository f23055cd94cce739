"""List runs, newest last, with their verdict."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bringup.cli._options import runs_option


@click.command(name="list")
@runs_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_runs_command(runs: Path, form: str) -> int:
    """List the runs in a folder.

    \b
    Examples:
      bringup list
      bringup list --runs /var/lib/bringup --format json
    """
    from bringup.journal.folder import list_runs

    rows = [describe(folder.path) for folder in list_runs(runs)]
    if form == "json":
        click.echo(json.dumps(rows))
        return 0
    if not rows:
        click.echo(f"no runs in {runs}; `bringup run` and `bringup demo` make them", err=True)
    for row in rows:
        click.echo(f"{row['run']}  {row['playbook'] or '?':<12}  {row['state']}")
    return 0


def describe(path: Path) -> dict[str, str | None]:
    """One run in a few words; a folder that is damaged is listed as such."""
    import msgspec

    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import read
    from bringup.model.errors import BringupError

    folder = RunFolder(path)
    state, playbook = "not closed", None
    try:
        said = msgspec.json.decode(folder.run_json.read_bytes())
        playbook = said.get("playbook") if isinstance(said, dict) else None
        for entry in read(folder):
            if entry.kind == "RunClosed":
                state = str(entry.body.get("verdict"))
            elif entry.kind in ("Recovered", "TakenOver"):
                state = "not closed"
    except (OSError, msgspec.DecodeError, BringupError) as error:
        state = f"damaged: {error}"
    return {"run": path.name, "path": str(path), "playbook": playbook, "state": state}
