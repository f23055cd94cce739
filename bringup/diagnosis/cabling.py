"""Crossed cables: what LLDP names, or the serial numbers of a cable's two ends, laid over the cable list
(network reference, section 8.3).

Cables whose ends name each other's far ends belong together: two of them are a swap, more are a cycle, and
they are one cause, however many ends complain. A neighbour outside the cable list is a foreign cable, by
itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from bringup.diagnosis.assembly import led_to
from bringup.diagnosis.observed import Observed
from bringup.model.cause import Suspect
from bringup.model.inventory import Cable, Inventory
from bringup.model.subject import parse_subject

MANAGING_ROLES = frozenset({"mgmt-switch", "management-switch"})


class Crossing(msgspec.Struct, frozen=True):
    """`ends` are the port subjects with a wrong neighbour;

    `foreign` when the neighbour is not in the plan.
    """

    cables: tuple[Cable, ...]
    ends: tuple[str, ...]
    found: Mapping[str, str]
    foreign: bool = False
    assembled: frozenset[str] = frozenset()
    """Ends that were found by the serial numbers of their cables, not by a neighbour that they name."""

    @property
    def names(self) -> str:
        return " and ".join(f"{each.label} ({each.a} to {each.b})".strip() for each in self.cables)


def crossings(observed: Observed, inventory: Inventory) -> tuple[Crossing, ...]:
    """Every group of crossed cables, and every foreign cable, that the neighbours show."""
    by_end = {end: cable for cable in inventory.cable for end in (cable.a, cable.b)}
    wrong = {
        end: str(value)
        for end, expected in inventory.far_ends.items()
        if observed.get(end, "neighbor").failed
        and isinstance(value := observed.value(end, "neighbor"), str)
        and value not in ("none", expected)
    }
    assembled = {end: seen for end, seen in led_to(observed, inventory).items() if end not in wrong}
    wrong |= assembled
    groups = _joined(
        [(by_end[end].subject, by_end[seen].subject) for end, seen in wrong.items() if seen in by_end]
    )
    found = []
    for group in groups:
        cables = tuple(cable for cable in inventory.cable if cable.subject in group)
        ends = tuple(end for end in wrong if by_end[end] in cables and wrong[end] in by_end)
        by_serial = assembled.keys() & set(ends)
        seen = {end: wrong[end] for end in ends}
        found.append(Crossing(cables, ends, seen, len(cables) == 1, frozenset(by_serial)))
    strangers = [end for end, seen in wrong.items() if seen not in by_end]
    found += [Crossing((by_end[end],), (end,), {end: wrong[end]}, foreign=True) for end in strangers]
    return tuple(found)


def _joined(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Cables that are linked by any pair, each group once, in the order of the pairs."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group.intersection(pair)]
        rest = [group for group in groups if group not in touched]
        groups = [*rest, set(pair).union(*touched)]
    return groups


def title(crossing: Crossing) -> str:
    if crossing.foreign:
        end = crossing.ends[0]
        return f"{end} leads to {crossing.found[end]}, which is not its far end"
    if len(crossing.cables) == 2:
        return f"cables {crossing.names} are swapped"
    trunk = _trunk(crossing)
    if trunk is not None:
        return f"trunk {trunk}: {len(crossing.cables)} of its links come out in each other's places"
    return f"{len(crossing.cables)} cables are in each other's places: {crossing.names}"


def _trunk(crossing: Crossing) -> str | None:
    """The trunk that carries all of the crossed links, where one does and there are more than two."""
    trunks = {trunk_of(cable.label) for cable in crossing.cables}
    return trunks.pop() if len(trunks) == 1 and len(crossing.cables) > 2 else None


def trunk_of(label: str) -> str | None:
    """The trunk that a cable's label names before its last number: `T-1` of `T-1.3`."""
    found = re.fullmatch(r"(.+)[./:]\d+", label)
    return found[1] if found else None


def suspects(crossing: Crossing) -> tuple[Suspect, ...]:
    seen = tuple(
        f"{end} {'is of one assembly with' if end in crossing.assembled else 'names'} {crossing.found[end]}"
        for end in crossing.ends
    )
    if crossing.foreign:
        return (
            Suspect("a cable that is not in the plan, or leads past the rack", seen),
            Suspect("a device with the name of another, or a bridge that passes LLDP on"),
        )
    both = len(set(crossing.ends)) > 1
    against = () if both else ("only one end says so",)
    trunk = _trunk(crossing)
    if trunk is not None:
        return (
            Suspect(
                f"trunk {trunk}, its harness or its panel is of another kind or polarity than planned",
                (f"all {len(crossing.cables)} crossed links run in it", *seen),
            ),
            Suspect("its single plugs were exchanged at one end", (), against),
            Suspect("the cable list has them in another order"),
        )
    return (
        Suspect("their plugs were exchanged at one end", seen, against),
        Suspect("the cable list has them the wrong way round"),
        Suspect("old LLDP entries: a neighbour can be remembered for two minutes after a move"),
    )


def where_to_move(crossing: Crossing) -> tuple[str, ...]:
    """The plugs to exchange: the two at one device where there is such a device, nearer ends first."""
    sides: dict[str, list[str]] = {}
    for cable in crossing.cables:
        for end in (cable.a, cable.b):
            sides.setdefault(parse_subject(end).device, []).append(end)
    shared = [ends for ends in sides.values() if len(ends) >= len(crossing.cables) > 1]
    return tuple(shared[0]) if shared else tuple(cable.a for cable in crossing.cables)


def moves(crossing: Crossing, far_ends: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(from port, to port) for each plug of a ring at the end where they are moved, in the order of the ring.

    The plug in a port belongs to the cable whose far end is named there. Ends that name nobody are left out.
    """
    side = set(where_to_move(crossing))
    to = {end: far_ends[seen] for end, seen in crossing.found.items() if end in side and seen in far_ends}
    ring: list[tuple[str, str]] = []
    end = next(iter(to), None)
    while end in to:
        ring.append((end, to[end]))
        end = to.pop(end)
    return (*ring, *to.items())


def next_test(crossing: Crossing, far_ends: Mapping[str, str]) -> str:
    found = "read the cable labels, or switch one port off and see which link drops"
    if len(crossing.cables) <= 2 or crossing.foreign:
        return found
    steps = [f"the plug in {here} belongs in {there}" for here, there in moves(crossing, far_ends)]
    return "; ".join([*steps, found]) if steps else found


def mistaken(crossing: Crossing, inventory: Inventory) -> frozenset[str]:
    """Devices that are reached in each other's place, where the crossed cables are those of a management
    switch: who should be at its ends, and who is.
    """
    if not all(_managing(end, inventory) for end in crossing.ends):
        return frozenset()
    expected = [inventory.far_ends[end] for end in crossing.ends]
    return frozenset(parse_subject(end).device for end in (*expected, *crossing.found.values()))


def _managing(end: str, inventory: Inventory) -> bool:
    device = inventory.devices.get(parse_subject(end).device)
    return device is not None and device.role in MANAGING_ROLES


def remedy(crossing: Crossing) -> str:
    if crossing.foreign:
        return "trace-cable"
    return "swap-cables-back" if len(crossing.cables) == 2 else "move-cables-round"
