"""Runs a job in a process of its own: whoever started it may leave, or be killed, and the run goes on."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from typing import TYPE_CHECKING

from bringup.model.errors import JournalError
from bringup.model.verdict import EXIT_UNKNOWN

if TYPE_CHECKING:
    from bringup.cli._foreground import Show
    from bringup.engine.runner import Job
    from bringup.journal.sign import Signer
    from bringup.transport.links import Wiring

READY = b"1"


def run_apart(job: Job, wiring: Wiring, signer: Signer, show: Show, *, take_over: bool = False) -> int:
    """Start the runner apart and follow its record until every row has a verdict; returns the exit code.

    Secrets were resolved before, and go over in memory: the process is forked before any thread exists.
    """
    ready, says_ready = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        _runner(job, wiring, signer, says_ready, take_over)
    os.close(says_ready)
    with os.fdopen(ready, "rb") as pipe:
        said = pipe.read()
    if said != READY:
        raise JournalError(said.decode(errors="replace") or "the runner ended before it began")
    return follow_apart(job, show, pid)


def _runner(job: Job, wiring: Wiring, signer: Signer, says_ready: int, take_over: bool) -> None:
    """The runner's process: no terminal, no parent to die with."""
    code = EXIT_UNKNOWN
    try:
        os.setsid()
        log = os.open(job.folder.path / "runner.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        code = asyncio.run(_run(job, wiring, signer, says_ready, take_over))
    except JournalError as error:
        try:
            os.write(says_ready, str(error).encode())
        except OSError:
            print(error, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


async def _run(job: Job, wiring: Wiring, signer: Signer, says_ready: int, take_over: bool) -> int:
    from bringup.cli._foreground import open_journal, signals
    from bringup.engine.runner import Runner

    journal = await open_journal(job, wiring, signer, take_over)
    runner = Runner(job, journal)
    os.write(says_ready, READY)
    os.close(says_ready)
    main = asyncio.create_task(runner.run())
    try:
        with signals(runner, main, ignore_hangup=True):
            return await main
    finally:
        await wiring.close()


def follow_apart(job: Job, show: Show, pid: int | None) -> int:
    """Print a run that another process does. Ctrl-C leaves it running.

    Returns the verdict's code once every row has one, or 3 when left while it goes on.
    """
    try:
        return asyncio.run(_follow(job, show, pid))
    except KeyboardInterrupt:
        print(
            f"left: the run goes on. `bringup attach {job.folder.run_id}` watches it, "
            f"`bringup tell {job.folder.run_id} abort` stops it",
            file=sys.stderr,
        )
        return EXIT_UNKNOWN


async def _follow(job: Job, show: Show, pid: int | None) -> int:
    from bringup.journal.follow import Cursor
    from bringup.model.event import EventReader
    from bringup.model.fold import Fold

    cursor, reader, fold = Cursor(job.folder), EventReader(), Fold()
    while True:
        batch = cursor.more()
        for entry in batch:
            fold.add(reader.read(entry.line))
            show.event(entry)
        if batch:
            continue
        state = fold.state
        if state.closed is not None or (state.coverage.complete and not state.asks):
            show.end()
            return state.exit_code
        if pid is not None and os.waitpid(pid, os.WNOHANG)[0] == pid:  # noqa: ASYNC222 (it returns at once)
            pid = None
            if not cursor.more():
                show.end()
                return EXIT_UNKNOWN
        await asyncio.sleep(0.1)
