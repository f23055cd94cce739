"""The console from its list of runs: opened by `bringup` alone on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._display import display_options

if TYPE_CHECKING:
    from bringup.view.screen_home import RunLine

RUNS = Path("runs")


def open_home(runs: Path = RUNS) -> int:
    """The list, and whatever runs a person opens or starts from it, until they leave."""
    from bringup.cli._console import open_console
    from bringup.cli._display import Kept
    from bringup.cli._group import run_group
    from bringup.cli._offers import offers
    from bringup.cli._study import Study
    from bringup.journal.folder import find
    from bringup.tui.ending import leave_with_the_terminal
    from bringup.tui.guardian import terminal_left_clean
    from bringup.tui.home import OPEN, HomeApp

    leave_with_the_terminal()
    while True:
        kept = Kept()
        kept.keep()
        display = kept.display
        with terminal_left_clean():
            app = HomeApp(
                lambda: run_lines(runs),
                offers=lambda: offers(Path(), runs),
                find_out=Study(runs).find_out,
                display=display,
            )
            chosen = app.run(mouse=display.mouse)
        if chosen is None:
            return 0
        if chosen[0] != OPEN:
            return run_group([*chosen, "--runs", str(runs)])
        folder = find(runs, chosen[1])
        key = folder.lab / "approve-key"
        if open_console(folder, key=key if key.is_file() else None) is None:
            return 0


@click.command(name="bringup")
@display_options
def home() -> int:
    """The console's home: the runs of this folder."""
    return open_home()


def run_lines(runs: Path) -> list[RunLine]:
    """Every run in the folder, the newest first."""
    from bringup.cli._reader import read_state
    from bringup.cli.list import describe
    from bringup.journal.folder import list_runs
    from bringup.model.errors import BringupError
    from bringup.model.state import RunState
    from bringup.model.verdict import Verdict
    from bringup.view.screen_home import RunLine

    found: list[RunLine] = []
    for folder in reversed(list_runs(runs)):
        told = describe(folder.path)
        word = str(told["state"])
        state = RunState.empty()
        if word in ("running", "not closed"):
            try:
                state = read_state(folder)
            except BringupError:
                word = "damaged"
        verdict = next((each for each in Verdict if each == word), None)
        found.append(
            RunLine(
                run_id=folder.run_id,
                path=str(folder.path),
                rack=str(told["playbook"] or "?"),
                stage=next((name for name in state.stages if state.stage_verdict(name) is None), ""),
                verdict=verdict,
                closed=verdict is not None,
                lives=word == "running",
                asks=len(state.asks),
                simulated=bool(told["simulated"]),
            )
        )
    return found
