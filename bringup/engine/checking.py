"""Runs the checks of one step: rounds of reads, then judgement of what belongs together, then verdicts.

Tasks of a lot are judged after all of it have measured: whether a dark lane is a fault depends on what the
far end sends, and uniformity on every member of the group (`bringup.engine.lots`). The lots of a step go
their own ways.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from bringup.engine.bench import Bench
from bringup.engine.book import Book, measured, of_step
from bringup.engine.clock import EngineClock, time_for
from bringup.engine.desk import Desk, Interrupted
from bringup.engine.judging import Judging, Outcome, belongs
from bringup.engine.lots import Known, Lot, lots
from bringup.engine.round import Round, TaskAt
from bringup.model.catalogue import Spec
from bringup.model.errors import BringupError, DeviceError, Unparsable
from bringup.model.event import Judged, Measured, StepStarted
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.plan import Plan, Task
from bringup.model.state import RunState
from bringup.model.subject import ancestors, ends
from bringup.model.verdict import Reason, Verdict


def nobody(subjects: Iterable[str]) -> str | None:
    """Where nothing is watched."""
    return None


class Failure(msgspec.Struct, frozen=True):
    """Why a task could not measure: what every one of its subjects gets."""

    reason: str
    message: str
    advice: str
    cause: str | None


class Taken(msgspec.Struct, frozen=True):
    """What one task measured, up to where it failed, if it did."""

    task: Task
    measurements: tuple[Measurement, ...]
    failure: Failure | None


class Checking:
    """Shared by all steps of a session."""

    def __init__(
        self,
        inventory: Inventory,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        desk: Desk,
        judging: Judging,
        plan: Plan,
        state: RunState | None = None,
        *,
        at_work: Callable[[Iterable[str]], str | None] = nobody,
    ) -> None:
        """`state` is what a run that goes on knew before: its readings count where a step compares. `at_work`
        names a port among subjects that somebody has hands on now: no verdict is made of it meanwhile.
        """
        self._at_work = at_work
        self._inventory = inventory
        self._bench = bench
        self._book = book
        self._clock = clock
        self._desk = desk
        self._judging = judging
        self._planned: dict[tuple[str, str], list[Task]] = defaultdict(list)
        for task in plan.tasks:
            self._planned[(task.stage, task.step)].append(task)
        self._latest: dict[tuple[str, str], Known] = defaultdict(Known)
        for key, step in (state.steps if state is not None else {}).items():
            self._latest[(key.stage, key.step)].put(step.measurements)

    async def run(self, spec: Spec, tasks: list[Task]) -> None:
        """Run one step's tasks until each subject is good or its time is up."""
        attempts = {
            subject: self._book.ledger.next_attempt((task.stage, task.step, subject))
            for task in tasks
            for subject in task.subjects
        }
        for task in tasks:
            for subject in task.subjects:
                await self._book.offer(
                    StepStarted(
                        **of_step(task, subject, attempts[subject]),
                        does=spec.name,
                    )
                )
        planned = self._planned[(tasks[0].stage, tasks[0].step)]
        split = lots(tasks, planned, self._inventory)
        under_way = set(range(len(split)))
        done = await asyncio.gather(
            *(self._lot(spec, lot, attempts, under_way, number) for number, lot in enumerate(split)),
            return_exceptions=True,  # no lot is left running when another one ends in an error
        )
        failures = [one for one in done if one is not None]
        for failure in sorted(failures, key=lambda one: isinstance(one, Interrupted)):
            raise failure

    async def _lot(
        self, spec: Spec, lot: Lot, attempts: dict[str, int], under_way: set[int], number: int
    ) -> None:
        """The rounds of tasks that are judged together. `under_way` are the lots that have not measured yet,
        `number` is this one's.
        """
        tasks = lot.tasks
        first = tasks[0]
        began = self._clock.now_s()
        polls = 0
        name = (first.stage, first.step)
        while tasks:
            looked_s = self._clock.now_s() - began
            round_ = Round(
                self._bench,
                self._clock,
                self._desk,
                first.deadline_s,
                first.window_s or 0.0,
                keep=partial(self._book.keep_one, first.stage, first.step, max(attempts.values())),
                nature=spec.nature,
            )
            in_hand = self._in_hand(tasks)
            try:
                done = await asyncio.gather(*(self._take(spec, task, round_) for task in tasks))
            finally:
                await round_.close()
            in_hand |= self._in_hand(tasks)
            taken = [one for one in done if one is not None]
            if len(taken) < len(done):
                raise Interrupted
            polls += 1
            latest = latest_measurements(self._latest[name].of(lot.devices), tasks, taken)
            self._latest[name].put(latest, instead_of=lot.devices)
            outcomes = self._judging.outcomes(latest, tasks, self._planned[name])
            # The last look begins after the time is up: one that hung until then has seen nothing since.
            late = looked_s >= time_for(first.until_s or 0.0, self._inventory.lab)
            await self._book.keep(first.stage, first.step, max(attempts.values()), round_.evidence)
            again: list[Task] = []
            final: list[tuple[Taken, str]] = []
            for one in taken:
                waiting = await self._conclude(one, outcomes, attempts, late, final, in_hand)
                if waiting:
                    again.append(msgspec.structs.replace(one.task, subjects=waiting))
            if not again:
                under_way.discard(number)
            # All at once, so that one sync makes all of them durable; only the last lot is waited for.
            patient = bool(under_way)
            await asyncio.gather(
                *(
                    self._end(one, subject, attempts[subject], outcomes[subject], polls, patient)
                    for one, subject in final
                )
            )
            tasks = again
            if tasks:
                await self._desk.rest(self._clock, max(first.every_s, round_.pace_s))

    def _in_hand(self, tasks: Iterable[Task]) -> frozenset[str]:
        """What somebody has hands on: a reading of it says nothing about how it will be left."""
        subjects = {subject for task in tasks for subject in task.subjects}
        return frozenset(subject for subject in subjects if self._at_work(ends(subject)) is not None)

    async def _take(self, spec: Spec, task: Task, round_: Round) -> Taken | None:
        """What the task measured; None when the run is to stop before it was done."""
        at = TaskAt(self._inventory, self._bench, round_, task.subjects, task.args, self._book.ledger)
        found: list[Measurement] = []
        try:
            assert spec.run is not None
            async for measurement in spec.run(at):
                found.append(sound(measurement))  # noqa: PERF401 (what came before a failure must be kept)
        except Interrupted:
            return None
        except DeviceError as error:
            return Taken(task, tuple(found), failure_of(error, task))
        except Exception as error:  # a fault of ours must not end the run, nor pass: it is UNKNOWN `crashed`
            return Taken(task, tuple(found), crash_of(error))
        return Taken(task, tuple(found), None)

    async def _conclude(
        self,
        taken: Taken,
        outcomes: dict[str, Outcome],
        attempts: dict[str, int],
        late: bool,
        final: list[tuple[Taken, str]],
        in_hand: frozenset[str],
    ) -> tuple[str, ...]:
        """Write what was measured and judged where that is final, and add it to `final`; return the subjects
        that are worth another look.
        """
        waiting: list[str] = []
        for subject in taken.task.subjects:
            if (taken.task.stage, taken.task.step, subject) in self._book.ledger.ended:
                continue  # a person has skipped it in the meantime
            if subject in in_hand:
                waiting.append(subject)
                continue
            outcome = outcomes[subject]
            good = taken.failure is None and outcome.verdict.good
            if not good and not late and not outcome.hopeless:
                waiting.append(subject)
                continue
            await self._write(taken, attempts[subject], outcome)
            final.append((taken, subject))
        return tuple(waiting)

    async def _write(self, taken: Taken, attempt: int, outcome: Outcome) -> None:
        """What a failed task left unmeasured is explained by its failure, not by a judgement of nothing."""
        for measurement in outcome.measurements:
            await self._book.offer(measured_event(taken.task, attempt, measurement))
        missing = outcome.missing if taken.failure is None else ()
        for judgement in (*outcome.judgements, *missing):
            await self._book.offer(judged_event(taken.task, attempt, judgement))

    async def _end(
        self, taken: Taken, subject: str, attempt: int, outcome: Outcome, polls: int, patient: bool
    ) -> None:
        row = (taken.task.stage, taken.task.step, subject)
        if row in self._book.ledger.ended:
            return  # a person has skipped it in the meantime
        failure = taken.failure
        if failure is not None and outcome.verdict is not Verdict.FAIL:
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=failure.reason,
                cause=failure.cause,
                message=failure.message,
                advice=failure.advice,
                patient=patient,
            )
            return
        message = f"after {polls} readings" if polls > 1 else None
        await self._book.end(
            row, attempt, outcome.verdict, reason=outcome.reason, message=message, patient=patient
        )


def latest_measurements(
    before: list[Measurement], tasks: Iterable[Task], taken: Iterable[Taken]
) -> list[Measurement]:
    """What is known after a round: of what was read again only the new, of the rest what stands.

    Whether a dark lane is a fault depends on a far end, which may be good and not read again.
    """
    again = [subject for task in tasks for subject in task.subjects]
    known = {
        (one.subject, one.quantity): one
        for one in before
        if not any(belongs(one.subject, subject) for subject in again)
    }
    for each in taken:
        known |= {(one.subject, one.quantity): one for one in each.measurements}
    return list(known.values())


def sound(measurement: Measurement) -> Measurement:
    """The measurement, where the record can hold it: names may be a device's own words.

    Raises:
        Unparsable: its subject is none.
        KeyError: its quantity is none, which is a fault of ours.
    """
    _ = measurement.unit
    try:
        ancestors(measurement.subject)
    except ValueError as error:
        raise Unparsable(
            f"a name in its answer can't be that of a part: {error}", "Report it with this step's evidence."
        ) from None
    return measurement


def failure_of(error: DeviceError, task: Task) -> Failure:
    """What a device's error says about every subject of the task. The device to blame stands in the error's
    text; the cause is that device where the error names it (`leaf-1: ...`), else the task's own.
    """
    device = error.message.partition(":")[0]
    named = device if device and " " not in device else task.device
    return Failure(error.reason, error.message, error.advice, named)


def crash_of(error: Exception) -> Failure:
    """What a fault of the program's own says about every subject of the task."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    text = error.message if isinstance(error, BringupError) else f"{type(error).__name__}: {error}"
    return Failure(
        Reason.CRASHED,
        f"the step itself failed in {where.name} (line {where.lineno}): {text}",
        "This is a fault of the program: please report it with the evidence of this step.",
        None,
    )


def measured_event(task: Task, attempt: int, measurement: Measurement) -> Measured:
    return measured(of_step(task, measurement.subject, attempt), measurement)


def judged_event(task: Task, attempt: int, judgement: Judgement) -> Judged:
    return Judged(
        **of_step(task, judgement.subject, attempt),
        quantity=judgement.quantity,
        unit=judgement.unit,
        value=judgement.value,
        reading=judgement.reading,
        limit=judgement.limit,
        source=judgement.source,
        standing=judgement.standing,
        verdict=judgement.verdict,
        reason=judgement.reason,
        within_accuracy=judgement.within_accuracy,
        note=judgement.note,
    )
