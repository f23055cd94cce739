"""The bench: opens each device once, keeps it open, and bounds what runs at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec

from bringup.driver.registry import Platform, find_platform
from bringup.model.errors import NoData
from bringup.model.inventory import Device, Inventory
from bringup.transport.base import Exchange, Links


class Bounds(msgspec.Struct, frozen=True):
    """How much may run at once: in all, over one kind of transport, and at one device.

    Devices' figures: field rule 29 (two requests at a BMC) and network reference section 3 (one outstanding
    request a PDU).
    """

    total: int = 64
    transport: int = 32
    device: int = 4
    bmc: int = 2
    pdu: int = 1


HEAVY = frozenset({"optics", "module_states", "module_memory"})
"""Reads that make a device talk to each of its modules over a slow bus: one at a time (field rule 29)."""


class Bench:
    """Devices of one run. `links` makes the transports of a device; nothing is opened before it is needed."""

    def __init__(self, inventory: Inventory, links: Callable[[Device], Links], bounds: Bounds) -> None:
        self._inventory = inventory
        self._links_of = links
        self._bounds = bounds
        self._platforms: dict[str, Platform] = {}
        self._links: dict[str, Links] = {}
        self._drivers: dict[str, object] = {}
        self._capable: dict[tuple[type, type], bool] = {}
        self._total = asyncio.Semaphore(bounds.total)
        self._transports: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(bounds.transport)
        )
        self._devices: dict[str, asyncio.Semaphore] = {}
        self._heavy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._collecting: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def driver(self, name: str) -> object:
        """The driver of the device called `name`; made once. Does no I/O.

        Raises:
            NoData: the inventory has no such device.
        """
        if name not in self._drivers:
            device = self._inventory.devices.get(name)
            if device is None:
                raise NoData(f"the inventory has no device {name!r}")
            # Finding one lists a folder: once a platform, not once a device.
            if device.platform not in self._platforms:
                self._platforms[device.platform] = find_platform(device.platform)
            platform = self._platforms[device.platform]
            self._links[name] = self._links_of(device)
            self._drivers[name] = platform.open(device, self._links[name])
        return self._drivers[name]

    def can(self, name: str, capability: type) -> bool:
        """Whether that device's driver has `capability`."""
        driver = self.driver(name)
        # Asking a protocol costs more than judging a measurement: once for each kind of driver.
        asked = (type(driver), capability)
        if asked not in self._capable:
            self._capable[asked] = isinstance(driver, capability)
        return self._capable[asked]

    async def call(
        self,
        name: str,
        capability: type,
        method: str,
        *arguments: object,
        deadline_s: float | None = None,
        alone: bool = False,
        begun: Callable[[], None] | None = None,
    ) -> tuple[Any, tuple[Exchange, ...]]:
        """Call one method of a driver, within the bounds; returns its result and the exchanges behind it.

        The deadline runs from when there is room: waiting for one's turn says nothing about a device; `begun`
        is called then. `alone`: nothing else of this run is asked of the device meanwhile (field rule 8,
        `exclusive`). The exchanges of a failed call stay in the transcript: `leftover` takes them.

        Raises:
            TimeoutError: the device took longer.
        """
        driver = self.driver(name)
        if not self.can(name, capability):
            platform = self._inventory.devices[name].platform
            raise NoData(
                f"{name}: the platform {platform} does not tell {method.replace('_', ' ')}",
                "Leave this device out of the step, or measure it by hand.",
            )
        async with self._room(name, alone, heavy=method in HEAVY), asyncio.timeout(deadline_s):
            if begun is not None:
                begun()
            result = await getattr(driver, method)(*arguments)
        return result, self.leftover(name)

    def pace_s(self, name: str, method: str) -> float:
        """How often, at most, it is worth asking a device for something: as often as its platform looks."""
        if name not in self._inventory.devices:
            return 0.0
        self.driver(name)
        return self._platforms[self._inventory.devices[name].platform].samples_s.get(method, 0.0)

    def leftover(self, name: str) -> tuple[Exchange, ...]:
        """What the transcript of a device holds, taken out."""
        links = self._links.get(name)
        return links.transcript.take() if links is not None else ()

    @asynccontextmanager
    async def _room(self, name: str, alone: bool, *, heavy: bool) -> AsyncIterator[None]:
        device = self._inventory.devices[name]
        own = {"bmc": self._bounds.bmc, "pdu": self._bounds.pdu}.get(device.role, self._bounds.device)
        if name not in self._devices:
            self._devices[name] = asyncio.Semaphore(own)
        transports = self._platforms[device.platform].transports
        transport = transports[0] if transports else ""
        async with AsyncExitStack() as held:
            if heavy:
                await held.enter_async_context(self._heavy[name])
            if alone:
                # One at a time collects all of a device's turns, or two would each wait for the other's.
                await held.enter_async_context(self._collecting[name])
            for _ in range(own if alone else 1):
                await held.enter_async_context(self._devices[name])
            await held.enter_async_context(self._transports[transport])
            await held.enter_async_context(self._total)
            yield

    async def close(self) -> None:
        """Close every connection; a device that does not let go in five seconds is left."""

        async def one(links: Links) -> None:
            try:
                async with asyncio.timeout(5):
                    await links.close()
            except TimeoutError:
                return

        await asyncio.gather(*(one(links) for links in self._links.values()), return_exceptions=True)
