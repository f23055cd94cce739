"""Runs a job in this very process, with a reader of its record beside it that prints what is durable."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from bringup.model.verdict import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bringup.cli._reader import Show
    from bringup.cli._webhook import Hook
    from bringup.engine.runner import Job, Runner
    from bringup.journal.sign import Signer
    from bringup.journal.write import Journal
    from bringup.transport.links import Wiring


def run_foreground(
    job: Job,
    wiring: Wiring,
    signer: Signer,
    show: Show,
    *,
    take_over: bool = False,
    hook: Hook | None = None,
) -> int:
    """Run the job to its end or to a stop; returns the exit code.

    Raises:
        JournalError: the record can't be written: nothing was started after that.
    """
    try:
        code = asyncio.run(_run(job, wiring, signer, show, take_over, hook))
    finally:
        show.leave()
    if code == EXIT_INTERRUPTED:
        print(f"stopped: `bringup resume {job.folder.run_id}` goes on with it", file=sys.stderr)
    return code


async def _run(
    job: Job, wiring: Wiring, signer: Signer, show: Show, take_over: bool, hook: Hook | None
) -> int:
    from bringup.engine.runner import Runner
    from bringup.model.errors import JournalError

    journal = await open_journal(job, wiring, signer, take_over)
    try:
        runner = Runner(up_to_date(job), journal)
    except BaseException:
        with suppress(JournalError):  # that an empty record has no end is not what went wrong
            await journal.close()
        raise
    reader = asyncio.create_task(_read(job, journal.wait_durable, show))
    main = asyncio.create_task(runner.run())
    try:
        async with telling(hook, runner):
            with signals(runner, main):
                code = await main
    except asyncio.CancelledError:
        code = EXIT_INTERRUPTED
    finally:
        await wiring.close()
        shown = await _finish(reader)
    if shown:
        show.end()
    return code


def telling(hook: Hook | None, runner: Runner) -> AbstractAsyncContextManager[None]:
    """Tell a webhook of what the runner does from here on, if there is one."""
    from bringup.cli._webhook import told
    from bringup.model.event import Noted

    state, book = runner.job.state, runner.book

    async def note(text: str) -> None:
        await book.offer(Noted(text=text, by="bringup"))

    after = state.last_seq if state is not None and state.last_seq is not None else -1
    return told(hook, runner.job.folder, note, after=after)


def up_to_date(job: Job) -> Job:
    """A run that goes on, with all that its record says now that it is ours: until then another runner may
    have written, and what that one did must not be done again.
    """
    from bringup.cli._reader import read_state

    if job.state is None:
        return job
    return msgspec.structs.replace(job, state=read_state(job.folder))


async def _read(job: Job, wake: Callable[[int], Awaitable[object]], show: Show) -> None:
    from bringup.journal.follow import follow

    async for entry in follow(job.folder, wake=wake):
        show.event(entry)


async def _finish(reader: asyncio.Task[None]) -> bool:
    """Let the reader come to the end of what is durable. Whether there is still anybody to show it to: a run
    goes on, and keeps its exit code, when its output is a pipe that was closed.
    """
    from bringup.model.errors import JournalError

    try:
        async with asyncio.timeout(10):
            await reader
    except (JournalError, TimeoutError):
        pass  # the journal ended without RunClosed: the reader has shown what was durable before
    except OSError as error:
        print(f"nothing more was shown: standard output: {error.strerror}", file=sys.stderr)
        return False
    return True


async def open_journal(job: Job, wiring: Wiring, signer: Signer, take_over: bool) -> Journal:
    """The record of a new run, or of one that goes on; secrets never reach it."""
    from bringup.journal.redact import Redactor
    from bringup.journal.write import Journal

    redactor = Redactor(wiring.secrets.named())
    if not any(job.folder.epoch.iterdir()):
        return await Journal.create(job.folder, signer=signer, redactor=redactor)
    return await Journal.reopen(job.folder, signer=signer, redactor=redactor, take_over=take_over)


@contextmanager
def signals(runner: Runner, main: asyncio.Task[int]) -> Iterator[None]:
    """Once: a clean stop after what is under way. Twice: at once, at the last durable event.

    What whoever started us had ignored (nohup, a runner apart) stays ignored.
    """
    loop = asyncio.get_running_loop()
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    caught = [number for number in stopping if signal.getsignal(number) is not signal.SIG_IGN]
    times = 0

    def stop() -> None:
        nonlocal times
        times += 1
        if times == 1:
            print("stopping after what is under way; once more to stop at once", file=sys.stderr)
            runner.desk.interrupt()
        else:
            main.cancel()

    for number in caught:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
