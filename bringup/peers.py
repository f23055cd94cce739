"""A value against those of its peers: outliers by the median and the median absolute deviation. Pure.

Of one kind of thing there are many in a rack, and they are alike; what no limit forbids may still be the one
that is not like the others (physics reference, section 3). Robust figures, so that the outlier does not move
the yardstick; a floor beside them, because in a very uniform group harmless differences look large.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from bringup.judge import Finding, bind, bounded, soften, usable
from bringup.model.envelope import Limit
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.verdict import Reason, Verdict

FEWEST = 8
"""No verdict under so many (physics reference, section 3)."""
OF_NORMAL = 1.4826
"""The standard deviation of a normal distribution, in median absolute deviations."""
SMALLEST = 1e-300


def judge_peers(
    members: Sequence[Measurement], limit: Limit, others: Sequence[Limit] = (), *, contract: bool = False
) -> tuple[Judgement, ...]:
    """One judgement for each member that has a value, where there are enough of them.

    With too few nothing can be said: no judgement where `others`, the rest of the quantity's limits, judge
    it; else UNKNOWN `no_data`.
    """
    known = [(member, number) for member in members if (number := _number(member, limit)) is not None]
    if len(known) < FEWEST:
        return () if any(bounded(one) or one.same_across for one in others) else _too_few(members, limit)
    middle = median(number for _, number in known)
    spread = OF_NORMAL * median(abs(number - middle) for _, number in known)
    room = max((limit.peer_mad or 0.0) * spread, _floor(limit))
    typical = math.pow(10.0, middle) if limit.peer_factor is not None else middle
    return tuple(
        bind(member, limit, soften(limit, finding, contract))
        for member, number in known
        for finding in (_finding(limit, member, number - middle, room, typical, len(known)),)
    )


def _finding(
    limit: Limit, member: Measurement, off: float, room: float, typical: float, count: int
) -> Finding:
    bad = abs(off) > room and limit.side in ("both", "above" if off > 0 else "below")
    if not bad or _harmless(limit, member):
        return Finding(Verdict.PASS)
    side = "above" if off > 0 else "below"
    way = f"{math.pow(10.0, abs(off)):.3g} times" if limit.peer_factor is not None else f"{abs(off):.3g}"
    return Finding(Verdict.FAIL, note=f"{way} {side} the median {typical:.3g} of {count} peers")


def _harmless(limit: Limit, member: Measurement) -> bool:
    """Whether the value is no worse than what nobody minds."""
    if limit.peer_from is None:
        return False
    value = float(member.value or 0.0)
    return value >= limit.peer_from if limit.side == "below" else value <= limit.peer_from


def _number(member: Measurement, limit: Limit) -> float | None:
    value = member.value
    if not usable(member) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if limit.peer_factor is None:
        return float(value)
    return math.log10(max(SMALLEST, value)) if value >= 0 else None


def _floor(limit: Limit) -> float:
    return math.log10(limit.peer_factor) if limit.peer_factor is not None else limit.peer_floor or 0.0


def _too_few(members: Sequence[Measurement], limit: Limit) -> tuple[Judgement, ...]:
    note = f"{len(members)} peers: none can be called an outlier among fewer than {FEWEST}"
    return tuple(
        bind(member, limit, Finding(Verdict.UNKNOWN, Reason.NO_DATA, note=note))
        for member in members
        if usable(member)
    )
