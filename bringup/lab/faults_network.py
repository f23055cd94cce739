"""More that can be wrong between two ports: rings of plugs, modules of another kind, asleep or hot, speed."""

from __future__ import annotations

import random
from types import MappingProxyType

import msgspec

from bringup.lab.fault_kind import FaultKind, Memo, no_value, number
from bringup.lab.fault_places import (
    alike,
    cabled,
    cabled_at_leaves,
    device_of,
    lit,
    lit_at_leaves,
    modules,
    modules_at_leaves,
    optic_in,
    plugs,
)
from bringup.lab.hand import bring_home, hangs, homes
from bringup.lab.state import Optic
from bringup.lab.world import World
from bringup.model.errors import InputError

RING = 3
HOT_RISE_C = 52.0
OTHER_MEDIUM = "400GBASE-DR4-2"
OTHER_MEDIA = MappingProxyType({"800GBASE-DR8": "800GBASE-DR8-2", "800G-DR8-LPO": "800GBASE-DR8"})
SLOW_GBPS = 200.0


# plugs in a ring


def _in_a_ring(world: World) -> list[str]:
    """Ports of devices with at least three plugs of a kind."""
    return [port for port in cabled(world) if len(alike(world, port)) >= RING - 1]


def _ring_at_leaves(world: World) -> list[str]:
    leaf_ports = set(cabled_at_leaves(world))
    return [port for port in _in_a_ring(world) if port in leaf_ports]


def _turn(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """Each plug of the ring goes into the next one's port."""
    others = alike(world, subject)
    chosen = dice.sample(others, RING - 1)
    if value is not None:
        chosen = [each if "/" in each else f"{device_of(subject)}/{each}" for each in value.split(",")]
        chosen = [each if each in others else f"{device_of(subject)}/{each}" for each in chosen]
        if len(set(chosen)) != RING - 1 or not set(chosen) <= set(others):
            names = ", ".join(port.split("/", 1)[1] for port in others)
            raise InputError(f"{value!r} are no two other cabled ports", f"There are: {names}.")
    ring = [subject, *chosen]
    home = homes(world, ring)
    _shift(world, ring, 1)
    return {"ring": ring, "home": home}


def _turn_back(world: World, subject: str, memo: Memo) -> None:
    ring = memo["ring"]
    if "home" in memo and hangs(world, memo["home"]):
        bring_home(world, memo["home"])
        return
    _shift(world, ring, -1)


def _shift(world: World, ring: list[str], by: int) -> None:
    found = plugs(world)
    for place, port in enumerate(ring):
        found[port][1].port = ring[(place + by) % len(ring)]


# modules


def _other_kind(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    optic = optic_in(world, subject)
    before: Memo = {"optic": msgspec.to_builtins(optic)}
    medium = value or OTHER_MEDIA.get(optic.medium, OTHER_MEDIUM)
    if medium == optic.medium:
        raise InputError(f"{subject} holds a {medium} already", "Give another medium as VALUE.")
    world.port(subject).optic = msgspec.structs.replace(
        optic,
        medium=medium,
        part_number=f"LO-{medium.replace('BASE', '')}"[:16],
        serial=f"LX{dice.randrange(10**8):08d}",
        ready_at=None,
    )
    return before


def _right_kind(world: World, subject: str, memo: Memo) -> None:
    optic = msgspec.convert(memo["optic"], Optic)
    optic.ready_at = None
    world.port(subject).optic = optic


def _hold_asleep(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("low-power-stuck", value)
    optic = optic_in(world, subject)
    before = {"low_power": optic.low_power}
    optic.low_power = True
    return before


def _wake(world: World, subject: str, memo: Memo) -> None:
    optic = world.port(subject).optic
    if optic is not None:
        optic.low_power = memo["low_power"]


def _heat(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    optic = optic_in(world, subject)
    before = {"rise_c": optic.rise_c}
    optic.rise_c = number("hot-optic", value, HOT_RISE_C, 1.0, 120.0)
    return before


def _cool(world: World, subject: str, memo: Memo) -> None:
    optic = world.port(subject).optic
    if optic is not None:
        optic.rise_c = memo["rise_c"]


# speed


def _slow(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """Both ends of the cable run at another speed, so the link is up."""
    cable, _ = plugs(world)[subject]
    ends = [end.port for end in (cable.a, cable.b) if end.port is not None]
    gbps = number("slow-speed", value, SLOW_GBPS, 1.0, 1600.0)
    before = {end: world.port(end).speed_gbps for end in ends}
    if all(speed == gbps for speed in before.values()):
        raise InputError(f"{subject} runs at {gbps:g} Gb/s already", "Give another speed as VALUE.")
    for end in ends:
        world.port(end).speed_gbps = gbps
    return {"speed_gbps": before}


def _full_speed(world: World, subject: str, memo: Memo) -> None:
    for end, gbps in memo["speed_gbps"].items():
        world.port(end).speed_gbps = gbps


KINDS = (
    FaultKind(
        name="three-way-swap",
        about="The plugs of three cables stand in each other's places at one device, in a ring.",
        args={"value": "the two other ports, with a comma between (default: the seed picks them)"},
        subject_kind="port",
        stage="links",
        step="neighbors",
        verdict="FAIL",
        remedy="move-cables-round",
        usual=_ring_at_leaves,
        allowed=_in_a_ring,
        apply=_turn,
        mend=_turn_back,
    ),
    FaultKind(
        name="wrong-optic",
        about="A cage holds a module of another kind than the one ordered for it.",
        args={"value": f"the medium that it is for (default {OTHER_MEDIUM}, or of its own speed)"},
        subject_kind="port",
        stage="optics",
        step="presence",
        verdict="FAIL",
        remedy="fit-expected-optic",
        masks=True,
        usual=modules_at_leaves,
        allowed=modules,
        apply=_other_kind,
        mend=_right_kind,
    ),
    FaultKind(
        name="low-power-stuck",
        about="A module stays in low power: its data path is not activated and no lane sends.",
        subject_kind="port",
        stage="optics",
        step="levels",
        verdict="FAIL",
        remedy="reset-or-replace-optic",
        masks=True,
        usual=lit_at_leaves,
        allowed=lit,
        apply=_hold_asleep,
        mend=_wake,
    ),
    FaultKind(
        name="hot-optic",
        about="A module gets rid of too little heat.",
        args={"value": f"degrees that it settles above the air at its cage (default {HOT_RISE_C:g})"},
        subject_kind="port",
        stage="optics",
        step="temperature",
        verdict="FAIL",
        remedy="check-module-cooling",
        masks=True,
        usual=lit_at_leaves,
        allowed=lit,
        apply=_heat,
        mend=_cool,
    ),
    FaultKind(
        name="slow-speed",
        about="A link is up, at another speed than ordered.",
        args={"value": f"Gb/s (default {SLOW_GBPS:g})"},
        subject_kind="port",
        stage="links",
        step="state",
        verdict="FAIL",
        remedy="set-same-speed",
        masks=True,
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_slow,
        mend=_full_speed,
    ),
)
