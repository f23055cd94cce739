"""Put the console of a run into a browser: loopback, a token in the printed address, read-only."""

from __future__ import annotations

from pathlib import Path

import click

from bringup.cli._complete import run_names
from bringup.cli._options import runs_option


@click.command(name="serve")
@click.argument("run", required=False, shell_complete=run_names)
@runs_option
@click.option("--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="0: a free one.")
@click.option("--allow-answers", is_flag=True, help="Answers, skips and notes are taken; nothing signed.")
def serve(run: str | None, runs: Path, port: int, allow_answers: bool) -> int:
    """Serve the console of RUN (else of the newest run) on 127.0.0.1.

    Without the token that the printed address holds every path answers 403. Put a proxy that authenticates in
    front of it to reach it from elsewhere.

    \b
    Examples:
      bringup serve
      bringup serve 20260101-120000-abcd --port 9000 --allow-answers
    """
    from bringup.cli._serve import serve_run
    from bringup.journal.folder import find, list_runs
    from bringup.model.errors import InputError

    if run is None:
        known = list_runs(runs)
        if not known:
            raise InputError(f"no runs in {runs}", "`bringup run` and `bringup demo` make them.")
        folder = known[-1]
    else:
        folder = find(runs, run)
    return serve_run(folder, port=port, allow_answers=allow_answers)
