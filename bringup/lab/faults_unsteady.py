"""What comes and goes between two ports: loose plugs, bad adaptation, counters that somebody clears."""

from __future__ import annotations

import random

from bringup.lab import links, physics
from bringup.lab.fault_kind import FaultKind, Memo, number
from bringup.lab.fault_places import cabled, cabled_at_leaves, plugs
from bringup.lab.world import World
from bringup.model.errors import InputError

PARTS_EVERY_S, MIN_PARTS_EVERY_S = 43.0, 5.0
RISEN_BER = 3e-5
HEALTHY_BER = 1e-10
CLEARED_EVERY_S = 47.0


def _unlatch(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    cable, end = plugs(world)[subject]
    before: Memo = {"cable": cable.label, "a": end is cable.a, "every_s": end.parts_every_s}
    end.parts_every_s = number("flapping", value, PARTS_EVERY_S, MIN_PARTS_EVERY_S, 3600.0)
    return before


def _latch(world: World, subject: str, memo: Memo) -> None:
    """The plug that was loose, wherever it sits by now."""
    cable = next(each for each in world.cables if each.label == memo["cable"])
    (cable.a if memo["a"] else cable.b).parts_every_s = memo["every_s"]


def _adapt_badly(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """The link goes down and comes up again, and its receiver settles where it corrects more than before."""
    ber = number("ber-rise", value, RISEN_BER, 1e-12, 1e-3)
    port = world.port(subject)
    lost_db = _given_away_db(world.lane_bers(subject) or _lane_bers_when_lit(world, subject), ber)
    if lost_db <= 0.0:
        raise InputError(f"{subject} has more errors than {ber:g} already", "Give a larger ratio as VALUE.")
    if port.up:
        port.counters.transitions += 2
        port.adapted_db, port.changed_at = lost_db, world.plant.at
    else:
        port.next_adapted_db = lost_db
    return {}


def _lane_bers_when_lit(world: World, subject: str) -> tuple[float, ...]:
    """What the lanes will have when the far end sends: for a link that is still to come."""
    cable, here = plugs(world)[subject]
    there, fibres = (cable.b, cable.b_to_a_db) if here is cable.a else (cable.a, cable.a_to_b_db)
    far = world.far_end(subject)
    sent = far.optic.lanes if far is not None and far.optic is not None else ()
    losses = zip(sent, there.out_db, fibres, here.in_db, strict=False)
    powers = [lane.tx_power_dbm - out - fibre - into for lane, out, fibre, into in losses]
    medium = cable.medium
    return tuple(physics.pam4_ber(links.snr_db(medium, power)) for power in powers) or (HEALTHY_BER,)


def _given_away_db(lanes: tuple[float, ...], ber: float) -> float:
    """What all lanes alike must lose in SNR to come to `ber` together; by halves."""
    snrs = [_snr_of(each) for each in lanes]
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = sum(physics.pam4_ber(snr - middle) for snr in snrs) / len(snrs)
        low, high = (middle, high) if reached < ber else (low, middle)
    return low if low > 1e-6 else 0.0


def _snr_of(ber: float) -> float:
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if physics.pam4_ber(middle) > ber else (low, middle)
    return low


def _adapt_well(world: World, subject: str, memo: Memo) -> None:
    port = world.port(subject)
    port.adapted_db = port.next_adapted_db = 0.0


def _clear_often(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    port = world.port(subject)
    before = {"every_s": port.cleared_every_s}
    every_s = number("counters-reset", value, CLEARED_EVERY_S, 1.0, 86400.0)
    links.clear_counters(port, world.plant.at)
    port.cleared_every_s = every_s
    return before


def _leave_counters(world: World, subject: str, memo: Memo) -> None:
    world.port(subject).cleared_every_s = memo["every_s"]


KINDS = (
    FaultKind(
        name="flapping",
        about="A plug is not latched: it loses contact for a moment again and again, and the link with it.",
        args={"value": f"seconds from one loss to the next (default {PARTS_EVERY_S:g})"},
        subject_kind="port",
        stage="links",
        step="errors",
        verdict="FAIL",
        remedy="reseat-and-measure-again",
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_unlatch,
        mend=_latch,
    ),
    FaultKind(
        name="ber-rise",
        about="A receiver has adapted badly when its link came up again: more errors in good light.",
        args={"value": f"the bit error ratio that it rises to (default {RISEN_BER:g}; 1e-8 is silent)"},
        subject_kind="port",
        stage="links",
        step="errors",
        verdict="FAIL",
        remedy="check-signal-quality",
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_adapt_badly,
        mend=_adapt_well,
    ),
    FaultKind(
        name="counters-reset",
        about="Somebody clears a port's counters again and again while others measure by them.",
        args={"value": f"seconds from one clearing to the next (default {CLEARED_EVERY_S:g})"},
        subject_kind="port",
        stage="links",
        step="errors",
        verdict="UNKNOWN",
        reason="no_data",
        remedy="stop-clearing-counters",
        usual=cabled_at_leaves,
        allowed=cabled_at_leaves,
        apply=_clear_often,
        mend=_leave_counters,
    ),
)
