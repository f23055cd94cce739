"""Runs the actions of one step, one at a time: guard, approval, identity, intent, change, probe.

What happens on a crash: before `ActionIntended` is durable nothing was changed, and the row starts again.
After it, and without an outcome, the device is probed: done is written as inferred, surely not done is done
again, and anything else is asked of a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from bringup.action.base import Action, State
from bringup.action.base import Outcome as ActionOutcome
from bringup.action.identity import mismatch
from bringup.action.safety import Doubt
from bringup.check.catalogue import load_catalogue
from bringup.engine.aftermath import PROBES_AFTER_S, Aftermath
from bringup.engine.alterations import BY_HAND, PUT_BACK, Alterations, undo_task
from bringup.engine.bench import Bench
from bringup.engine.book import Book, of_step
from bringup.engine.checking import crash_of, failure_of, judged_event, measured_event, sound
from bringup.engine.clock import EngineClock
from bringup.engine.desk import Desk, Interrupted
from bringup.engine.guard import Refusal, guard
from bringup.engine.judging import Judging
from bringup.engine.lock import DeviceLocks
from bringup.engine.precaution import Precautions
from bringup.engine.questions import Questions
from bringup.engine.round import TaskAt
from bringup.model.catalogue import Spec
from bringup.model.errors import DeviceError, InputError, JournalError
from bringup.model.event import ActionDone, ActionFailed, ActionIntended, AlteredState, StepStarted
from bringup.model.inventory import Inventory
from bringup.model.measurement import NOT_AVAILABLE, measured
from bringup.model.plan import Task
from bringup.model.verdict import Reason, Verdict

_NOT_DONE = {
    "not_done": "the device is not as it was asked to be",
    "unknown": "nobody can tell whether it happened",
}


class Acting:
    """Shared by all steps of a session. `unfinished` maps rows to intents of a crashed run without an
    outcome, `altered` is what that run had left other than it should be.
    """

    def __init__(
        self,
        *,
        inventory: Inventory,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        desk: Desk,
        judging: Judging,
        questions: Questions,
        locks: DeviceLocks,
        read_only: bool,
        unfinished: dict[tuple[str, str, str], ActionIntended],
        altered: Iterable[AlteredState] = (),
        bindings: dict[str, str] | None = None,
    ) -> None:
        self._inventory = inventory
        self._bench = bench
        self._book = book
        self._clock = clock
        self._desk = desk
        self._judging = judging
        self._questions = questions
        self._locks = locks
        self._read_only = read_only
        self._unfinished = unfinished
        self._precautions = Precautions(inventory, book, questions, dict(bindings or {}))
        self._alterations = Alterations(book, altered)
        self._after = Aftermath(inventory, bench, book, clock, desk, self._precautions)

    @property
    def altered(self) -> tuple[AlteredState, ...]:
        """What is left other than it should be, oldest first."""
        return self._alterations.left

    async def begin(self) -> None:
        """Before anything is run: what only an earlier part of this run has proven is not proven now."""
        await self._alterations.doubt()

    def amend(self, inventory: Inventory) -> None:
        """From now on identities are compared with this inventory: a part was replaced (field rule 23)."""
        self._inventory = inventory
        self._precautions.amend(inventory)
        self._after.amend(inventory)

    async def put_back_by_hand(self, altered: AlteredState) -> None:
        """A person has put it back, and says so: it is off the list."""
        await self._alterations.by_hand(altered)

    async def undo(self, altered: AlteredState) -> Verdict:
        """Put back one thing that was left altered, by an action like any other: guarded, approved, written
        down before, and read back after. The row is (`PUT_BACK`, the action, its subject); where this is
        done, the alteration is off the list. Returns the row's verdict.

        Raises:
            Interrupted: the run is to stop.
        """
        row = (PUT_BACK, altered.action or BY_HAND, altered.subject)
        if not altered.action:
            attempt = self._book.ledger.next_attempt(row)
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=Reason.NO_DATA,
                message=f"{altered.what}, and nobody knows how it was before",
                advice=altered.undo or "See to it by hand.",
            )
            return Verdict.UNKNOWN
        spec = load_catalogue()[altered.action]
        await self._one(spec, undo_task(spec, altered), altered.subject)
        return self._book.ledger.ended[row].verdict

    async def run(self, spec: Spec, tasks: list[Task]) -> None:
        """Every subject of every task, in order, one at a time (field rule 4); where one unit goes first, the
        next only when it is good (field rule 10).
        """
        assert spec.run is not None
        one_first = cast(Action, spec.run()).one_first
        bad: tuple[str, str, str] | None = None
        for task in tasks:
            for subject in task.subjects:
                if not await self._desk.going():
                    return
                row = (task.stage, task.step, subject)
                if bad is not None:
                    await self._blocked(row, bad)
                    continue
                await self._one(spec, task, subject)
                ended = self._book.ledger.ended.get(row)
                if one_first and not (ended is not None and ended.verdict.good):
                    bad = row

    async def _blocked(self, row: tuple[str, str, str], bad: tuple[str, str, str]) -> None:
        because = self._book.ledger.ended.get(bad)
        await self._book.end(
            row,
            self._book.ledger.next_attempt(row),
            Verdict.UNKNOWN,
            reason=Reason.BLOCKED,
            because=None if because is None else because.seq,
            cause=bad[2],
            message=f"one unit first: {bad[2]} is not good",
        )

    async def _one(self, spec: Spec, task: Task, subject: str) -> None:
        row = (task.stage, task.step, subject)
        attempt = self._book.ledger.next_attempt(row)
        await self._book.offer(StepStarted(**of_step(task, subject, attempt), does=spec.name))
        if self._read_only:
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=Reason.SKIPPED,
                message="this run is read-only: no action runs",
            )
            return
        try:
            await self._act(spec, task, subject, attempt)
        except DeviceError as error:
            failure = failure_of(error, task)
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=failure.reason,
                cause=failure.cause,
                message=failure.message,
                advice=failure.advice,
            )
        except (Refusal, InputError) as error:
            refusal = error if isinstance(error, Refusal) else _refused_input(error)
            await self._book.end(
                row,
                attempt,
                refusal.verdict,
                reason=refusal.reason,
                cause=refusal.cause,
                message=refusal.message,
                advice=refusal.advice,
            )
        except (Interrupted, JournalError):
            raise
        except Exception as error:
            # An intent without an outcome stays in doubt, which is the truth: nobody knows what was done.
            crash = crash_of(error)
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=crash.reason,
                message=crash.message,
                advice=crash.advice,
            )

    async def _act(self, spec: Spec, task: Task, subject: str, attempt: int) -> None:
        assert spec.run is not None
        action = cast(Action, spec.run())
        action.take(task.args)
        self._alterations.recall(action, subject)
        target = action.target(self._inventory, subject)
        drops = action.affects(self._inventory, subject)
        guard(self._inventory, subject, target, drops, only_adds=action.only_adds)
        self._leave_what_is_held(spec, subject, drops)
        async with self._after.reading(task, subject, attempt) as at:
            before = await action.before(at, subject)
            already = action.already(at, before)
            if already:
                # What is there already counts only where it is there on the device that was meant.
                await self._identify(action, at, subject, target)
        crashed = self._unfinished.pop((task.stage, task.step, subject), None)
        if crashed is not None:
            settled = await self._settle_crashed(task, attempt, action, subject, crashed)
            if settled is not None:
                await self._conclude(task, attempt, action, subject, settled, crashed.before, inferred=True)
                return
            async with self._after.reading(task, subject, attempt) as at:
                before = await action.before(at, subject)
            await self._alterations.replaced(action, subject, crashed.before, before)
        elif already:
            await self._nothing_to_do(task, subject, attempt, action, before)
            return
        doubts, drops = await self._first_look(task, subject, attempt, action, target, drops)
        await self._precautions.settle(task, subject, attempt, doubts)
        if spec.dangerous:
            await self._questions.approve(task, subject, attempt, spec, target, drops, before)
        async with self._precautions.turn(action, subject):
            await self._change(spec, task, subject, attempt, action, target, drops, before, doubts)
            await self._after.settle_load(task, subject, attempt, action)

    async def _first_look(
        self, task: Task, subject: str, attempt: int, action: Action, target: str, drops: tuple[str, ...]
    ) -> tuple[tuple[Doubt, ...], tuple[str, ...]]:
        """As `Precautions.look`; what may be over in a moment is looked at again for a while."""
        began = self._clock.now_s()
        while True:
            try:
                async with self._after.reading(task, subject, attempt) as at:
                    doubts, drops_now = await self._precautions.look(action, at, subject, target, drops)
                    if doubts:
                        # Nobody is asked about a device that is not the one meant.
                        await self._identify(action, at, subject, target)
                    return doubts, drops_now
            except Refusal as refusal:
                if not refusal.passing or self._clock.now_s() - began >= PROBES_AFTER_S:
                    raise
            await self._desk.rest(self._clock, task.every_s)

    async def _change(
        self,
        spec: Spec,
        task: Task,
        subject: str,
        attempt: int,
        action: Action,
        target: str,
        drops: tuple[str, ...],
        before: State,
        settled: tuple[Doubt, ...],
    ) -> None:
        """The dangerous part, under the device's lock: an approval may be hours old, so that all is looked at
        again. Nothing is awaited between the durable intent and the change but the check that nobody has
        taken this run over.
        """
        also = action.also(self._inventory, subject)
        async with self._locks.hold(target, *also), self._after.reading(task, subject, attempt) as at:
            self._leave_what_is_held(spec, subject, drops)
            identity = await self._identify(action, at, subject, target)
            before = await action.before(at, subject)
            if action.already(at, before):
                # Another run, or a hand, has done it while this one waited for its turn.
                await self._nothing_to_do(task, subject, attempt, action, before)
                return
            await self._look_again(action, at, subject, target, drops, settled)
            seen = await action.witness(at, subject)
            await self._alterations.begin(action, subject, before)
            await self._book.append(
                ActionIntended(
                    **of_step(task, subject, attempt),
                    action=spec.name,
                    before=before,
                    identity=identity,
                    drops=drops,
                    probe=action.probe_words,
                    undo=action.undo(before),
                    dangerous=spec.dangerous,
                )
            )
            self._book.journal.assert_epoch()
            failure = await self._apply(action, at, subject)
            if failure is None and action.finishes_after_s is not None:
                failure = await self._after.finish(task, action, subject, attempt, action.finishes_after_s)
        outcome = await self._after.outcome(task, action, subject, attempt, failure)
        if outcome != "done" and failure is not None:
            await self._alterations.over(action, subject, before, outcome)
            await self._failed(task, attempt, subject, spec.name, str(failure), outcome)
            raise failure
        if outcome == "done" and seen:
            await self._after.show(task, attempt, action, subject, seen)
        await self._conclude(task, attempt, action, subject, outcome, before)

    def _leave_what_is_held(self, spec: Spec, subject: str, drops: tuple[str, ...]) -> None:
        """Raises `Refusal` where somebody may be looking into a fibre (field rule 13)."""
        held = self._alterations.held(spec.name, (subject, *drops))
        if held is not None:
            raise Refusal(
                Verdict.UNKNOWN,
                Reason.SKIPPED,
                f"nothing was changed: {held} is held dark for an inspection",
                "Let it shine again first, when nobody looks into the fibre.",
                held,
            )

    async def _nothing_to_do(
        self, task: Task, subject: str, attempt: int, action: Action, before: State
    ) -> None:
        await self._alterations.restored(action, subject)
        await self._book.offer(
            ActionDone(**of_step(task, subject, attempt), action=task.does, changed=False, after=before)
        )
        await self._judge(task, attempt, subject, "done", action)

    async def _look_again(
        self,
        action: Action,
        at: TaskAt,
        subject: str,
        target: str,
        drops: tuple[str, ...],
        settled: tuple[Doubt, ...],
    ) -> None:
        """Raises `Refusal` where something is no longer as it was when a person said yes."""
        planned = action.affects(self._inventory, subject)
        doubts, now_drops = await self._precautions.look(action, at, subject, target, planned)
        known = {*settled}
        new = [*(doubt.text for doubt in doubts if doubt not in known), *(set(now_drops) - set(drops))]
        if new:
            raise Refusal(
                Verdict.UNKNOWN,
                Reason.SKIPPED,
                f"nothing was changed: since it was approved there is more to it: {'; '.join(sorted(new))}",
                "Run the step again, and look at what it asks.",
            )

    async def _identify(self, action: Action, at: TaskAt, subject: str, target: str) -> State:
        """What the device says it is; raises `Refusal` when that is not what the inventory expects."""
        identity = await action.identify(at, subject)
        wrong = mismatch(self._inventory, target, identity)
        if wrong is not None:
            raise Refusal(
                Verdict.FAIL,
                None,
                f"nothing was changed: {wrong}",
                "Trace the management cable; correct the inventory only if it is wrong.",
                target,
            )
        return identity

    async def _apply(self, action: Action, at: TaskAt, subject: str) -> DeviceError | InputError | None:
        """A change whose answer was lost may have happened: the probe decides, not the error."""
        try:
            await action.apply(at, subject)
        except (DeviceError, InputError) as error:
            return error
        return None

    async def _settle_crashed(
        self, task: Task, attempt: int, action: Action, subject: str, intent: ActionIntended
    ) -> ActionOutcome | None:
        """Whether the change of a crashed run happened; None when it surely did not, so that it may be done
        again.
        """
        async with self._after.reading(task, subject, attempt) as at:
            outcome = await action.probe(at, subject, intent.before)
        if outcome == "not_done":
            return None
        if outcome == "done":
            return "done"
        return await self._questions.happened(task, subject, attempt, intent)

    async def _conclude(
        self,
        task: Task,
        attempt: int,
        action: Action,
        subject: str,
        outcome: ActionOutcome,
        before: State,
        *,
        inferred: bool = False,
    ) -> None:
        name = task.does
        await self._alterations.over(action, subject, before, outcome)
        if outcome != "done":
            why = action.why() or _NOT_DONE[outcome]
            await self._failed(task, attempt, subject, name, why, outcome)
        else:
            after = await self._after.state(task, action, subject, attempt)
            # Before the outcome: a crash between the two finds the action in doubt, and comes here again.
            await self._alterations.done(action, subject, before)
            await self._book.offer(
                ActionDone(
                    **of_step(task, subject, attempt),
                    action=name,
                    changed=True,
                    after=after,
                    inferred=inferred,
                )
            )
        await self._judge(task, attempt, subject, outcome, action)

    async def _failed(
        self, task: Task, attempt: int, subject: str, name: str, message: str, outcome: ActionOutcome
    ) -> None:
        await self._book.offer(
            ActionFailed(
                **of_step(task, subject, attempt),
                action=name,
                message=message,
                outcome=outcome,
            )
        )

    async def _judge(
        self, task: Task, attempt: int, subject: str, outcome: ActionOutcome, action: Action
    ) -> None:
        """An action's verdict is that of its outcome (what was asked for is there, or it is not, or nobody
        knows) and of what it has measured on the way, if it is a test.
        """
        told = measured(subject, "outcome", NOT_AVAILABLE if outcome == "unknown" else outcome)
        measurements = (told, *(sound(each) for each in action.found()))
        found = self._judging.outcomes(measurements, [task])[subject]
        for measurement in measurements:
            await self._book.offer(measured_event(task, attempt, measurement))
        for judgement in (*found.judgements, *found.missing):
            await self._book.offer(judged_event(task, attempt, judgement))
        row = (task.stage, task.step, subject)
        await self._book.end(row, attempt, found.verdict, reason=found.reason)


def _refused_input(error: InputError) -> Refusal:
    """What the playbook asks for may not be done: nothing was touched."""
    return Refusal(
        Verdict.UNKNOWN, Reason.SKIPPED, f"nothing was changed: {error.message}", error.advice or ""
    )
