"""Runs the asks of one step: all questions are open at once, and each answer is judged like a measurement."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping

from bringup.check.human import AttestArgs, ChooseArgs, MeasureArgs
from bringup.engine.book import Book, of_step
from bringup.engine.checking import judged_event, measured_event
from bringup.engine.desk import Given
from bringup.engine.guard import Refusal
from bringup.engine.judging import Judging
from bringup.engine.ledger import Row
from bringup.engine.questions import YES, Form, Questions
from bringup.engine.superseding import ATTEST
from bringup.model.catalogue import Spec
from bringup.model.event import Signed, StepStarted
from bringup.model.measurement import Measurement, measured
from bringup.model.plan import Task
from bringup.model.verdict import Reason, Verdict

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

FORMS: Mapping[str, Form] = {
    "instruct": "instruct",
    "confirm": "confirm",
    "choose": "choose",
    "scan": "scan",
    "measure": "measure",
    "attest": "attest",
}


class Asking:
    """Shared by all steps of a session."""

    def __init__(self, book: Book, judging: Judging, questions: Questions) -> None:
        self._book = book
        self._judging = judging
        self._questions = questions

    async def run(self, spec: Spec, tasks: list[Task]) -> None:
        """Ask all at once; returns when the last is answered, or the run is to stop, which all hear of."""
        asked = (self._one(spec, task, subject) for task in tasks for subject in task.subjects)
        for outcome in await asyncio.gather(*asked, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _one(self, spec: Spec, task: Task, subject: str) -> None:
        row = (task.stage, task.step, subject)
        attempt = self._book.ledger.next_attempt(row)
        await self._book.offer(StepStarted(**of_step(task, subject, attempt), does=spec.name))
        if spec.name == ATTEST and self._book.ledger.altered:
            await self._altered(row, attempt)
            return
        form = FORMS[spec.name]
        choices = task.args.choices if isinstance(task.args, ChooseArgs) else ()
        try:
            given = await self._questions.ask(task, subject, attempt, form, task.args.text, choices=choices)
        except Refusal as skipped:
            await self._book.end(
                row, attempt, skipped.verdict, reason=skipped.reason, message=skipped.message
            )
            return
        if given is None:
            await self._book.end(
                row,
                attempt,
                Verdict.UNKNOWN,
                reason=Reason.NO_DATA,
                message="nobody answered",
                advice="Answer it at the console, with `bringup tell RUN answer`, or in an answers file.",
            )
            return
        await self._conclude(task, subject, attempt, given)

    async def _altered(self, row: Row, attempt: int) -> None:
        """Nobody signs for a rack that is left other than it should be (field rule 11)."""
        (subject, what), because = next(iter(self._book.ledger.altered.items()))
        left = len(self._book.ledger.altered)
        await self._book.end(
            row,
            attempt,
            Verdict.UNKNOWN,
            reason=Reason.BLOCKED,
            because=because,
            cause=subject,
            message=f"{subject}: {what}" + (f", and {left - 1} more are left altered" if left > 1 else ""),
            advice="Put all back: `bringup tell RUN put-back`, or `bringup resume RUN --put-back`.",
        )

    async def _conclude(self, task: Task, subject: str, attempt: int, given: Given) -> None:
        if isinstance(task.args, AttestArgs) and not await self._attested(task, subject, attempt, given):
            return
        measurement = answer_measurement(task, subject, given.value)
        found = self._judging.outcomes([measurement], [task])[subject]
        await self._book.offer(measured_event(task, attempt, measurement))
        for judgement in (*found.judgements, *found.missing):
            await self._book.offer(judged_event(task, attempt, judgement))
        await self._book.end((task.stage, task.step, subject), attempt, found.verdict, reason=found.reason)

    async def _unsigned(self, row: Row, attempt: int, message: str, advice: str) -> None:
        await self._book.end(
            row, attempt, Verdict.UNKNOWN, reason=Reason.NO_DATA, message=message, advice=advice
        )

    async def _attested(self, task: Task, subject: str, attempt: int, given: Given) -> bool:
        """A sign-off without a signature signs nothing; nor does one in a second role by the same person."""
        if given.signature is None or given.signed_text is None or given.signer is None:
            await self._unsigned(
                (task.stage, task.step, subject),
                attempt,
                f"{given.by} answered, but did not sign",
                "Sign with an SSH key: --approve-with KEY, or `bringup tell RUN answer … --key KEY`.",
            )
            return False
        other = self._book.ledger.signed_as(given.signer, given.by, task.args.role)
        if other is not None:
            await self._unsigned(
                (task.stage, task.step, subject),
                attempt,
                f"{given.by}, or their key, has signed as {other}: {task.args.role} must be somebody else",
                "Retest this step and let the other person sign with a key of their own.",
            )
            return False
        await self._book.append(
            Signed(
                role=task.args.role,
                by=given.by,
                signed_text=given.signed_text,
                signature=given.signature,
                signer=given.signer,
                simulated=given.simulated,
            )
        )
        return True


def answer_measurement(task: Task, subject: str, answer: str) -> Measurement:
    """What an answer measures: a number, a serial, or whether it was a good answer (`yes`)."""
    args = task.args
    if isinstance(args, MeasureArgs):
        return measured(subject, args.quantity, _number(answer))
    if task.does == "scan":
        return measured(subject, "serial", answer.strip())
    if isinstance(args, ChooseArgs):
        # A choice that is not good is none, whatever it is called.
        return measured(subject, "answer", "yes" if answer in args.passes else f"no: {answer}")
    return measured(subject, "answer", "yes" if answer.strip().lower() in YES else answer)


def _number(answer: str) -> float | str:
    """A plain finite decimal number; any other text stays text, which no bound can judge."""
    text = answer.strip()
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        return answer
    return float(text)
