"""What the engine must remember while it runs: which rows have ended, how, and which attempt comes next."""

from __future__ import annotations

import msgspec

from bringup.model.event import Event, StepEnded
from bringup.model.state import RunState
from bringup.model.verdict import Verdict

Row = tuple[str, str, str]
"""(stage, step, planned subject)."""


class Ended(msgspec.Struct, frozen=True):
    """How a row ended. `seq` is its StepEnded; `cause` the subject to blame where that is another one."""

    verdict: Verdict
    seq: int
    reason: str | None
    cause: str | None


class Ledger:
    """Begins where the record ends (`state`), and takes in every event that is written after it."""

    def __init__(self, state: RunState | None = None) -> None:
        self.ended: dict[Row, Ended] = {}
        self._attempts: dict[Row, int] = {}
        for key, step in (state.steps if state is not None else {}).items():
            row = (key.stage, key.step, key.subject)
            if step.latest is not None:
                self._attempts[row] = step.latest.number
            if step.verdict is not None and step.latest is not None and step.latest.ended_seq is not None:
                self.ended[row] = Ended(step.verdict, step.latest.ended_seq, step.reason, step.latest.cause)

    def note(self, event: Event, seq: int) -> None:
        """Take in one event of this run."""
        stage, step = getattr(event, "stage", None), getattr(event, "step", None)
        if stage is None or step is None:
            return
        row = (stage, step, getattr(event, "subject", ""))
        attempt = getattr(event, "attempt", None)
        if attempt is not None:
            self._attempts[row] = max(self._attempts.get(row, 0), attempt)
        if isinstance(event, StepEnded):
            self.ended[row] = Ended(event.verdict, seq, event.reason, event.cause)

    def next_attempt(self, row: Row) -> int:
        return self._attempts.get(row, 0) + 1

    def waive(self, row: Row) -> None:
        """The row counts as WAIVED from now on."""
        ended = self.ended[row]
        self.ended[row] = msgspec.structs.replace(ended, verdict=Verdict.WAIVED)

    def forget(self, row: Row) -> None:
        """The row is to run again; its attempts stay counted."""
        self.ended.pop(row, None)
