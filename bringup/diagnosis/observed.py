"""What was last read and judged of each subject, and which verdicts want an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement, Scalar
from bringup.model.progress import Key, StepState
from bringup.model.state import RunState
from bringup.model.verdict import Reading, Reason, Verdict

LANE = "#lane-"


class Seen(msgspec.Struct, frozen=True):
    """One quantity of one subject: its last reading, and what was judged of it."""

    measurement: Measurement | None = None
    judgements: tuple[Judgement, ...] = ()

    @property
    def value(self) -> Scalar | None:
        return self.measurement.value if self.measurement is not None else None

    @property
    def dark(self) -> bool:
        return self.measurement is not None and self.measurement.reading is Reading.DARK

    @property
    def known(self) -> bool:
        return self.measurement is not None and self.measurement.reading in (Reading.VALUE, Reading.DARK)

    @property
    def worst(self) -> Judgement | None:
        return max(self.judgements, key=lambda each: each.verdict.severity, default=None)

    @property
    def bad(self) -> bool:
        return self.worst is not None and not self.worst.verdict.good

    @property
    def marginal(self) -> bool:
        return self.worst is not None and self.worst.verdict is Verdict.MARGINAL

    @property
    def unlimited(self) -> bool:
        """It was read, and nobody has said how much is good."""
        return self.worst is not None and self.worst.reason is Reason.NO_LIMIT

    @property
    def failed(self) -> bool:
        return self.worst is not None and self.worst.verdict is Verdict.FAIL


NOTHING = Seen()


class Finding(msgspec.Struct, frozen=True):
    """One FAIL or UNKNOWN that wants an explanation; `bad` are its judgements that are not good."""

    key: Key
    does: str
    verdict: Verdict
    reason: str | None
    because: int | None
    cause: str | None
    message: str | None
    advice: str | None
    bad: tuple[Judgement, ...]

    @property
    def blocked(self) -> bool:
        return self.reason == Reason.BLOCKED

    @property
    def quantities(self) -> frozenset[str]:
        return frozenset(judgement.quantity for judgement in self.bad)


class Observed:
    """All readings of a state by subject and quantity;

    A later step's reading stands over an earlier one's.
    """

    def __init__(self, state: RunState) -> None:
        self._seen: dict[str, dict[str, Seen]] = {}
        self._lanes: dict[str, set[int]] = {}
        for step in state.steps.values():
            self._take(step)

    def _take(self, step: StepState) -> None:
        by_pair: dict[tuple[str, str], list[Judgement]] = {}
        for judgement in step.judgements:
            by_pair.setdefault((judgement.subject, judgement.quantity), []).append(judgement)
        for measurement in step.measurements:
            pair = (measurement.subject, measurement.quantity)
            self._put(*pair, Seen(measurement, tuple(by_pair.pop(pair, ()))))
        for (subject, quantity), judgements in by_pair.items():
            self._put(subject, quantity, Seen(None, tuple(judgements)))

    def _put(self, subject: str, quantity: str, seen: Seen) -> None:
        self._seen.setdefault(subject, {})[quantity] = seen
        port, lane, index = subject.partition(LANE)
        if lane and index.isdigit():
            self._lanes.setdefault(port, set()).add(int(index))

    def get(self, subject: str, quantity: str) -> Seen:
        return self._seen.get(subject, {}).get(quantity, NOTHING)

    def value(self, subject: str, quantity: str) -> Scalar | None:
        return self.get(subject, quantity).value

    def on(self, device: str, quantity: str) -> Iterator[Seen]:
        """Every reading of `quantity` on the device or a part of it."""
        for subject, told in self._seen.items():
            if quantity in told and (subject == device or subject.startswith(f"{device}/")):
                yield told[quantity]

    def lanes(self, port: str, quantity: str) -> Iterator[tuple[int, Seen]]:
        """The lanes of a port that were asked for `quantity`, in order."""
        for lane in sorted(self._lanes.get(port, ())):
            seen = self.get(f"{port}{LANE}{lane}", quantity)
            if seen is not NOTHING:
                yield lane, seen


def findings(state: RunState) -> tuple[Finding, ...]:
    """Every ended step whose verdict is not good, in the order of the plan."""
    return tuple(_finding(step) for step in state.steps.values() if step.ended and not step.counts_as.good)


def _finding(step: StepState) -> Finding:
    latest = step.latest
    assert latest is not None
    return Finding(
        key=step.key,
        does=step.does,
        verdict=step.counts_as,
        reason=step.reason,
        because=latest.because,
        cause=latest.cause,
        message=latest.message,
        advice=latest.advice,
        bad=tuple(each for each in step.judgements if not each.verdict.good),
    )


def worst_first(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Ordered for reading: FAIL before UNKNOWN, else as judged."""
    return tuple(sorted(judgements, key=lambda each: -each.verdict.severity))
