"""Tries the TCP services of an inventory's devices: a connection each, opened and closed, nothing said."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from bringup.model.errors import DeviceError
from bringup.model.inventory import Inventory

SERVICES = ("ssh", "gnmi", "redfish", "eapi", "nvue")
AT_ONCE = 64
DEADLINE_S = 5.0


class Tried(NamedTuple):
    """One service of one device; `error` None where it took the connection."""

    device: str
    service: str
    port: int
    error: DeviceError | None


def try_all(inventory: Inventory, deadline_s: float = DEADLINE_S) -> list[Tried]:
    """Every TCP service in the inventory's order. Needs no secret, and logs in nowhere."""
    wanted = [
        (device.name, device.address, service, settings.port)
        for device in inventory.device
        for service in SERVICES
        if (settings := getattr(device, service)) is not None
    ]
    return asyncio.run(_try(wanted, deadline_s))


async def _try(wanted: list[tuple[str, str, str, int]], deadline_s: float) -> list[Tried]:
    from bringup.transport.failure import Peer
    from bringup.transport.tcp import connect_tcp

    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, address: str, service: str, port: int) -> Tried:
        peer = Peer(device=name, address=address, port=port, service=service)
        async with room:
            try:
                (await connect_tcp(peer, deadline_s=deadline_s)).close()
            except DeviceError as error:
                return Tried(name, service, port, error)
        return Tried(name, service, port, None)

    return await asyncio.gather(*(one(*each) for each in wanted))
