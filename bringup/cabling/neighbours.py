"""What neighbours told, as found links: each device names who is at the far end of its ports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bringup.cabling.link import CableList, End, Link

_SHORT = re.compile(r"(?:[Ee]th?(?=\d{1,3}/)|Et(?=\d))")
"""`Et1/1`, `Eth1/1` and `Et1` are `Ethernet…`; `eth0` is not: that is a host's, or a management port."""


def links_told(told: Iterable[tuple[End, End | None]]) -> CableList:
    """Both directions of a link are one. Where they contradict each other an entry is old, or a fibre goes
    one way: such a link was not seen, and a note says so.
    """
    seen: dict[End, End | None] = {}
    notes: dict[str, None] = {}
    for here, there in told:
        before = seen.setdefault(here, there)
        if there == here:
            notes[f"{here} hears itself: a loop"] = None
            seen[here] = None
        elif before != there and before is not None and there is not None:
            notes[f"{here} sees {before} and {there}: a switch lies between, or one entry is old"] = None
            seen[here] = None
    claimed: dict[End, list[End]] = {}
    for here, there in seen.items():
        if there is not None:
            claimed.setdefault(there, []).append(here)
    for there, hearing in claimed.items():
        back = seen.get(there)
        for here in hearing:
            if len(hearing) > 1 or (back is not None and back != here):
                notes[f"{here} sees {there}, which does not agree: one of them is old"] = None
                seen[here] = None
    links: dict[frozenset[End], Link] = {}
    for here, there in seen.items():
        # Who hears nobody may as well have no plug: such a port was not seen at all.
        if there is not None:
            links.setdefault(frozenset((here, there)), Link(here, there))
    return CableList(tuple(links.values()), notes=tuple(notes))


def as_planned(links: Sequence[Link], expected: Sequence[Link]) -> list[Link]:
    """The found links under the names of the plan: letter case, domains and short port names aside."""
    ends = {end for link in expected for end in link.ends if end is not None}
    known: dict[End, End | None] = {}
    for end in ends:
        plain = _plain(end)
        known[plain] = None if plain in known else end

    def named(end: End | None) -> End | None:
        return end if end is None or end in ends else known.get(_plain(end)) or end

    return [
        Link(
            named(link.a),
            named(link.b),
            medium=link.medium,
            length_m=link.length_m,
            label=link.label,
            line=link.line,
        )
        for link in links
    ]


def _plain(end: End) -> End:
    device = end.device.casefold()
    head, dot, _ = device.partition(".")
    if dot and not head.isdigit():
        device = head
    return End(device, _SHORT.sub("Ethernet", end.port, count=1) if _SHORT.match(end.port) else end.port)
