"""Readings that are older than they may be, told once for each device and kind: its sampling, or its LLDP."""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding
from bringup.model.cause import Suspect
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reason

LLDP = frozenset({"neighbor"})
SAMPLING = (
    Suspect("the process on it that reads modules and counters hangs or has died"),
    Suspect("it is overloaded, and samples more slowly than it should"),
)
HEARING = (
    Suspect("the far end stopped sending, or was unplugged less than two minutes ago"),
    Suspect("frames are lost on the way"),
)


def stale_readings(board: Board) -> None:
    """Findings all of whose bad judgements are stale; a link's goes to the first device it is stale on."""
    groups: dict[tuple[str, bool], list[Finding]] = {}
    for finding in board.open.values():
        if finding.bad and all(one.reason is Reason.STALE for one in finding.bad):
            device = parse_subject(finding.bad[0].subject).device
            groups.setdefault((device, finding.quantities <= LLDP), []).append(finding)
    for (device, heard), members in groups.items():
        board.claim(_hearing(device, members) if heard else _sampling(device), members)


def _sampling(device: str) -> Case:
    return Case(
        rule="samples-too-old",
        title=f"{device} shows readings that are older than they may be: nothing is known of the present",
        subjects=(device,),
        remedy="restart-sampling",
        likely=SAMPLING,
        next_test=f"read twice on {device}, a minute apart: do time stamps and totals move?",
        source="contracts, section 1",
    )


def _hearing(device: str, members: list[Finding]) -> Case:
    subjects = tuple(dict.fromkeys(one.subject for finding in members for one in finding.bad))
    return Case(
        rule="neighbour-too-old",
        title=f"{device} has not heard the neighbour that it names for more than two intervals",
        subjects=subjects,
        remedy="check-lldp",
        likely=HEARING,
        next_test="wait two minutes and read again: an entry that nobody renews goes",
        shows=("neighbor",),
        source="network reference, section 7, row 28",
    )
