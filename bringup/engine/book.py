"""The engine's pen: every event goes through here, into the journal and into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict

from bringup.engine.ledger import Ledger, Row
from bringup.engine.round import Kept
from bringup.journal.write import Journal
from bringup.model.event import Event, EvidenceKept, StepEnded
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


class Book:
    """Writes events. `redact` takes known secrets out of messages that come from a device or a library."""

    def __init__(self, journal: Journal, ledger: Ledger) -> None:
        self.journal = journal
        self.ledger = ledger
        self.watch: list[Callable[[Event, int], None]] = []

    async def offer(self, event: Event) -> int:
        """Write in order; durable before the next `append` returns."""
        seq = await self.journal.offer(event)
        self.ledger.note(event, seq)
        return seq

    async def append(self, event: Event, *, patient: bool = False) -> int:
        """Write, and return when it is durable; `patient` as the journal has it."""
        seq = await self.journal.append(event, patient=patient)
        self.ledger.note(event, seq)
        return seq

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
        return await self.append(
            StepEnded(
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
            ),
            patient=patient,
        )

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
