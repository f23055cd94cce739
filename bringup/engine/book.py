"""The engine's pen: every event goes through here, into the journal and into the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from bringup.engine.ledger import UNMEASURED, Ledger, Row
from bringup.engine.round import Kept
from bringup.engine.superseding import Superseding
from bringup.journal.write import Journal
from bringup.model.event import Event, EvidenceKept, Measured, StepEnded, Superseded
from bringup.model.measurement import Measurement
from bringup.model.plan import Task
from bringup.model.verdict import Reason, Verdict
from bringup.transport.transcript import encode_transcript

TRANSCRIPT = "application/x-ndjson"


class OfStep(TypedDict):
    """What every event of a step carries."""

    stage: str
    step: str
    subject: str
    attempt: int


def of_step(task: Task, subject: str, attempt: int) -> OfStep:
    """Unpacked into an event: `Measured(**of_step(task, subject, attempt), …)`."""
    return {"stage": task.stage, "step": task.step, "subject": subject, "attempt": attempt}


def measured(at: OfStep, measurement: Measurement) -> Measured:
    """What was read, as the event of a step."""
    return Measured(
        **at,
        quantity=measurement.quantity,
        unit=measurement.unit,
        value=measurement.value,
        reading=measurement.reading,
        age_s=measurement.age_s,
        accuracy=measurement.accuracy,
    )


class Book:
    """Writes events. With `superseding` every verdict says what it depends on, and a reading that shows
    another part takes away what was measured on the one before.
    """

    def __init__(self, journal: Journal, ledger: Ledger, superseding: Superseding | None = None) -> None:
        self.journal = journal
        self.ledger = ledger
        self.superseding = superseding

    async def offer(self, event: Event) -> int:
        """Write in order; durable before the next `append` returns."""
        seq = await self.journal.offer(event)
        self.ledger.note(event, seq)
        if self.superseding is not None and isinstance(event, Measured):
            changed = self.superseding.noted(event, seq)
            if changed is not None:
                await self.supersede_outdated(seq)
        return seq

    async def append(self, event: Event, *, patient: bool = False) -> int:
        """Write, and return when it is durable; `patient` as the journal has it."""
        seq = await self.journal.append(event, patient=patient)
        self.ledger.note(event, seq)
        return seq

    async def supersede_outdated(self, because: int | None = None) -> None:
        """Every verdict about a part that is another now is due again; one that this has happened to too
        often ends for good, as UNKNOWN.
        """
        if self.superseding is None:
            return
        outdated = self.superseding.outdated()
        for row, key in outdated.items():
            if self.superseding.tired(row):
                await self.end(
                    row,
                    self.ledger.next_attempt(row),
                    Verdict.UNKNOWN,
                    reason=Reason.SUPERSEDED,
                    because=because,
                    message=f"{key} changes again and again",
                    advice="Find out which part it is, and `retest` when it stays.",
                )
        left = {row: key for row, key in outdated.items() if self.ledger.ended[row].measured}
        for row in self.superseding.smallest(left):
            why = f"{left[row]} is another now" if row in left else "what it rests on is superseded"
            await self.supersede((row,), why, because)

    def smallest_retest(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """What has to run again with these."""
        if self.superseding is not None:
            return self.superseding.smallest(rows)
        return self.ledger.with_blocked(rows)

    async def supersede(
        self, rows: Sequence[Row], why: str, because: int | None = None, *, retest: bool = False
    ) -> None:
        """These rows have no verdict any more, and run again."""
        for row in rows:
            self.ledger.forget(row)
            stage, step, subject = row
            await self.offer(
                Superseded(stage=stage, step=step, subject=subject, why=why, because=because, retest=retest)
            )

    async def end(
        self,
        row: Row,
        attempt: int,
        verdict: Verdict,
        *,
        reason: Reason | str | None = None,
        because: int | None = None,
        cause: str | None = None,
        message: str | None = None,
        advice: str | None = None,
        patient: bool = False,
    ) -> int:
        """The verdict on one planned subject."""
        stage, step, subject = row
        parts = self.superseding
        event = StepEnded(
            stage=stage,
            step=step,
            subject=subject,
            attempt=attempt,
            verdict=verdict,
            reason=str(reason) if reason is not None else None,
            because=because,
            cause=cause,
            message=message,
            advice=advice or None,
            depends=parts.depends(row) if parts is not None and reason not in UNMEASURED else {},
        )
        seq = await self.append(event, patient=patient)
        changed = parts.changed_meanwhile(event) if parts is not None else None
        if changed is not None and row in self.ledger.ended:
            await self.supersede((row,), f"{changed} changed while it was measured", seq)
        return seq

    async def keep(self, stage: str, step: str, attempt: int, kept: Iterable[Kept]) -> None:
        """Keep the exchanges behind a round as evidence, one blob a device and read."""
        for one in kept:
            await self.keep_one(stage, step, attempt, one)

    async def keep_one(self, stage: str, step: str, attempt: int, kept: Kept) -> None:
        blob = await self.journal.keep(encode_transcript(kept.exchanges), media_type=TRANSCRIPT)
        await self.offer(
            EvidenceKept(
                stage=stage,
                step=step,
                subject=kept.device,
                attempt=attempt,
                name=kept.name,
                sha256=blob.sha256,
                size=blob.size,
                media_type=TRANSCRIPT,
            )
        )
