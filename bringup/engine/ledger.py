"""What the engine must remember while it runs: which rows have ended, how, and which attempt comes next."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bringup.model.event import Event, StepEnded
from bringup.model.state import RunState
from bringup.model.verdict import Reason, Verdict

Row = tuple[str, str, str]
"""(stage, step, planned subject)."""


class Ended(msgspec.Struct, frozen=True):
    """How a row ended. `seq` is its StepEnded; `cause` the subject to blame where that is another one;
    `because` the event that explains it, for what was blocked that of what stood in the way.
    """

    verdict: Verdict
    seq: int
    reason: str | None
    cause: str | None
    because: int | None = None


class Ledger:
    """Begins where the record ends (`state`), and takes in every event that is written after it."""

    def __init__(self, state: RunState | None = None) -> None:
        self.ended: dict[Row, Ended] = {}
        self._attempts: dict[Row, int] = {}
        for key, step in (state.steps if state is not None else {}).items():
            row = (key.stage, key.step, key.subject)
            if step.latest is not None:
                self._attempts[row] = step.latest.number
            latest = step.latest
            if step.superseded is not None or step.verdict is None or latest is None:
                continue  # a retest that a crash cut short is still due
            if latest.ended_seq is not None:
                self.ended[row] = Ended(
                    step.verdict, latest.ended_seq, step.reason, latest.cause, latest.because
                )

    def note(self, event: Event, seq: int) -> None:
        """Take in one event of this run."""
        stage, step = getattr(event, "stage", None), getattr(event, "step", None)
        if stage is None or step is None:
            return
        row = (stage, step, getattr(event, "subject", ""))
        attempt = getattr(event, "attempt", None)
        if attempt is not None:
            self._attempts[row] = max(self._attempts.get(row, 0), attempt)
        # An attempt that was overtaken (skipped while it ran) ends too, but the latest counts.
        if isinstance(event, StepEnded) and event.attempt >= self._attempts[row]:
            self.ended[row] = Ended(event.verdict, seq, event.reason, event.cause, event.because)

    def next_attempt(self, row: Row) -> int:
        return self._attempts.get(row, 0) + 1

    def waive(self, row: Row) -> None:
        """The row counts as WAIVED from now on."""
        ended = self.ended[row]
        self.ended[row] = msgspec.structs.replace(ended, verdict=Verdict.WAIVED)

    def with_blocked(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows, and all that ended `blocked` because of one of them, directly or through others."""
        held_up: dict[int | None, list[Row]] = {}
        for row, ended in self.ended.items():
            if ended.reason == Reason.BLOCKED:
                held_up.setdefault(ended.because, []).append(row)
        found = dict.fromkeys(rows)
        waiting = list(found)
        while waiting:
            row = waiting.pop()
            for other in held_up.pop(self.ended[row].seq, ()) if row in self.ended else ():
                found[other] = None
                waiting.append(other)
        return tuple(found)

    def forget(self, row: Row) -> None:
        """The row is to run again; its attempts stay counted."""
        self.ended.pop(row, None)
