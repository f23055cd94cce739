"""Cases of a check side by side in one session: each has devices of its own, and must end as it says.

The session, the judge, the envelope, the plan and the journal are the real ones; devices answer from a table,
and a device that is not in the table is a real one without any capability. Time stands still but for windows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from bringup.engine.bench import Bench, Bounds
from bringup.input import load_envelopes
from bringup.journal.sign import KeySigner
from bringup.model.answer import Answer, Answers
from bringup.model.errors import NoData, Refused, TimedOut, Unparsable, Unreachable
from bringup.model.event import ActionIntended
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.model.state import RunState
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Verdict
from bringup.transport.base import Links
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, TableBench, Told, verdicts

NOON = 1_800_000_000.0
"""What this machine's clock says all the time, in seconds since 1970."""
DEADLINE_S = 0.05
STAGE, LANES = "stage-", 6
TRUE, FALSE = value(True), value(False)


class World(msgspec.Struct, kw_only=True):
    """What the inventory states for one case, what its devices tell, and the row that is judged.

    `beside` names devices that are read in the same step, `did` gathers what was changed, and `intended` is
    the reading before a change in whose middle an earlier run died. `answer` is what a person says to
    whatever is asked about the subject.
    """

    subject: str
    devices: list[dict[str, Any]]
    table: dict[tuple[str, str], Told]
    ports: list[dict[str, Any]] = []
    cables: list[dict[str, Any]] = []
    beside: tuple[str, ...] = ()
    did: list[str] = []
    intended: dict[str, Any] | None = None
    answer: str | None = None


class Case(msgspec.Struct, frozen=True):
    """`name` is a short sentence; `over` is what differs from a world in which all is well."""

    name: str
    expected: str
    over: dict[str, Any] = {}


def case(name: str, expected: str, **over: Any) -> Case:
    return Case(name, expected, over)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """All cases of one check (or action: `kind`). `reads` are the methods without whose answer nothing is
    known; `begin` is what every case has over the world's own.
    """

    check: str
    kind: str = "check"
    world: Callable[..., World]
    reads: tuple[str, ...]
    cases: tuple[Case, ...]
    begin: dict[str, Any] = {}
    step: dict[str, Any] = {}
    envelope: tuple[str, ...] = ("base",)


class StillClock:
    """Time that passes only where somebody waits for it; those who wait together wait once."""

    def __init__(self, speed: float = 1.0, *, wall: Sequence[float] = ()) -> None:
        self._now_s = 0.0
        self._wall = list(wall)

    def now_s(self) -> float:
        return self._now_s

    def wall_unix_s(self) -> float:
        return self._wall.pop(0) if self._wall else NOON

    async def sleep(self, seconds: float) -> None:
        wakes = self._now_s + seconds
        await asyncio.sleep(0)
        self._now_s = max(self._now_s, wakes)


class CaseBench(TableBench):
    """A device that the table does not speak of at all has a real driver, which can do nothing."""

    def __init__(self, table: dict[tuple[str, str], Told], inventory: Inventory) -> None:
        super().__init__(table)
        self._real = Bench(inventory, _no_links, Bounds())

    def can(self, name: str, capability: type) -> bool:
        methods = {method for method in vars(capability) if not method.startswith("_")}
        return any((name, method) in self.table for method in methods)

    async def call(
        self, name: str, capability: type, method: str, *arguments: object, **how: Any
    ) -> tuple[Any, tuple[()]]:
        if (name, method) not in self.table:
            return await self._real.call(name, capability, method, *arguments, **how), ()
        return await super().call(name, capability, method, *arguments, **how)


def _no_links(device: Device) -> Links:
    return cast(Links, None)


async def run_worlds(
    folder: Path, table: Table, worlds: Sequence[World], clock: StillClock | None = None
) -> RunState:
    """One session over all worlds; what the record says afterwards."""
    stand = Stand(folder)
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [each for world in worlds for each in world.devices],
            "port": [each for world in worlds for each in world.ports],
            "cable": [each for world in worlds for each in world.cables],
        }
    )
    for world in worlds:
        stand.table |= world.table
    stand.bench = CaseBench(stand.table, stand.inventory)
    stand.limits = load_envelopes(table.envelope)
    stand.approver = KeySigner.throwaway()
    stand.unfinished = {
        (f"{STAGE}{number % LANES}", "it", world.subject): _intent(table, world.subject, world.intended)
        for number, world in enumerate(worlds)
        if world.intended is not None
    }
    stand.answers = Answers(
        answer=tuple(
            Answer(step=f"{STAGE}{number % LANES}/it", subject=world.subject, value=world.answer, by="kim")
            for number, world in enumerate(worlds)
            if world.answer is not None
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_stand, "WorldClock", lambda speed: clock or StillClock())
        return await stand.run(*_stages(table, worlds))


def _stages(table: Table, worlds: Sequence[World]) -> list[dict[str, Any]]:
    """Checks of all worlds are one step; a step does one action at a time, so these are in a few stages side
    by side.
    """
    lanes = 1 if table.kind == "check" else min(LANES, len(worlds))
    return [
        {"name": f"{STAGE}{lane}", "needs": [], "step": [_step(table, worlds[lane::lanes])]}
        for lane in range(lanes)
    ]


def _step(table: Table, worlds: Sequence[World]) -> dict[str, Any]:
    named = ((parse_subject(ends(world.subject)[0]).device, *world.beside) for world in worlds)
    on = {"device": [name for names in named for name in names]}
    return {"id": "it", table.kind: table.check, "on": on, "deadline_s": DEADLINE_S, **table.step}


class Ran(msgspec.Struct, frozen=True):
    """Case -> verdict, with the reason where it is UNKNOWN, and all that was done to devices; the record."""

    ended: dict[str, str]
    state: RunState

    def judged(self, *as_verdict: Verdict) -> set[str]:
        """Quantities that some case has judged so."""
        return {
            judgement.quantity
            for step in self.state.steps.values()
            for judgement in step.judgements
            if judgement.verdict in as_verdict
        }

    def measured(self) -> set[str]:
        """Quantities that some case has read."""
        return {each.quantity for step in self.state.steps.values() for each in step.measurements}


async def run_cases(folder: Path, table: Table) -> Ran:
    """All cases of `table`, side by side."""
    cases = all_cases(table)
    worlds = {one.name: table.world(device_name(one.name), **{**table.begin, **one.over}) for one in cases}
    state = await run_worlds(folder, table, list(worlds.values()))
    found = {key.partition("@")[2]: verdict for key, verdict in verdicts(state).items()}
    return Ran(
        {name: "; ".join((found.get(world.subject, "no row"), *world.did)) for name, world in worlds.items()},
        state,
    )


def _intent(table: Table, subject: str, before: dict[str, Any]) -> ActionIntended:
    return ActionIntended(
        stage="",
        step="it",
        subject=subject,
        attempt=1,
        action=table.check,
        before=before,
        identity={},
        drops=(),
        probe="",
        undo=None,
        dangerous=True,
    )


def device_name(sentence: str) -> str:
    """A name of its own for the device of a case; letters and digits only."""
    return "".join(letter if letter.isalnum() else "-" for letter in sentence.lower())


def all_cases(table: Table) -> tuple[Case, ...]:
    return (*table.cases, *(one for method in table.reads for one in _failures(table, method)))


def _failures(table: Table, method: str) -> Iterator[Case]:
    """Every way in which a read can fail, and answers that are no facts at all: none of them passes."""

    def instead(told: Told) -> dict[str, Any]:
        return {"answers": {method: told}}

    for error, reason in (
        (Unreachable, "unreachable"),
        (Refused, "refused"),
        (TimedOut, "timeout"),
        (Unparsable, "unparsable"),
        (NoData, "no_data"),
        (RuntimeError, "crashed"),
    ):
        yield Case(f"{method} {reason}", f"UNKNOWN {reason}", instead(error("device: so it is")))
    yield Case(f"{method} never ends", "UNKNOWN timeout", instead(_never))
    yield Case(f"{method} gives nothing at all", "UNKNOWN crashed", instead(None))
    yield Case(f"{method} gives a number", "UNKNOWN crashed", instead(5))
    yield Case(f"{method} is not told by the platform", "UNKNOWN no_data", instead(LACKING))


async def _never(*arguments: object) -> None:
    await asyncio.Event().wait()


LACKING = object()
"""Stands for an answer that this device's platform has no capability for."""


def answering(table: dict[tuple[str, str], Told], answers: dict[str, Told] | None) -> None:
    """Put `answers` in the place of what the first device that has the method tells."""
    for method, told in (answers or {}).items():
        key = next(key for key in table if key[1] == method)
        if told is LACKING:
            del table[key]
        else:
            table[key] = told


def written(name: str, **more: Any) -> dict[str, Any]:
    """A device as an inventory states it. Its platform can do nothing: what it can stands in the table."""
    return {"name": name, "role": name, "platform": "human", "address": "192.0.2.1", **more}


WRONG = {
    "yes or no": (value("yes"), value(1)),
    "number": (value("64"), value(True)),
    "text": (value(64), value(True)),
}


def nothing_told(what: str, kind: str, over: Callable[[Read], dict[str, Any]]) -> tuple[Case, ...]:
    """Every reading of a required quantity that is no value, and every value of another type: none passes.

    `kind` is what is due: a number, text, or yes or no.
    """
    nothing = {"absent": ABSENT, "not available": NOT_AVAILABLE, "unsupported": UNSUPPORTED}
    return (
        *(Case(f"{what} {word}", "UNKNOWN no_data", over(read)) for word, read in nothing.items()),
        *(
            Case(f"{what} of a wrong type {number}", "UNKNOWN unparsable", over(read))
            for number, read in enumerate(WRONG[kind])
        ),
        Case(f"{what} dark", "FAIL", over(DARK)),
    )
