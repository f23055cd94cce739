"""What each command to the desk does. Every command becomes an event, refused ones too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bringup.engine.book import Book
from bringup.engine.desk import Command, Desk, Given, Reply, Sender
from bringup.engine.ledger import Row
from bringup.journal.sign import APPROVE, approval_text
from bringup.journal.verify.sshsig import BadSignatureError, check_signature
from bringup.model.errors import InputError
from bringup.model.event import CommandReceived, Noted, Superseded, Waived
from bringup.model.plan import Plan
from bringup.model.verdict import Reason, Verdict

NEVER_WAIVED = frozenset({"management.identity", "scan", "compute.burnin", "compute.memory_pattern"})
"""Identity, wrong arithmetic and uncorrectable memory errors are never waived (field rule 26)."""

Effect = Callable[[], Awaitable[None]]


class Inbox:
    """Handles commands for one runner."""

    def __init__(self, book: Book, desk: Desk, plan: Plan, *, run_id: str) -> None:
        self._book = book
        self._desk = desk
        self._plan = plan
        self._run_id = run_id

    async def handle(self, command: Command, sender: Sender) -> Reply:
        """Record the command, then carry it out."""
        if command.verb == "head":
            size, root = self._book.journal.head()
            return Reply(ok=True, size=size, root=root)
        try:
            effect = self._effect(command, sender)
        except InputError as error:
            seq = await self._record(command, sender, refusal=str(error))
            return Reply(ok=False, seq=seq, error=str(error))
        seq = await self._record(command, sender)
        await effect()
        return Reply(ok=True, seq=seq)

    async def _record(self, command: Command, sender: Sender, refusal: str | None = None) -> int:
        return await self._book.append(
            CommandReceived(
                verb=command.verb,
                arguments=dict(command.arguments),
                by=sender.by,
                via=sender.via,
                why=command.why,
                accepted=refusal is None,
                refusal=refusal,
            )
        )

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
                return _now(self._desk.close)
            case _:
                raise InputError(f"no command is called {command.verb!r}")

    def _answer(self, command: Command, sender: Sender) -> Effect:
        question, value = _need(command, "question"), _need(command, "value")
        if question not in self._desk.open_questions:
            known = ", ".join(self._desk.open_questions) or "none"
            raise InputError(f"no question {question!r} is open", f"Open are: {known}.")
        signer = self._signer(command, question, value, sender)
        if question.endswith("/approve") and signer is None and value == "approve":
            raise InputError(
                "an approval must be signed", "Add --key KEY with your own SSH key, or answer `refuse`."
            )
        given = Given(
            value,
            sender.by,
            signed_text=command.arguments.get("signed_text"),
            signature=command.arguments.get("signature"),
            signer=signer,
        )
        return _now(lambda: self._desk.answer(question, given))

    def _signer(self, command: Command, question: str, value: str, sender: Sender) -> str | None:
        """The fingerprint of the key that signed this command, which must be over this run and question."""
        text, signature = command.arguments.get("signed_text"), command.arguments.get("signature")
        if text is None or signature is None:
            return None
        head = text.rstrip("\n").rpartition("\nhead ")[2].split(" ")
        if len(head) != 2 or not head[0].isdecimal():
            raise InputError("the signed text names no head of the record")
        wanted = approval_text(
            run=self._run_id,
            question=question,
            answer=value,
            by=sender.by,
            size=int(head[0]),
            root=head[1],
        )
        if text != wanted:
            raise InputError("the signed text is about something else than this answer")
        try:
            return check_signature(signature.encode(), text.encode(), APPROVE).fingerprint
        except BadSignatureError as error:
            raise InputError(f"the signature is not good: {error}") from error

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

        async def effect() -> None:
            for row in rows:
                await self._book.end(
                    row,
                    self._book.ledger.next_attempt(row),
                    Verdict.UNKNOWN,
                    reason=Reason.SKIPPED,
                    message=f"skipped by {sender.by}" + (f": {command.why}" if command.why else ""),
                )

        return effect

    def _waive(self, command: Command, sender: Sender) -> Effect:
        rows = self._rows(command)
        does = {(task.stage, task.step): task.does for task in self._plan.tasks}
        if not command.why:
            raise InputError("a waiver needs a reason", "Add --why TEXT.")
        for row in rows:
            if row not in self._book.ledger.ended:
                raise InputError(f"{row[0]}/{row[1]} on {row[2]} has no verdict yet to waive")
            if does[(row[0], row[1])] in NEVER_WAIVED:
                raise InputError(f"{does[(row[0], row[1])]} is never waived (identity, wrong arithmetic)")
        question = f"waive {command.arguments['step']}@{command.arguments.get('subject', '*')}"
        signer = self._signer(command, question, command.why, sender)
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
                        why=command.why or "",
                        until=command.arguments.get("until"),
                        signed_text=command.arguments.get("signed_text"),
                        signature=command.arguments.get("signature"),
                        signer=signer,
                    )
                )
                self._book.ledger.waive(row)

        return effect

    def _retest(self, command: Command) -> Effect:
        rows = self._rows(command)

        async def effect() -> None:
            for row in rows:
                self._book.ledger.forget(row)
                await self._book.offer(
                    Superseded(stage=row[0], step=row[1], subject=row[2], why="a retest was asked for")
                )
            self._desk.work.set()

        return effect

    def _note(self, command: Command, sender: Sender) -> Effect:
        text = _need(command, "text")

        async def effect() -> None:
            await self._book.append(Noted(text=text, by=sender.by, subject=command.arguments.get("subject")))

        return effect


def _now(action: Callable[[], None]) -> Effect:
    async def effect() -> None:
        action()

    return effect


def _need(command: Command, name: str) -> str:
    value = command.arguments.get(name)
    if not value:
        raise InputError(f"`{command.verb}` needs {name}", "See `bringup tell --help`.")
    return value
