"""What can be wrong at one end of a link: a plug that is out, a dead laser, a port shut or too slow."""

from __future__ import annotations

import random

from bringup.lab.fault_kind import FaultKind, Memo, no_value, number
from bringup.lab.fault_places import (
    cabled,
    cabled_at_leaves,
    lit,
    lit_at_leaves,
    plugs,
    separable,
    separable_at_leaves,
)
from bringup.lab.hand import bring_home, homes
from bringup.lab.links import lanes_of
from bringup.lab.state import Lane
from bringup.lab.world import World
from bringup.model.errors import InputError

SLOW_GBPS = 200.0


# a plug that is out


def _pull_out(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("fibre-out", value)
    home = homes(world, (subject,))
    plugs(world)[subject][1].port = None
    return {"home": home}


def _push_in(world: World, subject: str, memo: Memo) -> None:
    bring_home(world, memo["home"])


# a laser


def _lanes(world: World, ports: list[str]) -> list[str]:
    return [f"{port}#lane-{lane}" for port in ports for lane in range(1, world.port(port).lane_count + 1)]


def _every_lane(world: World) -> list[str]:
    return _lanes(world, lit(world))


def _lanes_at_leaves(world: World) -> list[str]:
    """Of ports that have other lanes beside: a port's only lane is its whole light."""
    return _lanes(world, [port for port in lit_at_leaves(world) if world.port(port).lane_count > 1])


def _lane(world: World, subject: str) -> Lane | None:
    port, _, lane = subject.partition("#lane-")
    lanes = lanes_of(world.port(port))
    return lanes[int(lane) - 1] if int(lane) <= len(lanes) else None


def _kill(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("dead-laser", value)
    lane = _lane(world, subject)
    if lane is None:
        raise InputError(f"{subject} has no laser", "Name a lane of a port that holds a module.")
    before = {"laser": lane.laser}
    lane.laser = False
    return before


def _replace(world: World, subject: str, memo: Memo) -> None:
    lane = _lane(world, subject)
    if lane is not None:
        lane.laser = memo["laser"]


# configuration of one port


def _shut(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("port-shut", value)
    port = world.port(subject)
    before = {"admin_up": port.admin_up}
    port.admin_up = False
    return before


def _open(world: World, subject: str, memo: Memo) -> None:
    world.port(subject).admin_up = memo["admin_up"]


def _slow_one_end(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    gbps = number("speed-mismatch", value, SLOW_GBPS, 1.0, 1600.0)
    port = world.port(subject)
    if port.speed_gbps == gbps:
        raise InputError(f"{subject} runs at {gbps:g} Gb/s already", "Give another speed as VALUE.")
    before = {"speed_gbps": port.speed_gbps}
    port.speed_gbps = gbps
    return before


def _full_speed(world: World, subject: str, memo: Memo) -> None:
    world.port(subject).speed_gbps = memo["speed_gbps"]


KINDS = (
    FaultKind(
        name="fibre-out",
        about="A fibre is not plugged in at one end.",
        subject_kind="port",
        stage="optics",
        step="levels",
        verdict="FAIL",
        remedy="check-plug-and-polarity",
        masks=True,
        usual=separable_at_leaves,
        allowed=separable,
        apply=_pull_out,
        mend=_push_in,
    ),
    FaultKind(
        name="dead-laser",
        about="One laser of a module gives no light; its other lanes send.",
        subject_kind="lane",
        stage="optics",
        step="levels",
        verdict="FAIL",
        remedy="replace-optic",
        masks=True,
        usual=_lanes_at_leaves,
        allowed=_every_lane,
        apply=_kill,
        mend=_replace,
    ),
    FaultKind(
        name="port-shut",
        about="A port is switched off by configuration.",
        subject_kind="port",
        stage="switches",
        step="ports",
        verdict="FAIL",
        remedy="switch-on-port",
        masks=True,
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_shut,
        mend=_open,
    ),
    FaultKind(
        name="speed-mismatch",
        about="One end of a link is configured for another speed than the other.",
        args={"value": f"Gb/s (default {SLOW_GBPS:g})"},
        subject_kind="port",
        stage="links",
        step="state",
        verdict="FAIL",
        remedy="set-same-speed",
        masks=True,
        usual=cabled_at_leaves,
        allowed=cabled,
        apply=_slow_one_end,
        mend=_full_speed,
    ),
)
