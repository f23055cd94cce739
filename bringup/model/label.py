"""What a scanned cable label means: which cable it is, and the ports that its plugs belong into. Pure.

Labels of the two ends of one cable often differ by a last letter; of a breakout all legs share one label.
"""

from __future__ import annotations

import re

import msgspec

from bringup.model.inventory import Cable, Inventory

_SIDE = re.compile(r"(.+?)[-_/: .]([abAB])")
_DIGITS = re.compile(r"(\d+)")


class LabelEnd(msgspec.Struct, frozen=True):
    """One plug of a labelled cable: the port that it belongs into, and that of the plug at the other end."""

    label: str
    port: str
    far: str
    cable: Cable


def ends_named(inventory: Inventory, scan: str) -> tuple[LabelEnd, ...]:
    """The plugs that a scan may mean, in the order of the cable list; none where it is no label of it.

    `C-001` means both ends; `C-001-A`, where no cable is called so, the first; a port's name (`leaf-1/swp1`)
    the plug that belongs there. Ports of one cage are one plug: the first of them stands for it.
    """
    word = " ".join(scan.split()).casefold()
    if not word:
        return ()
    found = _labelled(inventory, word, "")
    if not found and (sided := _SIDE.fullmatch(word)) is not None:
        found = _labelled(inventory, sided[1], sided[2])
    return found or _at_port(inventory, word)


def _labelled(inventory: Inventory, word: str, side: str) -> tuple[LabelEnd, ...]:
    ends: dict[tuple[str, str], LabelEnd] = {}
    for cable in inventory.cable:
        if cable.label.casefold() != word:
            continue
        for name, port, far in (("a", cable.a, cable.b), ("b", cable.b, cable.a)):
            if side in ("", name):
                ends.setdefault(_plug(inventory, port), LabelEnd(cable.label, port, far, cable))
    return tuple(ends.values())


def _at_port(inventory: Inventory, word: str) -> tuple[LabelEnd, ...]:
    device, colon, name = word.partition(":")
    names = {word, f"{device}/{name}"} if colon and "/" not in device else {word}
    return tuple(
        LabelEnd(cable.label, port, far, cable)
        for cable in inventory.cable
        for port, far in ((cable.a, cable.b), (cable.b, cable.a))
        if port.casefold() in names
    )


def _plug(inventory: Inventory, port: str) -> tuple[str, str]:
    """What ports that one plug serves have in common."""
    known = inventory.ports.get(port)
    return (known.device, f"cage {known.cage}") if known is not None and known.cage else (port, "")


def connector_of(inventory: Inventory, port: str) -> tuple[int, int] | None:
    """Which connector of its cage a port is behind, and of how many, from 1: a twin-port module is one cage
    and two connectors. None where the inventory names no cage, or one port alone in it.
    """
    known = inventory.ports.get(port)
    if known is None or not known.cage:
        return None
    names = [each.name for each in inventory.port if (each.device, each.cage) == (known.device, known.cage)]
    names.sort(key=_natural)
    return (names.index(known.name) + 1, len(names)) if len(names) > 1 else None


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(each[:18]), each) if each.isdecimal() else (-1, each) for each in _DIGITS.split(text))
