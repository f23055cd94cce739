"""Cables whose two ends tell their serial numbers: an end of one assembly says where its other end must be.

Both ends of a copper or active optical cable tell one serial number, but for a letter at its end (network
reference, section 7, row 21). So plugs in each other's ports are found before any link is looked at.
"""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Observed
from bringup.model.cause import Suspect
from bringup.model.inventory import Inventory

ALIKE = frozenset({"ends_alike"})


def led_to(observed: Observed, inventory: Inventory) -> dict[str, str]:
    """Port -> where the other end of its assembly was read, of ports whose far end is of another one; only
    where exactly one port tells that serial number.
    """
    unlike = {end for end in inventory.far_ends if observed.get(end, "ends_alike").failed}
    by_stem: dict[str, list[str]] = {}
    for end in unlike:
        serial = observed.value(end, "optic_serial")
        if isinstance(serial, str) and serial.strip():
            by_stem.setdefault(_stem(serial.strip()), []).append(end)
    pairs = [ports for ports in by_stem.values() if len(ports) == 2]
    return {one: other for a, b in pairs for one, other in ((a, b), (b, a))}


def _stem(serial: str) -> str:
    return serial[:-1] if len(serial) > 1 and serial[-1].isalpha() else serial


def unlike_ends(board: Board, inventory: Inventory) -> None:
    """What is left of such cables, told once for both ends."""
    cables: dict[str, tuple[str, ...]] = {}
    for finding in board.open.values():
        port = finding.key.subject
        if finding.bad and finding.quantities == ALIKE and (far := inventory.far_ends.get(port)) is not None:
            cables.setdefault(min(port, far), (min(port, far), max(port, far)))
    for ends in cables.values():
        case = Case(
            rule="ends-of-two-assemblies",
            title=f"the cable ends in {ends[0]} and {ends[1]} are not those of one assembly",
            subjects=ends,
            remedy="trace-cable",
            likely=(
                Suspect("one of them is the end of a cable that leads elsewhere"),
                Suspect("the two ends of this make of cable tell serial numbers of their own"),
            ),
            next_test="read the labels at both ends",
            shows=("ends_alike",),
            source="network reference, section 7, row 21",
        )
        about = [one for one in board.open.values() if one.key.subject in ends and one.quantities == ALIKE]
        board.claim(case, [one for one in about if one.bad])
