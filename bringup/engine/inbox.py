"""What each command to the desk does. Every command becomes an event, refused ones too."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bringup.engine.book import Book
from bringup.engine.desk import Command, Desk, Given, Reply, Sender
from bringup.engine.guard import Refusal
from bringup.engine.ledger import Row
from bringup.engine.questions import APPROVED, check_answer
from bringup.journal.error import EventRefused
from bringup.journal.sign import APPROVE, approval_text
from bringup.journal.verify.sshsig import BadSignatureError, check_signature
from bringup.model.errors import InputError
from bringup.model.event import CommandReceived, Noted, Superseded, Waived
from bringup.model.plan import Plan
from bringup.model.verdict import Reason, Verdict

NEVER_WAIVED = frozenset({"management.identity", "scan", "compute.burnin", "compute.memory_pattern"})
"""Identity, wrong arithmetic and uncorrectable memory errors are never waived (field rule 26)."""
HEADS_KEPT = 1000
_HEAD = re.compile(r"head (\d{1,16}) (\S+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Effect = Callable[[], Awaitable[None]]


class Inbox:
    """Handles commands for one runner."""

    def __init__(self, book: Book, desk: Desk, plan: Plan, *, run_id: str) -> None:
        self._book = book
        self._desk = desk
        self._plan = plan
        self._run_id = run_id
        self._heads: OrderedDict[int, str] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def handle(self, command: Command, sender: Sender) -> Reply:
        """Record the command, then carry it out; one after the other, so that of two answers to one question
        the second is refused.
        """
        if command.verb == "head":
            return self._head()
        async with self._one_at_a_time:
            try:
                effect = self._effect(command, sender)
            except InputError as error:
                seq = await self._record(command, sender, refusal=str(error))
                return Reply(ok=False, seq=seq, error=str(error))
            seq = await self._record(command, sender)
            await effect()
        self._desk.work.set()
        return Reply(ok=True, seq=seq)

    def _head(self) -> Reply:
        """The record as it is now: what an approval is signed over. Only a head that was told here counts."""
        size, root = self._book.journal.head()
        self._heads[size] = root
        while len(self._heads) > HEADS_KEPT:
            self._heads.popitem(last=False)
        return Reply(ok=True, size=size, root=root)

    async def _record(self, command: Command, sender: Sender, refusal: str | None = None) -> int:
        """
        Raises:
            InputError: its text has no honest form in a record.
        """
        event = CommandReceived(
            verb=command.verb,
            arguments=dict(command.arguments),
            by=sender.by,
            via=sender.via,
            why=command.why,
            accepted=refusal is None,
            refusal=refusal,
        )
        try:
            return await self._book.append(event)
        except EventRefused as error:
            raise InputError(f"that command can't be recorded: {error}") from error

    def _effect(self, command: Command, sender: Sender) -> Effect:
        """What the command will do.

        Raises:
            InputError: it can't be done.
        """
        match command.verb:
            case "answer":
                return self._answer(command, sender)
            case "skip":
                return self._skip(command, sender)
            case "waive":
                return self._waive(command, sender)
            case "retest":
                return self._retest(command)
            case "note":
                return self._note(command, sender)
            case "pause":
                return _now(self._desk.pause)
            case "continue":
                return _now(self._desk.resume)
            case "abort":
                return _now(self._desk.abort)
            case "close":
                return self._close()
            case _:
                raise InputError(f"no command is called {command.verb!r}")

    def _answer(self, command: Command, sender: Sender) -> Effect:
        value = _need(command, "value")
        question = self._desk.question(_need(command, "question"))
        check_answer(question, value)
        signer = self._signer(command, question.id, value, sender, after=question.seq)
        needed = question.form == "attest" or (question.form == "approve" and value == APPROVED)
        if signer is None and needed:
            other = "answer `refuse`" if question.form == "approve" else "`skip` the step"
            raise InputError(
                "this answer must be signed", f"Add --key KEY with your own SSH key, or {other}."
            )
        given = Given(
            value,
            sender.by,
            signed_text=command.arguments.get("signed_text") if signer else None,
            signature=command.arguments.get("signature") if signer else None,
            signer=signer,
        )
        return _now(lambda: self._desk.answer(question.id, given))

    def _signer(
        self, command: Command, question: str, value: str, sender: Sender, *, after: int
    ) -> str | None:
        """The fingerprint of the key that signed this very command, over a head of this record that covers
        the event `after`: neither another run's signature nor an older one of this run will do.

        Raises:
            InputError: there is a signature, and it is not that.
        """
        text, signature = command.arguments.get("signed_text"), command.arguments.get("signature")
        if text is None and signature is None:
            return None
        if text is None or signature is None:
            raise InputError("a signature and the text that it signs go together")
        size, root = self._told_head(text)
        if size <= after:
            raise InputError("the signature was given before this was asked", "Sign it again: --key KEY.")
        wanted = approval_text(
            run=self._run_id, question=question, answer=value, by=sender.by, size=size, root=root
        )
        if text != wanted:
            raise InputError("the signed text is about something else than this answer")
        try:
            return check_signature(signature.encode(), text.encode(), APPROVE).fingerprint
        except (BadSignatureError, UnicodeError) as error:
            raise InputError(f"the signature is not good: {error}") from error

    def _told_head(self, text: str) -> tuple[int, str]:
        """Size and root that a signed text names, which must be a head that this runner has told."""
        found = _HEAD.fullmatch(text.removesuffix("\n").rpartition("\n")[2])
        if found is None:
            raise InputError("the signed text names no head of the record")
        size, root = int(found[1]), found[2]
        if self._heads.get(size) != root:
            raise InputError("the signed text names a head that is none of this record's", "Sign it again.")
        return size, root

    def _rows(self, command: Command) -> list[Row]:
        """The planned rows that `step` (STAGE/STEP) and `subject` name."""
        stage, slash, step = _need(command, "step").partition("/")
        subject = command.arguments.get("subject")
        rows = [
            row
            for row in self._plan.planned
            if row[0] == stage and (not slash or row[1] == step) and subject in (None, row[2])
        ]
        if not rows:
            raise InputError(
                f"the plan has no {command.arguments['step']}" + (f" on {subject}" if subject else ""),
                "`bringup attach RUN --format jsonl` shows what is planned.",
            )
        return rows

    def _skip(self, command: Command, sender: Sender) -> Effect:
        rows = [row for row in self._rows(command) if row not in self._book.ledger.ended]
        if not rows:
            raise InputError("all of that has ended already", "`retest` runs it again.")
        message = f"skipped by {sender.by}" + (f": {command.why}" if command.why else "")

        async def effect() -> None:
            for row in rows:
                if self._desk.withdraw(row, Refusal(Verdict.UNKNOWN, Reason.SKIPPED, message)):
                    continue  # whoever asked the question ends the row
                attempt = self._book.ledger.next_attempt(row)
                await self._book.end(row, attempt, Verdict.UNKNOWN, reason=Reason.SKIPPED, message=message)

        return effect

    def _waive(self, command: Command, sender: Sender) -> Effect:
        why, until = command.why, command.arguments.get("until")
        if not why or not why.strip():
            raise InputError("a waiver needs a reason", "Add --why TEXT.")
        if until is not None and not _DATE.fullmatch(until):
            raise InputError(f"{until!r} is no end date of a waiver", "Write YYYY-MM-DD.")
        rows = self._waivable(command)
        signer = self._signer(
            command,
            waiver_question(command.arguments),
            why,
            sender,
            after=max(self._book.ledger.ended[row].seq for row in rows),
        )
        if signer is None:
            raise InputError("a waiver must be signed", "Add --key KEY with your own SSH key.")

        async def effect() -> None:
            for row in rows:
                await self._book.append(
                    Waived(
                        stage=row[0],
                        step=row[1],
                        subject=row[2],
                        by=sender.by,
                        why=why,
                        until=until,
                        signed_text=command.arguments.get("signed_text"),
                        signature=command.arguments.get("signature"),
                        signer=signer,
                    )
                )
                self._book.ledger.waive(row)

        return effect

    def _waivable(self, command: Command) -> list[Row]:
        """The rows that a waiver would change: those whose verdict stands in the way.

        Raises:
            InputError: one of them has no verdict yet, may never be waived, or none needs it.
        """
        does = {(task.stage, task.step): task.does for task in self._plan.tasks}
        ended = self._book.ledger.ended
        rows = self._rows(command)
        for row in rows:
            where = f"{row[0]}/{row[1]} on {row[2]}"
            if row not in ended:
                raise InputError(f"{where} has no verdict yet to waive")
            if does[(row[0], row[1])] in NEVER_WAIVED:
                raise InputError(f"{does[(row[0], row[1])]} is never waived (identity, wrong arithmetic)")
            # The engine fails a step over another subject only where that is not the device it should be.
            if ended[row].verdict is Verdict.FAIL and ended[row].cause is not None:
                raise InputError(f"{where}: a wrong identity is never waived")
        bad = [row for row in rows if ended[row].verdict.severity > Verdict.WAIVED.severity]
        if not bad:
            raise InputError("nothing of that needs a waiver")
        return bad

    def _retest(self, command: Command) -> Effect:
        ledger = self._book.ledger
        rows = [row for row in self._rows(command) if row in ledger.ended]
        if not rows:
            raise InputError("nothing of that has ended yet", "It will run, or is running.")

        async def effect() -> None:
            for row in ledger.with_blocked(rows):
                ledger.forget(row)
                await self._book.offer(
                    Superseded(stage=row[0], step=row[1], subject=row[2], why="a retest was asked for")
                )

        return effect

    def _close(self) -> Effect:
        left = sum(row not in self._book.ledger.ended for row in self._plan.planned)
        if self._desk.paused and left:
            raise InputError(
                f"the run is paused with {left} verdicts due", "`continue` it, or `abort` it for good."
            )
        return _now(self._desk.close)

    def _note(self, command: Command, sender: Sender) -> Effect:
        text = _need(command, "text")

        async def effect() -> None:
            await self._book.append(Noted(text=text, by=sender.by, subject=command.arguments.get("subject")))

        return effect


def waiver_question(arguments: dict[str, str]) -> str:
    """What a waiver's signature is about: step, subject (all without one) and end date."""
    until = f" until {arguments['until']}" if arguments.get("until") else ""
    return f"waive {arguments.get('step', '')}@{arguments.get('subject', '*')}{until}"


def _now(action: Callable[[], None]) -> Effect:
    async def effect() -> None:
        action()

    return effect


def _need(command: Command, name: str) -> str:
    value = command.arguments.get(name)
    if not value:
        raise InputError(f"`{command.verb}` needs {name}", "See `bringup tell --help`.")
    return value
