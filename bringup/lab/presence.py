"""One service of one device on the network: there when its device is, else as absent as its device."""

from __future__ import annotations

import asyncio
import socket
from typing import Literal

from bringup.lab.absence import Placeholder
from bringup.lab.server import LabServer
from bringup.lab.state import Device

Presence = Literal["there", "closed", "gone"]
RETRIES = 40
RETRY_S = 0.05


def presence_of(device: Device) -> Presence:
    """`there`: it answers; `closed`: booting, nobody listens yet; `gone`: nothing is at the address."""
    if not device.reachable:
        return "gone"
    if device.booted:
        return "there"
    return "closed" if device.boot_started_at is not None else "gone"


class _SilentDatagrams:
    """A UDP address at which nobody answers; datagrams are swallowed rather than bounced."""

    def __init__(self, address: str, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((address, port))
        except OSError:
            self._socket.close()
            raise
        self.port = int(self._socket.getsockname()[1])

    def close(self) -> None:
        self._socket.close()


class Service:
    """Holds the address of one server for as long as the lab stands, whoever answers there at the moment."""

    def __init__(self, device: Device, name: str, server: LabServer, address: str, port: int) -> None:
        self.device = device.name
        self.name = name
        self.address = address
        self.port = port
        self._device = device
        self._server = server
        self._now: Presence | None = None
        self._placeholder: Placeholder | _SilentDatagrams | None = None

    async def follow(self) -> None:
        """Be what the device is, as the world was last reckoned.

        Raises:
            OSError: the port is taken by somebody else.
        """
        wanted = presence_of(self._device)
        if wanted == self._now:
            return
        await self._leave()
        for _ in range(RETRIES if self.port else 1):
            try:
                await self._enter(wanted)
                break
            except OSError:
                # Connections that just ended may hold the port for a moment.
                await asyncio.sleep(RETRY_S)
        else:
            await self._enter(wanted)
        self._now = wanted

    async def _enter(self, wanted: Presence) -> None:
        if wanted == "there":
            self.port = await self._server.start(self.address, self.port)
            return
        if self.name == "snmp":
            self._placeholder = _SilentDatagrams(self.address, self.port)
        else:
            self._placeholder = Placeholder(self.address, self.port, wanted)
        self.port = self._placeholder.port

    async def _leave(self) -> None:
        if self._placeholder is not None:
            self._placeholder.close()
            self._placeholder = None
        if self._now == "there":
            await self._server.stop()
        self._now = None

    async def stop(self) -> None:
        """Let the address go."""
        await self._leave()
