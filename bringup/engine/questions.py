"""Questions to people: from a person at the desk, from an answers file, from a key that may approve; else
nobody.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from bringup.action.base import Outcome, State
from bringup.engine.book import Book, of_step
from bringup.engine.desk import Desk, Given, Interrupted, Question
from bringup.engine.guard import Refusal
from bringup.journal.sign import APPROVE, Signer, approval_text, fingerprint
from bringup.model.answer import Answers
from bringup.model.catalogue import Spec
from bringup.model.errors import InputError
from bringup.model.event import ActionIntended, Answered, Asked
from bringup.model.plan import Task
from bringup.model.verdict import Reason, Verdict

APPROVED, REFUSED = "approve", "refuse"
YES = ("yes", "y", "done", "ok")
NO = ("no", "n")
Form = Literal["instruct", "confirm", "scan", "measure", "choose", "attest", "approve"]


class Questions:
    """Asks. `simulated` says that the answers and the key belong to a demo's simulated technician."""

    def __init__(
        self,
        *,
        book: Book,
        desk: Desk,
        run_id: str,
        answers: Answers,
        approver: Signer | None,
        simulated: bool,
        headless: bool,
    ) -> None:
        self._book = book
        self._desk = desk
        self._run_id = run_id
        self._answers = answers
        self._approver = approver
        self._simulated = simulated
        self._headless = headless

    async def ask(
        self,
        task: Task,
        subject: str,
        attempt: int,
        form: Form,
        text: str,
        *,
        choices: tuple[str, ...] = (),
        changes: tuple[str, ...] = (),
    ) -> Given | None:
        """Ask, and wait for an answer; None when nobody is there to give one.

        The question is durable before anybody can answer it, the answer before anything follows from it.

        Raises:
            Refusal: a person skips it.
            Interrupted: the run is to stop.
        """
        name = f"{task.stage}/{task.step}@{subject}" + (f"/{form}" if form == "approve" else "")
        seq = await self._book.offer(
            Asked(
                **of_step(task, subject, attempt),
                question=name,
                form=form,
                text=text,
                choices=choices,
                changes=changes,
            )
        )
        # Open before it is durable, so that nobody who has read it can come too early: an answer takes effect
        # when its own event is durable, which stands behind this one.
        question = Question(name, seq, (task.stage, task.step, subject), form, choices)
        waiting = None if self._answered_here(task, subject, form) else self._desk.open(question)
        try:
            await self._book.journal.wait_durable(seq)
            given = await self._given(task, subject, form, name, waiting)
        finally:
            if waiting is not None:
                self._desk.settle(name)
        if given is None:
            return None
        await self._book.append(
            Answered(
                **of_step(task, subject, attempt),
                question=name,
                value=given.value,
                by=given.by,
                simulated=given.simulated,
                signed_text=given.signed_text,
                signature=given.signature,
                signer=given.signer,
            )
        )
        return given

    def _answered_here(self, task: Task, subject: str, form: Form) -> bool:
        """Whether no person at the desk is waited for."""
        if form == "approve":
            return self._headless or self._approver is not None
        return self._headless or self._answers.find(task.stage, task.step, subject) is not None

    async def _given(
        self, task: Task, subject: str, form: Form, question: str, waiting: asyncio.Future[Given] | None
    ) -> Given | None:
        if waiting is not None:
            return await self._from_desk(waiting)
        prepared = self._answers.find(task.stage, task.step, subject)
        if form == "approve":
            if self._approver is not None:
                return await self._signed(question, APPROVED, self._approver.identity)
        elif prepared is not None:
            if form == "attest" and self._approver is not None:
                return await self._signed(question, prepared.value, prepared.by)
            return Given(prepared.value, prepared.by, self._simulated)
        return None

    async def _from_desk(self, answer: asyncio.Future[Given]) -> Given:
        stop = asyncio.create_task(self._desk.stop.wait())
        try:
            await asyncio.wait((answer, stop), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Interrupted
            return answer.result()
        finally:
            stop.cancel()

    async def _signed(self, question: str, value: str, by: str) -> Given:
        """An answer signed by the approver's key, over run, question, answer and the tree's head."""
        approver = self._approver
        assert approver is not None
        size, root = self._book.journal.head()
        text = approval_text(run=self._run_id, question=question, answer=value, by=by, size=size, root=root)
        armor = await asyncio.to_thread(approver.sign, text.encode(), APPROVE)
        return Given(
            value, by, self._simulated, text, armor.decode("ascii"), fingerprint(approver.public_key)
        )

    async def approve(
        self,
        task: Task,
        subject: str,
        attempt: int,
        spec: Spec,
        target: str,
        drops: tuple[str, ...],
        before: State,
    ) -> None:
        """A signed yes of a person to a dangerous action.

        Raises:
            Refusal: nobody said yes.
        """
        changes = tuple(f"{name} is {state}" for name, state in before.items()) + tuple(
            f"drops {each}" for each in drops
        )
        text = f"{spec.title}: {subject}, through {target}. Do it?"
        given = await self.ask(task, subject, attempt, "approve", text, changes=changes)
        if given is None:
            raise Refusal(
                Verdict.UNKNOWN,
                Reason.NO_DATA,
                "nobody approved this action, so nothing was changed",
                "Approve it at the console, or run with --approve-with KEY.",
            )
        if given.value != APPROVED:
            raise Refusal(Verdict.UNKNOWN, Reason.SKIPPED, f"{given.by} did not approve: nothing was changed")

    async def happened(self, task: Task, subject: str, attempt: int, intent: ActionIntended) -> Outcome:
        """Ask a person whether a change that a crash interrupted took place: no reading can tell."""
        given = await self.ask(
            task,
            subject,
            attempt,
            "confirm",
            f"The runner died while it did {intent.action} on {subject}. Look at the device: did it happen?",
            choices=("yes", "no"),
        )
        if given is None or given.value not in ("yes", "no"):
            return "unknown"
        return "done" if given.value == "yes" else "not_done"


def check_answer(question: Question, value: str) -> None:
    """Whether a person's answer is one at all: a slip of the pen must not become a verdict.

    Raises:
        InputError: it is none of those that this question takes.
    """
    form = question.form
    taken: tuple[str, ...] = question.choices
    if form == "approve":
        taken = (APPROVED, REFUSED)
    elif form == "confirm" and not taken:
        taken = (*YES, *NO)
        value = value.strip().lower()
    if taken and value not in taken:
        raise InputError(f"{value!r} is no answer to {question.id}", f"It takes: {', '.join(taken)}.")
