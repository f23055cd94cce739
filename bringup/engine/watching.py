"""Live watching of a port: both ends of its link are read each second, and each look is in the record.

A look is a `Watched`, and each reading that came since the last one a `Measured` in the stage `watch`, which
no plan has: neither judges anything in the run. Each chunk of readings is a `SeriesChunk` for every quantity,
with the samples in a blob. A watch ends when its time is up, when whoever wanted it no longer does, or with
the runner. What happens on a crash: nobody goes on watching; the port was only read.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing

import msgspec

from bringup.driver.capability import HasOptics, HasPorts
from bringup.engine.bench import Bench
from bringup.engine.book import Book, OfStep, measured
from bringup.engine.clock import EngineClock
from bringup.engine.judging import Judging
from bringup.engine.live import LinkLive
from bringup.engine.looking import Looking, each_look
from bringup.model.errors import InputError, JournalError
from bringup.model.event import Noted, SeriesChunk, Watched
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement
from bringup.model.plan import Task
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading
from bringup.model.watch import STAGE as WATCH
from bringup.model.watch import Live, Phase

CHUNK = 5
"""Looks in a chunk."""
DEFAULT_S = 600.0
LONGEST_S = 24 * 3600.0
MOST = 8
"""Ports watched at once."""
SAMPLES = "application/x-ndjson"
KEPT = frozenset(
    {
        "optic_present",
        "oper_up",
        "temperature_c",
        "rx_power_dbm",
        "tx_power_dbm",
        "bias_ma",
        "pre_fec_ber_upper",
        "uncorrectable_codewords",
        "flap_count",
    }
)
"""What is kept of each look. No identity: a module that is out for cleaning is not another one."""
LEASE_S = 15.0
"""Real time for which a port is read on after a console last said that it looks at it (each second)."""
MOST_CONSOLES = 256
MEANT = 2
"""So many times in a row a console must say so: a key that was hit by mistake begins nothing."""
AT_WORK = frozenset({Phase.UNPLUGGED, Phase.HANDS_OFF, Phase.WRONG_PORT})


class Point(msgspec.Struct, frozen=True):
    """One number of a chunk's blob: when it was read (seconds since 1970), of what, and how much."""

    at: float
    subject: str
    quantity: str
    value: float


class Running(msgspec.Struct):
    """One watch. It lasts until `until_s` of the world, and as long as a console looks (`leased_s`, real
    time). `wanted_by` are those who asked for it by command.
    """

    task: asyncio.Task[None]
    until_s: float
    wanted_by: set[str]
    leased_s: float = 0.0
    live: Live | None = None


class Watching:
    """Watches of one runner. One event loop only."""

    def __init__(
        self,
        bench: Bench,
        book: Book,
        clock: EngineClock,
        inventory: Inventory,
        *,
        tasks: Sequence[Task] = (),
        judging: Judging | None = None,
        speed: float = 1.0,
        real_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tasks` are the plan's: by their limits a look is judged."""
        self._bench = bench
        self._book = book
        self._clock = clock
        self._inventory = inventory
        self._tasks = tasks
        self._judging = judging if judging is not None else Judging(inventory)
        self._speed = speed
        self._real_s = real_s
        self._running: dict[str, Running] = {}
        self._looking: dict[int, tuple[str, int]] = {}
        self._closed = False
        self._counts: dict[str, int] = defaultdict(int)

    @property
    def active(self) -> tuple[str, ...]:
        return tuple(name for name, one in self._running.items() if not one.task.done())

    def at_work(self, subjects: Iterable[str]) -> str | None:
        """A port among these that somebody has hands on at this moment, as its own readings show."""
        wanted = set(subjects)
        for port in self.active:
            live = self._running[port].live
            if live is None or live.phase not in AT_WORK or wanted.isdisjoint((port, live.far_end)):
                continue
            if live.phase is not Phase.HANDS_OFF or live.plugged_s is not None:
                return port
        return None

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

    async def start(self, port: str, seconds: float, by: str, who: str = "") -> None:
        """Watch from now on. Who joins a watch that runs sees what it has seen; it lasts as long as the
        longest wish.
        """
        until_s = self._clock.now_s() + seconds
        await self._book.append(Noted(text=f"watching for {seconds:g} s", by=by, subject=port))
        running = self._begun(port)
        running.until_s = max(running.until_s, until_s)
        running.wanted_by.add(who)

    async def looked_at(self, peer: int, port: str, by: str) -> None:
        """An operator's console, connection `peer`, looks at a port now; at none with an empty one. What
        can't be watched is left alone.
        """
        before, times = self._looking.pop(peer, ("", 0))
        if not port or self._closed:
            return
        if len(self._looking) > MOST_CONSOLES:
            self._looking.clear()
        times = times + 1 if before == port else 1
        self._looking[peer] = (port, times)
        if times < MEANT:
            return
        if port not in self.active:
            try:
                self.check(port, None)
            except InputError:
                return
            await self._book.append(Noted(text="watching while a console looks at it", by=by, subject=port))
        self._begun(port).leased_s = self._real_s() + LEASE_S

    def _begun(self, port: str) -> Running:
        if port not in self.active:
            self._counts[port] += 1
            task = asyncio.create_task(self._watch(port, self._counts[port]))
            self._running[port] = Running(task, 0.0, set())
        return self._running[port]

    async def stop(self, port: str, who: str = "") -> bool:
        """Want it no longer. It ends when nobody else wants it, or when who never wanted it says so; whether
        it has ended.
        """
        running = self._running.get(port)
        if running is None or running.task.done():
            return False
        others = running.wanted_by - {who}
        if who in running.wanted_by and (others or running.leased_s > self._real_s()):
            running.wanted_by = others
            running.until_s = running.until_s if others else 0.0
            return False
        del self._running[port]
        running.task.cancel()
        await asyncio.gather(running.task, return_exceptions=True)
        return True

    async def close(self) -> None:
        """End all of them, and begin none for a console any more: the run's record is about to be closed."""
        self._closed = True
        for port, running in tuple(self._running.items()):
            running.wanted_by.clear()
            await self.stop(port)

    async def _watch(self, port: str, attempt: int) -> None:
        far = self._inventory.far_ends.get(port)
        looking = Looking(self._bench, self._clock, filter(None, (port, far)), speed=self._speed)
        link = LinkLive(
            port,
            self._inventory,
            looking,
            self._tasks,
            judging=self._judging,
            now_s=self._clock.now_s(),
            elsewhere=lambda: self.active,
        )
        points: list[Point] = []
        live: Live | None = None
        try:
            async with aclosing(each_look(looking, self._clock)) as looks:
                async for now_s in looks:
                    live, ends = link.look(now_s)
                    await self._tell(live, [one for end in ends for one in end.news], attempt, points)
                    if live.look % CHUNK == 0:
                        await self._chunk(points, attempt)
                    running = self._running[port]
                    if now_s >= running.until_s and self._real_s() >= running.leased_s:
                        break
        except JournalError:
            return  # whoever writes next hears of it, and ends the run
        finally:
            if self._writable():
                await self._chunk(points, attempt)
                if live is not None:
                    ended = msgspec.structs.replace(live, phase=Phase.ENDED, phase_s=0.0)
                    await self._book.offer(Watched(subject=port, attempt=attempt, live=ended))

    async def _tell(self, live: Live, news: Sequence[Measurement], attempt: int, points: list[Point]) -> None:
        if live.subject in self._running:
            self._running[live.subject].live = live
        at = self._clock.wall_unix_s()
        for one in (each for each in news if each.quantity in KEPT):
            at_step = OfStep(stage=WATCH, step=WATCH, subject=one.subject, attempt=attempt)
            await self._book.offer(measured(at_step, one))
            if isinstance(one.value, int | float) and not isinstance(one.value, bool):
                points.append(Point(at, one.subject, one.quantity, float(one.value)))
        await self._book.offer(Watched(subject=live.subject, attempt=attempt, live=live))

    def _writable(self) -> bool:
        try:
            self._book.journal.assert_epoch()
        except JournalError:
            return False
        return True

    async def _chunk(self, points: list[Point], attempt: int) -> None:
        """One blob, and one event for each quantity in it; `points` is empty afterwards."""
        taken = tuple(points)
        points.clear()
        if not taken:
            return
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
