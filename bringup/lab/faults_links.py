"""What can be wrong between two ports: dirt, broken fibres, crossed plugs, missing modules, unlike coding."""

from __future__ import annotations

import random

import msgspec

from bringup.lab import physics
from bringup.lab.fault_kind import FaultKind, Memo, no_value, number, word
from bringup.lab.fault_places import (
    alike,
    cabled,
    cabled_at_leaves,
    lit,
    modules,
    modules_at_leaves,
    plugs,
    separable,
    separable_at_leaves,
)
from bringup.lab.hand import bring_home, hangs, homes
from bringup.lab.state import Cable, Optic
from bringup.lab.world import World
from bringup.model.errors import InputError

DIRT_DB = 5.2
"""Enough to bring the worst lane of a clean link below what the standard lets a receiver get."""


# dirt


def _dirty(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """Dirt lies unevenly: the worst fibre of each direction gets the whole depth, the others part of it."""
    depth = number("dirty-connector", value, DIRT_DB, 0.1, 40.0)
    cable, end = plugs(world)[subject]
    before = {"cable": cable.label, "a": end is cable.a, "out_db": list(end.out_db), "in_db": list(end.in_db)}
    for losses in (end.out_db, end.in_db):
        worst = dice.randrange(len(losses))
        for lane in range(len(losses)):
            losses[lane] += depth if lane == worst else depth * dice.uniform(0.05, 0.3)
    return before


def _clean(world: World, subject: str, memo: Memo) -> None:
    """The plug that was dirtied, wherever it sits by now."""
    cable = _cable(world, memo)
    end = cable.a if memo["a"] else cable.b
    end.out_db[:], end.in_db[:] = memo["out_db"], memo["in_db"]


def _cable(world: World, memo: Memo) -> Cable:
    return next(cable for cable in world.cables if cable.label == memo["cable"])


# one fibre


def _lanes(world: World) -> list[str]:
    with_light = set(lit(world))
    return [
        f"{port}#lane-{lane}"
        for port in cabled(world)
        if port in with_light
        for lane in range(1, world.port(port).lane_count + 1)
    ]


def _lanes_of_leaves(world: World) -> list[str]:
    """Of ports that have other lanes beside: a port's only lane is its whole light."""
    leaf_ports = {port for port in separable_at_leaves(world) if world.port(port).lane_count > 1}
    return [lane for lane in _lanes(world) if lane.split("#")[0] in leaf_ports]


def _break_fibre(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("dark-lane", value)
    port, _, lane = subject.partition("#lane-")
    cable, end = plugs(world)[port]
    fibres = cable.b_to_a_db if end is cable.a else cable.a_to_b_db
    before = {"cable": cable.label, "a": end is cable.a, "loss_db": fibres[int(lane) - 1]}
    fibres[int(lane) - 1] = physics.BROKEN_FIBRE_DB
    return before


def _splice_fibre(world: World, subject: str, memo: Memo) -> None:
    cable = _cable(world, memo)
    fibres = cable.b_to_a_db if memo["a"] else cable.a_to_b_db
    fibres[int(subject.partition("#lane-")[2]) - 1] = memo["loss_db"]


# crossed plugs


def _swap(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    device = subject.split("/")[0]
    found, others = plugs(world), alike(world, subject)
    if value is not None:
        wanted = value if "/" in value and value.split("/")[0] == device else f"{device}/{value}"
        if wanted not in others:
            names = ", ".join(port.split("/", 1)[1] for port in others)
            raise InputError(
                f"{value!r} is no other cabled port of {device} that takes such a plug",
                f"There are: {names}.",
            )
        others = [wanted]
    if not others:
        raise InputError(f"{device} has no other cable to swap with", "Name a port of another device.")
    other = dice.choice(others)
    home = homes(world, (subject, other))
    found[subject][1].port, found[other][1].port = other, subject
    return {"other": other, "home": home}


def _swap_back(world: World, subject: str, memo: Memo) -> None:
    found, other = plugs(world), str(memo["other"])
    if "home" in memo and hangs(world, memo["home"]):
        bring_home(world, memo["home"])
        return
    found[subject][1].port, found[other][1].port = other, subject


# modules and coding


def _pull(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("missing-optic", value)
    port = world.port(subject)
    before: Memo = {"optic": msgspec.to_builtins(port.optic)}
    port.optic = None
    return before


def _insert(world: World, subject: str, memo: Memo) -> None:
    optic = msgspec.convert(memo["optic"], Optic)
    optic.ready_at = None
    world.port(subject).optic = optic


def _other_coding(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    mode = word("fec-mismatch", value, "none", ("none", "fc", "rs528", "rs544"))
    port = world.port(subject)
    before = {"fec_mode": port.fec_mode}
    if mode == port.fec_mode:
        raise InputError(f"{subject} runs {mode} already", "Give another coding as VALUE.")
    port.fec_mode = mode
    return before


def _old_coding(world: World, subject: str, memo: Memo) -> None:
    world.port(subject).fec_mode = memo["fec_mode"]


KINDS = (
    FaultKind(
        name="missing-optic",
        about="A cage that should hold a module is empty.",
        subject_kind="port",
        stage="optics",
        step="presence",
        verdict="FAIL",
        remedy="insert-optic",
        masks=True,
        usual=modules_at_leaves,
        allowed=modules,
        apply=_pull,
        mend=_insert,
    ),
    FaultKind(
        name="dirty-connector",
        about="The end face of the plug in a port is dirty; both directions lose light, lane by lane unlike.",
        args={"value": f"loss in dB on the worst fibre of each direction (default {DIRT_DB:g})"},
        subject_kind="port",
        stage="optics",
        step="levels",
        verdict="FAIL",
        remedy="clean-both-ends",
        usual=separable_at_leaves,
        allowed=separable,
        apply=_dirty,
        mend=_clean,
    ),
    FaultKind(
        name="dark-lane",
        about="The fibre that brings one lane to a port is broken.",
        subject_kind="lane",
        stage="optics",
        step="levels",
        verdict="FAIL",
        remedy="inspect-fibre-lane",
        masks=True,
        usual=_lanes_of_leaves,
        allowed=_lanes,
        apply=_break_fibre,
        mend=_splice_fibre,
    ),
    FaultKind(
        name="fec-mismatch",
        about="A port is configured for another error correction than its far end.",
        args={"value": "none (default), fc, rs528 or rs544"},
        subject_kind="port",
        stage="links",
        step="state",
        verdict="FAIL",
        remedy="set-same-fec",
        masks=True,
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_other_coding,
        mend=_old_coding,
    ),
    FaultKind(
        name="swapped-cables",
        about="The plugs of two cables are exchanged at one device.",
        args={"value": "the other port (default: the seed picks one)"},
        subject_kind="port",
        stage="links",
        step="neighbors",
        verdict="FAIL",
        remedy="swap-cables-back",
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_swap,
        mend=_swap_back,
    ),
)
