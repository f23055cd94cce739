"""What is wrong with a cable list as a whole; every fault at once, each with its row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from bringup.cabling.breakout import Cages, is_one_cable
from bringup.cabling.link import End, Link, RowFault

MARKS = ("#", "@", " -- ")
"""Marks of our own subjects; no name may hold one."""
_NUMBER = re.compile(r"\d+")
NEAREST_FROM = 2_000
"""Among more devices than this none is looked for that has nearly the name."""


def list_faults(
    links: Sequence[Link], *, devices: Collection[str] | None = None, cages: Cages | None = None
) -> list[RowFault]:
    """Duplicates, a port that ends two cables, both ends equal, devices that nobody knows, mixed styles."""
    faults = [
        *_rows(links),
        *_twice(links, cages or Cages.of(links)),
        *_labels(links),
        *_styles(links),
    ]
    if devices is not None:
        faults += _unknown(links, devices)
    return sorted(set(faults))


def _ends(links: Sequence[Link]) -> Iterator[tuple[Link, str, End]]:
    for link in links:
        if link.a is not None:
            yield link, "a", link.a
        if link.b is not None:
            yield link, "b", link.b


def _rows(links: Sequence[Link]) -> Iterator[RowFault]:
    for link, side, end in _ends(links):
        whole = f"{end.device}{end.port}"
        if "/" not in end.device and not any(mark in whole for mark in MARKS):
            continue
        for name, text in ((f"{side}_device", end.device), (f"{side}_port", end.port)):
            bad = (
                "/"
                if name.endswith("device") and "/" in text
                else next((m for m in MARKS if m in text), None)
            )
            if bad is not None:
                yield RowFault(link.line, name, f"{text[:60]!a} holds {bad!r}", "a name can't hold that")
    for link in links:
        if link.a is not None and link.a == link.b:
            wrong = f"both ends are {str(link.a)[:90]!a}"
            yield RowFault(link.line, "b_port", wrong, "a cable has two different ends")


def _twice(links: Sequence[Link], cages: Cages) -> Iterator[RowFault]:
    pairs: dict[frozenset[End | None], int] = {}
    ports: dict[End, int] = {}
    for link in links:
        pair = frozenset(link.ends)
        if link.a is not None and link.b is not None and pair in pairs:
            yield RowFault(
                link.line, "", f"is the cable of line {pairs[pair]} again", "leave one of them out"
            )
            continue
        pairs[pair] = link.line
        if link.a == link.b:
            continue
        for side, end in (("a", link.a), ("b", link.b)):
            if end is None:
                continue
            if end in ports:
                wrong = f"{str(end)[:90]!a} ends the cable of line {ports[end]} already"
                yield RowFault(link.line, f"{side}_port", wrong, "one port ends one cable")
            else:
                ports[end] = link.line
    for link, side, end in _ends(links):
        lane = cages.lane(end)
        if lane is not None and lane.cage in ports and cages.lane(lane.cage) is None:
            line = ports[lane.cage]
            wrong = (
                f"{str(end)[:90]!a} is a part of {lane.cage.port[:40]!a}, where the cable of line {line} ends"
            )
            yield RowFault(link.line, f"{side}_port", wrong, "a port is broken out, or it is not")


def _labels(links: Sequence[Link]) -> Iterator[RowFault]:
    by_label: dict[str, list[Link]] = {}
    for link in links:
        if link.label:
            by_label.setdefault(link.label, []).append(link)
    for label, same in by_label.items():
        if len(same) > 1 and not is_one_cable(same):
            for link in same[1:]:
                wrong = f"{label[:60]!a} stands in line {same[0].line} already"
                yield RowFault(
                    link.line, "label", wrong, "each cable has its own; legs of a breakout share one"
                )


def _styles(links: Sequence[Link]) -> Iterator[RowFault]:
    """One device in two spellings, and ports of one device named in two ways."""
    spelled: dict[str, tuple[str, int]] = {}
    styles: dict[str, dict[str, list[tuple[Link, str, End]]]] = {}
    for link, side, end in _ends(links):
        if end.device not in styles:
            plain = end.device.casefold().replace("_", "-")
            first, line = spelled.setdefault(plain, (end.device, link.line))
        else:
            first = end.device
        if first != end.device:
            wrong = f"{end.device[:60]!a} is {first[:60]!a} in line {line}"
            yield RowFault(link.line, f"{side}_device", wrong, "write each device in one way")
        styles.setdefault(end.device, {}).setdefault(_family(end.port), []).append((link, side, end))
    for device, families in styles.items():
        yield from _mixed(device, families)


def _mixed(device: str, families: dict[str, list[tuple[Link, str, End]]]) -> Iterator[RowFault]:
    """Two spellings of one and the same kind of port: `Ethernet1/1` and `Eth1/1`, `swp1` and `SWP2`."""
    known: dict[str, str] = {}
    for family, ends in sorted(families.items(), key=lambda item: -len(item[1])):
        kind = _KINDS.get(family.lower(), family.lower())
        other = known.setdefault(kind, family)
        if other != family:
            link, side, end = ends[0]
            sample = families[other][0][2].port
            wrong = f"{end.port[:40]!a} and {sample[:40]!a} of {device[:60]!a} are named in two styles"
            yield RowFault(link.line, f"{side}_port", wrong, "write ports as the device itself does")


_KINDS = {"eth": "ethernet", "et": "ethernet", "ethernet": "ethernet", "e": "ethernet", "etp": "ethernet"}


def _family(port: str) -> str:
    """The letters before the first number."""
    found = _NUMBER.search(port)
    return port if found is None else port[: found.start()]


def _unknown(links: Sequence[Link], devices: Collection[str]) -> Iterator[RowFault]:
    known = set(devices)
    for link, side, end in _ends(links):
        if end.device not in known:
            near = get_close_matches(end.device[:80], known, 1) if len(known) < NEAREST_FROM else []
            right = f"did you mean {near[0]!r}?" if near else "name a device of the inventory"
            yield RowFault(link.line, f"{side}_device", f"no device is called {end.device[:60]!a}", right)
