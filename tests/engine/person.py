"""A person, or a script, at the desk of a session that runs: commands as they come in by the socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bringup.engine.approving import replacement_question, waiver_question
from bringup.engine.desk import Command, Reply, Sender
from bringup.engine.inbox import Inbox
from bringup.engine.people import People, Sharing
from bringup.engine.session import Session
from bringup.journal.follow import read
from bringup.journal.sign import APPROVE, KeySigner, Signer, approval_text
from tests.engine.stand import Stand

WHO = "kim"


class Person:
    """Talks to the inbox of a stand that is open. `key` is their own."""

    def __init__(self, stand: Stand, session: Session, sharing: Sharing | None = None) -> None:
        self.stand = stand
        self.people = People(sharing or Sharing(), stand.inventory)
        self.key = KeySigner.throwaway(identity=WHO, label="file")
        self.inbox = Inbox(
            stand.book,
            stand.desk,
            session._plan,
            run_id=stand.folder.run_id,
            replacing=stand.replacing,
            restoring=stand.restoring,
            watching=stand.watching,
            people=self.people,
            today=lambda: stand.today(),
        )

    async def tell(self, verb: str, why: str | None = None, **arguments: str) -> Reply:
        return await self.inbox.handle(Command(verb, arguments, why), Sender(WHO, "socket"))

    async def answer(self, question: str, value: str, **more: str) -> Reply:
        return await self.tell("answer", question=question, value=value, **more)

    async def sign(
        self,
        question: str,
        value: str,
        *,
        by: str = WHO,
        run: str | None = None,
        namespace: str = APPROVE,
        key: Signer | None = None,
    ) -> dict[str, str]:
        """What goes with a signed answer, over the head that the desk tells now."""
        head = await self.tell("head")
        text = approval_text(
            run=run or self.stand.folder.run_id,
            question=question,
            answer=value,
            by=by,
            size=head.size or 0,
            root=head.root or "",
        )
        armor = (key or self.key).sign(text.encode(), namespace)
        return {"signed_text": text, "signature": armor.decode()}

    async def waive(self, why: str | None, **arguments: str) -> Reply:
        signed = await self.sign(waiver_question(arguments), why or "")
        return await self.tell("waive", why, **arguments, **signed)

    async def replace(self, old: str, new: str, why: str | None = "it is broken", **more: str) -> Reply:
        arguments = {"old": old, "new": new, **more}
        signed = await self.sign(replacement_question(arguments), why or "")
        return await self.tell("replace", why, **arguments, **signed)

    async def asked(self, number: int = 1) -> tuple[str, ...]:
        """The open questions, once there are that many and the record has them."""
        await until(lambda: len(self.stand.desk.open_questions) >= number)
        await until(lambda: len(events(self.stand, "Asked")) >= number)
        return self.stand.desk.open_questions


async def until(holds: Callable[[], Any]) -> None:
    """Let the session run until something holds."""
    async with asyncio.timeout(90):
        while not holds():  # noqa: ASYNC110 (there is no event for just anything)
            await asyncio.sleep(0.001)


def events(stand: Stand, kind: str) -> list[dict[str, Any]]:
    """What the record has of one kind, as told."""
    return [entry.body for entry in read(stand.folder) if entry.kind == kind]
