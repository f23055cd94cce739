"""What each command to the desk does. Every command becomes an event, refused ones too."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from bringup.engine.approving import Approvals, kept_evidence, replacement_question, waiver_question
from bringup.engine.attaching import Attaching, end_named, form_named, read_file
from bringup.engine.book import Book
from bringup.engine.desk import Command, Desk, Given, Reply, Sender
from bringup.engine.guard import Refusal
from bringup.engine.ledger import Row, utc_day
from bringup.engine.people import People, utc_now, who
from bringup.engine.putting import Putting
from bringup.engine.questions import APPROVED, check_answer
from bringup.engine.replacing import Replacing
from bringup.engine.restoring import Restoring
from bringup.engine.superseding import RETEST
from bringup.engine.waiving import covered, last_day, serials, waivable
from bringup.engine.watching import Watching
from bringup.journal.error import EventRefused
from bringup.model.errors import InputError
from bringup.model.event import CommandReceived, Noted, PartReplaced, Waived
from bringup.model.plan import Plan, Task
from bringup.model.rows import named_rows
from bringup.model.subject import ends
from bringup.model.verdict import Reason, Verdict

DRY_RUN = "dry_run"
FIBRE = frozenset({"fibre.end_face", "fibre.loss", "fibre.otdr"})
"""Checks of what people attach to the ends of cables."""


class Effect(NamedTuple):
    """What a command does, and which rows run again by it."""

    do: Callable[[], Awaitable[None]]
    rows: Sequence[Row] = ()


class Inbox:
    """Handles commands for one runner. Without `replacing` no part can be replaced, and without
    `restoring` nothing put back.
    """

    def __init__(
        self,
        book: Book,
        desk: Desk,
        plan: Plan,
        *,
        run_id: str,
        replacing: Replacing | None = None,
        restoring: Restoring | None = None,
        watching: Watching | None = None,
        people: People | None = None,
        putting: Putting | None = None,
        attaching: Attaching | None = None,
        today: Callable[[], str] = utc_day,
    ) -> None:
        self._book = book
        self._desk = desk
        self._plan = plan
        self._approvals = Approvals(book, run_id)
        self._replacing = replacing
        self._restoring = restoring
        self._watching = watching
        self._people = people
        self._putting = putting
        self._attaching = attaching
        self._today = today
        self._tasks: dict[tuple[str, str], list[Task]] = defaultdict(list)
        for task in plan.tasks:
            self._tasks[task.stage, task.step].append(task)
        self._one_at_a_time = asyncio.Lock()

    async def handle(self, command: Command, sender: Sender) -> Reply:
        """Record the command, then carry it out; one after the other, so that of two answers to one question
        the second is refused. With `dry_run` it only tells which rows would run again.
        """
        sender = msgspec.structs.replace(sender, attached=sender.attached or command.attached)
        if command.verb == "here":
            await self._looks(command, sender)
            return self._here(command, sender)
        if self._people is not None:
            # Not recorded: who only watches leaves no trace in a record.
            self._people.refuse_watcher(sender)
        if command.verb == "head":
            return self._approvals.head()
        if command.arguments.get(DRY_RUN):
            return self._would(command, sender)
        async with self._one_at_a_time:
            try:
                effect = self._effect(command, sender)
            except InputError as error:
                seq = await self._record(command, sender, refusal=str(error))
                return Reply(ok=False, seq=seq, error=str(error))
            seq = await self._record(command, sender)
            await effect.do()
        self._desk.work.set()
        return Reply(ok=True, seq=seq, rows=tuple(effect.rows))

    async def _looks(self, command: Command, sender: Sender) -> None:
        """A port that an operator's console shows is watched for it; who only watches begins nothing."""
        told = command.arguments
        if self._watching is None or self._people is None or told.get("ask"):
            return
        may = not sender.attached or self._people.sharing.share
        port = told.get("about", "") if may and told.get("screen") == "watch" else ""
        await self._watching.looked_at(sender.peer, port, sender.by)

    def _here(self, command: Command, sender: Sender) -> Reply:
        if self._people is None:
            return Reply(ok=True)
        if not command.arguments.get("ask"):
            self._people.here(command, sender)
        return Reply(ok=True, people=self._people.present, you=sender.peer)

    async def give_back_stale(self) -> None:
        """What those who are gone had taken is free again, and the record says so."""
        if self._people is None:
            return
        for what, why in self._people.stale(self._desk.open_questions).items():
            async with self._one_at_a_time:
                held = self._people.held.pop(what, None)
                if held is not None:
                    await self._record(Command("release", {"what": what}, why), held.sender, via="runner")

    def _would(self, command: Command, sender: Sender) -> Reply:
        """Nothing is done, and nothing recorded."""
        try:
            return Reply(ok=True, rows=tuple(self._effect(command, sender).rows))
        except InputError as error:
            return Reply(ok=False, error=str(error))

    async def _record(
        self, command: Command, sender: Sender, refusal: str | None = None, via: str | None = None
    ) -> int:
        """
        Raises:
            InputError: its text has no honest form in a record.
        """
        event = CommandReceived(
            verb=command.verb,
            arguments=dict(command.arguments),
            by=sender.by,
            via=via or sender.via,
            why=command.why,
            accepted=refusal is None,
            refusal=refusal,
            uid=sender.uid,
            terminal=sender.terminal,
            attached=sender.attached,
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
            case "replace":
                return self._replace(command, sender)
            case "watch":
                return self._watch(command, sender)
            case "put":
                return self._put(command, sender)
            case "attach":
                return self._attach(command, sender)
            case "put-back":
                return self._put_back()
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
            case "claim" | "release":
                return self._claim(command, sender)
            case _:
                raise InputError(f"no command is called {command.verb!r}")

    def _answer(self, command: Command, sender: Sender) -> Effect:
        value = _need(command, "value")
        question = self._desk.question(_need(command, "question"))
        if command.arguments.get("asked", str(question.seq)) != str(question.seq):
            raise InputError(f"{question.id} has been asked anew since", "Look at it again, then answer.")
        check_answer(question, value)
        signer = self._approvals.signer(command, question.id, value, sender, after=question.seq)
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
        how = f"was answered already: {value!r} by {who(sender)} at {utc_now()}"
        return _now(lambda: self._desk.answer(question.id, given, how))

    def _rows(self, command: Command) -> tuple[Row, ...]:
        """The planned rows that `step` (STAGE/STEP, STEP, STEP@SUBJECT) and `subject` name. `failed` is for a
        retest only: nobody waives, or skips, what is not named.
        """
        text, subject = _need(command, "step"), command.arguments.get("subject")
        failed = self._book.ledger.failed if command.verb == "retest" else ()
        return named_rows(self._plan.planned, text, subject, failed=failed)

    def _skip(self, command: Command, sender: Sender) -> Effect:
        rows = [row for row in self._rows(command) if row not in self._book.ledger.ended]
        if not rows:
            raise InputError("all of that has ended already", "`retest` runs it again.")
        message = f"skipped by {sender.by}" + (f": {command.why}" if command.why else "")
        how = f"was skipped already by {who(sender)} at {utc_now()}"

        async def skip() -> None:
            for row in rows:
                if self._desk.withdraw(row, Refusal(Verdict.UNKNOWN, Reason.SKIPPED, message), how):
                    continue  # whoever asked the question ends the row
                attempt = self._book.ledger.next_attempt(row)
                await self._book.end(row, attempt, Verdict.UNKNOWN, reason=Reason.SKIPPED, message=message)

        return Effect(skip)

    def _waive(self, command: Command, sender: Sender) -> Effect:
        why = _reason(command, "a waiver")
        until = last_day(command.arguments.get("until"), self._today())
        ledger = self._book.ledger
        does = {name: tasks[0].does for name, tasks in self._tasks.items()}
        rows = waivable(self._rows(command), ledger, does)
        signer = self._approvals.signer(
            command,
            waiver_question(command.arguments),
            why,
            sender,
            after=max(ledger.ended[row].seq for row in rows),
        )
        if signer is None:
            raise InputError("a waiver must be signed", "Add --key KEY with your own SSH key.")

        # What waited for it may go on now, and whoever signed for the record has not seen this.
        again = tuple(row for row in self._book.smallest_retest(rows) if row not in rows)

        async def waive() -> None:
            for row in rows:
                covers = covered(row, ledger, self._tasks[row[:2]])
                depends = dict(ledger.ended[row].depends)
                await self._book.append(
                    Waived(
                        stage=row[0],
                        step=row[1],
                        subject=row[2],
                        by=sender.by,
                        why=why,
                        until=until,
                        serial=next(serials(depends), None),
                        worst=covers[0].value if covers else None,
                        covers=covers,
                        depends=depends,
                        signed_text=command.arguments.get("signed_text"),
                        signature=command.arguments.get("signature"),
                        signer=signer,
                    )
                )

            await self._book.supersede(again, "what held it up is waived", retest=True)

        return Effect(waive, again)

    def _retest(self, command: Command) -> Effect:
        ledger = self._book.ledger
        rows = [row for row in self._rows(command) if row in ledger.ended]
        if not rows:
            raise InputError("nothing of that has ended yet", "It will run, or is running.")
        again = self._book.smallest_retest(rows)
        return Effect(lambda: self._book.supersede(again, RETEST, retest=True), again)

    def _replace(self, command: Command, sender: Sender) -> Effect:
        if self._replacing is None:
            raise InputError("nothing can be replaced here")
        replacing, told = self._replacing, command.arguments
        old, new, why = _need(command, "old"), _need(command, "new"), _reason(command, "a replacement")
        parts = replacing.parts(old, new, told.get("subject"))
        evidence = kept_evidence(told)
        signer = None
        if not told.get(DRY_RUN):
            signer = self._approvals.signer(
                command, replacement_question(told), why, sender, after=replacing.amendments.last_seq
            )
            if signer is None:
                raise InputError("a replacement must be signed", "Add --key KEY with your own SSH key.")
        said = PartReplaced(
            subject=parts[0].subject,
            old=old,
            new=new,
            by=sender.by,
            why=why,
            rma=told.get("rma"),
            moved_to=told.get("moved_to"),
            signed_text=told.get("signed_text"),
            signature=told.get("signature"),
            signer=signer,
        )
        return Effect(lambda: replacing.replace(parts, said, evidence), replacing.retest(parts))

    def _watch(self, command: Command, sender: Sender) -> Effect:
        """Watch a port for a while (`for_s`), or with `stop` no longer. One person's terminal is one wish."""
        watching, port = self._watching, _need(command, "port")
        who = f"{sender.by}@{sender.terminal or ''}"
        if watching is None:
            raise InputError("nothing can be watched here")
        if command.arguments.get("stop"):
            if port not in watching.active:
                raise InputError(
                    f"{port} is not watched", f"Watched: {', '.join(watching.active) or 'none'}."
                )
            return Effect(lambda: _done(watching.stop(port, who)))
        seconds = watching.check(port, command.arguments.get("for_s"))
        return Effect(lambda: watching.start(port, seconds, sender.by, who))

    def _put(self, command: Command, sender: Sender) -> Effect:
        """A cable whose label was scanned is in somebody's hand; with `stated` they say that it is in, with
        `stop` they have it no longer. One person has one cable in hand.
        """
        putting, told = self._putting, command.arguments
        if putting is None:
            raise InputError("no cable can be put anywhere here")
        scan, hand = _need(command, "label"), f"{sender.by}@{sender.terminal or ''}"
        if told.get("stop") or told.get("stated"):
            held = putting.in_hand(hand)
            if held is None or putting.find(scan, held).port != held:
                raise InputError(
                    f"you have no cable in hand that is labelled {scan[:60]!a}", "Scan it first."
                )
            let_go = putting.stop if told.get("stop") else putting.state
            return Effect(lambda: _done(let_go(hand)))
        end = putting.find(scan, told.get("port", ""))
        putting.check_room(hand)
        return Effect(lambda: putting.start(end, scan, sender.by, hand))

    def _attach(self, command: Command, sender: Sender) -> Effect:
        """A file of an instrument about one end of a cable; what a playbook demands of it is due again."""
        attaching, told = self._attaching, command.arguments
        if attaching is None:
            raise InputError("nothing can be attached here")
        if sender.uid is not None and sender.uid != os.getuid():
            raise InputError("only the run's own user has its files read", "Give the file to them.")
        end = end_named(attaching.inventory, _need(command, "port"))
        form = form_named(told.get("form", ""))
        name, data = read_file(_need(command, "file"))
        ended = self._book.ledger.ended
        rows = tuple(
            row
            for row in ended
            if end in ends(row[2]) and any(each.does in FIBRE for each in self._tasks[row[:2]])
        )

        async def attach() -> None:
            await attaching.attach(end, form, name, data, sender.by)
            await self._book.supersede(rows, f"{name} was attached", retest=True)

        return Effect(attach, rows)

    def _put_back(self) -> Effect:
        restoring = self._restoring
        if restoring is None or not restoring.left:
            raise InputError("nothing is left altered", "There is nothing to put back.")

        def want() -> None:
            restoring.wanted = True

        return _now(want)

    def _close(self) -> Effect:
        left = sum(row not in self._book.ledger.ended for row in self._plan.planned)
        if self._desk.paused and left:
            raise InputError(
                f"the run is paused with {left} verdicts due", "`continue` it, or `abort` it for good."
            )
        return _now(self._desk.close)

    def _claim(self, command: Command, sender: Sender) -> Effect:
        if self._people is None:
            raise InputError("nothing can be taken here")
        what = _need(command, "what")
        if command.verb == "claim":
            return _now(self._people.claim(what, sender, self._desk.open_questions))
        return _now(self._people.release(what, sender))

    def _note(self, command: Command, sender: Sender) -> Effect:
        text = _need(command, "text")

        async def note() -> None:
            told = command.arguments
            await self._book.append(
                Noted(text=text, by=sender.by, subject=told.get("subject"), to=told.get("to"))
            )

        return Effect(note)


def _reason(command: Command, what: str) -> str:
    if not command.why or not command.why.strip():
        raise InputError(f"{what} needs a reason", "Add --why TEXT.")
    return command.why


async def _done(work: Awaitable[object]) -> None:
    await work


def _now(action: Callable[[], None]) -> Effect:
    async def effect() -> None:
        action()

    return Effect(effect)


def _need(command: Command, name: str) -> str:
    value = command.arguments.get(name)
    if not value:
        raise InputError(f"`{command.verb}` needs {name}", "See `bringup tell --help`.")
    return value
