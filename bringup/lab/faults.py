"""Faults: what can be physically wrong with a rack, as changes to the world's state and nothing else.

Each names the verdict and the remedy that a bring-up with the profile's own playbook must reach. `apply`
changes the world and returns a memo (plain JSON) from which `mend`, the simulated hand, puts it right again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bringup.lab import (
    faults_accelerator,
    faults_breakout,
    faults_device,
    faults_ends,
    faults_external,
    faults_links,
    faults_management,
    faults_network,
    faults_power,
    faults_rack,
    faults_unsteady,
)
from bringup.lab.fault_kind import FaultKind, Memo
from bringup.lab.hand import at_home
from bringup.lab.world import World
from bringup.model.errors import InputError


def fault_kinds() -> Mapping[str, FaultKind]:
    """Every kind of fault, by name."""
    kinds = (
        *faults_power.KINDS,
        *faults_management.KINDS,
        *faults_device.KINDS,
        *faults_links.KINDS,
        *faults_ends.KINDS,
        *faults_network.KINDS,
        *faults_unsteady.KINDS,
        *faults_accelerator.KINDS,
        *faults_rack.KINDS,
        *faults_breakout.KINDS,
        *faults_external.KINDS,
    )
    return MappingProxyType({kind.name: kind for kind in kinds})


class Applied(msgspec.Struct, frozen=True):
    """One fault that is in the world now. `text` is how a person would ask for it."""

    name: str
    subject: str
    value: str | None
    memo: Memo

    @property
    def text(self) -> str:
        return f"{self.name}@{self.subject}" + (f"={self.value}" if self.value is not None else "")


class FaultBook:
    """The faults of one lab, in the order of their adding. No part of the world: this knows names."""

    def __init__(self, world: World, seed: int, applied: tuple[Applied, ...] = (), added: int = 0) -> None:
        self._world = world
        self._seed = seed
        self.applied = list(applied)
        self.added = added

    def add(self, text: str) -> Applied:
        """Apply `NAME[@SUBJECT][=VALUE]`; without a subject the seed picks one.

        Raises:
            InputError: no such fault, subject or value, or that fault is there already.
        """
        name, subject, value = split_fault(text)
        kind = fault_kinds()[name]
        taken = {each.subject for each in self.applied if each.name == name}
        if subject is None:
            subject = self._pick(kind, taken)
        elif subject not in kind.allowed(self._world):
            raise InputError(
                f"{name} can't happen to {subject!r}",
                f"Its subject is a {kind.subject_kind}: {', '.join(kind.allowed(self._world))}.",
            )
        if subject in taken:
            raise InputError(
                f"{name} is there already at {subject}", "`bringup lab repair` takes faults away."
            )
        self.added += 1
        dice = random.Random(f"{self._seed}/{name}/{subject}/{self.added}")
        with self._world.changing():
            memo = kind.apply(self._world, subject, value, dice)
        fault = Applied(name, subject, value, memo)
        self.applied.append(fault)
        return fault

    def _pick(self, kind: FaultKind, taken: set[str]) -> str:
        usual = kind.usual(self._world)
        if not usual:
            raise InputError(
                f"{kind.name} can't happen in this rack",
                f"It needs a {kind.subject_kind}; `bringup lab list` names other profiles.",
            )
        free = [each for each in usual if each not in taken]
        if not free:
            raise InputError(
                f"{kind.name} is there already wherever it can be", "Name a subject with @SUBJECT."
            )
        return random.Random(f"{self._seed}/{kind.name}/{self.added}").choice(free)

    def repair(self, text: str | None = None) -> list[Applied]:
        """Mend every fault, or those called NAME or NAME@SUBJECT; the latest first. Returns what was mended.

        Raises:
            InputError: none of that name is there.
        """
        name, subject, _ = split_fault(text) if text else (None, None, None)
        chosen = [
            each
            for each in reversed(self.applied)
            if (name is None or each.name == name) and (subject is None or each.subject == subject)
        ]
        if text and not chosen:
            there = ", ".join(each.text for each in self.applied) or "none"
            raise InputError(f"no fault {text!r} is there", f"Faults that are: {there}.")
        for each in chosen:
            with self._world.changing():
                fault_kinds()[each.name].mend(self._world, each.subject, each.memo)
            self.applied.remove(each)
        return chosen

    def let_go(self) -> list[Applied]:
        """Drop the faults that hands have put right plug by plug; which these were."""
        chosen = [
            each for each in self.applied if "home" in each.memo and at_home(self._world, each.memo["home"])
        ]
        self.applied = [each for each in self.applied if each not in chosen]
        return chosen


def split_fault(text: str) -> tuple[str, str | None, str | None]:
    """`NAME[@SUBJECT][=VALUE]`.

    Raises:
        InputError: NAME is no fault.
    """
    head, equals, value = text.partition("=")
    name, at, subject = head.partition("@")
    known = fault_kinds()
    if name not in known:
        raise InputError(f"no fault is called {name!r}", f"There are: {', '.join(known)}.")
    return name, subject if at else None, value if equals else None


def describe() -> list[dict[str, Any]]:
    """What `lab faults --format json` prints (contracts, section 3)."""
    return [kind.record() for kind in fault_kinds().values()]
