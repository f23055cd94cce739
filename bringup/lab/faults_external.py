"""What can be wrong with light that comes from elsewhere: a dead laser in the source, a ring without hold."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, no_value
from bringup.lab.fault_places import at_leaf, fitted, optic_in
from bringup.lab.state import LaserSource
from bringup.lab.world import World
from bringup.model.errors import InputError


def _lanes(world: World) -> list[str]:
    """Of modules that are fed by an external source."""
    return [
        f"{port}#lane-{lane}"
        for port in fitted(world)
        if (source := optic_in(world, port).source) is not None
        for lane in range(1, len(source.lasers) + 1)
    ]


def _lanes_at_leaves(world: World) -> list[str]:
    return [lane for lane in _lanes(world) if at_leaf(world, lane)]


def _source(world: World, subject: str) -> tuple[LaserSource, int]:
    """Raises: InputError where the module has a laser of its own."""
    port, _, lane = subject.partition("#lane-")
    source = optic_in(world, port).source
    if source is None:
        raise InputError(f"{port} has no external source", "Name a lane of a module that has one.")
    return source, int(lane) - 1


def _dim(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("laser-source-out", value)
    source, lane = _source(world, subject)
    before = {"mw": source.lasers[lane]}
    source.lasers[lane] = 0.0
    return before


def _relight(world: World, subject: str, memo: Memo) -> None:
    source, lane = _source(world, subject)
    source.lasers[lane] = memo["mw"]


def _lose(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("ring-unlocked", value)
    source, lane = _source(world, subject)
    before = {"locked": source.locked[lane]}
    source.locked[lane] = False
    return before


def _hold(world: World, subject: str, memo: Memo) -> None:
    source, lane = _source(world, subject)
    source.locked[lane] = memo["locked"]


KINDS = (
    FaultKind(
        name="laser-source-out",
        about="A laser of the external source that feeds a module is dead: one wavelength is not sent.",
        subject_kind="lane",
        stage="optics",
        step="external",
        verdict="FAIL",
        remedy="replace-laser-source",
        masks=True,
        usual=_lanes_at_leaves,
        allowed=_lanes,
        apply=_dim,
        mend=_relight,
    ),
    FaultKind(
        name="ring-unlocked",
        about="A module's ring resonator does not hold on to its wavelength: that lane does not send.",
        subject_kind="lane",
        stage="optics",
        step="external",
        verdict="FAIL",
        remedy="reset-or-replace-optic",
        masks=True,
        usual=_lanes_at_leaves,
        allowed=_lanes,
        apply=_lose,
        mend=_hold,
    ),
)
