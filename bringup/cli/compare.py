"""What changed between two runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bringup.cli._complete import run_names
from bringup.cli._options import runs_option

WIDTH = 110


@click.command(name="compare")
@click.argument("run_a", metavar="A", shell_complete=run_names)
@click.argument("run_b", metavar="B", shell_complete=run_names)
@runs_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def compare(run_a: str, run_b: str, runs: Path, form: str) -> int:
    """Say what changed from run A to run B: verdicts first, then numbers that moved by a twentieth (or by one
    dB or degree), then parts, releases and plans that were others and may explain it. Both records are
    verified. What one of them did not measure is not comparable, and neither better nor worse.

    Exit codes: 0 nothing is worse; 1 something is; 3 something can't be compared; 4 a record contradicts
    itself.

    \b
    Examples:
      bringup compare 20260101 20260102
      bringup compare runs/20260101-120000-abcd runs/20260102-120000-efgh --format json
    """
    from bringup.cli._compared import as_json, compared, exit_code
    from bringup.cli.main import printable
    from bringup.journal.folder import find
    from bringup.view.fit import width_of
    from bringup.view.frame import Size
    from bringup.view.screen_compare import ABOUT_LINES, body, footer, listed
    from bringup.view.summary import plain

    found = compared(find(runs, run_a), find(runs, run_b))
    if form == "json":
        click.echo(json.dumps(as_json(found)))
        return exit_code(found)
    many = len(listed(found, True))
    rows = body(found, "", 0, True, Size(WIDTH, many + 12), "unicode")
    if many:
        rows = rows[:-ABOUT_LINES]  # the chosen one whole, which nobody has chosen here
    for row in rows:
        click.echo(printable(plain(row) if width_of(row) else ""))
    click.echo(printable(footer(found, "", True).doing))
    return exit_code(found)
