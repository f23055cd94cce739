"""Runs a job in a process of its own: whoever started it may leave, or be killed, and the run goes on."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bringup.model.errors import BringupError, InputError, JournalError
from bringup.model.verdict import EXIT_INTERRUPTED, EXIT_UNKNOWN
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.cli._reader import Show
    from bringup.cli._webhook import Hook
    from bringup.engine.runner import Job
    from bringup.journal.redact import Redactor
    from bringup.journal.sign import Signer
    from bringup.model.state import RunState
    from bringup.transport.links import Wiring

READY, BAD_INPUT, FAILED = b"1", b"2", b"3"
LOG = "runner.log"


Follow = Callable[["Job", "Show", "int | None"], int]
"""Shows a run that a process does, and returns the code to exit with."""


def run_apart(
    job: Job,
    wiring: Wiring,
    signer: Signer,
    show: Show,
    *,
    take_over: bool = False,
    follow: Follow | None = None,
    hook: Hook | None = None,
) -> int:
    """Start the runner apart and follow its record until every row has a verdict; returns the exit code.

    `follow` shows it in another way than line by line.

    Secrets were resolved before, and go over in memory: the process is forked before any thread exists.

    Raises:
        InputError: the runner could not begin; nothing was touched.
        JournalError: the record can't be kept, or another runner holds it.
    """
    ready, says_ready = os.pipe()
    # A Ctrl-C in this moment is ours alone: once it has a session the runner hears nothing of this terminal.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        _runner(job, wiring, signer, Parent(says_ready), take_over, hook)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGHUP})
        os.close(says_ready)
        with os.fdopen(ready, "rb") as pipe:
            said = pipe.read()
    except KeyboardInterrupt:
        return left(job)
    if said != READY:
        os.waitpid(pid, 0)
        raise _refusal(said, job)
    return (follow or follow_apart)(job, show, pid)


class Parent:
    """The pipe on which a runner says, once, that it has begun, or why it can't."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @property
    def waits(self) -> bool:
        return self._fd >= 0

    def say(self, kind: bytes, words: str = "") -> None:
        """The first time only: a closed descriptor's number may by then be that of the journal."""
        fd, self._fd = self._fd, -1
        if fd < 0:
            return
        try:
            os.write(fd, kind + words.encode(errors="replace")[:60_000])
        except OSError:
            return  # whoever started us has left
        finally:
            os.close(fd)


def _refusal(said: bytes, job: Job) -> BringupError:
    words = said[1:].decode(errors="replace")
    if said[:1] == BAD_INPUT:
        return InputError(words)
    return JournalError(words or "the runner ended before it began", f"{job.folder.path / LOG} may say why.")


class RedactedLog(io.TextIOBase):
    """Standard output and error of a runner apart: what a library or a traceback says may hold a secret."""

    def __init__(self, fd: int, redactor: Redactor) -> None:
        self._fd = fd
        self._redactor = redactor

    def write(self, text: str) -> int:
        left = self._redactor.data(text.encode("utf-8", "backslashreplace"))
        while left:
            left = left[os.write(self._fd, left) :]
        return len(text)

    def fileno(self) -> int:
        return self._fd


def _runner(
    job: Job, wiring: Wiring, signer: Signer, parent: Parent, take_over: bool, hook: Hook | None
) -> None:
    """The runner's process: no terminal, no parent to die with."""
    from bringup.journal.redact import Redactor

    code = EXIT_UNKNOWN
    try:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGHUP})
        log = os.open(job.folder.path / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        sys.stdout = sys.stderr = RedactedLog(2, Redactor(wiring.secrets.named()))
        code = asyncio.run(_run(job, wiring, signer, parent, take_over, hook))
    except BringupError as error:
        print(error, file=sys.stderr)
        parent.say(BAD_INPUT if isinstance(error, InputError) else FAILED, str(error))
    except BaseException as error:
        traceback.print_exc()
        parent.say(FAILED, f"the runner ended before it began: {type(error).__name__}")
    finally:
        os._exit(code)


async def _run(
    job: Job, wiring: Wiring, signer: Signer, parent: Parent, take_over: bool, hook: Hook | None
) -> int:
    from bringup.cli._foreground import open_journal, signals, telling, up_to_date
    from bringup.engine.runner import Runner

    journal = await open_journal(job, wiring, signer, take_over)
    runner = Runner(up_to_date(job), journal)
    parent.say(READY)
    main = asyncio.create_task(runner.run())
    try:
        async with telling(hook, runner):
            with signals(runner, main):
                return await main
    except asyncio.CancelledError:
        return EXIT_INTERRUPTED
    finally:
        await wiring.close()


def follow_apart(job: Job, show: Show, pid: int | None) -> int:
    """Print a run that another process does. Ctrl-C leaves it running.

    Returns the verdict's code once every row has one, or 3 when left while it goes on.
    """
    try:
        return asyncio.run(_watch(job, show, pid))
    except KeyboardInterrupt:
        show.leave()
        return left(job)
    finally:
        show.leave()


def left(job: Job) -> int:
    run = job.folder.run_id
    print(
        f"left: the run goes on. `bringup attach {run} --follow` watches it, "
        f"`bringup tell {run} abort` stops it",
        file=sys.stderr,
    )
    return EXIT_UNKNOWN


async def _watch(job: Job, show: Show, pid: int | None) -> int:
    from bringup.cli._attendance import attended

    async with attended(job.folder, attached=False):
        return await _follow(job, show, pid)


async def _follow(job: Job, show: Show, pid: int | None) -> int:
    from bringup.journal.follow import Cursor
    from bringup.model.event import EventReader, Superseded
    from bringup.model.fold import Fold

    cursor, reader, fold = Cursor(job.folder), EventReader(), Fold()
    known = -1 if job.state is None or job.state.last_seq is None else job.state.last_seq
    begun = not job.retest
    status: int | None = None
    while True:
        batch = cursor.more()
        for entry in batch:
            event = reader.read(entry.line)
            begun = begun or (isinstance(event, Superseded) and event.seq > known)
            fold.add(event)
            show.event(entry)
        if batch:
            continue
        if begun and settled(fold.state):
            show.end()
            if fold.state.closed is None:
                _stays(job)
            return fold.state.exit_code
        if status is not None:
            show.end()
            return _ended_early(job, status)
        # Looked at before the record is read once more: what the runner wrote last is still to be shown.
        status = _status(pid)
        if status is None:
            await asyncio.sleep(0.1)


def settled(state: RunState) -> bool:
    """Whether nothing is left to watch: the run is closed, or every row has a verdict that stands."""
    if state.closed is not None:
        return True
    due = any(step.superseded is not None for step in state.steps.values())
    return state.coverage.complete and not state.asks and not due


def _status(pid: int | None) -> int | None:
    """The exit status of the runner, None while it lives."""
    if pid is None:
        return None
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found == pid else None


def _stays(job: Job) -> None:
    run = job.folder.run_id
    print(
        f"the runner stays for `bringup tell {run} retest|waive …`; `bringup tell {run} close` ends it",
        file=sys.stderr,
    )


def last_words(log: Path) -> list[str]:
    """The last line of a runner's log, harmless on a terminal; nothing where there is none."""
    try:
        lines = log.read_text("utf-8", "replace").split("\n")
    except OSError:
        return []
    said = [line for line in lines if line.strip()]
    return [f"{visible(said[-1], 400)}\n"] if said else []


def _ended_early(job: Job, status: int) -> int:
    how = "was stopped" if status == EXIT_INTERRUPTED else f"ended with status {status}"
    print(*last_words(job.folder.path / LOG), sep="\n", end="", file=sys.stderr)
    print(
        f"the runner {how} before the run was complete ({job.folder.path / LOG}); "
        f"`bringup resume {job.folder.run_id}` goes on",
        file=sys.stderr,
    )
    return EXIT_INTERRUPTED if status == EXIT_INTERRUPTED else EXIT_UNKNOWN
