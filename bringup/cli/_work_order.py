"""The work order of a run: which plugs to move, from what its ports have named, laid beside their causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bringup.cabling.breakout import Cages
from bringup.cabling.link import End, Link
from bringup.cabling.move import Move, Place
from bringup.cabling.neighbours import links_told
from bringup.cabling.solve import solve
from bringup.model.cause import Cause, PlugMove
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from bringup.model.subject import ends, parse_subject

CROSSED = frozenset({"cables-swapped", "cable-not-of-the-plan"})
"""The causes that moving plugs puts right."""


def with_moves(causes: Iterable[Cause], state: RunState, inventory: Inventory) -> tuple[Cause, ...]:
    """The causes, those of crossed cables with the moves that put them right; each move stands once."""
    every = tuple(causes)
    if not any(cause.rule in CROSSED for cause in every):
        return every
    left = _moves(state, inventory)
    found: list[Cause] = []
    for cause in every:
        if cause.rule in CROSSED:
            about = {end for subject in cause.subjects for end in ends(subject)}
            groups = {each.group for each in left if about & {each.from_, each.to}}
            mine = tuple(each for each in left if each.group in groups)
            left = [each for each in left if each.group not in groups]
            cause = msgspec.structs.replace(cause, moves=mine)
        found.append(cause)
    return tuple(found)


def _moves(state: RunState, inventory: Inventory) -> list[PlugMove]:
    """The fewest moves over all cables of the plan."""
    plan = [
        Link(_end(cable.a), _end(cable.b), cable.medium or "", cable.length_m, cable.label or "")
        for cable in inventory.cable
    ]
    told = _told(state, inventory)
    found = links_told((_end(here), _end(there)) for here, there in told.items()).links
    cages = Cages.of(plan, {End(port.device, port.name): port.cage for port in inventory.port if port.cage})
    places = {one.name: Place(one.rack or "", one.unit, one.side or "") for one in inventory.device}
    return [_move(each) for each in solve(plan, found, cages=cages, places=places).moves]


def _told(state: RunState, inventory: Inventory) -> dict[str, str]:
    """Who is named at each port that is not down; of two that contradict each other, what was read last."""
    ports = state.ports
    told = {
        end: named
        for end, seen in ports.items()
        if end in inventory.far_ends and seen.up is not False and (named := _named(seen.neighbor, inventory))
    }
    read = {end: ports[end].neighbor_seq for end in told}
    newer = {
        there
        for here, there in told.items()
        if told.get(there, here) != here and read[here] > read.get(there, -1)
    }
    claims: dict[str, str] = {}
    for here in sorted(told, key=lambda end: read[end]):
        claims[told[here]] = here
    return {here: there for here, there in told.items() if here not in newer and claims[there] == here}


def _named(neighbor: str, inventory: Inventory) -> str:
    """A neighbour that is one port; nothing where none, several, or one that does not name itself."""
    device, slash, port = neighbor.partition("/")
    good = device in inventory.devices and slash and port not in ("", "?") and " " not in neighbor
    return neighbor if good else ""


def _end(port: str) -> End:
    subject = parse_subject(port)
    return End(subject.device, subject.component or "")


def _move(move: Move) -> PlugMove:
    named: Mapping[str, str] = {
        name: "" if end is None else str(end)
        for name, end in (("from", move.from_), ("to", move.to), ("stays", move.stays))
    }
    return PlugMove(
        group=move.group,
        label=move.label,
        from_=named["from"],
        to=named["to"],
        stays=named["stays"],
        assumed=move.assumed,
        too_short_m=move.too_short_m,
    )
