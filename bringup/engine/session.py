"""One session with a plan: stages in their order, steps in theirs, tasks side by side; every row ends with a
verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import msgspec

from bringup.engine.acting import Acting
from bringup.engine.amending import Amendments
from bringup.engine.asking import Asking
from bringup.engine.bench import Bench
from bringup.engine.blocking import blocker_of, gate_blocker
from bringup.engine.book import Book
from bringup.engine.checking import Checking
from bringup.engine.clock import EngineClock
from bringup.engine.desk import Desk, Interrupted
from bringup.engine.ledger import Row
from bringup.model.catalogue import Catalogue, Spec
from bringup.model.errors import JournalError
from bringup.model.event import StageEnded, StageStarted
from bringup.model.inventory import Inventory
from bringup.model.plan import Plan, PlannedStage, Task
from bringup.model.verdict import Reason, Verdict, worst


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How this session was asked to run."""

    headless: bool = True
    read_only: bool = False
    checkpoint_every_s: float = 60.0


class Session:
    """Runs the rows of `plan` that have not ended. Devices, record, clock and desk are handed in."""

    def __init__(
        self,
        *,
        plan: Plan,
        inventory: Inventory,
        catalogue: Catalogue,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        desk: Desk,
        checking: Checking,
        acting: Acting,
        asking: Asking,
        amendments: Amendments | None = None,
    ) -> None:
        self._plan = plan
        self._inventory = inventory
        self._catalogue = catalogue
        self._bench = bench
        self._book = book
        self._clock = clock
        self._desk = desk
        self._checking = checking
        self._acting = acting
        self._asking = asking
        self._amendments = amendments
        self._under_way: dict[Row, str] = {}

    async def run(self, due: frozenset[Row] | None = None) -> None:
        """Run every stage; returns when all rows have ended, or the desk said stop. With `due` only these
        rows, beside a run that waits for people (`waits`).

        What goes wrong with the journal ends everything at once: no step starts after it.
        """
        await self._acting.begin()
        done = {stage.name: asyncio.Event() for stage in self._plan.stages}
        try:
            async with asyncio.TaskGroup() as group:
                for stage in self._plan.stages:
                    group.create_task(self._stage(stage, done, due))
        except* JournalError as several:
            raise several.exceptions[0] from several
        if self._desk.aborted:
            await self._end_rest(Reason.ABORTED, "the run was stopped by a person")

    @property
    def waits(self) -> bool:
        """Whether all that is under way are questions: what a retest made due can run meanwhile."""
        return bool(self._under_way) and set(self._under_way.values()) == {"ask"}

    @property
    def to_retest(self) -> frozenset[Row]:
        """Rows that had a verdict, have none now, and are not being run."""
        return frozenset(
            row
            for row in self._plan.planned
            if row not in self._book.ledger.ended
            and row not in self._under_way
            and self._book.ledger.next_attempt(row) > 1
        )

    async def _stage(
        self, stage: PlannedStage, done: dict[str, asyncio.Event], due: frozenset[Row] | None
    ) -> None:
        try:
            for needed in stage.needs:
                await done[needed].wait()
            if self._rows_left(stage, due) and await self._desk.going():
                await self._run_stage(stage, due)
        except Interrupted:
            return
        finally:
            done[stage.name].set()

    async def _run_stage(self, stage: PlannedStage, due: frozenset[Row] | None) -> None:
        await self._book.offer(StageStarted(stage=stage.name, title=stage.title))
        for tasks in _by_step(stage):
            if not await self._desk.going():
                return
            await self._step(stage, tasks, due)
        if not self._rows_left(stage):
            verdicts = [
                self._book.ledger.ended[(stage.name, task.step, subject)].verdict
                for task in stage.tasks
                for subject in task.subjects
            ]
            await self._book.offer(StageEnded(stage=stage.name, verdict=worst(verdicts)))
            await self._book.journal.checkpoint()

    async def _step(self, stage: PlannedStage, tasks: tuple[Task, ...], due: frozenset[Row] | None) -> None:
        spec = self._catalogue[tasks[0].does]
        rows = {
            row: spec.kind
            for task in tasks
            for subject in task.subjects
            if (row := (task.stage, task.step, subject)) not in self._under_way
            and (due is None or row in due)
        }
        self._under_way |= rows
        try:
            await self._run_step(stage, tasks, spec, rows)
        finally:
            for row in rows:
                self._under_way.pop(row, None)

    async def _run_step(
        self, stage: PlannedStage, tasks: tuple[Task, ...], spec: Spec, rows: Collection[Row]
    ) -> None:
        runnable = [left for task in tasks if (left := await self._unblocked(stage, task, rows)) is not None]
        if not runnable:
            return
        match spec.kind:
            case "check":
                await self._checking.run(spec, runnable)
            case "action":
                await self._acting.run(spec, runnable)
            case "ask":
                await self._asking.run(spec, runnable)
        settle = max(task.settle_s for task in runnable)
        if settle:
            await self._desk.rest(self._clock, settle)

    async def _unblocked(self, stage: PlannedStage, task: Task, rows: Collection[Row]) -> Task | None:
        """The task with the subjects of `rows` that have not ended; those that something stands in the way of
        end here.
        """
        if self._amendments is not None:
            task = self._amendments.task(task)
        left: list[str] = []
        for subject in task.subjects:
            row: Row = (task.stage, task.step, subject)
            if row in self._book.ledger.ended or row not in rows:
                continue
            blocker = gate_blocker(self._plan, stage, self._book.ledger) or blocker_of(
                self._plan, stage, task, subject, self._book.ledger
            )
            if blocker is None:
                left.append(subject)
                continue
            await self._book.end(
                row,
                self._book.ledger.next_attempt(row),
                Verdict.UNKNOWN,
                reason=Reason.BLOCKED,
                because=blocker.seq,
                cause=blocker.cause,
                message=blocker.message,
            )
        return msgspec.structs.replace(task, subjects=tuple(left)) if left else None

    def _rows_left(self, stage: PlannedStage, due: frozenset[Row] | None = None) -> bool:
        return any(
            (row := (stage.name, task.step, subject)) not in self._book.ledger.ended
            and (due is None or row in due)
            for task in stage.tasks
            for subject in task.subjects
        )

    @property
    def complete(self) -> bool:
        """Whether every planned row has a verdict."""
        return not any(self._rows_left(stage) for stage in self._plan.stages)

    @property
    def verdict(self) -> Verdict:
        """The worst of all planned rows, and of what was put back; a row without a verdict is UNKNOWN."""
        ended = self._book.ledger.ended
        rows = dict.fromkeys((*self._plan.planned, *ended))
        return worst(ended[row].verdict if row in ended else Verdict.UNKNOWN for row in rows)

    async def _end_rest(self, reason: Reason, message: str) -> None:
        for row in self._plan.planned:
            if row not in self._book.ledger.ended:
                await self._book.end(
                    row,
                    self._book.ledger.next_attempt(row),
                    Verdict.UNKNOWN,
                    reason=reason,
                    message=message,
                )


def _by_step(stage: PlannedStage) -> list[tuple[Task, ...]]:
    """The stage's tasks, grouped by step, in the playbook's order."""
    steps: dict[str, list[Task]] = {}
    for task in stage.tasks:
        steps.setdefault(task.step, []).append(task)
    return [tuple(tasks) for tasks in steps.values()]
