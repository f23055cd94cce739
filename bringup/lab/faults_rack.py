"""What can be wrong behind a rack: management cables, leak detectors, cords in other outlets than planned."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, no_value
from bringup.lab.state_rack import LeakDetector, ManagementCable
from bringup.lab.world import World
from bringup.model.errors import InputError

OUTLET = "outlet-"


def _managed(world: World) -> list[str]:
    return [cable.device for cable in world.plant.management]


def _managed_bmcs(world: World) -> list[str]:
    return [name for name in _managed(world) if world.device(name).role == "bmc"]


def _management_cable(world: World, device: str) -> ManagementCable:
    return next(cable for cable in world.plant.management if cable.device == device)


def _cross(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """At the switch: each of two devices is found where the other is expected, and at its address."""
    role = world.device(subject).role
    alike = [name for name in _managed(world) if world.device(name).role == role and name != subject]
    others = alike if value is None else [name for name in _managed(world) if name == value != subject]
    if not others:
        raise InputError(
            f"{subject} has no cable to cross with {value or 'another'}",
            f"VALUE is one of {', '.join(name for name in _managed(world) if name != subject)}.",
        )
    other = dice.choice(others)
    _exchange_ports(world, subject, other)
    return {"other": other}


def _uncross(world: World, subject: str, memo: Memo) -> None:
    _exchange_ports(world, subject, str(memo["other"]))


def _exchange_ports(world: World, one: str, other: str) -> None:
    a, b = _management_cable(world, one), _management_cable(world, other)
    a.port, b.port = b.port, a.port


def _detectors(world: World) -> list[str]:
    return [f"{device.name}/{each.name}" for device in world.devices for each in device.leak_detectors]


def _detector(world: World, subject: str) -> LeakDetector:
    device, _, name = subject.partition("/")
    return next(each for each in world.device(device).leak_detectors if each.name == name)


def _unplug(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("leak-detector-missing", value)
    _detector(world, subject).fitted = False
    return {}


def _plug_in(world: World, subject: str, memo: Memo) -> None:
    _detector(world, subject).fitted = True


def _wet(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("coolant-leak", value)
    _detector(world, subject).wet = True
    return {}


def _dry(world: World, subject: str, memo: Memo) -> None:
    _detector(world, subject).wet = False


def _feeding(world: World, *roles: str) -> list[str]:
    """Outlets with a cord in them, of devices of these roles (none: of any), in order of their numbers."""
    found = [
        (supply.pdu, supply.outlet)
        for device in world.devices
        for supply in device.supplies
        if supply.pdu is not None and supply.outlet is not None and device.role in (roles or (device.role,))
    ]
    return [f"{pdu}/{OUTLET}{index}" for pdu, index in sorted(found)]


def _spare(world: World, pdu: str) -> list[str]:
    """Outlets of a PDU without a cord."""
    every = [f"{pdu}/{OUTLET}{each.index}" for each in world.device(pdu).outlets]
    return [each for each in every if each not in _feeding(world)]


def _movable(world: World) -> list[str]:
    """Those of nodes, where the PDU has an outlet to spare."""
    return [each for each in _feeding(world, "node") if _spare(world, each.split("/")[0])]


def _move_cord(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """A cord is in another outlet, and what is in that one is here; labels tell what really hangs there."""
    pdu = subject.split("/")[0]
    others = _spare(world, pdu)
    if value is not None:
        every = [f"{pdu}/{OUTLET}{each.index}" for each in world.device(pdu).outlets]
        others = [each for each in every if each == f"{pdu}/{OUTLET}{value}" != subject]
    if not others:
        raise InputError(f"{pdu} has no outlet {value or 'to spare'}", "VALUE is another outlet's number.")
    other = dice.choice(others)
    _exchange_cords(world, subject, other)
    return {"other": other}


def _move_back(world: World, subject: str, memo: Memo) -> None:
    _exchange_cords(world, subject, str(memo["other"]))


def _exchange_cords(world: World, one: str, other: str) -> None:
    pdu = one.split("/")[0]
    here, there = (int(each.partition(OUTLET)[2]) for each in (one, other))
    for device in world.devices:
        for supply in device.supplies:
            if supply.pdu == pdu and supply.outlet in (here, there):
                supply.outlet = there if supply.outlet == here else here
    a, b = world.outlet(pdu, here), world.outlet(pdu, there)
    a.label, b.label = b.label, a.label


KINDS = (
    FaultKind(
        name="crossed-management",
        about="The management cables of two devices are exchanged at the switch: each answers for the other.",
        args={"value": "the other device (default: the seed picks one of that role)"},
        subject_kind="device",
        stage="management",
        step="cabling",
        verdict="FAIL",
        remedy="swap-cables-back",
        masks=True,
        usual=_managed_bmcs,
        allowed=_managed,
        apply=_cross,
        mend=_uncross,
    ),
    FaultKind(
        name="leak-detector-missing",
        about="A leak detector is not plugged in: the chassis can't tell whether it is dry there.",
        subject_kind="detector",
        stage="power",
        step="leak",
        verdict="UNKNOWN",
        reason="no_data",
        remedy="reconnect-leak-detector",
        masks=True,
        usual=_detectors,
        allowed=_detectors,
        apply=_unplug,
        mend=_plug_in,
    ),
    FaultKind(
        name="coolant-leak",
        about="There is liquid at a leak detector.",
        subject_kind="detector",
        stage="power",
        step="leak",
        verdict="FAIL",
        remedy="stop-and-find-leak",
        masks=True,
        usual=_detectors,
        allowed=_detectors,
        apply=_wet,
        mend=_dry,
    ),
    FaultKind(
        name="wrong-outlet",
        about="A cord hangs on another outlet than planned; labels tell what really hangs there.",
        args={"value": "the outlet where it hangs (default: the seed picks a spare one)"},
        subject_kind="outlet",
        stage="power",
        step="outlet_on",
        verdict="FAIL",
        remedy="check-device-identity",
        masks=True,
        usual=_movable,
        allowed=_feeding,
        apply=_move_cord,
        mend=_move_back,
    ),
)
