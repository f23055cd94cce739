"""Looking at a device after it was changed: until it is as asked, until its second half is through, until a
load has settled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bringup.action.base import Action, State
from bringup.action.base import Outcome as ActionOutcome
from bringup.engine.bench import Bench
from bringup.engine.book import Book
from bringup.engine.clock import EngineClock, time_for
from bringup.engine.desk import Desk
from bringup.engine.precaution import Precautions, group_load_w, has_settled
from bringup.engine.round import Round, TaskAt
from bringup.model.errors import DeviceError, InputError
from bringup.model.inventory import Inventory
from bringup.model.plan import Task
from bringup.model.verdict import Reason

PROBES_AFTER_S = 30.0
"""How long, in world time, an action that has no `until` may take to show (supplies report within 5 s, an
outlet's delay is a few seconds: physics section 5).
"""
SHOWS_LOOKS, SETTLE_LOOKS = 3, 30


class Aftermath:
    """Shared by all actions of a session."""

    def __init__(
        self,
        inventory: Inventory,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        desk: Desk,
        precautions: Precautions,
    ) -> None:
        self._inventory = inventory
        self._bench = bench
        self._book = book
        self._clock = clock
        self._desk = desk
        self._precautions = precautions

    def amend(self, inventory: Inventory) -> None:
        """From now on things are compared with this inventory."""
        self._inventory = inventory

    @asynccontextmanager
    async def reading(self, task: Task, subject: str, attempt: int) -> AsyncIterator[TaskAt]:
        """A fresh round for one subject; what was asked and answered in it is kept as evidence."""
        round_ = Round(self._bench, self._clock, self._desk, task.deadline_s)
        try:
            yield TaskAt(self._inventory, self._bench, round_, (subject,), task.args)
        finally:
            await round_.close()
            await self._book.keep(task.stage, task.step, attempt, round_.evidence)

    async def finish(
        self, task: Task, action: Action, subject: str, attempt: int, every_s: float
    ) -> DeviceError | InputError | None:
        """The second half of a change, looked after until it is through or its time is up; what went wrong.

        Raises:
            JournalError: this run was taken over.
            Interrupted: the run is to stop.
        """
        began = self._clock.now_s()
        while True:
            await self._desk.rest(self._clock, every_s)
            self._book.journal.assert_epoch()
            try:
                async with self.reading(task, subject, attempt) as at:
                    if await action.finish(at, subject):
                        return None
            except (DeviceError, InputError) as error:
                return error
            if self._clock.now_s() - began >= (action.settles_s or PROBES_AFTER_S):
                return None

    async def outcome(
        self,
        task: Task,
        action: Action,
        subject: str,
        attempt: int,
        failure: DeviceError | InputError | None,
    ) -> ActionOutcome:
        """Look until the device is as asked, or the step's time is up. The last look begins after that: one
        that waited for a dead connection until then has seen nothing. What was refused (`failure`) has no
        boot or task to wait for.
        """
        refused = failure is not None and getattr(failure, "reason", Reason.REFUSED) == Reason.REFUSED
        within_s = PROBES_AFTER_S if refused else action.settles_s or PROBES_AFTER_S
        until_s = time_for(task.until_s if task.until_s is not None else within_s, self._inventory.lab)
        began = self._clock.now_s()
        while True:
            looked_s = self._clock.now_s() - began
            try:
                async with self.reading(task, subject, attempt) as at:
                    found = await action.arrived(at, subject)
            except DeviceError:
                found = "unknown"
            if found == "done" or (found == "not_done" and action.final) or looked_s >= until_s:
                return found
            await self._desk.rest(self._clock, task.every_s)

    async def state(self, task: Task, action: Action, subject: str, attempt: int) -> State:
        """How it is after a change that was seen to be done. A device that is just restarting for it is not
        asked until it answers: it was seen.
        """
        try:
            async with self.reading(task, subject, attempt) as at:
                return await action.before(at, subject)
        except DeviceError as error:
            return {"unread": error.message}

    async def show(
        self, task: Task, attempt: int, action: Action, subject: str, seen: dict[str, float]
    ) -> None:
        """What the change has shown beside itself: a load step at an outlet. Meters take some seconds."""
        for look in range(SHOWS_LOOKS):
            if look:
                await self._desk.rest(self._clock, task.every_s)
            async with self.reading(task, subject, attempt) as at:
                after = await action.witness(at, subject)
            shown = action.shows(self._inventory, subject, seen, after)
            if shown:
                await self._precautions.show(task, subject, attempt, shown)
                return

    async def settle_load(self, task: Task, subject: str, attempt: int, action: Action) -> None:
        """Wait until the groups that were switched carry a steady load, before the next thing is switched
        (field rule 4); no longer than some looks.
        """
        for group in self._precautions.gates(action, subject):
            last: float | None = None
            for look in range(SETTLE_LOOKS):
                if look:
                    await self._desk.rest(self._clock, task.every_s)
                async with self.reading(task, subject, attempt) as at:
                    now = await group_load_w(at, group)
                if has_settled(last, now):
                    break
                last = now
