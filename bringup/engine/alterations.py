"""What is left other than it should be: a list until each is put back (field rule 11)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bringup.action.base import Action, Alteration, State
from bringup.action.base import Outcome as ActionOutcome
from bringup.action.dark import HOLDS, RELEASE, SAFE, UNPROVEN
from bringup.engine.book import Book
from bringup.model.catalogue import Spec
from bringup.model.envelope import Limit
from bringup.model.event import AlteredState
from bringup.model.plan import Expected, Task
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Standing

PUT_BACK, BY_HAND = "put-back", "by-hand"
"""The stage, and the step where there is no action, of what puts altered things back."""
UNDO_DEADLINE_S, UNDO_EVERY_S = 20.0, 2.0


class Alterations:
    """The list of one session; every change of it is durable before anything follows from it."""

    def __init__(self, book: Book, altered: Iterable[AlteredState]) -> None:
        self._book = book
        # Made anew: what stands in the record has the record's stamps on it.
        self._list = {
            (each.subject, each.what): AlteredState(
                subject=each.subject,
                what=each.what,
                undo=each.undo,
                action=each.action,
                arguments=each.arguments,
            )
            for each in altered
        }

        self._inherited = set(self._list)

    @property
    def left(self) -> tuple[AlteredState, ...]:
        """Oldest first."""
        return tuple(self._list.values())

    async def doubt(self) -> None:
        """What an earlier part of this run had proven dark may have been lit since: a device that restarted
        keeps no hold. It stays held, and is no longer called safe.
        """
        for each in list(self._list.values()):
            if each.what == SAFE and (each.subject, SAFE) in self._inherited:
                await self._add(each.subject, Alteration(UNPROVEN, each.undo, each.action, each.arguments))
                await self._take_off(each.subject, SAFE)
        self._inherited.clear()

    async def begin(self, action: Action, subject: str, before: State) -> None:
        """What is altered while the change is under way, noted before it is made."""
        for each in action.meanwhile(before):
            await self._add(subject, each)
        for what in action.unsettles():
            await self._take_off(subject, what)

    def recall(self, action: Action, subject: str) -> None:
        """Let an action know how that was which it puts back."""
        for what in action.restores():
            known = self._list.get((subject, what))
            if known is not None and known.arguments:
                action.recall(known.arguments)

    def held(self, action: str, touched: Iterable[str]) -> str | None:
        """The first link of these ports that is held dark, where this action may not touch it."""
        if action in HOLDS:
            return None
        ports = {end for each in touched for end in ends(each)}
        for each in self._list.values():
            if each.action == RELEASE and not ports.isdisjoint(ends(each.subject)):
                return each.subject
        return None

    async def over(self, action: Action, subject: str, before: State, outcome: ActionOutcome) -> None:
        """What was altered only while the change was under way is so no more; unless nobody knows."""
        if outcome != "unknown":
            for each in action.meanwhile(before):
                await self._take_off(subject, each.what)

    async def replaced(self, action: Action, subject: str, old: State, new: State) -> None:
        """A change that a crash interrupted is begun anew: what was altered for the old one alone is over."""
        still = {each.what for each in action.meanwhile(new)}
        for each in action.meanwhile(old):
            if each.what not in still:
                await self._take_off(subject, each.what)

    async def done(self, action: Action, subject: str, before: State) -> None:
        """What the change leaves altered, and what it has put back."""
        left = action.alters(before)
        for each in left:
            await self._add(subject, each)
        still = {each.what for each in left}
        for what in action.restores():
            if what not in still:
                await self._take_off(subject, what)

    async def restored(self, action: Action, subject: str) -> None:
        """What this action puts back is off the list, whoever has done it."""
        for what in action.restores():
            await self._take_off(subject, what)

    async def by_hand(self, altered: AlteredState) -> None:
        """Somebody has put it back, and says so."""
        await self._take_off(altered.subject, altered.what)

    async def _add(self, subject: str, alteration: Alteration) -> None:
        altered = AlteredState(
            subject=subject,
            what=alteration.what,
            undo=alteration.undo,
            action=alteration.action,
            arguments=alteration.arguments,
        )
        self._list[(subject, alteration.what)] = altered
        await self._book.append(altered)

    async def _take_off(self, subject: str, what: str) -> None:
        known = self._list.pop((subject, what), None)
        if known is not None:
            await self._book.append(msgspec.structs.replace(known, restored=True))


def undo_task(spec: Spec, altered: AlteredState) -> Task:
    """The task that puts one thing back, judged as any action is: by what is read afterwards."""
    done = Limit(
        measure="outcome",
        equals="done",
        source="put back: it is found done when it is read back",
        standing=Standing.CONTRACT,
    )
    return Task(
        stage=PUT_BACK,
        step=spec.name,
        does=spec.name,
        device=parse_subject(ends(altered.subject)[0]).device,
        subjects=(altered.subject,),
        expected=(Expected(altered.subject, "outcome", (done,)),),
        prerequisites={},
        args=spec.args.model_validate(altered.arguments),
        deadline_s=UNDO_DEADLINE_S,
        until_s=None,
        every_s=UNDO_EVERY_S,
        settle_s=0.0,
        window_s=None,
    )
