"""What can be wrong with power: supplies, cords, outlets, boards that stay off."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, no_value, word
from bringup.lab.world import World

OUTLET = "outlet-"


def _supplies(world: World) -> list[str]:
    return [f"{device.name}/{supply.name}" for device in world.devices for supply in device.supplies]


def _supplies_of_leaves(world: World) -> list[str]:
    return [each for each in _supplies(world) if world.device(each.split("/")[0]).role == "leaf"]


def _break_supply(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    how = word("psu-out", value, "dead", ("dead", "cord", "absent"))
    device, name = subject.split("/", 1)
    supply = world.supply(device, name)
    before = {"healthy": supply.healthy, "cord": supply.cord, "fitted": supply.fitted}
    field = {"dead": "healthy", "cord": "cord", "absent": "fitted"}[how]
    setattr(supply, field, False)
    return before


def _mend_supply(world: World, subject: str, memo: Memo) -> None:
    device, name = subject.split("/", 1)
    supply = world.supply(device, name)
    supply.healthy, supply.cord, supply.fitted = memo["healthy"], memo["cord"], memo["fitted"]


def _outlets(world: World) -> list[str]:
    return [f"{device.name}/{OUTLET}{each.index}" for device in world.devices for each in device.outlets]


def _redundant_outlets(world: World) -> list[str]:
    """Outlets that are on and feed a leaf whose other supply is on too."""
    found = []
    for device in world.devices:
        live = [each for each in device.supplies if world.supply_ok(device.name, each.name)]
        if device.role == "leaf" and len(live) > 1:
            found += [f"{each.pdu}/{OUTLET}{each.outlet}" for each in live if each.pdu is not None]
    return found


def _outlet_of(subject: str) -> tuple[str, int]:
    pdu, _, name = subject.partition("/")
    return pdu, int(name.removeprefix(OUTLET))


def _trip(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("outlet-off", value)
    outlet = world.outlet(*_outlet_of(subject))
    before = {"tripped": outlet.tripped}
    outlet.tripped, outlet.changed_at = True, world.plant.at
    return before


def _untrip(world: World, subject: str, memo: Memo) -> None:
    outlet = world.outlet(*_outlet_of(subject))
    outlet.tripped, outlet.changed_at = memo["tripped"], world.plant.at


def _nodes(world: World) -> list[str]:
    return [device.name for device in world.devices if device.host is not None]


def _hold_off(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("far-end-off", value)
    host = world.device(subject).host
    if host is not None:
        host.holds = False
    return {}


def _let_on(world: World, subject: str, memo: Memo) -> None:
    host = world.device(subject).host
    if host is not None:
        host.holds = True


KINDS = (
    FaultKind(
        name="psu-out",
        about="A power supply delivers nothing: dead, its cord out, or not in its bay.",
        args={"value": "dead (default), cord or absent"},
        subject_kind="supply",
        stage="management",
        step="supplies",
        verdict="FAIL",
        remedy="check-supply-and-cord",
        usual=_supplies_of_leaves,
        allowed=_supplies,
        apply=_break_supply,
        mend=_mend_supply,
    ),
    FaultKind(
        name="outlet-off",
        about="The breaker of one PDU outlet has tripped: off, though commanded on.",
        subject_kind="outlet",
        stage="power",
        step="outlets",
        verdict="FAIL",
        remedy="check-breaker-and-outlet",
        usual=_redundant_outlets,
        allowed=_outlets,
        apply=_trip,
        mend=_untrip,
    ),
    FaultKind(
        name="far-end-off",
        about="A node does not stay on when its BMC switches it on: the far ends of its links see no light.",
        subject_kind="device",
        stage="hosts",
        step="power_on",
        verdict="FAIL",
        remedy="power-far-end",
        masks=True,
        usual=_nodes,
        allowed=_nodes,
        apply=_hold_off,
        mend=_let_on,
    ),
)
