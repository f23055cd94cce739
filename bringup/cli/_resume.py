"""Goes on with a run: reads what its record says, starts a demo's lab again, and hands over to the runner."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bringup.cli._prepare import Request, kept_inputs, kept_job
from bringup.model.errors import InputError

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.model.state import RunState

ANSWERS, APPROVE_KEY = "answers.toml", "approve-key"


def go_on(request: Request, folder: RunFolder, *, take_over: bool, retest: tuple[str, ...]) -> int:
    """Resume; returns the exit code.

    Raises:
        InputError: the plan or a secret can't be had; nothing was touched.
        JournalError: another runner holds the run (its message names it), or the record can't be trusted.
    """
    from bringup.cli._apart import run_apart
    from bringup.cli._foreground import run_foreground
    from bringup.cli._lab_process import lab_beside
    from bringup.cli._show import make_show
    from bringup.cli._start import announce, checkpoint_signer

    simulated_rack = folder.lab.is_dir()
    if simulated_rack:
        request = msgspec.structs.replace(
            request,
            answers=request.answers or _if_there(folder.lab / ANSWERS),
            approve_with=request.approve_with or _if_there(folder.lab / APPROVE_KEY),
        )
    state = read_state(folder)
    with ExitStack() as stack:
        if simulated_rack:
            stack.enter_context(lab_beside(folder.lab))
        inputs = kept_inputs(folder, request)
        job, wiring = kept_job(request, inputs, folder, state, retest_rows(state, retest))
        signer = checkpoint_signer(request.key)
        announce(request.form, folder)
        show = make_show(request.form, folder, inputs.inventory)
        runner = run_foreground if request.headless else run_apart
        return runner(job, wiring, signer, show, take_over=take_over)


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def read_state(folder: RunFolder) -> RunState:
    """What the record says so far; empty when the runner was killed before its first event."""
    from bringup.journal.follow import read
    from bringup.model.event import EventReader
    from bringup.model.fold import Fold

    reader, fold = EventReader(), Fold()
    for entry in read(folder):
        fold.add(reader.read(entry.line))
    return fold.state


def retest_rows(state: RunState, asked: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """The planned rows that `STAGE/STEP[@SUBJECT]` names.

    Raises:
        InputError: nothing in the plan is called so.
    """
    rows: list[tuple[str, str, str]] = []
    for text in asked:
        where, _, subject = text.partition("@")
        stage, _, step = where.partition("/")
        found = [
            (key.stage, key.step, key.subject)
            for key in state.steps
            if key.stage == stage and step in ("", key.step) and subject in ("", key.subject)
        ]
        if not found:
            raise InputError(
                f"the plan of this run has no {text}", "Give STAGE, STAGE/STEP or STAGE/STEP@SUBJECT."
            )
        rows.extend(found)
    return tuple(rows)
