"""Faults of a profile, alone and several at once: which of them can be told apart, and a run against them."""

from __future__ import annotations

import json
import os
import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from bringup.input.shipped import list_shipped
from bringup.lab.clock import HandClock
from bringup.lab.fault_kind import FaultKind
from bringup.lab.faults import fault_kinds
from bringup.lab.profile import PROFILES
from bringup.lab.world import World
from tests.e2e.runs import Nursery, Rack

SPEEDS = {"mini": 500}
SPEED_OF_LARGE = 100
SMALL = "mini"
DRAWS = 60
WITHOUT_LIMITS = frozenset({"oci-optical"})
"""Profiles whose light no public text limits: they are tried with limits of a site's own."""
EVERYWHERE = "BRINGUP_FAULTS_EVERYWHERE"
"""Set it, and every fault is tried on every profile; else on the smallest that can have it."""


class Trouble(NamedTuple):
    """One fault at one subject."""

    kind: FaultKind
    subject: str

    @property
    def text(self) -> str:
        return f"{self.kind.name}@{self.subject}"


def profiles() -> list[str]:
    """Those that have a playbook by which a healthy rack is accepted, the small one first."""
    return [name for name in PROFILES if name in list_shipped("playbook") and name not in WITHOUT_LIMITS]


def healthy(profile: str, seed: int = 0) -> World:
    clock = HandClock()
    return World(PROFILES[profile](seed, 1.0, clock.origin_unix_s), clock)


def singles() -> list[tuple[str, str]]:
    """(profile, fault) for each fault, on the first profile that can have it or on all."""
    found = []
    for kind in fault_kinds().values():
        able = [name for name in profiles() if kind.usual(healthy(name))]
        found += [(name, kind.name) for name in (able if os.environ.get(EVERYWHERE) else able[:1])]
    return sorted(found)


def tellable(profile: str) -> list[str]:
    """Kinds that a profile can have, at a step that its playbook has."""
    world, steps = healthy(profile), _steps(profile)
    return sorted(
        kind.name for kind in fault_kinds().values() if kind.usual(world) and (kind.stage, kind.step) in steps
    )


def _playbook(profile: str) -> dict[str, Any]:
    return tomllib.loads(list_shipped("playbook")[profile].read_text())


def _gates(profile: str) -> frozenset[str]:
    return frozenset(stage["name"] for stage in _playbook(profile)["stage"] if stage.get("gate"))


def _steps(profile: str) -> set[tuple[str, str]]:
    playbook = _playbook(profile)
    return {
        (stage["name"], step.get("id") or step.get("check") or step.get("action") or step.get("ask"))
        for stage in playbook["stage"]
        for step in stage.get("step", ())
    }


def triples(profile: str, count: int, seed: int = 0) -> list[tuple[Trouble, ...]]:
    """Three faults each, of which none hides what another does; kinds that were rare so far come first."""
    dice, world = random.Random(f"{profile}/{seed}"), healthy(profile)
    able = {kind.name: kind.usual(world) for kind in fault_kinds().values()}
    names, gates = tellable(profile), _gates(profile)
    met: Counter[str] = Counter()
    found: list[tuple[Trouble, ...]] = []
    while len(found) < count:
        drawn = [
            tuple(Trouble(fault_kinds()[name], dice.choice(able[name])) for name in dice.sample(names, 3))
            for _ in range(DRAWS)
        ]
        told = [one for one in drawn if all(_apart(world, gates, *pair) for pair in combinations(one, 2))]
        if told:
            found.append(min(told, key=lambda one: sum(2 ** met[each.kind.name] for each in one)))
            met.update(each.kind.name for each in found[-1])
    return found


def _apart(world: World, gates: frozenset[str], one: Trouble, other: Trouble) -> bool:
    """Whether neither shows where the other shows, nor behind what the other hides."""
    if one.kind.remedy == other.kind.remedy:
        return False
    return not set(_reach(world, gates, one)) & set(_reach(world, gates, other))


def _reach(world: World, gates: frozenset[str], trouble: Trouble) -> Iterator[str]:
    """Devices and cables where a fault shows, with all that hangs on them where it hides these."""
    device = trouble.subject.split("/")[0]
    name = trouble.kind.name
    yield trouble.subject.partition("#")[0]
    # The plugs of a swap are those of other ports of the device, too; an outlet is a whole device's.
    if "swap" in name or (
        trouble.kind.masks and trouble.kind.subject_kind in ("device", "outlet", "detector")
    ):
        yield from _all_of(world, device)
    yield from _cable_at(world, trouble.subject)
    for each in world.ports(device) if trouble.kind.subject_kind == "cage" else ():
        if each.cage == trouble.subject.partition("/")[2]:
            yield each.subject
            yield from _cable_at(world, each.subject)
    for cable in world.cables:
        if trouble.kind.subject_kind == "trunk" and cable.trunk == trouble.subject:
            yield f"cable {cable.label}"
            yield from (end.port for end in (cable.a, cable.b) if end.port is not None)
    # A gate stops everything; who answers behind a crossed management cable is another device's business too.
    if trouble.kind.stage in gates or "management" in name:
        for each_device in world.devices:
            yield from _all_of(world, each_device.name)
    if name == "wrong-outlet" or trouble.kind.subject_kind in ("outlet", "supply"):
        for each in world.devices:
            if each.name == device or any(supply.pdu == device for supply in each.supplies):
                yield from (f"{each.name}/{supply.name}" for supply in each.supplies)
    if trouble.kind.stage == "collectives":
        yield "collectives"
        for each in world.devices:
            if each.gpus:
                yield from _all_of(world, each.name)


def _all_of(world: World, device: str) -> Iterator[str]:
    """A device, its BMC or host, its parts and its cables."""
    found = world.device(device)
    for name in {device, found.bmc or device, found.host_device or device}:
        each = world.device(name)
        yield name
        yield from (f"{name}/{supply.name}" for supply in each.supplies)
        yield from (f"{name}/gpu-{gpu.index}" for gpu in each.gpus)
        for port in each.ports:
            yield port.subject
            yield from _cable_at(world, port.subject)


def _cable_at(world: World, subject: str) -> Iterator[str]:
    port = subject.partition("#")[0]
    for cable in world.cables:
        if port in (cable.a.port, cable.b.port):
            yield f"cable {cable.label}"
            yield from (end.port for end in (cable.a, cable.b) if end.port is not None)


def bring_up(
    nursery: Nursery, make_rack: Callable[..., Rack], folder: Path, profile: str, *faults: str
) -> tuple[int, dict[str, Any]]:
    """An unattended run against a rack with these faults: its exit status, and its summary as JSON."""
    rack = make_rack(*faults, profile=profile, speed=SPEEDS.get(profile, SPEED_OF_LARGE))
    done = nursery.run(rack.run_words("--format", "json", "--runs", str(folder / "runs")))
    summary: dict[str, Any] = json.loads(done.output[done.output.index("{") :])
    return done.status, summary
