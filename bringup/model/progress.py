"""What is known of one planned (stage, step, subject), and of one stage: the parts of a `RunState`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from bringup.model.event import Waived
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.verdict import Reason, Verdict


class Key(NamedTuple):
    """What a verdict is due for."""

    stage: str
    step: str
    subject: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt; `verdict` is None until its `StepEnded`. `because` is the seq of the explaining event.

    `cause` is what several verdicts share: the subject to blame. Times are of the runner's monotonic clock.
    `depends` is what it was measured on.
    """

    number: int
    started_seq: int | None = None
    started_ns: int | None = None
    ended_seq: int | None = None
    ended_ns: int | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    because: int | None = None
    cause: str | None = None
    message: str | None = None
    advice: str | None = None
    depends: Mapping[str, str] = MappingProxyType({})


class PortSeen(msgspec.Struct, frozen=True):
    """What was last read of a port, by a step or by a watch: whether its link is up, and who names itself at
    the far end. The numbers are those of the events that said so, -1 where none has: `up_seq` of the newest
    reading of the link, `down_seq` of the last that found it down, `lost_seq` of the last that found it down
    where the one before had found it up, `neighbor_seq` of the newest neighbour.
    """

    up: bool | None = None
    up_seq: int = -1
    down_seq: int = -1
    lost_seq: int = -1
    neighbor: str = ""
    neighbor_seq: int = -1


class Kept(msgspec.Struct, frozen=True):
    """One piece of evidence: its name, and the digest that it is stored under."""

    subject: str
    name: str
    sha256: str


class StepState(msgspec.Struct, frozen=True, kw_only=True):
    """One planned subject of one step. Measurements, judgements and evidence are those of the latest attempt.

    Of each (subject, quantity) the last reading stands, with the judgements of that reading. `waiver` is the
    one in force for the latest attempt; `offered` one that a retest may still find to cover what it measures.
    """

    key: Key
    does: str = ""
    planned: bool = True
    attempts: tuple[Attempt, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    evidence: tuple[Kept, ...] = ()
    waiver: Waived | None = None
    offered: Waived | None = None
    superseded: str | None = None

    @property
    def latest(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def running(self) -> bool:
        """Started, and not ended."""
        return bool(self.attempts) and self.attempts[-1].verdict is None

    @property
    def ended(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].verdict is not None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that stands, None while the latest attempt is not ended or none was made."""
        latest = self.latest
        if latest is None or latest.verdict is None:
            return None
        standing = Verdict.UNKNOWN if self.superseded is not None else latest.verdict
        if self.waiver is not None and standing.severity > Verdict.WAIVED.severity:
            return Verdict.WAIVED
        return standing

    @property
    def reason(self) -> str | None:
        """Why it is UNKNOWN."""
        if self.verdict is not Verdict.UNKNOWN:
            return None
        if self.superseded is not None:
            return Reason.SUPERSEDED
        return self.latest.reason if self.latest is not None else None

    @property
    def counts_as(self) -> Verdict:
        """The verdict, or UNKNOWN for what is unfinished: nothing passes by accident."""
        return self.verdict or Verdict.UNKNOWN


class StageState(msgspec.Struct, frozen=True, kw_only=True):
    """One stage. `declared` is the verdict of its `StageEnded`."""

    name: str
    title: str = ""
    started: bool = False
    declared: Verdict | None = None


class Coverage(msgspec.Struct, frozen=True):
    """How much of the plan has a verdict. `planned` = `ended` + the number of `unfinished`."""

    planned: int
    ended: int
    unfinished: tuple[Key, ...]

    @property
    def complete(self) -> bool:
        return self.planned > 0 and not self.unfinished
