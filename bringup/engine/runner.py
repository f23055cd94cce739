"""The runner: owns devices, credentials, engine and journal of one run, from opening to close."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import bringup
from bringup.engine.acting import Acting
from bringup.engine.amending import Amendments
from bringup.engine.asking import Asking
from bringup.engine.attaching import Attaching
from bringup.engine.bench import Bench, Bounds
from bringup.engine.book import Book
from bringup.engine.checking import Checking
from bringup.engine.clock import WorldClock
from bringup.engine.desk import Desk, Interrupted
from bringup.engine.inbox import Inbox
from bringup.engine.judging import Judging
from bringup.engine.ledger import Ledger, Row
from bringup.engine.lock import DeviceLocks, lock_folder
from bringup.engine.peer import group_id
from bringup.engine.people import People, Sharing
from bringup.engine.precaution import bindings_of
from bringup.engine.putting import Putting
from bringup.engine.questions import Questions
from bringup.engine.replacing import Replacing
from bringup.engine.restoring import Restoring
from bringup.engine.session import Session
from bringup.engine.socket import CommandSocket, socket_path, user_name
from bringup.engine.superseding import RETEST, Superseding
from bringup.engine.trapping import Trapping
from bringup.engine.watching import Watching
from bringup.journal.folder import RunFolder
from bringup.journal.sign import Signer
from bringup.journal.write import Journal
from bringup.model.answer import Answers
from bringup.model.catalogue import Catalogue
from bringup.model.errors import JournalError
from bringup.model.event import PlanFixed, RunClosed, RunStarted
from bringup.model.inventory import Device, Inventory
from bringup.model.plan import Plan
from bringup.model.state import RunState
from bringup.model.verdict import EXIT_INTERRUPTED, exit_code
from bringup.transport.base import Links

if TYPE_CHECKING:
    from bringup.transport.snmp_trap import TrapListener

CHECKPOINT_S = 60
IDLE_S = 600.0
"""How long a runner without a foreground waits for a command after its last step (contracts, section 7)."""


RETEST_LOOK_S = 0.5
"""So often a run that waits for people looks whether something else is to be done."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was asked for, read and validated; no device has been touched yet."""

    folder: RunFolder
    plan: Plan
    inventory: Inventory
    catalogue: Catalogue
    links: Callable[[Device], Links]
    started: RunStarted
    plan_files: dict[str, str]
    contract: bool = False
    headless: bool = True
    read_only: bool = False
    answers: Answers = Answers()
    approver: Signer | None = None
    simulated: bool = False
    speed: float = 1.0
    bounds: Bounds = Bounds()
    traps: TrapListener | None = None
    state: RunState | None = None
    retest: tuple[Row, ...] = ()
    put_back: bool = False
    idle_s: float = IDLE_S
    demo: bool = False
    """Its simulated rack stands for this run alone: nobody needs it when the last who looked has left."""


class Runner:
    """One runner process's work with one run. Make it, `open` it with a journal, `run` it."""

    def __init__(self, job: Job, journal: Journal) -> None:
        self.job = job
        self.journal = journal
        self.desk = Desk()
        ledger = Ledger(job.state)
        known = job.state.identities if job.state is not None else {}
        parts = Superseding(job.plan, job.inventory, job.catalogue, ledger, known)
        self.book = Book(journal, ledger, parts)
        self.amendments = Amendments(job.inventory, job.state.replaced if job.state is not None else ())
        self.clock = WorldClock(job.speed)
        self.bench = Bench(job.inventory, job.links, job.bounds)
        self.questions = self._questions()
        self.watching = Watching(
            self.bench,
            self.book,
            self.clock,
            job.inventory,
            tasks=job.plan.tasks,
            judging=Judging(job.inventory, contract=job.contract),
            speed=job.speed,
        )
        self.putting = Putting(
            self.bench, self.book, self.clock, job.inventory, speed=job.speed, lights=not job.read_only
        )
        self.acting, self.session = self._session()
        self.replacing = Replacing(self.book, job.plan, parts, self.amendments, self.acting.amend)
        self.restoring = Restoring(self.acting, self.book, self.desk, self.questions)
        self.trapping = Trapping(job.traps, self.book)
        sharing = Sharing(job.started.share, job.started.share_group)
        self.people = People(sharing, job.inventory)
        for given in job.state.answers if job.state is not None else ():
            self.desk.remember(
                given.question, f"was answered already: {given.value!r} by {given.by} at {given.at[11:19]}Z"
            )
        self.inbox = Inbox(
            self.book,
            self.desk,
            job.plan,
            run_id=job.folder.run_id,
            replacing=self.replacing,
            restoring=self.restoring,
            watching=self.watching,
            people=self.people,
            putting=self.putting,
            attaching=Attaching(self.book, self.clock, job.inventory),
        )
        self.socket = self._socket()

    def _socket(self) -> CommandSocket:
        """Where commands come in: in a place of our own, or of the group that the run is shared with."""
        folder, group = self.job.folder, self.people.sharing.group
        gid = group_id(group) if group is not None else None
        path = socket_path(folder.path, folder.run_id, gid)
        return CommandSocket(path, self.inbox.handle, gid=gid, gone=self.people.gone)

    def _questions(self) -> Questions:
        job = self.job
        return Questions(
            book=self.book,
            desk=self.desk,
            run_id=job.folder.run_id,
            answers=job.answers,
            approver=job.approver,
            simulated=job.simulated,
            headless=job.headless,
        )

    def _session(self) -> tuple[Acting, Session]:
        job, questions = self.job, self.questions
        judging = Judging(job.inventory, contract=job.contract)
        in_doubt = job.state.in_doubt if job.state is not None else ()
        acting = Acting(
            inventory=self.amendments.inventory,
            bench=self.bench,
            book=self.book,
            clock=self.clock,
            desk=self.desk,
            judging=judging,
            questions=questions,
            locks=DeviceLocks(
                job.inventory,
                lock_folder(),
                void_when=job.folder.epoch / str(self.journal.epoch + 1),
                holder=f"run {job.folder.run_id} (process {os.getpid()})",
            ),
            read_only=job.read_only,
            altered=job.state.altered if job.state is not None else (),
            bindings=bindings_of(job.state),
            unfinished={(each.stage, each.step, each.subject): each for each in in_doubt},
        )
        session = Session(
            plan=job.plan,
            inventory=job.inventory,
            catalogue=job.catalogue,
            bench=self.bench,
            book=self.book,
            clock=self.clock,
            desk=self.desk,
            checking=Checking(
                job.inventory,
                self.bench,
                self.book,
                self.clock,
                self.desk,
                judging,
                job.plan,
                job.state,
                at_work=self.watching.at_work,
            ),
            acting=acting,
            asking=Asking(self.book, judging, questions),
            amendments=self.amendments,
        )
        return acting, session

    async def run(self) -> int:
        """Run to the end, or to a stop; returns the exit code. The journal is closed in every case.

        Raises:
            JournalError: the record can't be written, or the run was taken over: nothing starts after it.
        """
        keeper = asyncio.create_task(self._keep_watch())
        try:
            # One that was taken over while it started must not put its socket in the place of another's.
            self.journal.assert_epoch()
            await self.socket.start()
            self._announce()
            await self._begin()
            await self.trapping.open()
            await self._work()
            if not self.job.headless:
                await self._stay()
            code = await self._close()
        except BaseException:
            with suppress(JournalError):  # what went wrong first is told, not what can't be ended well for it
                await self._leave(keeper)
            raise
        await self._leave(keeper)
        return code

    async def _leave(self, keeper: asyncio.Task[None]) -> None:
        keeper.cancel()
        await self.socket.close()
        await self.trapping.close()
        await self.watching.close()
        await self.putting.close()
        await self.bench.close()
        await self.journal.close()

    async def _begin(self) -> None:
        """The first two events, unless they are there; then what is to run again."""
        state = self.job.state
        if state is None or state.run is None:
            await self.book.offer(self.job.started)
        if state is None or not state.plan_files:
            await self.book.append(PlanFixed(files=self.job.plan_files, planned=self.job.plan.planned))
        if state is not None:
            await self.replacing.finish(state.replaced)
        await self.book.supersede_outdated()
        await self.book.supersede(self.book.smallest_retest(self.job.retest), RETEST, retest=True)
        self.restoring.wanted = self.job.put_back

    async def _work(self) -> None:
        """Run until every row has a verdict. More than once where a retest came for what had been passed."""
        await self._pass()
        while not self.desk.stop.is_set() and (self.restoring.wanted or not self.session.complete):
            if self.restoring.wanted:
                await self._put_back()
            await self._pass()

    async def _pass(self) -> None:
        """Through all stages once. A retest does not wait until somebody has answered a question."""
        whole = asyncio.create_task(self.session.run())
        asked_s = time.monotonic()
        try:
            while not whole.done():
                await asyncio.wait({whole}, timeout=RETEST_LOOK_S)
                if not whole.done() and self.session.waits and (due := self.session.to_retest):
                    await self.session.run(due)
                if not self.desk.open_questions:
                    asked_s = time.monotonic()
                elif self.job.demo and self._alone_s(asked_s) >= self.job.idle_s:
                    self.desk.interrupt()  # left open: `resume` stands the rack up again and asks anew
        finally:
            if not whole.done():
                whole.cancel()
                await asyncio.wait({whole})
        await whole

    async def _put_back(self) -> None:
        try:
            await self.restoring.put_all_back()
        except Interrupted:
            return  # the run is to stop

    async def _stay(self) -> None:
        """Take retests until somebody closes the run, or the last who asked or watched left a while ago."""
        since_s = time.monotonic()
        while not (self.desk.stop.is_set() or self.desk.closing.is_set()):
            self.desk.work.clear()
            alone_s = self._alone_s(since_s)
            if alone_s >= self.job.idle_s and not self.watching.active:
                return
            try:
                async with asyncio.timeout(max(1.0, self.job.idle_s - alone_s)):
                    await self.desk.work.wait()
            except TimeoutError:
                continue
            await self._work()
            since_s = time.monotonic()

    def _alone_s(self, since_s: float) -> float:
        """How long nobody has been there, at most since `since_s` (`time.monotonic`)."""
        return min(self.socket.alone_s, time.monotonic() - since_s)

    async def _close(self) -> int:
        """Closed when every row has a verdict; else left open, so that it can be resumed."""
        await self.watching.close()
        await self.putting.close()
        await self.trapping.close()
        self.book.ledger.end_waivers()
        verdict = self.session.verdict
        if not self.session.complete:
            await self.journal.checkpoint()
            return EXIT_INTERRUPTED
        code = exit_code(verdict)
        await self.journal.close(
            RunClosed(
                verdict=verdict,
                exit_code=code,
                partial=bool(self.job.started.only),
                interrupted=self.desk.aborted,
            )
        )
        return code

    async def _keep_watch(self) -> None:
        """A signed tree head each minute, beside those at the stages' ends; and each second a look whether
        this run is still ours and its record can be written, since a runner that waits for a person, or was
        frozen meanwhile, would not notice by itself.
        """
        try:
            while True:
                for _ in range(CHECKPOINT_S):
                    await asyncio.sleep(1)
                    self.journal.assert_epoch()
                    await self.inbox.give_back_stale()
                await self.journal.checkpoint()
        except JournalError:
            # The end of what is under way; closing the record then says why.
            self.desk.interrupt()

    def _announce(self) -> None:
        """runner.json: where the runner is, for whoever wants to talk to it."""
        folder = self.job.folder
        said = {
            "host": socket.gethostname(),
            "boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            "pid": os.getpid(),
            "epoch": self.journal.epoch,
            "socket": str(self.socket.path),
        }
        try:
            folder.write_runner(said)
        except OSError as error:
            raise JournalError(
                f"{folder.runner_json} can't be written: {error.strerror}",
                "see to the disk, then `bringup resume`; nothing was started",
            ) from error


def started_event(said: dict[str, Any], run_json: str) -> RunStarted:
    """The first event, from what run.json says (`run_json` is its SHA-256) and what this machine knows."""
    return RunStarted(
        run=said["run"],
        path=said["path"],
        playbook=said["playbook"],
        inventory=said["inventory"],
        rack=said["rack"],
        program=f"bringup {bringup.__version__}",
        host=socket.gethostname(),
        user=user_name(os.getuid()),
        run_json=run_json,
        simulated=said["simulated"],
        speed=said["speed"],
        only=tuple(said["only"]),
        read_only=said["read_only"],
        inject=said["inject"],
        share=said["share"],
        share_group=said.get("share_group"),
        accept=said.get("accept"),
    )
