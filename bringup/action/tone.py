"""The tone test: a port's light is switched off and on, and whichever receivers follow are at the other end
of its fibre. It finds which fibre is which without a link and without LLDP; lane by lane it shows lanes that
are crossed.

Receivers follow where they were lit before, are dark while the light is off, and lit again when it is back,
each time that it is done. Source: network reference, section 7 (test `tone`).
"""

from __future__ import annotations

from pydantic import Field

from bringup.action.feeding import Bindings
from bringup.action.lights import OFF_DBM, switch, way_of
from bringup.action.modules import Kind
from bringup.action.safety import Doubt, Unsafe
from bringup.action.scripted import Script, Scripted
from bringup.check.base import At, Sample
from bringup.check.optic import find_optic
from bringup.check.watching import in_world_time
from bringup.driver.capability import HasOptics, HoldsTransmitters
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData, Refused
from bringup.model.facts import Lane, Optic
from bringup.model.facts_module import Transmitters
from bringup.model.intent import Intent
from bringup.model.inventory import Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import Subject, parse_subject
from bringup.model.verdict import Reading

NOBODY = "nobody"
Receiver = tuple[str, int]
"""A port and a lane of its module."""


class ToneArgs(Written):
    """`rounds`: how often the light goes off and on. Each time it is waited for `hold_s`, in which every
    switch must have read its modules (most do once a minute). `lanes`: one lane after the other instead of
    all at once.
    """

    rounds: int = Field(default=2, ge=1, le=10)
    hold_s: float = Field(default=75.0, gt=0.0, le=600.0)
    lanes: bool = False


class Tone(Scripted):
    """Only this end's light is switched; every receiver of the run is listened to."""

    kinds: tuple[Kind, ...] = ("light",)
    finishes_after_s: float | None = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._args = ToneArgs()
        self._planned = ""
        self._heard: dict[int, frozenset[Receiver]] = {}
        self._listening = True
        self.take(self._args)

    def take(self, args: ToneArgs) -> None:
        self._args = args
        tones = args.rounds * (8 if args.lanes else 1)
        self.lasts((2 * tones + 1) * (args.hold_s + 20.0))

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where no transmitter can be switched by itself."""
        if way_of(at, subject) != "lanes":
            raise Unsafe(
                f"{subject}: its platform can't switch transmitters",
                "Run the test from the other end, or shut the port and look which receiver goes dark.",
                cause=subject,
            )
        return await super().precautions(at, subject, bindings)

    async def script(self) -> Script:
        at = yield
        self._planned = at.inventory.far_ends[self.subject]
        tones: tuple[tuple[int, ...], ...] = ((),)
        if self._args.lanes:
            tones = tuple((lane,) for lane in range(1, (Intent(at.inventory).lanes(self.subject) or 0) + 1))
            if not tones:
                raise NoData(f"{self.subject}: nobody says how many lanes its module has")
        for lanes in tones:
            lit = await _lit(at, self.subject)
            self._listening = self._listening and any(end == self._planned for end, _ in lit)
            following = lit
            for _ in range(self._args.rounds):
                for on in (False, True):
                    await self._switch(at, lanes, on=on)
                    began_s = now_s = await self.now_s(at)
                    while now_s - began_s < self._args.hold_s:
                        at = yield
                        now_s = await self.now_s(at)
                    seen = await _lit(at, self.subject)
                    self._listening = self._listening and await _is_new(at, self._planned, began_s)
                    following = following & seen if on else following - seen
            self._heard[lanes[0] if lanes else 0] = following

    async def _switch(self, at: At, lanes: tuple[int, ...], *, on: bool) -> None:
        """Raises `Refused` where the module takes the command and does not do it: nobody could follow."""
        await switch(at, self.subject, "lanes", on=on, lanes=lanes)
        place = parse_subject(self.subject)
        sample: Sample[Transmitters] = await at.read(
            place.device, HoldsTransmitters, "transmitters", arguments=(place.component or "",)
        )
        told = [each.disabled.value for each in sample.facts.lanes if not lanes or each.index in lanes]
        if not told or any(each is not (not on) for each in told):
            raise Refused(f"{self.subject}: its transmitters do not do what they are told")

    def found(self) -> tuple[Measurement, ...]:
        """Nothing of a test that was not carried through, and no `nobody` where the planned receiver was dark
        from the beginning, or its switch has not looked at it since: it could not have followed.
        """
        if not self._complete:
            return ()
        ends = {end for followers in self._heard.values() for end, _ in followers}
        told: Read = value(", ".join(sorted(ends)) or NOBODY)
        planned: Read = value(ends == {self._planned})
        if not ends and not self._listening:
            told = planned = NOT_AVAILABLE
        return (
            measured(self.subject, "tone_heard_at", told),
            measured(self.subject, "tone_as_planned", planned),
            *self._lanes(),
        )

    def _lanes(self) -> tuple[Measurement, ...]:
        if not self._args.lanes:
            return ()
        told: list[Measurement] = []
        for lane, followers in sorted(self._heard.items()):
            heard = ", ".join(f"{end}#lane-{index}" for end, index in sorted(followers)) or NOBODY
            told.append(measured(f"{self.subject}#lane-{lane}", "tone_lane", heard))
        straight = all(
            followers == frozenset({(self._planned, lane)}) for lane, followers in self._heard.items()
        )
        return (*told, measured(self.subject, "tone_lanes_straight", straight))


async def _lit(at: At, sender: str) -> frozenset[Receiver]:
    """Every receiving lane of the run that sees light; those of the sender itself don't count.

    Raises:
        DeviceError: a device can't be read: who can't be listened to might be the one who hears.
    """
    found: set[Receiver] = set()
    for device in dict.fromkeys(parse_subject(end).device for end in at.inventory.far_ends):
        if not at.can(device, HasOptics):
            continue
        sample: Sample[tuple[Optic, ...]] = await at.read(device, HasOptics, "optics")
        for optic in sample.facts:
            end = str(Subject(device, optic.port))
            if end != sender:
                found |= {(end, lane.index) for lane in optic.lanes if _sees(lane)}
    return frozenset(found)


async def _is_new(at: At, end: str, since_s: float) -> bool:
    """Whether what an end's module tells was read after that moment, as far as its switch says."""
    place = parse_subject(end)
    if not at.can(place.device, HasOptics):
        return False
    sample: Sample[tuple[Optic, ...]] = await at.read(place.device, HasOptics, "optics")
    optic = await find_optic(at, end)
    ages = [in_world_time(at, lane.rx_power_dbm).age_s for lane in optic.lanes] if optic is not None else []
    return bool(ages) and all(age is None or sample.at_s - age >= since_s for age in ages)


def _sees(lane: Lane) -> bool:
    told = lane.rx_power_dbm
    if told.reading is not Reading.VALUE or isinstance(told.value, bool):
        return False
    return isinstance(told.value, int | float) and told.value > OFF_DBM


SPECS = (
    Spec(
        name="link.tone",
        kind="action",
        title="Tone test",
        about="Switches a port's light off and on and looks at every receiver of the run: those that follow"
        " are at the other end of its fibre.",
        over="port",
        args=ToneArgs,
        dangerous=True,
        requires=(Requires("outcome"), Requires("tone_as_planned")),
        reports=("tone_heard_at", "tone_lane", "tone_lanes_straight"),
        run=Tone,
    ),
)
