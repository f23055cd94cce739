"""What a shell may complete beyond commands and options: the runs that are there."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

MOST = 200


def run_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of runs under `--runs` (the newest first), and paths, which a RUN may be as well."""
    from bringup.journal.folder import list_runs

    place = ctx.params.get("runs_dir", ctx.params.get("runs")) or Path("runs")
    names = [run.path.name for run in reversed(list_runs(Path(place)))]
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)][:MOST]
    # First, since bash forgets what came before it.
    return [CompletionItem(incomplete, type="dir"), *found]
