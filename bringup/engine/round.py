"""One round of a step: every task reads through it, and each table of each device is read once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from bringup.check.base import Sample
from bringup.engine.bench import Bench
from bringup.engine.clock import EngineClock
from bringup.engine.desk import Desk
from bringup.engine.ledger import Ledger
from bringup.model.baseline import key_of
from bringup.model.errors import TimedOut
from bringup.model.event import EvidenceAttached
from bringup.model.inventory import Inventory
from bringup.model.mating import out_since
from bringup.model.measurement import Scalar
from bringup.model.verdict import Nature
from bringup.transport.base import Exchange

Arguments = tuple[str | float, ...]
Key = tuple[str, str, str, Arguments]


class Kept(msgspec.Struct, frozen=True):
    """Exchanges behind one read of one device."""

    device: str
    name: str
    exchanges: tuple[Exchange, ...]


class Round:
    """Shared by the tasks of one round. `deadline_s` bounds each read; `window_s` what `window` waits.

    With `keep` the exchanges behind a good read go there at once, so that they reach the disk while other
    devices are still read; all others gather in `evidence`.
    """

    def __init__(
        self,
        bench: Bench,
        clock: EngineClock,
        desk: Desk,
        deadline_s: float,
        window_s: float = 0.0,
        *,
        keep: Callable[[Kept], Awaitable[None]] | None = None,
        nature: Nature = Nature.PURE,
    ) -> None:
        self._bench = bench
        self._clock = clock
        self._desk = desk
        self._deadline_s = deadline_s
        self._window_s = window_s
        self._hand_over = keep
        self._alone = nature is Nature.EXCLUSIVE
        self._reads: dict[Key, asyncio.Task[Sample[Any]]] = {}
        self.evidence: list[Kept] = []

    async def read(
        self, device: str, capability: type, method: str, moment: str, arguments: Arguments
    ) -> Sample[Any]:
        key = (device, method, moment, arguments)
        if key not in self._reads:
            self._reads[key] = asyncio.create_task(self._read(device, capability, method, moment, arguments))
        return await asyncio.shield(self._reads[key])

    async def _read(
        self, device: str, capability: type, method: str, moment: str, arguments: Arguments
    ) -> Sample[Any]:
        began, wall = self._clock.now_s(), self._clock.wall_unix_s()

        def begun() -> None:
            nonlocal began, wall
            began, wall = self._clock.now_s(), self._clock.wall_unix_s()

        try:
            facts, exchanges = await self._bench.call(
                device,
                capability,
                method,
                *arguments,
                deadline_s=self._deadline_s,
                alone=self._alone,
                begun=begun,
            )
        except TimeoutError:
            raise TimedOut(
                f"{device}: {method.replace('_', ' ')} took longer than {self._deadline_s:g} s",
                "Look at the device's load; a longer `deadline` in the playbook gives it more time.",
            ) from None
        finally:
            self._keep(device, method, moment, self._bench.leftover(device))
        self._keep(device, method, moment, exchanges)
        ended, wall_end = self._clock.now_s(), self._clock.wall_unix_s()
        while self._hand_over is not None and self.evidence:
            await self._hand_over(self.evidence.pop(0))
        return Sample(
            facts=facts,
            at_s=(began + ended) / 2,
            took_s=wall_end - wall,
            wall_unix_s=(wall + wall_end) / 2,
        )

    @property
    def pace_s(self) -> float:
        """How long to wait before this round's readings can be others: the slowest platform's own period."""
        asked = {(device, method) for device, method, _, _ in self._reads}
        return max((self._bench.pace_s(device, method) for device, method in asked), default=0.0)

    def _keep(self, device: str, method: str, moment: str, exchanges: tuple[Exchange, ...]) -> None:
        if exchanges:
            name = method if moment == "now" else f"{method} ({moment})"
            self.evidence.append(Kept(device, name, exchanges))

    async def window(self, share: float = 1.0) -> None:
        await self._desk.rest(self._clock, self._window_s * share)

    async def change(self, device: str, capability: type, method: str, *arguments: object) -> None:
        """Change a device; every reading taken before is forgotten, whatever the outcome."""
        try:
            _, exchanges = await self._bench.call(
                device, capability, method, *arguments, deadline_s=self._deadline_s
            )
            self._keep(device, method, "now", exchanges)
        except TimeoutError:
            raise TimedOut(
                f"{device}: {method.replace('_', ' ')} did not answer within {self._deadline_s:g} s",
                "It may have happened all the same: the state is read next.",
            ) from None
        finally:
            self._keep(device, method, "now", self._bench.leftover(device))
            self._reads.clear()

    def wall_unix_s(self) -> float:
        return self._clock.wall_unix_s()

    async def close(self) -> None:
        """End reads that nobody waits for any more."""
        for task in self._reads.values():
            task.cancel()
        await asyncio.gather(*self._reads.values(), return_exceptions=True)


class TaskAt:
    """What one task's check or action is given: `bringup.check.base.At`."""

    def __init__(
        self,
        inventory: Inventory,
        bench: Bench,
        round_: Round,
        subjects: tuple[str, ...],
        args: Any,
        ledger: Ledger | None = None,
    ) -> None:
        self.inventory = inventory
        self.subjects = subjects
        self.args = args
        self._bench = bench
        self._round = round_
        self._ledger = ledger

    def attached(self, end: str) -> tuple[EvidenceAttached, ...]:
        known = self._ledger.attached if self._ledger is not None else ()
        return tuple(each for each in known if each.subject == end)

    def unmated_since(self, end: str, seq: int) -> bool:
        return self._ledger is None or out_since(self._ledger.matings, end, seq)

    def first_read(self, subject: str, quantity: str) -> Scalar | None:
        return self._ledger.baseline.get(key_of(subject, quantity)) if self._ledger is not None else None

    def wall_unix_s(self) -> float:
        return self._round.wall_unix_s()

    def can(self, device: str, capability: type) -> bool:
        return self._bench.can(device, capability)

    async def read(
        self,
        device: str,
        capability: type,
        method: str,
        moment: str = "now",
        arguments: Arguments = (),
    ) -> Sample[Any]:
        return await self._round.read(device, capability, method, moment, arguments)

    async def window(self, share: float = 1.0) -> None:
        await self._round.window(share)

    async def change(self, device: str, capability: type, method: str, *arguments: object) -> None:
        await self._round.change(device, capability, method, *arguments)
