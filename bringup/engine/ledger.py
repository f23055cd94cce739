"""What the engine must remember while it runs: which rows have ended, how, and which attempt comes next."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import msgspec

from bringup.engine.judging import belongs
from bringup.model.baseline import OF_A_BASELINE, note_baseline
from bringup.model.event import (
    AlteredState,
    Event,
    EvidenceAttached,
    Judged,
    Measured,
    Signed,
    StepEnded,
    StepStarted,
    Superseded,
    Waived,
)
from bringup.model.judgement import Judgement
from bringup.model.mating import Mating, note_mating
from bringup.model.measurement import Scalar
from bringup.model.state import RunState
from bringup.model.verdict import Reason, Verdict
from bringup.model.waiver import ended as waiver_ended
from bringup.model.waiver import still_covers

Row = tuple[str, str, str]
"""(stage, step, planned subject)."""
UNMEASURED = frozenset({Reason.BLOCKED, Reason.SKIPPED, Reason.ABORTED, Reason.SUPERSEDED})
"""Reasons of rows that nothing was read for."""


class Ended(msgspec.Struct, frozen=True):
    """How a row ended. `seq` is its StepEnded; `cause` the subject to blame where that is another one;
    `because` the event that explains it, for what was blocked that of what stood in the way. `own` is the
    verdict without a waiver, `depends` what it was measured on.
    """

    verdict: Verdict
    seq: int
    reason: str | None
    cause: str | None
    because: int | None = None
    own: Verdict = Verdict.UNKNOWN
    depends: Mapping[str, str] = MappingProxyType({})

    @property
    def measured(self) -> bool:
        """Whether it says something about a part."""
        return self.reason not in UNMEASURED


def utc_day() -> str:
    """Today, `YYYY-MM-DD`, UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


class Ledger:
    """Begins where the record ends (`state`), and takes in every event that is written after it."""

    def __init__(self, state: RunState | None = None, *, today: Callable[[], str] = utc_day) -> None:
        self.ended: dict[Row, Ended] = {}
        self.started: dict[Row, int] = {}
        self.altered: dict[tuple[str, str], int] = {}
        self.signatures: list[Signed] = []
        self.attached: list[EvidenceAttached] = []
        self.matings: dict[str, Mating] = {}
        self.baseline: dict[str, Scalar] = {}
        self._today = today
        self._attempts: dict[Row, int] = {}
        self._waivers: dict[Row, Waived] = {}
        self._bad: dict[tuple[str, str], list[Judged | Judgement]] = defaultdict(list)
        if state is not None:
            self._take_over(state)

    def _take_over(self, state: RunState) -> None:
        self.altered = {(each.subject, each.what): each.seq for each in state.altered}
        self.signatures = list(state.signatures)
        self.attached, self.matings = list(state.attached), dict(state.matings)
        self.baseline = dict(state.baseline)
        for key, step in state.steps.items():
            row = (key.stage, key.step, key.subject)
            latest = step.latest
            if latest is not None:
                self._attempts[row] = latest.number
            waiver = step.offered or step.waiver
            if waiver is not None:
                self._waivers[row] = waiver
            self._bad[row[:2]] += [each for each in step.judgements if not each.verdict.good]
            if step.superseded is not None or step.verdict is None or latest is None:
                continue  # a retest that a crash cut short is still due
            if latest.ended_seq is not None and latest.verdict is not None:
                self.ended[row] = Ended(
                    step.verdict,
                    latest.ended_seq,
                    step.reason,
                    latest.cause,
                    latest.because,
                    latest.verdict,
                    latest.depends,
                )

    def signed_as(self, signer: str, by: str, role: str) -> str | None:
        """The other role in which this key, or this person, has signed already; None where there is none."""
        same = (one.role for one in self.signatures if one.signer == signer or one.by == by)
        return next((other for other in same if other != role), None)

    def note(self, event: Event, seq: int) -> None:
        """Take in one event of this run."""
        if isinstance(event, Signed):
            self.signatures.append(event)
        if isinstance(event, EvidenceAttached):
            self.attached.append(msgspec.structs.replace(event, seq=seq))
        note_mating(self.matings, event, seq)
        if isinstance(event, Measured) and event.quantity in OF_A_BASELINE:
            note_baseline(self.baseline, event)
        if isinstance(event, AlteredState):
            if event.restored:
                self.altered.pop((event.subject, event.what), None)
            else:
                self.altered[event.subject, event.what] = seq
        stage, step = getattr(event, "stage", None), getattr(event, "step", None)
        if stage is None or step is None:
            return
        row = (stage, step, getattr(event, "subject", ""))
        attempt = getattr(event, "attempt", None)
        if attempt is not None:
            self._attempts[row] = max(self._attempts.get(row, 0), attempt)
        match event:
            case StepStarted():
                self.started[row] = seq
                self._bad[row[:2]] = [
                    each for each in self._bad[row[:2]] if not belongs(each.subject, row[2])
                ]
            case Judged() if not event.verdict.good:
                self._bad[row[:2]].append(event)
            case StepEnded():
                self._note_end(row, event, seq)
            case Waived():
                self._waivers[row] = event
                if row in self.ended:
                    self.ended[row] = msgspec.structs.replace(self.ended[row], verdict=Verdict.WAIVED)
            case Superseded() if not event.retest:
                self._waivers.pop(row, None)

    def _note_end(self, row: Row, event: StepEnded, seq: int) -> None:
        """An attempt that was overtaken (skipped while it ran) ends too, but the latest counts. A waiver that
        does not cover what a later attempt found is void.
        """
        if event.attempt < self._attempts[row]:
            return
        verdict = event.verdict
        waiver = self._waivers.get(row)
        if waiver is not None and not verdict.good:
            if still_covers(waiver, self.bad(row), event.depends, self._today()):
                verdict = Verdict.WAIVED
            else:
                del self._waivers[row]
        self.ended[row] = Ended(
            verdict, seq, event.reason, event.cause, event.because, event.verdict, event.depends
        )

    def next_attempt(self, row: Row) -> int:
        return self._attempts.get(row, 0) + 1

    def bad(self, row: Row) -> list[Judged | Judgement]:
        """The judgements of a row's latest attempt that are not good."""
        return [each for each in self._bad[row[:2]] if belongs(each.subject, row[2])]

    def end_waivers(self) -> None:
        """What a waiver covered whose last day is over has its own verdict again."""
        for row, waiver in list(self._waivers.items()):
            if waiver_ended(waiver, self._today()):
                del self._waivers[row]
                if row in self.ended:
                    ended = self.ended[row]
                    self.ended[row] = msgspec.structs.replace(ended, verdict=ended.own)

    @property
    def failed(self) -> tuple[Row, ...]:
        """Rows that have ended without a good verdict."""
        return tuple(row for row, ended in self.ended.items() if not ended.verdict.good)

    def with_blocked(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows, and all that ended `blocked` because of one of them, directly or through others."""
        held_up = self._held_up()
        found = dict.fromkeys(rows)
        waiting = list(found)
        while waiting:
            row = waiting.pop()
            for other in held_up.pop(self.ended[row].seq, ()) if row in self.ended else ():
                found[other] = None
                waiting.append(other)
        return tuple(found)

    def blocked_by(self, seq: int) -> tuple[Row, ...]:
        """Rows that wait for what the event `seq` says to be otherwise."""
        return tuple(self._held_up().get(seq, ()))

    def _held_up(self) -> dict[int | None, list[Row]]:
        held_up: dict[int | None, list[Row]] = {}
        for row, ended in self.ended.items():
            if ended.reason == Reason.BLOCKED:
                held_up.setdefault(ended.because, []).append(row)
        return held_up

    def forget(self, row: Row) -> None:
        """The row is to run again; its attempts stay counted."""
        self.ended.pop(row, None)
