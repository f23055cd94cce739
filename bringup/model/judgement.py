"""One measurement against one limit: what the judge says, and what every reader shows."""

from __future__ import annotations

import msgspec

from bringup.model.measurement import Scalar
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Reading, Reason, Standing, Verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`limit` is the bound in words and `source` where it comes from; both None where there was no limit.

    `reason` says why a verdict is UNKNOWN. `note` is advice for a person. `seq` is the event's, -1 before it
    has one.
    """

    subject: str
    quantity: str
    reading: Reading
    value: Scalar | None
    limit: str | None
    source: str | None
    standing: Standing | None
    verdict: Verdict
    reason: Reason | None = None
    within_accuracy: bool = False
    note: str | None = None
    seq: int = -1

    @property
    def unit(self) -> str:
        """Empty for a quantity that a newer version wrote."""
        known = QUANTITIES.get(self.quantity)
        return known.unit if known is not None else ""
