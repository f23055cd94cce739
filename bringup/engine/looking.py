"""Reads one link over and over: both ends at once, each reading as often as its platform samples.

A device that is slow or silent holds up nobody else's reading; the next look at it may find it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from bringup.driver.capability import CountsFec, HasOptics, HasPorts
from bringup.engine.bench import Bench
from bringup.engine.clock import EngineClock
from bringup.model.errors import BringupError, DeviceError, NoData
from bringup.model.facts import Fact, Optic
from bringup.model.subject import parse_subject

EVERY_S = 1.0
"""World time between two questions to a device that samples no slower."""
LOOK_S = 0.9
"""World time between two looks: at least one a second, with room for what a look takes itself."""
POLL_S = 2.0
"""Real time in which an answer is expected at the latest, before it is called late."""
STALE_PERIODS = 2.0
LEAST_S = 0.1
"""Real time between two looks, however fast the world runs."""
READ_DEADLINE_S = 20.0
READS: tuple[tuple[type, str], ...] = (
    (HasPorts, "ports"),
    (HasOptics, "optics"),
    (CountsFec, "fec_counters"),
)
Row = TypeVar("Row", bound=Fact)
AFTER_SAMPLE_S = 1.0
"""How long after the platform's own sample is due it is asked for."""


class Told(msgspec.Struct, frozen=True):
    """The last answer of a device to one question, and what became of the last attempt to ask.

    `at_s` is when the answer was asked for (engine's clock), `every_s` the time between the last two of them,
    `failed_s` since when it fails.
    """

    facts: tuple[Fact, ...] = ()
    at_s: float | None = None
    every_s: float = 0.0
    number: int = 0
    reason: str | None = None
    words: str = ""
    failed_s: float | None = None


class Looking:
    """Reads the ends `subjects` for as long as `run` goes on. One event loop only."""

    def __init__(
        self,
        bench: Bench,
        clock: EngineClock,
        subjects: Iterable[str],
        *,
        speed: float = 1.0,
        reads: Sequence[tuple[type, str]] = READS,
        pace: Callable[[str, str], float] | None = None,
    ) -> None:
        """`pace` gives the world's seconds between two questions (device, method) in place of `pace_s`."""
        self._bench = bench
        self._pace = pace
        self._speed = speed
        self._clock = clock
        self._told: dict[tuple[str, str], Told] = {}
        devices = dict.fromkeys(parse_subject(each).device for each in subjects)
        self._reads = [
            (device, capability, method)
            for device in devices
            for capability, method in reads
            if _can(bench, device, capability)
        ]
        self.first = asyncio.Event()
        """Each question was answered, or failed, once."""

    def told(self, device: str, method: str) -> Told | None:
        """None where the platform does not tell it, or nobody has asked yet."""
        return self._told.get((device, method))

    def all_told(self, device: str) -> tuple[tuple[str, Told], ...]:
        """(question, answer) of all that was asked of a device so far."""
        return tuple((method, told) for (name, method), told in self._told.items() if name == device)

    def asks(self, device: str) -> bool:
        """Whether anything can be read of a device at all."""
        return any(each[0] == device for each in self._reads)

    def stale_after_s(self, device: str, method: str) -> float:
        """How old the last answer may be: twice its period (contracts, section 1), which is how often it
        comes, how often it is asked for, and no less than a poll of this machine.
        """
        told = self._told.get((device, method), Told())
        return STALE_PERIODS * max(self.pace_s(device, method), told.every_s, POLL_S * self._speed)

    def pace_s(self, device: str, method: str) -> float:
        if self._pace is not None:
            return self._pace(device, method)
        return max(EVERY_S, self._bench.pace_s(device, method))

    async def once(self) -> None:
        """Ask everything once, all at the same time."""
        await asyncio.gather(*(self._ask(*read) for read in self._reads))

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            for read in self._reads:
                group.create_task(self._go_on(*read))

    async def _go_on(self, device: str, capability: type, method: str) -> None:
        while True:
            await self._ask(device, capability, method)
            if len(self._told) == len(self._reads):
                self.first.set()
            rest_s = self._rest_s(device, method)
            await asyncio.gather(asyncio.sleep(LEAST_S), self._clock.sleep(rest_s))

    async def _ask(self, device: str, capability: type, method: str) -> None:
        known = self._told.get((device, method), Told())
        began_s = self._clock.now_s()
        try:
            # Alone, so that no exchange of a step's own read is taken for one of these.
            facts, _ = await self._bench.call(
                device, capability, method, deadline_s=READ_DEADLINE_S, alone=True
            )
            every_s = began_s - known.at_s if known.at_s is not None else self._clock.now_s() - began_s
            now = Told(facts=tuple(facts), at_s=began_s, every_s=every_s, number=known.number + 1)
        except TimeoutError:
            now = self._failed(known, "timeout", f"no answer in {READ_DEADLINE_S:g} s")
        except DeviceError as error:
            now = self._failed(known, error.reason, str(error))
        except BringupError as error:
            now = self._failed(known, "refused", str(error))
        except Exception as error:  # a fault of ours must not end the watch, nor make anything good
            now = self._failed(known, "crashed", f"{type(error).__name__}: {error}")
        if now.reason is not None:
            self._bench.leftover(device)
        self._told[device, method] = now

    def _failed(self, known: Told, reason: str, words: str) -> Told:
        since_s = known.failed_s if known.reason is not None else self._clock.now_s()
        return msgspec.structs.replace(known, reason=reason, words=words, failed_s=since_s)

    def _rest_s(self, device: str, method: str) -> float:
        """Until the platform has sampled again, by the age that it told; no sooner than a look."""
        pace_s = self.pace_s(device, method)
        if pace_s <= EVERY_S or method != "optics" or self._pace is not None:
            return pace_s
        ages = [_age_s(fact) for fact in self._told[device, method].facts if isinstance(fact, Optic)]
        known = [age for age in ages if age is not None]
        return max(EVERY_S, pace_s - max(known) + AFTER_SAMPLE_S) if known else pace_s


async def each_look(looking: Looking, clock: EngineClock) -> AsyncGenerator[float, None]:
    """When to look: each `LOOK_S`, the first time as soon as everything was asked once. Reads meanwhile."""
    reading = asyncio.create_task(looking.run())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY_S):
                await looking.first.wait()
        due_s = clock.now_s()
        while not reading.done():
            yield clock.now_s()
            due_s = max(due_s + LOOK_S, clock.now_s())
            await asyncio.gather(asyncio.sleep(LEAST_S), clock.sleep(max(0.0, due_s - clock.now_s())))
        await reading
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _can(bench: Bench, device: str, capability: type) -> bool:
    """A device that the inventory does not have tells nothing."""
    try:
        return bench.can(device, capability)
    except NoData:
        return False


def _age_s(optic: Optic) -> float | None:
    return max((lane.rx_power_dbm.age_s for lane in optic.lanes if lane.rx_power_dbm.age_s), default=None)


def rows_of(told: Told | None, kind: type[Row], key: str, name: str) -> list[Row]:
    """What a device lists under that name."""
    facts = told.facts if told is not None else ()
    return [one for one in facts if isinstance(one, kind) and getattr(one, key) == name]
