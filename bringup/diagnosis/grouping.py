"""Causes that are one for those who mend them, told once: by hosts, switch, cage, trunk, or as one walk.

Nobody is asked sixteen times about sixteen hosts that are off (field rules 17 and 18). What can be put right
from a keyboard comes first; clean-up work is one list, in the order in which feet find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bringup.diagnosis.cabling import trunk_of
from bringup.diagnosis.case import Case
from bringup.diagnosis.place import places
from bringup.model.cause import Stop, Suspect
from bringup.model.inventory import Inventory
from bringup.model.subject import parse_subject

NAMED_AT_MOST = 4


class Together(NamedTuple):
    """Rules whose cases are one from `least` on. `by` is what they must have in common beside the rule."""

    rules: tuple[str, ...]
    by: str
    least: int
    title: str
    next_test: str
    likely: tuple[str, ...] = ()
    walk: str = ""


KINDS: tuple[Together, ...] = (
    Together(
        ("host-off", "host-does-not-come-on"),
        "rack",
        2,
        "{count} hosts are off, or do not come on when their BMCs switch them on: {names}",
        "read the event log of one of their BMCs; see what they share: a feed, a breaker, an interlock",
        ("they share what keeps them off: a feed, an interlock, a policy", "nobody has switched them on"),
    ),
    Together(
        ("light-low", "lanes-uneven", "lossy-path", "weak-lanes"),
        "",
        2,
        "{count} cables want their ends inspected and cleaned: {names}",
        "walk the list: fibre out, scope, clean what is dirty, plug in, hands off, read again",
        ("dirty or scratched end faces: one by one, from packing and handling",),
        "inspect both ends with a scope, this one first; clean only what is dirty",
    ),
    Together(
        ("device-out-of-reach",),
        "rack",
        3,
        "{count} devices can't be reached: {names}",
        "look at the management switch, its uplink and VLAN; then at their power",
        ("their management switch, its uplink or VLAN", "the feed that they share"),
    ),
    Together(
        ("credentials-refused",),
        "platform",
        2,
        "{count} devices refuse the credentials of the inventory: {names}",
        "log in to one of them by hand with the same user; each credential was tried only once",
        ("the secret that the inventory names for them is not theirs",),
    ),
    Together(
        ("outlet-without-power", "outlet-did-not-switch"),
        "device",
        3,
        "{count} outlets of one PDU are without power: {names}",
        "look at the breakers and the inlet of the PDU; read its status objects, not its commands",
        ("a breaker or bank of the PDU has tripped", "its inlet has lost a phase"),
    ),
    Together(
        ("dark-both-ways", "dark-one-way", "lane-dark"),
        "trunk",
        2,
        "{count} links of one trunk are dark: {names}",
        "look at the plugs of the trunk at both ends, at its kind, key and polarity",
        ("the trunk is not plugged in, or of the wrong kind or polarity", "one of its fibres is broken"),
    ),
    Together(
        (
            "transmitter-dark",
            "module-not-ready",
            "module-at-fault",
            "module-missing",
            "module-not-told",
            "module-unreadable",
            "module-of-another-kind",
        ),
        "cage",
        2,
        "one cage, {count} ports of one module alike: {names}",
        "read the module of that cage: state, kind, presence; it is one module, however many ports it serves",
        ("the module in that cage: asleep, missing, of another kind, or defective",),
    ),
    Together(
        ("port-switched-off", "monitor-silent", "neighbour-silent", "fec-not-as-ordered", "fec-differs"),
        "device",
        3,
        "one device, {count} ports alike: {names}",
        "compare the device's configuration with that of a device that is right",
        ("one setting or template of the device, not many ports",),
    ),
    Together(
        ("speed-not-as-ordered", "speed-differs", "port-missing"),
        "device",
        3,
        "one device, {count} ports alike: {names}",
        "list the device's ports, speeds and breakouts beside the plan",
        ("a port profile or breakout of the device, not many ports",),
    ),
)


def grouped(cases: Iterable[Case], inventory: Inventory) -> list[Case]:
    """The cases with those that belong together made one, each in the place of its first."""
    cases = list(cases)
    keys = {id(case): _key(case, inventory) for case in cases}
    found: list[Case] = []
    for case in cases:
        key = keys[id(case)]
        if key is None:
            found.append(case)
            continue
        members = [each for each in cases if keys[id(each)] == key]
        kind = KINDS[key[0]]
        if len(members) < kind.least:
            found.append(case)
        elif members[0] is case:
            found.append(_one(kind, members, inventory))
    return found


def _key(case: Case, inventory: Inventory) -> tuple[int, str, str] | None:
    """Which kind, the rule where it must be alike (one walk may have several), and what is shared."""
    for number, kind in enumerate(KINDS):
        if case.rule in kind.rules:
            shared = _shared(kind.by, case, inventory)
            return None if shared is None else (number, case.remedy, shared)
    return None


def _shared(by: str, case: Case, inventory: Inventory) -> str | None:
    near = parse_subject(case.subjects[0])
    device = inventory.devices.get(near.device)
    match by:
        case "device":
            return near.device
        case "rack":
            return (device.rack or "") if device is not None else None
        case "platform":
            return device.platform if device is not None else None
        case "trunk":
            return _trunk(case, inventory)
        case "cage":
            port = inventory.ports.get(case.subjects[0])
            return f"{port.device}/{port.cage}" if port is not None and port.cage else None
        case _:
            return ""


def _trunk(case: Case, inventory: Inventory) -> str | None:
    for cable in inventory.cable:
        if cable.a in case.subjects or cable.b in case.subjects:
            return trunk_of(cable.label)
    return None


def _one(kind: Together, members: list[Case], inventory: Inventory) -> Case:
    first = members[0]
    subjects = tuple(dict.fromkeys(subject for each in members for subject in each.subjects))
    near = sorted((each.subjects[0] for each in members), key=lambda one: in_order(inventory, one))
    shown = [_name(each, inventory) for each in members]
    names = ", ".join(shown[:NAMED_AT_MOST])
    if len(shown) > NAMED_AT_MOST:
        names += f" and {len(shown) - NAMED_AT_MOST} more"
    return Case(
        rule=first.rule,
        title=kind.title.format(count=len(members), names=names),
        subjects=subjects,
        remedy=first.remedy,
        likely=tuple(Suspect(words) for words in kind.likely),
        next_test=kind.next_test,
        shows=first.shows,
        source=first.source,
        place_of=tuple(near),
        members=tuple(members),
        findings=[finding for each in members for finding in each.findings],
        blocked=[finding for each in members for finding in each.blocked],
        walk=tuple(Stop(subject=one, place=places(inventory, one)[0], does=kind.walk) for one in near)
        if kind.walk
        else (),
    )


def _name(case: Case, inventory: Inventory) -> str:
    """The cable's label where there is one: it is what hands hold."""
    for cable in inventory.cable:
        if cable.label and cable.a in case.subjects and cable.b in case.subjects:
            return cable.label
    return case.subjects[0]


def in_order(inventory: Inventory, subject: str) -> tuple[object, ...]:
    """As feet go: rack by rack, from the top unit down, side by side; then the ports as they are numbered."""
    name = parse_subject(subject)
    device = inventory.devices.get(name.device)
    rack = (device.rack or "") if device is not None else ""
    unit = -(device.unit or 0) if device is not None else 0
    side = (device.side or "") if device is not None else ""
    return rack, unit, side, name.device, _numbers(name.component or "")


def _numbers(name: str) -> tuple[tuple[int, int, str], ...]:
    """`Ethernet16/1` after `Ethernet8/1`: runs of digits count as numbers."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d{1,12}|\D+", name)
    )
