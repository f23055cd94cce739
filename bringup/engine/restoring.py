"""Puts back all that is left altered (field rule 11), latest first, each by its own checked action.

What happens on a crash: each undo is an action with its own intent and probe; what was not put back is still
on the list when the run goes on.
"""

from __future__ import annotations

from typing import Protocol

from bringup.engine.book import Book
from bringup.engine.desk import Desk
from bringup.model.event import AlteredState
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


class Restoring:
    """Runs when it was asked for and no step of the plan is under way."""

    def __init__(self, restorer: Restorer, book: Book, desk: Desk) -> None:
        self._restorer = restorer
        self._book = book
        self._desk = desk
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
            await self._restorer.undo(altered)
        if not self.left:
            waiting = dict.fromkeys(
                row for seq in before.values() for row in self._book.ledger.blocked_by(seq)
            )
            await self._book.supersede(tuple(waiting), "all that was altered is put back", retest=True)
        return self.left
