"""Which ports share one plug: the subports of a breakout, whose cable has a trunk and a leg for each lane."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from bringup.cabling.link import End, Link, in_order
from bringup.cabling.move import Cable

_SUBPORT = re.compile(r"(.*\d)s(\d{1,2})")
"""`swp1s0` of Cumulus and NVOS: a port that carries an `s` is always a part of a cage."""
_PART = re.compile(r"(.+)[/:.](\d{1,2})")

_SONIC = re.compile(r"Ethernet(\d{1,4})")
"""SONiC counts ports by their first lane, so `Ethernet0` to `Ethernet7` can lie in one cage."""
LANES_OF_A_CAGE = 8


class Lane(NamedTuple):
    cage: End
    name: str


class Cages(msgspec.Struct, frozen=True):
    """Port -> the cage that it is a part of, and which lane. Ports with a cage of their own are not in it."""

    lanes: dict[End, Lane]
    split: frozenset[End] = frozenset()
    """Cages whose ports are taken for themselves, because they can't be one cable's."""

    @classmethod
    def of(cls, expected: Sequence[Link], given: Mapping[End, str] | None = None) -> Cages:
        """From the inventory (`given`: port -> cage), from links of the plan under one label, and names."""
        lanes: dict[End, Lane] = {}
        by_cage: dict[End, list[End]] = {}
        for end, name in (given or {}).items():
            by_cage.setdefault(End(end.device, name), []).append(end)
        for cage, parts in by_cage.items():
            if len(parts) > 1:
                lanes |= _lanes(cage, parts)
        by_label: dict[str, list[Link]] = {}
        for link in expected:
            if link.label:
                by_label.setdefault(link.label, []).append(link)
        for links in by_label.values():
            if len(links) > 1:
                for ends in ([link.a for link in links], [link.b for link in links]):
                    lanes = _shared(ends) | lanes
        return cls(lanes)

    def lane(self, end: End | None) -> Lane | None:
        if end is None:
            return None
        known = self.lanes.get(end)
        if known is not None and known.cage in self.split:
            return None
        if known is None and "s" in end.port and (named := _SUBPORT.fullmatch(end.port)):
            lane = Lane(End(end.device, named[1]), named[2])
            return None if lane.cage in self.split else lane
        return known

    def fitting(self, *lists: Sequence[Link]) -> Cages:
        """These, less the cages that would end two cables in one of the lists."""
        made = self
        while True:
            twice: set[End] = set()
            for links in lists:
                seen: set[End] = set()
                for place in (each for cable in cables_of(links, made) for each in cable.places):
                    if place in seen:
                        twice.add(place)
                    seen.add(place)
            cages = {lane.cage for links in lists for end in _known(links) if (lane := made.lane(end))}
            if not twice & cages:
                return made
            made = Cages(self.lanes, made.split | (twice & cages))


def _known(links: Sequence[Link]) -> list[End]:
    return [end for link in links for end in link.ends if end is not None]


def is_one_cable(links: Sequence[Link]) -> bool:
    """Whether links under one label can be one breakout: all leave one device by one cage."""
    return bool(_shared([link.a for link in links]) or _shared([link.b for link in links]))


def _shared(ends: Iterable[End | None]) -> dict[End, Lane]:
    """The lanes, where all are ports of one device that can share a cage."""
    known = [end for end in ends if end is not None]
    if len({end.device for end in known}) != 1 or len(set(known)) != len(known) or len(known) < 2:
        return {}
    stems = {_stem(end.port) for end in known}
    stem = stems.pop()
    if stems or stem is None:
        return {}
    if _SUBPORT.fullmatch(known[0].port):
        return {end: Lane(End(end.device, stem), end.port.rpartition("s")[2]) for end in known}
    name = in_order(known)[0].port if _SONIC.fullmatch(stem) else stem
    return _lanes(End(known[0].device, name), known)


def _stem(port: str) -> str | None:
    """What ports of one cage have in common; None where a name tells none."""
    if named := _SUBPORT.fullmatch(port) or _PART.fullmatch(port):
        return named[1]
    if sonic := _SONIC.fullmatch(port):
        return f"Ethernet{int(sonic[1]) // LANES_OF_A_CAGE * LANES_OF_A_CAGE}"
    return None


def _lanes(cage: End, ends: Iterable[End]) -> dict[End, Lane]:
    return {end: Lane(cage, str(at)) for at, end in enumerate(in_order(ends))}


def cables_of(links: Sequence[Link], cages: Cages) -> list[Cable]:
    """Links as cables: those of one cage are one."""
    plain: list[Cable] = []
    both: dict[frozenset[End], list[Link]] = {}
    split: dict[End, list[tuple[str, End | None, Link]]] = {}
    for link in links:
        a, b = cages.lane(link.a), cages.lane(link.b)
        if a is None and b is None:
            plain.append(Cable(link.ends, label=link.label, length_m=link.length_m))
        elif a is not None and b is not None:
            both.setdefault(frozenset((a.cage, b.cage)), []).append(link)
        elif a is not None:
            split.setdefault(a.cage, []).append((a.name, link.b, link))
        elif b is not None:
            split.setdefault(b.cage, []).append((b.name, link.a, link))
    for cage, parts in split.items():
        first = parts[0][2]
        legs = tuple(sorted((lane, leg) for lane, leg, _ in parts))
        plain.append(Cable((cage, None), legs, label=first.label, length_m=first.length_m))
    for ends, carried in both.items():
        one, other = (sorted(ends) * 2)[:2]
        plain.append(Cable((one, other), label=carried[0].label, length_m=carried[0].length_m))
    return plain
