"""Test patterns between the modules of both ends, both ways at once: each lane of light by itself, without
the hosts and their error correction.

Both modules send PRBS-31 from their media side and check what arrives there. While registers are used, the
switch's own polling of the module is paused where it can be (field rule 8). Source: OIF-CMIS-05.2, pages 13h
and 14h.
"""

from __future__ import annotations

import msgspec
from pydantic import Field

from bringup.action.bounce import POLL_S
from bringup.action.modules import Kind, ends_of
from bringup.action.scripted import Script, Scripted
from bringup.check.base import At, Sample
from bringup.check.link import LINE_RATE_FACTOR
from bringup.check.watching import count
from bringup.driver.capability import PausesPolling, TestsPatterns
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData, Refused
from bringup.model.facts_module import PatternTest, Role
from bringup.model.intent import Intent
from bringup.model.inventory import Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject
from bringup.statistics import poisson_upper

ROLES: tuple[Role, ...] = ("checker", "generator")
QUANTITIES = (("prbs_locked", "prbs_ber_upper"), ("prbs_far_locked", "prbs_far_ber_upper"))
"""Of the receivers here, and of those at the far end."""


class PatternArgs(Written):
    """After both generators run `adapt_s` are left to the receivers, then the checkers are looked at for
    `measure_s`.
    """

    adapt_s: float = Field(default=10.0, ge=0.0, le=600.0)
    measure_s: float = Field(default=30.0, gt=0.0, le=3600.0)


class Checked(msgspec.Struct):
    """What one lane's checker said over all looks: whether it ever lost the pattern, and its worst ratio."""

    looks: int = 0
    lost: bool = False
    unread: bool = False
    worst: float = 0.0

    def see(self, locked: Read, ber: Read) -> None:
        ratio = count(ber)
        self.looks += 1
        self.lost = self.lost or locked.value is False
        self.unread = self.unread or locked.value is not True or ratio is None
        self.worst = max(self.worst, ratio or 0.0)


class Patterns(Scripted):
    """Both modules generate and check at once."""

    kinds: tuple[Kind, ...] = ("pattern", "polling")

    def __init__(self) -> None:
        super().__init__()
        self._args = PatternArgs()
        self._seen: tuple[dict[int, Checked], dict[int, Checked]] = ({}, {})
        self._lasted_s = 0.0
        self._lane_bps = 0.0
        self.take(self._args)

    def take(self, args: PatternArgs) -> None:
        self._args = args
        self.lasts(args.adapt_s + args.measure_s + 60.0)

    async def script(self) -> Script:
        at = yield
        ends = ends_of(at, self.subject)
        self._lane_bps = _lane_bps(at, self.subject)
        for end in ends:
            self._demand(at, end)
        for end in ends:
            await self._pause(at, end)
        for role in ROLES:
            for end in ends:
                await self._switch_on(at, end, role)
        began_s = now_s = await self.now_s(at)
        while now_s - began_s < max(self._args.adapt_s, POLL_S):
            at = yield
            now_s = await self.now_s(at)
        # what was lost since the checkers began is latched: the first look takes it away
        for end in ends:
            await self._test(at, end)
        began_s = now_s
        while now_s - began_s < self._args.measure_s:
            at = yield
            now_s = await self.now_s(at)
            for seen, end in zip(self._seen, ends, strict=True):
                for lane in (await self._test(at, end)).lanes:
                    seen.setdefault(lane.index, Checked()).see(lane.locked, lane.ber)
        self._lasted_s = now_s - began_s

    def _demand(self, at: At, end: str) -> None:
        """Raises `NoData`, before anything is changed, where an end can't do it."""
        if not at.can(parse_subject(end).device, TestsPatterns):
            raise NoData(f"{end}: its platform can't send test patterns from a module")

    async def _pause(self, at: At, end: str) -> None:
        place = parse_subject(end)
        if at.can(place.device, PausesPolling):
            await at.change(place.device, PausesPolling, "set_polling", place.component, False)

    async def _switch_on(self, at: At, end: str, role: Role) -> None:
        """Raises `Refused` where the module takes the command and does not do it."""
        place = parse_subject(end)
        await at.change(place.device, TestsPatterns, "set_pattern", place.component, "media", role, True)
        told = [
            lane.generating if role == "generator" else lane.checking
            for lane in (await self._test(at, end)).lanes
        ]
        if not told or any(each.value is not True for each in told):
            raise Refused(f"{end}: not every lane's {role} runs, though it was told to")

    async def _test(self, at: At, end: str) -> PatternTest:
        place = parse_subject(end)
        arguments = (place.component or "", "media")
        sample: Sample[PatternTest] = await at.read(
            place.device, TestsPatterns, "pattern_test", arguments=arguments
        )
        return sample.facts

    def found(self) -> tuple[Measurement, ...]:
        """Nothing of a test that was not carried through."""
        if self._lasted_s <= 0.0:
            return ()
        bits = self._lane_bps * self._lasted_s
        return tuple(
            measured(f"{self.subject}#lane-{lane}", quantity, read)
            for seen, (locked, ber) in zip(self._seen, QUANTITIES, strict=True)
            for lane, checked in sorted(seen.items())
            for quantity, read in ((locked, value(not checked.lost)), (ber, _bound(checked, bits)))
        )


def _bound(checked: Checked, bits: float) -> Read:
    """The worst ratio that was told, but never less than what so many bits without an error prove."""
    if checked.unread or bits <= 0.0:
        return NOT_AVAILABLE
    return value(max(checked.worst, poisson_upper(0) / bits))


def _lane_bps(at: At, subject: str) -> float:
    """Line rate of one lane, by the inventory; 0 where it does not tell."""
    port = at.inventory.ports.get(subject)
    lanes = Intent(at.inventory).lanes(subject)
    if port is None or port.speed_gbps is None or not lanes:
        return 0.0
    return port.speed_gbps * 1e9 * LINE_RATE_FACTOR / lanes


SPECS = (
    Spec(
        name="link.patterns",
        kind="action",
        title="Test patterns lane by lane",
        about="Has the modules at both ends of a cable send a test pattern to each other, and counts the"
        " errors of each lane both ways, without the hosts.",
        over="port",
        args=PatternArgs,
        dangerous=True,
        requires=(
            Requires("outcome"),
            *(Requires(quantity, per="lane") for pair in QUANTITIES for quantity in pair),
        ),
        run=Patterns,
    ),
)
