"""Live watching of a port: it is read at the poll period, and each reading is an event like all others.

A reading is a `Measured` in the stage `watch`, which no plan has, so it judges nothing; each chunk of them is
a `SeriesChunk` for every quantity, with the samples in a blob. A watch ends when its time is up, when it is
stopped, or with the runner. What happens on a crash: nobody goes on watching; the port was only read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from bringup.driver.capability import HasOptics, HasPorts
from bringup.engine.bench import Bench
from bringup.engine.book import Book
from bringup.engine.clock import EngineClock
from bringup.model.errors import DeviceError, InputError, JournalError
from bringup.model.event import Measured, Noted, SeriesChunk
from bringup.model.facts import Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading

WATCH = "watch"
POLL_S = 2.0
"""World time between two looks (contracts, section 9); no tighter than a platform samples (field rule 29)."""
LEAST_S = 0.1
"""Real time between two looks, however fast the world runs."""
READ_DEADLINE_S = 20.0
CHUNK = 5
"""Looks in a chunk."""
DEFAULT_S = 600.0
LONGEST_S = 24 * 3600.0
MOST = 8
"""Ports watched at once."""
SAMPLES = "application/x-ndjson"


class Point(msgspec.Struct, frozen=True):
    """One number of a chunk's blob: when it was read (seconds since 1970), of what, and how much."""

    at: float
    subject: str
    quantity: str
    value: float


class Watching:
    """Watches of one runner. One event loop only."""

    def __init__(self, bench: Bench, book: Book, clock: EngineClock, inventory: Inventory) -> None:
        self._bench = bench
        self._book = book
        self._clock = clock
        self._inventory = inventory
        self._running: dict[str, asyncio.Task[None]] = {}
        self._counts: dict[str, int] = defaultdict(int)

    @property
    def active(self) -> tuple[str, ...]:
        return tuple(name for name, task in self._running.items() if not task.done())

    def check(self, port: str, for_s: str | None) -> float:
        """How long to watch, in seconds of the world.

        Raises:
            InputError: there is no such port, nobody can read it, or too much is watched.
        """
        try:
            seconds = DEFAULT_S if for_s is None else float(for_s)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= LONGEST_S:
            raise InputError(f"{for_s!r} is no time to watch for", f"From 1 to {LONGEST_S:g} seconds.")
        if port not in self._inventory.ports and port not in self._inventory.far_ends:
            raise InputError(f"the inventory has no port {port!r}", "Write it DEVICE/PORT.")
        device = parse_subject(port).device
        if device not in self._inventory.devices:
            raise InputError(f"{port}: the inventory has no device {device}", "Write it DEVICE/PORT.")
        if not (self._bench.can(device, HasOptics) or self._bench.can(device, HasPorts)):
            raise InputError(f"{device}: this platform tells nothing of its ports", "Watch the far end.")
        if len(self.active) >= MOST and port not in self.active:
            raise InputError(f"{MOST} ports are watched already", f"Stop one: {', '.join(self.active)}.")
        return seconds

    async def start(self, port: str, seconds: float, by: str) -> None:
        """Watch from now on; one that runs begins anew."""
        await self.stop(port)
        self._counts[port] += 1
        await self._book.append(Noted(text=f"watching for {seconds:g} s", by=by, subject=port))
        self._running[port] = asyncio.create_task(self._watch(port, seconds, self._counts[port]))

    async def stop(self, port: str) -> bool:
        """End a watch, with what it has read; whether there was one."""
        task = self._running.pop(port, None)
        if task is None or task.done():
            return False
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return True

    async def close(self) -> None:
        for port in tuple(self._running):
            await self.stop(port)

    async def _watch(self, port: str, seconds: float, attempt: int) -> None:
        until_s = self._clock.now_s() + seconds
        points: list[Point] = []
        looks = 0
        try:
            while self._clock.now_s() < until_s:
                at = self._clock.wall_unix_s()
                for measurement in await self._look(port):
                    await self._book.offer(_event(measurement, attempt))
                    if _numeric(measurement):
                        value = float(measurement.value)  # type: ignore[arg-type]
                        points.append(Point(at, measurement.subject, measurement.quantity, value))
                looks += 1
                if looks % CHUNK == 0:
                    await self._chunk(points, attempt)
                await asyncio.sleep(LEAST_S)
                await self._clock.sleep(POLL_S)
        except JournalError:
            return  # whoever writes next hears of it, and ends the run
        finally:
            if points and self._writable():
                await self._chunk(points, attempt)

    def _writable(self) -> bool:
        try:
            self._book.journal.assert_epoch()
        except JournalError:
            return False
        return True

    async def _look(self, port: str) -> list[Measurement]:
        """What the port's device tells of it now; nothing where it does not answer: the next look may."""
        subject = parse_subject(port)
        found: list[Measurement] = []
        for capability, method in ((HasPorts, "ports"), (HasOptics, "optics")):
            if not self._bench.can(subject.device, capability):
                continue
            try:
                # Alone, so that no exchange of a step's own read is taken for one of these.
                told, _ = await self._bench.call(
                    subject.device, capability, method, deadline_s=READ_DEADLINE_S, alone=True
                )
            except (DeviceError, TimeoutError):
                self._bench.leftover(subject.device)
                continue
            for one in told:
                if isinstance(one, Port) and one.name == subject.component:
                    found.append(measured(port, "oper_up", one.oper_up))
                elif isinstance(one, Optic) and one.port == subject.component:
                    found += _of_optic(port, one)
        return found

    async def _chunk(self, points: list[Point], attempt: int) -> None:
        """One blob, and one event for each quantity in it; `points` is empty afterwards."""
        taken = tuple(points)
        points.clear()
        lines = b"".join(msgspec.json.encode(point, order="sorted") + b"\n" for point in taken)
        blob = await self._book.journal.keep(lines, media_type=SAMPLES)
        series: dict[tuple[str, str], list[float]] = defaultdict(list)
        for point in taken:
            series[point.subject, point.quantity].append(point.value)
        for (subject, quantity), values in series.items():
            await self._book.offer(
                SeriesChunk(
                    stage=WATCH,
                    step=WATCH,
                    subject=subject,
                    attempt=attempt,
                    quantity=quantity,
                    unit=Measurement(subject=subject, quantity=quantity, reading=Reading.ABSENT).unit,
                    sha256=blob.sha256,
                    count=len(values),
                    minimum=min(values),
                    maximum=max(values),
                    mean=sum(values) / len(values),
                )
            )


def _of_optic(port: str, optic: Optic) -> Iterator[Measurement]:
    yield measured(port, "temperature_c", optic.temperature_c)
    for lane in optic.lanes:
        where = f"{port}#lane-{lane.index}"
        yield measured(where, "rx_power_dbm", lane.rx_power_dbm)
        yield measured(where, "tx_power_dbm", lane.tx_power_dbm)
        yield measured(where, "bias_ma", lane.bias_ma)


def _event(measurement: Measurement, attempt: int) -> Measured:
    return Measured(
        stage=WATCH,
        step=WATCH,
        subject=measurement.subject,
        attempt=attempt,
        quantity=measurement.quantity,
        unit=measurement.unit,
        value=measurement.value,
        reading=measurement.reading,
        age_s=measurement.age_s,
        accuracy=measurement.accuracy,
    )


def _numeric(measurement: Measurement) -> bool:
    return isinstance(measurement.value, int | float) and not isinstance(measurement.value, bool)
