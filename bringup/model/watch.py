"""One link as it is at this moment, while hands are on it: what a watch tells each second.

Nothing here is a verdict of the run: a pass is provisional until the step itself is run again.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bringup.model.measurement import Scalar
from bringup.model.verdict import Reading, Verdict

STAGE = "watch"
"""Stage and step of what a watch reads: no plan has them, so it judges nothing in the run."""


class Phase(StrEnum):
    """How far the work at the port is, as far as its readings show it (field rule 14)."""

    READING = "reading"
    """Nothing was read of it yet."""
    NOT_GOOD = "not_good"
    NO_LIGHT = "no_light"
    """Dark, and the far transmitter is not proven on: nothing shows that a fibre is out."""
    UNPLUGGED = "unplugged"
    HANDS_OFF = "hands_off"
    """Plugged in; measured until it has held for long enough, or has not become good in that time."""
    GOOD = "good"
    NOT_MEASURED = "not_measured"
    """Nothing is bad, and not all was told."""
    WRONG_PORT = "wrong_port"
    LOST = "lost"
    """The device does not answer."""
    ENDED = "ended"


VERDICTS = {Phase.GOOD: Verdict.PASS, Phase.NOT_GOOD: Verdict.FAIL, Phase.WRONG_PORT: Verdict.FAIL}
"""What a phase amounts to; UNKNOWN where it is not here."""


class Gauge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One quantity now, and the worst that its limits say of it. `age_s` counts from the device's own
    sample where it tells, else from when it was asked; seconds of the world. `source` and `standing` are
    those of the limit that did not pass: a look each second repeats no more than it must.
    """

    quantity: str
    reading: Reading
    value: Scalar | None = None
    age_s: float | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    limit: str | None = None
    source: str | None = None
    standing: str | None = None


class LiveLane(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One media lane, counted from 1. `best_dbm` is the most received since the plug went in."""

    index: int
    rx: Gauge | None = None
    tx: Gauge | None = None
    best_dbm: float | None = None


class LiveEnd(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One end of the link. `error` is the reason why it does not answer now, `silent_s` since when. `low_dbm`
    is the least that a limit lets its receivers get, `marginal_dbm` the most that still is marginal.
    `every_s` is how often its modules are asked, no more often than its platform samples them.
    """

    subject: str
    error: str | None = None
    told: str = ""
    silent_s: float | None = None
    module: str = ""
    gauges: tuple[Gauge, ...] = ()
    lanes: tuple[LiveLane, ...] = ()
    low_dbm: float | None = None
    marginal_dbm: float | None = None
    every_s: float | None = None

    def gauge(self, quantity: str) -> Gauge | None:
        return next((each for each in self.gauges if each.quantity == quantity), None)


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The link at one moment. Seconds are the world's. `trouble` says in words what is not good or not known
    first. `measured_s` runs from the plug, `held_s` is how long all has been good, by samples newer than it.
    `plugged_s` is how long ago the plug went in, where that was seen. `wrong` is another port that went down
    instead of this one. `states` are those that the link is in now, in their order, each with how long after
    the plug (or the first look) it was first seen so.
    """

    subject: str
    far_end: str | None
    look: int
    phase: Phase
    phase_s: float
    held_s: float
    hold_s: float
    measured_s: float
    plugged_s: float | None = None
    newest_s: float | None = None
    verdict: Verdict = Verdict.UNKNOWN
    marginal: bool = False
    trouble: str = ""
    wrong: str | None = None
    states: tuple[tuple[str, float], ...] = ()
    ends: tuple[LiveEnd, ...] = ()

    @property
    def comes_to(self) -> Verdict:
        """What the phase amounts to: a good one is PASS or MARGINAL, and never more than provisional."""
        if self.phase is Phase.GOOD and self.marginal:
            return Verdict.MARGINAL
        return VERDICTS.get(self.phase, Verdict.UNKNOWN)
