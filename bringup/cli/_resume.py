"""Goes on with a run: reads what its record says, starts a demo's lab again, and hands over to the runner."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bringup.cli._prepare import Request, injection, kept_inputs, kept_job
from bringup.cli._reader import read_state
from bringup.model.errors import InputError
from bringup.model.progress import Key

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.model.state import RunState

VERIFY = "`bringup log verify` says what else is wrong with this record."
ANSWERS, APPROVE_KEY = "answers.toml", "approve-key"


def go_on(
    request: Request, folder: RunFolder, *, take_over: bool, retest: tuple[str, ...], put_back: bool = False
) -> int:
    """Resume; returns the exit code. A closed run is opened again only for a retest, to put back what is left
    altered, or to be closed well.

    Raises:
        InputError: the plan or a secret can't be had; nothing was touched.
        JournalError: another runner holds the run (its message names it), or the record can't be trusted.
    """
    from bringup.cli._start import announce

    refuse_held(folder, take_over=take_over)
    state = read_state(folder)
    rows = retest_rows(state, retest)
    wanted = Wanted(rows, put_back and bool(state.altered))
    if state.closed is not None and not (wanted.rows or wanted.put_back) and covered(folder, state):
        announce(request.form, folder)
        print(
            f"this run is closed: {state.verdict}. `--retest STAGE/STEP` runs a part of it again",
            file=sys.stderr,
        )
        return state.exit_code
    refuse_other_plan(folder, state)
    if not folder.lab.is_dir():
        return _go_on(request, folder, state, wanted, take_over)
    from bringup.cli._lab_process import lab_beside

    request = msgspec.structs.replace(
        request,
        answers=request.answers or _if_there(folder.lab / ANSWERS),
        approve_with=request.approve_with or _if_there(folder.lab / APPROVE_KEY),
    )
    if take_over:
        end_lab(folder)
    with lab_beside(folder.lab, stays=not request.headless):
        return _go_on(request, folder, state, wanted, take_over)


class Wanted(NamedTuple):
    """What is to be done again, or put back, in a run that goes on."""

    rows: tuple[tuple[str, str, str], ...]
    put_back: bool


def covered(folder: RunFolder, state: RunState) -> bool:
    """Whether the last checkpoint of a closed run was written: a runner may have died just before it."""
    return (folder.checkpoints / f"{state.events}.sig").is_file()


def _go_on(
    request: Request,
    folder: RunFolder,
    state: RunState,
    wanted: Wanted,
    take_over: bool,
) -> int:
    from bringup.cli._apart import run_apart
    from bringup.cli._foreground import run_foreground
    from bringup.cli._show import make_show
    from bringup.cli._start import announce, asked_hook, checkpoint_signer, open_to_group, sharing_group
    from bringup.engine.socket import own_folder, socket_folder

    hook = asked_hook(request)
    inputs = kept_inputs(folder, request)
    refuse_other_injection(folder, injection(inputs.inventory, os.environ))
    signer = checkpoint_signer(request.key)
    own_folder(socket_folder())
    job, wiring = kept_job(request, inputs, folder, state, wanted.rows)
    gid = sharing_group(job.started.share_group)
    if gid is not None:
        open_to_group(folder, gid)
    job = msgspec.structs.replace(job, put_back=wanted.put_back)
    announce(request.form, folder)
    show = make_show(request.form, folder, inputs.inventory)
    runner = run_foreground if request.headless else run_apart
    return runner(job, wiring, signer, show, take_over=take_over, hook=hook)


def refuse_held(folder: RunFolder, *, take_over: bool) -> None:
    """Say at once that another runner lives, before a lab or a plan is looked at; the lock decides later.

    Raises:
        Held: with its holder.
    """
    from bringup.cli.list import holder_of
    from bringup.journal.error import Held

    holder = holder_of(folder)
    if holder is not None and not take_over:
        raise Held(
            f"{folder.path} is held by another runner: {holder}",
            "`bringup attach` watches it; `bringup resume --take-over` replaces one that hangs",
        )


def end_lab(folder: RunFolder) -> None:
    """The lab of the runner that is taken over, which would end with that one in the middle of our run."""
    from bringup.lab.control import ask

    try:
        ask(folder.lab, {"do": "stop"})
    except InputError:
        return  # it ended with its runner


def refuse_other_plan(folder: RunFolder, state: RunState) -> None:
    """A run goes on by the plan that it was begun with, as its record has it.

    Raises:
        InputError: a file of it is gone, or is not what it was.
    """
    digests = {folder.plan / name: digest for name, digest in state.plan_files.items()}
    if state.run is not None:
        digests[folder.run_json] = state.run.run_json
    for path, digest in digests.items():
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}", VERIFY) from error
        if found != digest:
            raise InputError(f"{path} is not what it was when this run began", VERIFY)


def refuse_other_injection(folder: RunFolder, asked: str | None) -> None:
    """What is injected stands in the first event, so it can't be begun in the middle of a run."""
    said = msgspec.json.decode(folder.run_json.read_bytes()).get("inject")
    if asked is not None and asked != said:
        raise InputError(f"BRINGUP_INJECT={asked}: this run was begun with {said or 'none'}", "Unset it.")


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def retest_rows(state: RunState, asked: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """The planned rows that `[STAGE/]STEP[@SUBJECT]`, `STAGE[@SUBJECT]` or `failed` names.

    Raises:
        InputError: nothing in the plan is called so, or steps of several stages are.
    """
    from bringup.model.rows import FAILED, named_rows

    planned = [(key.stage, key.step, key.subject) for key, step in state.steps.items() if step.planned]
    failed = [row for row in planned if not state.steps[Key(*row)].counts_as.good]
    return tuple(
        dict.fromkeys(
            row
            for text in asked
            if failed or text != FAILED
            for row in named_rows(planned, text, failed=failed)
        )
    )
