"""One step while it is folded: the mutable twin of `StepState`."""

from __future__ import annotations

import msgspec

from bringup.model.event import EvidenceKept, Judged, Measured, StepEnded, StepStarted, Superseded, Waived
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.progress import Attempt, Kept, Key, StepState
from bringup.model.verdict import Reading, Reason, Standing
from bringup.model.waiver import ended as waiver_ended
from bringup.model.waiver import still_covers

REASONS = {str(each): each for each in Reason}
STANDINGS = {str(each): each for each in Standing}
Names = dict[str, str]
"""Strings seen before, so that 100,000 events don't hold 100,000 copies of a quantity's name."""


class Step:
    """Attempts grow; measurements, judgements and evidence are of the latest attempt only."""

    __slots__ = (
        "_attempts",
        "_evidence",
        "_judged",
        "_measured",
        "_offered",
        "_superseded",
        "_waiver",
        "does",
        "key",
        "planned",
    )

    def __init__(self, key: Key, *, planned: bool) -> None:
        self.key = key
        self.does = ""
        self.planned = planned
        self._attempts: list[Attempt] = []
        self._measured: dict[tuple[str, str], Measurement] = {}
        self._judged: dict[tuple[str, str], tuple[Judgement, ...]] = {}
        self._evidence: dict[tuple[str, str], Kept] = {}
        self._waiver: Waived | None = None
        self._offered: Waived | None = None
        self._superseded: str | None = None

    @classmethod
    def thawed(cls, state: StepState) -> Step:
        """The twin of a frozen one."""
        step = cls(state.key, planned=state.planned)
        step.does = state.does
        step._attempts = list(state.attempts)
        step._measured = {(each.subject, each.quantity): each for each in state.measurements}
        for judgement in state.judgements:
            pair = (judgement.subject, judgement.quantity)
            step._judged[pair] = (*step._judged.get(pair, ()), judgement)
        step._evidence = {(each.subject, each.name): each for each in state.evidence}
        step._waiver, step._superseded = state.waiver, state.superseded
        step._offered = state.offered
        return step

    def frozen(self) -> StepState:
        return StepState(
            key=self.key,
            does=self.does,
            planned=self.planned,
            attempts=tuple(self._attempts),
            measurements=tuple(self._measured.values()),
            judgements=tuple(each for found in self._judged.values() for each in found),
            evidence=tuple(self._evidence.values()),
            waiver=self._waiver,
            offered=self._offered,
            superseded=self._superseded,
        )

    def start(self, event: StepStarted) -> None:
        """A new attempt; the same number again (a journal that was recovered) starts it afresh."""
        self.does = event.does
        self._open(event.attempt, event.seq, event.mono_ns)

    def end(self, event: StepEnded) -> None:
        """A verdict. Of an attempt that never started (blocked, skipped) it is all there is.

        A bad one that an earlier waiver does not cover voids it.
        """
        if not self._attempts or self._attempts[-1].number < event.attempt:
            self._open(event.attempt, None, None)
        for place, attempt in enumerate(self._attempts):
            if attempt.number == event.attempt:
                self._attempts[place] = msgspec.structs.replace(
                    attempt,
                    ended_seq=event.seq,
                    ended_ns=event.mono_ns,
                    verdict=event.verdict,
                    reason=event.reason,
                    because=event.because,
                    cause=event.cause,
                    message=event.message,
                    advice=event.advice,
                    depends=event.depends,
                )
        if event.attempt == self._attempts[-1].number and self._waiver is None and not event.verdict.good:
            judgements = (each for found in self._judged.values() for each in found)
            held = self._offered is not None and still_covers(
                self._offered, judgements, event.depends, event.at[:10]
            )
            self._waiver = self._offered = self._offered if held else None

    def measure(self, event: Measured, names: Names) -> bool:
        """A reading of the latest attempt; False for one of an older attempt."""
        if not self._is_latest(event.attempt):
            return False
        subject = names.setdefault(event.subject, event.subject)
        quantity = names.setdefault(event.quantity, event.quantity)
        pair = (subject, quantity)
        self._judged.pop(pair, None)  # it was about the reading before
        self._measured[pair] = Measurement(
            subject=subject,
            quantity=quantity,
            reading=event.reading,
            value=event.value,
            age_s=event.age_s,
            accuracy=event.accuracy,
        )
        return True

    def judge(self, event: Judged, names: Names) -> bool:
        """A judgement of the latest attempt; one by the same limit, or of no value, replaces what stood."""
        if not self._is_latest(event.attempt):
            return False
        subject = names.setdefault(event.subject, event.subject)
        quantity = names.setdefault(event.quantity, event.quantity)
        limit = names.setdefault(event.limit, event.limit) if event.limit is not None else None
        source = names.setdefault(event.source, event.source) if event.source is not None else None
        note = names.setdefault(event.note, event.note) if event.note is not None else None
        judgement = Judgement(
            subject=subject,
            quantity=quantity,
            reading=event.reading,
            value=event.value,
            limit=limit,
            source=source,
            standing=STANDINGS.get(event.standing) if event.standing is not None else None,
            verdict=event.verdict,
            reason=REASONS.get(event.reason) if event.reason is not None else None,
            within_accuracy=event.within_accuracy,
            note=note,
            seq=event.seq,
        )
        pair = (subject, quantity)
        others = self._judged.get(pair, ()) if event.reading is Reading.VALUE else ()
        kept = (each for each in others if (each.limit, each.source) != (limit, source))
        self._judged[pair] = (*kept, judgement)
        return True

    def keep(self, event: EvidenceKept) -> None:
        self._evidence[event.subject, event.name] = Kept(event.subject, event.name, event.sha256)

    def supersede(self, event: Superseded) -> None:
        """A retest leaves a waiver to be compared with what it finds; anything else voids it."""
        self._superseded, self._waiver = event.why, None
        if not event.retest:
            self._offered = None

    def waive(self, event: Waived) -> None:
        """For this attempt; for later ones only where it says what it covers."""
        self._waiver, self._offered = event, event if event.covers else None

    @property
    def waived_until(self) -> str | None:
        """The last day of a waiver that has one."""
        waiver = self._offered or self._waiver
        return waiver.until if waiver is not None else None

    def expire(self, day: str) -> bool:
        """Void a waiver whose last day lies before `day`; whether there was one."""
        found = [each for each in (self._waiver, self._offered) if each is not None]
        if not any(waiver_ended(each, day) for each in found):
            return False
        self._waiver = self._offered = None
        return True

    def _open(self, number: int, seq: int | None, mono_ns: int | None) -> None:
        if self._attempts and self._attempts[-1].number >= number:
            self._attempts = [each for each in self._attempts if each.number != number]
        self._attempts.append(Attempt(number=number, started_seq=seq, started_ns=mono_ns))
        self._attempts.sort(key=lambda each: each.number)
        self._measured, self._judged, self._evidence = {}, {}, {}
        self._waiver, self._superseded = None, None

    def _is_latest(self, attempt: int) -> bool:
        """A reading without a `StepStarted` opens its attempt."""
        if not self._attempts or attempt > self._attempts[-1].number:
            self._open(attempt, None, None)
        return attempt == self._attempts[-1].number
