"""Puts back all that is left altered (field rule 11), latest first, each by its own checked action.

What happens on a crash: each undo is an action with its own intent and probe; what was not put back is still
on the list when the run goes on.
"""

from __future__ import annotations

from typing import Protocol

from bringup.engine.alterations import BY_HAND, PUT_BACK
from bringup.engine.book import Book, of_step
from bringup.engine.desk import Desk
from bringup.engine.guard import Refusal
from bringup.engine.questions import YES, Questions
from bringup.model.event import AlteredState, StepStarted
from bringup.model.plan import Task
from bringup.model.verdict import Verdict


class Restorer(Protocol):
    """What `Acting` offers."""

    @property
    def altered(self) -> tuple[AlteredState, ...]:
        """What is left other than it should be, oldest first."""
        ...

    async def undo(self, altered: AlteredState) -> Verdict:
        """Put one thing back, by an action that is guarded, written down and read back; its verdict."""
        ...

    async def put_back_by_hand(self, altered: AlteredState) -> None:
        """Take it off the list: a person has put it back."""
        ...


class Restoring:
    """Runs when it was asked for and no step of the plan is under way. What no action can put back is asked
    of a person.
    """

    def __init__(self, restorer: Restorer, book: Book, desk: Desk, questions: Questions) -> None:
        self._restorer = restorer
        self._book = book
        self._desk = desk
        self._questions = questions
        self.wanted = False

    @property
    def left(self) -> tuple[AlteredState, ...]:
        return self._restorer.altered

    async def put_all_back(self) -> tuple[AlteredState, ...]:
        """Put everything back, once each; returns what could not be. A sign-off that waited for an empty list
        is due again when it is empty.

        Raises:
            Interrupted: the run is to stop.
        """
        self.wanted = False
        before = dict(self._book.ledger.altered)
        for altered in reversed(self._restorer.altered):
            if not await self._desk.going():
                return self.left
            if altered.action or not await self._by_hand(altered):
                await self._restorer.undo(altered)
        if not self.left:
            waiting = dict.fromkeys(
                row for seq in before.values() for row in self._book.ledger.blocked_by(seq)
            )
            await self._book.supersede(tuple(waiting), "all that was altered is put back", retest=True)
        return self.left

    async def _by_hand(self, altered: AlteredState) -> bool:
        """Whether a person says that it is put back."""
        row = (PUT_BACK, BY_HAND, altered.subject)
        attempt = self._book.ledger.next_attempt(row)
        task = _task(altered.subject)
        await self._book.offer(StepStarted(**of_step(task, altered.subject, attempt), does=task.does))
        text = f"{altered.subject}: {altered.what}. {altered.undo or 'Put it back by hand'}. Is that done?"
        try:
            given = await self._questions.ask(task, altered.subject, attempt, "confirm", text)
        except Refusal:
            return False
        if given is None or given.value.strip().lower() not in YES:
            return False
        await self._restorer.put_back_by_hand(altered)
        await self._book.end(row, attempt, Verdict.PASS, message=f"put back by {given.by}")
        return True


def _task(subject: str) -> Task:
    """A question is about a task; this one is in no plan."""
    return Task(
        stage=PUT_BACK,
        step=BY_HAND,
        does="confirm",
        device=subject,
        subjects=(subject,),
        expected=(),
        prerequisites={},
        args=None,
        deadline_s=0.0,
        until_s=None,
        every_s=0.0,
        settle_s=0.0,
        window_s=None,
    )
