"""Modules as they work: no loopback, no test pattern, every transmitter sending, polled by their switch.

Whether they are so, and making them so; what tests of modules put back, and the action that does it alone
(field rule 11).
"""

from __future__ import annotations

from typing import Literal

from bringup.action.base import Outcome, State
from bringup.action.two_ends import TwoEnds, both_ends
from bringup.check.base import At
from bringup.driver.capability import HoldsTransmitters, LoopsModules, PausesPolling, TestsPatterns
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts_module import Loopbacks, PatternTest, Role, Side, Transmitters
from bringup.model.measurement import Read
from bringup.model.subject import parse_subject

Kind = Literal["loopback", "pattern", "light", "polling"]
KINDS: tuple[Kind, ...] = ("loopback", "pattern", "light", "polling")
TESTED = "modules are under test: loopbacks, patterns, dark lanes, or polling that is paused"
NORMAL = "module.normal"
NORMAL_WORDS = "end loopbacks and patterns, let every transmitter send, and the switch poll again"
SIDES: tuple[Side, ...] = ("host", "media")
ROLES: tuple[Role, ...] = ("generator", "checker")


async def unusual(at: At, end: str, kinds: tuple[Kind, ...] = KINDS) -> tuple[str, ...]:
    """What is not as it works at one end, in words.

    Raises:
        DeviceError: it can't be read.
    """
    device, name = parse_subject(end).device, _name(end)
    found: list[str] = []
    if "loopback" in kinds and at.can(device, LoopsModules):
        looped: Loopbacks = (await at.read(device, LoopsModules, "loopbacks", arguments=(name,))).facts
        found += [f"{end}: {where} loopback" for where in looped.on]
    if "pattern" in kinds and at.can(device, TestsPatterns):
        for side in SIDES:
            if await _patterned(at, end, side):
                found.append(f"{end}: test pattern on the {side} side")
    if "light" in kinds and at.can(device, HoldsTransmitters):
        told: Transmitters = (
            await at.read(device, HoldsTransmitters, "transmitters", arguments=(name,))
        ).facts
        off = [str(lane.index) for lane in told.lanes if lane.disabled.value is not False]
        if off:
            found.append(f"{end}: transmitters of lanes {', '.join(off)} told to be off, or not read")
    if "polling" in kinds and at.can(device, PausesPolling):
        polled: Read = (await at.read(device, PausesPolling, "polling", arguments=(name,))).facts
        if polled.value is not True:
            found.append(f"{end}: the switch does not poll the module")
    return tuple(found)


async def _patterned(at: At, end: str, side: Side) -> bool:
    sample = await at.read(
        parse_subject(end).device, TestsPatterns, "pattern_test", arguments=(_name(end), side)
    )
    told: PatternTest = sample.facts
    return any(lane.generating.value is not False or lane.checking.value is not False for lane in told.lanes)


async def make_usual(at: At, end: str, kinds: tuple[Kind, ...] = KINDS) -> None:
    """Put back what is not as it works at one end: what is, is not touched.

    Raises:
        DeviceError: the device would not, or can't be read.
    """
    device, name = parse_subject(end).device, _name(end)
    if "loopback" in kinds and at.can(device, LoopsModules):
        looped: Loopbacks = (await at.read(device, LoopsModules, "loopbacks", arguments=(name,))).facts
        for where in looped.on:
            await at.change(device, LoopsModules, "set_loopback", name, where, False)
    if "pattern" in kinds and at.can(device, TestsPatterns):
        for side in SIDES:
            if await _patterned(at, end, side):
                for role in ROLES:
                    await at.change(device, TestsPatterns, "set_pattern", name, side, role, False)
    if "light" in kinds and await unusual(at, end, ("light",)):
        await at.change(device, HoldsTransmitters, "set_transmitters", name, (), True)
    if "polling" in kinds and await unusual(at, end, ("polling",)):
        await at.change(device, PausesPolling, "set_polling", name, True)


def _name(end: str) -> str:
    name = parse_subject(end).component
    assert name is not None
    return name


def ends_of(at: At, subject: str) -> tuple[str, ...]:
    """A port, and the far end of its cable where that is known."""
    return both_ends(at.inventory, subject)


class MakeNormal(TwoEnds):
    """Both ends as they work."""

    only_adds = True
    probe_words = "read the loopbacks, patterns and transmitters of both ends"

    def __init__(self) -> None:
        self._left: tuple[str, ...] = ()

    def restores(self) -> tuple[str, ...]:
        return (TESTED,)

    def undo(self, before: State) -> str | None:
        return None

    async def before(self, at: At, subject: str) -> State:
        self._left = await self._look(at, subject)
        return {"unusual": "; ".join(self._left)}

    async def _look(self, at: At, subject: str) -> tuple[str, ...]:
        return tuple([each for end in ends_of(at, subject) for each in await unusual(at, end)])

    def already(self, at: At, before: State) -> bool:
        return before.get("unusual") == ""

    async def apply(self, at: At, subject: str) -> None:
        for end in ends_of(at, subject):
            await make_usual(at, end)

    async def arrived(self, at: At, subject: str) -> Outcome:
        self._left = await self._look(at, subject)
        return "not_done" if self._left else "done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        return await self.arrived(at, subject)

    def why(self) -> str | None:
        return "; ".join(self._left) or None


SPECS = (
    Spec(
        name=NORMAL,
        kind="action",
        title="Modules as they work",
        about="Ends loopbacks and test patterns of the modules at both ends of a cable, and lets every"
        " transmitter send.",
        over="port",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=MakeNormal,
    ),
)
