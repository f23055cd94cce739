"""What drivers that can put a configuration on trial have in common: each call is their platform's own, over
that platform's wire, and what keeps a change comes over a new session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from bringup.model.facts import Trial
from bringup.model.inventory import Device
from bringup.transport.base import HttpExchange, Links, Shell

Wire = TypeVar("Wire")
WireOf = TypeVar("WireOf", contravariant=True)


class Trials(Protocol[WireOf]):
    """How one platform does it: its module `…_trial`."""

    async def read_trial(self, wire: WireOf, name: str, /, *, device: str) -> Trial: ...

    async def read_waiting(self, wire: WireOf, /, *, device: str) -> tuple[str, ...]: ...

    async def begin(
        self, wire: WireOf, name: str, lines: tuple[str, ...], revert_after_s: float, /, *, device: str
    ) -> None: ...

    async def keep(self, wire: WireOf, name: str, save: bool, /, *, device: str) -> None: ...

    async def revert(self, wire: WireOf, name: str, /, *, device: str) -> None: ...


class ConfigOnTrial(Generic[Wire]):
    """`ConfiguresOnTrial` for a driver: `trials` does it, over the wire that `open_wire` opens."""

    _device: Device
    _links: Links

    def __init__(self, trials: Trials[Wire], open_wire: Callable[[Links], Awaitable[Wire]]) -> None:
        self._trials = trials
        self._open_wire = open_wire

    async def config_trial(self, name: str) -> Trial:
        return await self._trials.read_trial(
            await self._open_wire(self._links), name, device=self._device.name
        )

    async def config_trials(self) -> tuple[str, ...]:
        return await self._trials.read_waiting(await self._open_wire(self._links), device=self._device.name)

    async def config_try(self, name: str, lines: tuple[str, ...], revert_after_s: float) -> None:
        wire = await self._open_wire(self._links)
        await self._trials.begin(wire, name, lines, revert_after_s, device=self._device.name)

    async def config_keep(self, name: str, save: bool) -> None:
        """Over a new session: a change that cuts its own path is not kept (field rule 9)."""
        fresh = self._links.fresh()
        try:
            await self._trials.keep(await self._open_wire(fresh), name, save, device=self._device.name)
        finally:
            await fresh.close()

    async def config_revert(self, name: str) -> None:
        await self._trials.revert(await self._open_wire(self._links), name, device=self._device.name)


async def over_shell(links: Links) -> Shell:
    return await links.shell()


async def over_eapi(links: Links) -> HttpExchange:
    return await links.eapi()
