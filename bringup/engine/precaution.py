"""What is looked at just before a dangerous action, and who decides where no reading tells (field rules 4 to
6): bindings proven in this run, what really hangs on a port, one thing of a power group at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from bringup.action.base import Action
from bringup.action.feeding import loads_w
from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At
from bringup.engine.book import Book
from bringup.engine.guard import Refusal, guard
from bringup.engine.observed import observed_drops
from bringup.engine.questions import Questions
from bringup.model.inventory import Inventory, PowerGroup
from bringup.model.measurement import measured
from bringup.model.plan import Task
from bringup.model.state import RunState
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reason, Verdict

FEEDS = "feeds"
GO_ON, LEAVE_IT = "go on", "leave it"
SETTLED_W, SETTLED_RATIO = 20.0, 0.05
"""Inrush is over when a group's load changes by no more than this between two looks."""


def bindings_of(state: RunState | None) -> dict[str, str]:
    """Outlet -> device, or `not DEVICE`, as an earlier part of this run has shown it."""
    found: dict[str, str] = {}
    for step in (state.steps if state is not None else {}).values():
        for each in step.measurements:
            if each.quantity == FEEDS and isinstance(each.value, str):
                found[each.subject] = each.value
    return found


class Precautions:
    """Shared by all actions of a session."""

    def __init__(
        self, inventory: Inventory, book: Book, questions: Questions, bindings: dict[str, str]
    ) -> None:
        self._inventory = inventory
        self._book = book
        self._questions = questions
        self.bindings = bindings
        self._turns: dict[str, asyncio.Lock] = {}

    def amend(self, inventory: Inventory) -> None:
        """From now on things are compared with this inventory."""
        self._inventory = inventory

    async def look(
        self, action: Action, at: At, subject: str, target: str, drops: tuple[str, ...]
    ) -> tuple[tuple[Doubt, ...], tuple[str, ...]]:
        """What nobody knows, and all that will drop: what the inventory says, and what is seen to hang there.

        Raises:
            Refusal: it must not be done.
            DeviceError: what has to be read can't be.
        """
        try:
            doubts = await action.precautions(at, subject, self.bindings)
            if not action.only_adds:
                for device in dict.fromkeys((target, *action.also(self._inventory, subject))):
                    seen = await observed_drops(at, self._inventory, device, drops)
                    doubts += seen.doubts
                    drops = tuple(dict.fromkeys((*drops, *seen.drops)))
            if self._groups(action, subject) and action.only_adds:
                await self._admit(at, self._groups(action, subject))
        except Unsafe as unsafe:
            raise refused(unsafe) from None
        guard(self._inventory, subject, target, drops, only_adds=action.only_adds)
        return doubts, drops

    async def settle(self, task: Task, subject: str, attempt: int, doubts: Iterable[Doubt]) -> None:
        """Have a person decide each of `doubts`, and write down what a scan has proven.

        Raises:
            Refusal: nobody decided, or decided against it, or the scan says something else.
        """
        for doubt in doubts:
            if doubt.scans:
                await self._scan(task, subject, attempt, doubt)
            else:
                await self._choose(task, subject, attempt, doubt)

    async def _scan(self, task: Task, subject: str, attempt: int, doubt: Doubt) -> None:
        given = await self._questions.ask(task, subject, attempt, "scan", doubt.text)
        if given is None:
            raise _undecided(doubt)
        if given.value.strip() not in doubt.scans:
            raise Refusal(
                Verdict.FAIL,
                None,
                f"nothing was changed: the scan says {given.value.strip()[:60]!r}, and it should be "
                f"{doubt.scans[0]!r}",
                "Put the cord where it belongs, or correct the inventory.",
                doubt.outlet or None,
            )
        if doubt.outlet:
            await self.show(task, subject, attempt, {doubt.outlet: doubt.feeds})

    async def _choose(self, task: Task, subject: str, attempt: int, doubt: Doubt) -> None:
        given = await self._questions.ask(
            task, subject, attempt, "choose", f"{doubt.text}. Go on all the same?", choices=(GO_ON, LEAVE_IT)
        )
        if given is None or given.value not in (GO_ON, LEAVE_IT):
            raise _undecided(doubt)
        if given.value == LEAVE_IT:
            raise Refusal(Verdict.UNKNOWN, Reason.SKIPPED, f"{given.by} left it: nothing was changed")

    async def show(self, task: Task, subject: str, attempt: int, shown: dict[str, str]) -> None:
        """What this run has shown of outlets: known from now on, and in the record."""
        from bringup.engine.checking import measured_event

        for outlet, device in shown.items():
            self.bindings[outlet] = device
            await self._book.offer(measured_event(task, attempt, measured(outlet, FEEDS, device)))

    # --- groups ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def turn(self, action: Action, subject: str) -> AsyncIterator[None]:
        """One power action of a group at a time: its PDU is a group, whatever else the inventory says."""
        outlets = action.outlets(self._inventory, subject)
        names = {parse_subject(outlet).device for outlet in outlets}
        names |= {f"group {group.name}" for group in self._groups(action, subject)}
        async with AsyncExitStack() as held:
            for name in sorted(names):  # in one order for all, or two would each wait for the other's
                await held.enter_async_context(self._turns.setdefault(name, asyncio.Lock()))
            yield

    def _groups(self, action: Action, subject: str) -> tuple[PowerGroup, ...]:
        outlets = action.outlets(self._inventory, subject)
        return tuple(
            group
            for group in self._inventory.power_group
            if any(
                outlet in group.outlets or parse_subject(outlet).device in group.outlets for outlet in outlets
            )
        )

    async def _admit(self, at: At, groups: Iterable[PowerGroup]) -> None:
        """The gate on measured load, before more is added.

        Raises:
            Unsafe: a group carries all that it may, or can't be measured.
        """
        for group in groups:
            if group.max_w is None:
                continue
            watts = await group_load_w(at, group)
            if watts is None:
                raise Unsafe(
                    f"the load of {group.kind} {group.name} can't be measured, and it may carry no more than "
                    f"{group.max_w:g} W",
                    "See why its PDUs tell no power; nothing is added to a load that nobody knows.",
                )
            if watts >= group.max_w:
                raise Unsafe(
                    f"{group.kind} {group.name} carries {watts:g} W of {group.max_w:g} W",
                    "Take load off it first.",
                )

    def gates(self, action: Action, subject: str) -> tuple[PowerGroup, ...]:
        """The groups whose load is waited for until it has settled, before the next may be switched."""
        return tuple(group for group in self._groups(action, subject) if group.max_w is not None)


async def group_load_w(at: At, group: PowerGroup) -> float | None:
    """What a group carries now; None where a part of it is not measured."""
    pdus = tuple(dict.fromkeys(parse_subject(each).device for each in group.outlets))
    loads = await loads_w(at, pdus)
    total = 0.0
    for each in group.outlets:
        if "/" in each and each not in loads:
            return None
        mine = [watts for outlet, watts in loads.items() if each in (outlet, parse_subject(outlet).device)]
        if not mine:
            return None
        total += sum(mine)
    return total


def has_settled(before_w: float | None, now_w: float | None) -> bool:
    """Whether a load has come to rest between two looks."""
    if before_w is None or now_w is None:
        return False
    return abs(now_w - before_w) <= max(SETTLED_W, SETTLED_RATIO * now_w)


def refused(unsafe: Unsafe) -> Refusal:
    """What was read says no: a FAIL where it contradicts the inventory."""
    verdict, reason = (Verdict.FAIL, None) if unsafe.wrong else (Verdict.UNKNOWN, Reason.SKIPPED)
    message = f"nothing was changed: {unsafe.message}"
    return Refusal(verdict, reason, message, unsafe.advice, unsafe.cause, passing=unsafe.passing)


def _undecided(doubt: Doubt) -> Refusal:
    return Refusal(
        Verdict.UNKNOWN,
        Reason.NO_DATA,
        f"nothing was changed: {doubt.text}",
        "Answer it at the console, with `bringup tell RUN answer`, or in an answers file.",
        doubt.outlet or None,
    )
