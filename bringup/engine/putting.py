"""Put-to-port: a person scans a cable's label, is told its port, and the run looks where the plug goes in.

While a cable is in hand the ports of the devices around it are read: often enough that a plug which goes in
anywhere there is seen within `SEEN_WITHIN_S` of the world. Each change is a `CablePut` in the record; nothing
here makes a verdict. A watch ends when the far end is proven, when the person takes the next cable, when its
time is up, or with the runner. What happens on a crash: nobody goes on looking; ports were only read, and a
locate light goes out by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import TypedDict

import msgspec

from bringup.check.link import named
from bringup.driver.capability import HasOptics, HasPorts, Locates, SeesNeighbors
from bringup.engine.bench import Bench
from bringup.engine.book import Book
from bringup.engine.clock import EngineClock
from bringup.engine.link_end import NOTHING_DBM
from bringup.engine.looking import Looking, Told, each_look
from bringup.engine.plugs import LIGHT, LINK, MODULE, PlugWatch, PortLook
from bringup.model.errors import BringupError, InputError, JournalError
from bringup.model.event import CablePut
from bringup.model.facts import Neighbor, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.label import LabelEnd, ends_named
from bringup.model.measurement import Read
from bringup.model.putting import LAST, PutState
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading

SEEN_WITHIN_S = 10.0
READS: tuple[tuple[type, str], ...] = (
    (HasPorts, "ports"),
    (HasOptics, "optics"),
    (SeesNeighbors, "neighbors"),
)
NEAR_PACE_S, FAR_PACE_S, TABLE_PACE_S = 1.0, 3.0, 5.0
"""World time between two reads: of the ports of the plug's own two devices, of others', and of modules and
neighbours, which are slower tables.
"""
MOST_DEVICES = 12
"""Devices around the port that are read: more would be a load, and a hand seldom errs so far."""
MOST = 4
"""Cables in hand at once: as many people."""
LASTS_S = 900.0
"""Real time after which a cable that nobody has put anywhere is let go."""
LIGHT_S = 120.0
"""Real time for which a locate light is asked to blink; it goes out by itself."""
LIGHT_DEADLINE_S = 15.0
NO_LIGHT = "none: the platform has no light for a port"


class InHand(msgspec.Struct):
    """One cable in one person's hand. `until_s` is real time."""

    end: LabelEnd
    scan: str
    by: str
    until_s: float
    task: asyncio.Task[None] | None = None
    last: CablePut | None = None
    light: str = ""


class _Whose(TypedDict):
    """What every `CablePut` of one hand carries."""

    label: str
    scan: str
    subject: str
    far_end: str
    by: str


class Putting:
    """The cables that people have in hand. One event loop only."""

    def __init__(
        self,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        inventory: Inventory,
        *,
        speed: float = 1.0,
        lights: bool = True,
        real_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `lights` no locate light is switched on: a run that only reads."""
        self._bench, self._book, self._clock, self._inventory = bench, book, clock, inventory
        self._speed, self._lights, self._real_s = speed, lights, real_s
        self._hands: dict[str, InHand] = {}
        self._closed = False

    @property
    def active(self) -> tuple[str, ...]:
        """The ports that the plugs in hand belong into."""
        return tuple(one.end.port for one in self._hands.values())

    def in_hand(self, who: str) -> str | None:
        """The port that the plug in somebody's hand belongs into."""
        hand = self._hands.get(who)
        return hand.end.port if hand is not None else None

    def find(self, scan: str, port: str = "") -> LabelEnd:
        """The plug that a scan means, of a cable's two the one that belongs into `port`.

        Raises:
            InputError: it is no label of the cable list, or its ports can't be read.
        """
        ends = ends_named(self._inventory, scan)
        if not ends:
            raise InputError(
                f"no cable of the list is labelled {scan[:60]!a}",
                "Scan it again, or type it as it is printed.",
            )
        wanted = [end for end in ends if port in ("", end.port)]
        if not wanted:
            raise InputError(
                f"{ends[0].label} has no end at {port!a}", f"Its ends: {', '.join(end.port for end in ends)}."
            )
        if not any(_can(self._bench, device, HasPorts) for device in self._devices(wanted[0])[:2]):
            raise InputError(f"nobody tells anything of {wanted[0].port}", "Put it in and watch the far end.")
        return wanted[0]

    def check_room(self, who: str) -> None:
        """
        Raises:
            InputError: so many cables are in hand already.
        """
        if who not in self._hands and len(self._hands) >= MOST:
            raise InputError(
                f"{MOST} cables are in hand already", f"They belong into {', '.join(self.active)}."
            )

    async def start(self, end: LabelEnd, scan: str, by: str, who: str) -> None:
        """Look from now on; the cable that the same person had in hand before is let go."""
        await self.stop(who)
        if self._closed:
            return
        hand = self._hands[who] = InHand(end, scan, by, self._real_s() + LASTS_S)
        await self._tell(hand, CablePut(**self._of(hand), state=PutState.READING, light=hand.light))
        hand.task = asyncio.create_task(self._look(who, hand))

    async def stop(self, who: str) -> bool:
        """The person has this cable in hand no longer; whether there was one."""
        hand = self._hands.pop(who, None)
        if hand is None:
            return False
        await self._end(hand)
        return True

    async def state(self, who: str) -> None:
        """The person says that the plug is in, and no reading has shown it."""
        hand = self._hands.pop(who, None)
        if hand is not None:
            await self._cancel(hand)
            await self._tell(hand, CablePut(**self._of(hand), state=PutState.STATED, light=hand.light))

    async def close(self) -> None:
        """End all of them: the run's record is about to be closed."""
        self._closed = True
        for who in tuple(self._hands):
            await self.stop(who)

    async def _cancel(self, hand: InHand) -> None:
        if hand.task is not None:
            hand.task.cancel()
            await asyncio.gather(hand.task, return_exceptions=True)

    async def _end(self, hand: InHand) -> None:
        await self._cancel(hand)
        last = hand.last
        if last is not None and last.state not in LAST and self._writable():
            with suppress(JournalError):  # whoever writes next hears of it
                await self._book.append(msgspec.structs.replace(last, state=PutState.ENDED))

    async def _look(self, who: str, hand: InHand) -> None:
        """Until the far end is proven or the time is up; whoever cancels it writes how it ended."""
        devices = self._devices(hand.end)
        near = set(devices[:2])
        looking = Looking(
            self._bench,
            self._clock,
            devices,
            speed=self._speed,
            reads=READS,
            pace=lambda *ask: _pace_s(near, *ask),
        )
        plugs = _Reader(
            PlugWatch(hand.end.port, hand.end.far, self._inventory.far_ends), self._inventory, looking
        )
        lighting = asyncio.create_task(self._light(hand))
        try:
            async with aclosing(each_look(looking, self._clock)) as looks:
                async for _ in looks:
                    plugs.read(devices)
                    if await self._changed(hand, plugs, devices) or self._real_s() >= hand.until_s:
                        break
            self._hands.pop(who, None)
            if hand.last is not None and hand.last.state not in LAST:
                await self._tell(hand, msgspec.structs.replace(hand.last, state=PutState.ENDED))
        except JournalError:
            return  # whoever writes next hears of it, and ends the run
        finally:
            lighting.cancel()

    async def _changed(self, hand: InHand, plugs: _Reader, devices: tuple[str, ...]) -> bool:
        """Write what is another now; whether that was the last of it."""
        now = plugs.watch.now(set(self.active) - {hand.end.port})
        event = CablePut(
            **self._of(hand),
            state=now.state,
            observed=now.observed,
            witness=now.witness,
            within_s=now.within_s,
            named=now.named,
            belongs=now.belongs,
            blind=plugs.blind(devices),
            light=hand.light,
        )
        if event != hand.last:
            await self._tell(hand, event)
        return now.state in LAST

    def _of(self, hand: InHand) -> _Whose:
        end = hand.end
        return {"label": end.label, "scan": hand.scan, "subject": end.port, "far_end": end.far, "by": hand.by}

    async def _tell(self, hand: InHand, event: CablePut) -> None:
        hand.last = event
        await self._book.append(event)

    async def _light(self, hand: InHand) -> None:
        """Ask the port's locate light to blink; what goes wrong with a light is only told."""
        place = parse_subject(hand.end.port)
        if not self._lights:
            hand.light = "none: this run only reads"
        elif not _can(self._bench, place.device, Locates):
            hand.light = NO_LIGHT
        else:
            try:
                await self._bench.call(
                    place.device,
                    Locates,
                    "locate",
                    place.component or "",
                    LIGHT_S,
                    deadline_s=LIGHT_DEADLINE_S,
                )
                hand.light = f"blinks for {LIGHT_S:g} s"
            except TimeoutError:
                hand.light = "not known: no answer"
            except BringupError as error:
                hand.light = f"none: {error.message}"
            finally:
                self._bench.leftover(place.device)

    def _devices(self, end: LabelEnd) -> tuple[str, ...]:
        """The devices whose ports are read: those of the two plugs first, then what stands nearest."""
        own = [parse_subject(port).device for port in (end.port, end.far)]
        here = self._inventory.devices.get(own[0])
        cabled = {parse_subject(port).device for port in self._inventory.far_ends}
        around = [
            one
            for name, one in self._inventory.devices.items()
            if here is not None
            and one.rack == here.rack
            and name in cabled
            and _can(self._bench, name, HasPorts)
        ]
        unit = (here.unit if here is not None else None) or 0
        around.sort(key=lambda one: abs((one.unit or 0) - unit))
        names = dict.fromkeys((*own, *(one.name for one in around)))
        return tuple(names)[:MOST_DEVICES]

    def _writable(self) -> bool:
        try:
            self._book.journal.assert_epoch()
        except JournalError:
            return False
        return True


class _Reader:
    """Hands what devices told to a watch, each answer once."""

    def __init__(self, watch: PlugWatch, inventory: Inventory, looking: Looking) -> None:
        self.watch = watch
        self._inventory = inventory
        self._looking = looking
        self._seen: dict[tuple[str, str], int] = {}
        self._known = inventory.far_ends.keys() | inventory.ports.keys()

    def read(self, devices: tuple[str, ...]) -> None:
        for device in devices:
            for method, told in self._looking.all_told(device):
                if told.at_s is not None and self._seen.get((device, method)) != told.number:
                    self._seen[device, method] = told.number
                    self._take(device, told, told.at_s)

    def blind(self, devices: tuple[str, ...]) -> tuple[str, ...]:
        """Devices whose ports are not told now."""
        told = {device: self._looking.told(device, "ports") for device in devices}
        return tuple(
            device
            for device, one in told.items()
            if self._looking.asks(device) and (one is None or one.at_s is None or one.reason is not None)
        )

    def _take(self, device: str, told: Told, at_s: float) -> None:
        for fact in told.facts:
            if isinstance(fact, Port) and (port := self._port(device, fact.name)):
                self._see(port, at_s, LINK, fact.oper_up.value)
            elif isinstance(fact, Optic) and (port := self._port(device, fact.port)):
                self._see(port, at_s, MODULE, fact.present.value)
                self._see(port, at_s, LIGHT, _lit(fact))
            elif isinstance(fact, Neighbor) and (port := self._port(device, fact.local_port)):
                self.watch.hear(port, named(self._inventory, fact), at_s)

    def _see(self, port: str, at_s: float, witness: str, there: object) -> None:
        if isinstance(there, bool):
            self.watch.see(port, PortLook(at_s, {witness: there}))

    def _port(self, device: str, name: str) -> str:
        """Only ports that the inventory knows: a host has many interfaces that no hand plugs into."""
        subject = f"{device}/{name}"
        return subject if subject in self._known else ""


def _lit(optic: Optic) -> bool | None:
    """Whether any lane gets light; None where one of them, or all, tell nothing."""
    told = [_lane_lit(lane.rx_power_dbm) for lane in optic.lanes]
    if True in told:
        return True
    return None if not told or None in told else False


def _lane_lit(read: Read) -> bool | None:
    if read.reading is Reading.DARK:
        return False
    if isinstance(read.value, bool) or not isinstance(read.value, int | float):
        return None
    return read.value >= NOTHING_DBM


def _pace_s(near: set[str], device: str, method: str) -> float:
    if method != "ports":
        return TABLE_PACE_S
    return NEAR_PACE_S if device in near else FAR_PACE_S


def _can(bench: Bench, device: str, capability: type) -> bool:
    try:
        return bench.can(device, capability)
    except BringupError:
        return False
