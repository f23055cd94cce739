"""Two crossed cables of which one has twice the lanes of the other: LLDP never speaks, but light does.

The wider link is half lit at both of its ends, the narrower one has light on every lane and no link; where
they share a device, and there is one of each, their plugs sit in each other's ports. A cause over two cables,
so it is looked for before either is climbed alone (network reference, section 7, rows 5 and 12).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding, Observed, Seen
from bringup.diagnosis.rules_light import FROM_LIGHT
from bringup.model.cause import Suspect
from bringup.model.inventory import Cable, Inventory
from bringup.model.subject import ends, parse_subject

LEAST_LANES = 2


class Crossed(NamedTuple):
    wide: Cable
    narrow: Cable
    device: str


def unlike_cables_crossed(board: Board, observed: Observed, inventory: Inventory) -> None:
    """Claims what is bad of both cables of each such pair."""
    suspected = {end.partition("#")[0] for one in board.open.values() for end in _ends(one)}
    cables = [cable for cable in inventory.cable if cable.a in suspected or cable.b in suspected]
    for pair in _pairs(cables, observed):
        ports = {pair.wide.a, pair.wide.b, pair.narrow.a, pair.narrow.b}
        about = [
            one
            for one in board.open.values()
            if one.bad
            and one.quantities <= FROM_LIGHT
            and {end.partition("#")[0] for end in _ends(one)} <= ports
        ]
        board.claim(_case(pair, observed), about)


def _ends(finding: Finding) -> tuple[str, ...]:
    return tuple(ends(finding.key.subject))


def _pairs(cables: list[Cable], observed: Observed) -> Iterator[Crossed]:
    """Those that are told from all others: one of each width at one device."""
    wide = {cable.subject: lit for cable in cables if (lit := half_lit(observed, cable)) is not None}
    narrow = {
        cable.subject: lanes for cable in cables if (lanes := _lit_in_vain(observed, cable)) is not None
    }
    by_subject = {cable.subject: cable for cable in cables}
    for subject, lit in wide.items():
        for device in _devices(by_subject[subject]):
            here = [
                by_subject[other]
                for other, lanes in narrow.items()
                if lanes == lit and device in _devices(by_subject[other])
            ]
            rivals = [
                other
                for other, lanes in wide.items()
                if other != subject and lanes == lit and device in _devices(by_subject[other])
            ]
            if len(here) == 1 and not rivals:
                yield Crossed(by_subject[subject], here[0], device)


def half_lit(observed: Observed, cable: Cable) -> int | None:
    """How many lanes are lit, where that is one half of them, the same half at both ends, and all send."""
    found = {_lit_half(observed, end) for end in (cable.a, cable.b)}
    return found.pop() if len(found) == 1 else None


def _lit_half(observed: Observed, port: str) -> int | None:
    lanes = list(observed.lanes(port, "rx_power_dbm"))
    half = len(lanes) // 2
    if half < LEAST_LANES or len(lanes) % 2:
        return None
    dark = [seen.dark for _, seen in lanes]
    proven = all(seen.failed for _, seen in lanes if seen.dark)
    return (
        half if proven and dark in ([False] * half + [True] * half, [True] * half + [False] * half) else None
    )


def _lit_in_vain(observed: Observed, cable: Cable) -> int | None:
    """How many lanes, where each has good light at both ends and there is still no link."""
    both = [list(observed.lanes(end, "rx_power_dbm")) for end in (cable.a, cable.b)]
    down = [observed.get(end, "oper_up").failed for end in (cable.a, cable.b)]
    lit = all(_good(seen) for lanes in both for _, seen in lanes)
    alike = len(both[0]) == len(both[1]) > 0
    unlike_coding = any(observed.get(end, "fec_mode").failed for end in (cable.a, cable.b))
    return len(both[0]) if alike and lit and all(down) and not unlike_coding else None


def _good(seen: Seen) -> bool:
    return isinstance(seen.value, int | float) and not seen.failed


def _devices(cable: Cable) -> set[str]:
    return {parse_subject(end).device for end in (cable.a, cable.b)}


def _case(pair: Crossed, observed: Observed) -> Case:
    here = [_end_at(cable, pair.device) for cable in (pair.wide, pair.narrow)]
    far = [_other(cable, end) for cable, end in zip((pair.wide, pair.narrow), here, strict=True)]
    lit = half_lit(observed, pair.wide)
    return Case(
        rule="unlike-cables-swapped",
        title=f"cables {_named(pair.wide)} and {_named(pair.narrow)} are swapped at {pair.device}",
        subjects=(pair.wide.subject, pair.narrow.subject),
        remedy="swap-cables-back",
        likely=(
            Suspect(
                f"their plugs were exchanged at {pair.device}",
                (
                    f"{_named(pair.wide)} has light on {lit} lanes of {2 * (lit or 0)}, at both ends",
                    f"{_named(pair.narrow)} has good light on all of its {lit} lanes, and no link",
                ),
            ),
            Suspect(f"a harness of the wrong kind in {_named(pair.wide)}, and another fault in the other"),
        ),
        next_test=f"switch {here[0]} off: the light at {far[1]} goes, not that at {far[0]}",
        shows=("rx_power_dbm", "oper_up"),
        source="network reference, section 7, rows 5 and 12",
        place_of=tuple(here),
    )


def _end_at(cable: Cable, device: str) -> str:
    return cable.a if parse_subject(cable.a).device == device else cable.b


def _other(cable: Cable, end: str) -> str:
    return cable.b if end == cable.a else cable.a


def _named(cable: Cable) -> str:
    return f"{cable.label} ({cable.a} to {cable.b})".strip()
