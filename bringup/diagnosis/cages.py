"""A cage that is broken out otherwise than planned: its switch lists some of its ports, or none.

Told once for the cage, with every link that hangs on it: what is left of it runs at another speed, so that
its link stays down in good light (network reference, section 7, row 12, and section 8.3).
"""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding, Observed
from bringup.diagnosis.rules_light import FROM_PRESENCE
from bringup.model.cause import Suspect
from bringup.model.inventory import Inventory
from bringup.model.subject import ends, parse_subject

EXPLAINED = FROM_PRESENCE | {"admin_up"}


def broken_out(board: Board, observed: Observed, inventory: Inventory) -> None:
    """Cages for which the inventory expects several ports, of which the device does not list all."""
    cages: dict[str, list[str]] = {}
    for port in inventory.port:
        if port.cage:
            cages.setdefault(f"{port.device}/{port.cage}", []).append(port.subject)
    for cage, ports in cages.items():
        missing = [port for port in ports if observed.value(port, "port_present") is False]
        if missing and len(ports) > 1:
            case = _case(cage, ports, missing)
            far = [inventory.far_ends[port] for port in ports if port in inventory.far_ends]
            board.claim(case, [one for one in board.open.values() if _about(one, {*ports, *far})])


def _case(cage: str, ports: list[str], missing: list[str]) -> Case:
    device, _, name = cage.partition("/")
    names = ", ".join(parse_subject(port).component or port for port in missing)
    return Case(
        rule="cage-broken-out-otherwise",
        title=f"{device} does not break cage {name} out as planned: of {len(ports)} ports it lacks {names}",
        subjects=(cage, *ports),
        remedy="check-port-name-and-breakout",
        likely=(
            Suspect("the breakout of the cage was never set, or set for another module"),
            Suspect("the platform refused the mode; it stayed with the one before"),
            Suspect("the inventory names its ports as another mode would"),
        ),
        next_test=f"read the breakout mode of cage {name} on {device}",
        shows=("port_present", "speed_gbps"),
        source="network reference, section 7, row 12",
        place_of=(missing[0],),
        lead="port_present",
    )


def _about(finding: Finding, ports: set[str]) -> bool:
    """Whether it is about these ports and all that is bad of it follows from a port that is not there."""
    about = {end.partition("#")[0] for end in ends(finding.key.subject)}
    return about <= ports and bool(finding.bad) and finding.quantities <= EXPLAINED
