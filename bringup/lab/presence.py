"""One service of one device on the network: there when its device is, else as absent as its device."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Literal

from bringup.lab.absence import Absence, Placeholder
from bringup.lab.configuration import path_cut
from bringup.lab.server import LabServer
from bringup.lab.state import Device

Presence = Literal["there", "closed", "gone"]
Answering = Callable[[], tuple[Device, LabServer] | None]
RETRIES = 40
RETRY_S = 0.05


def presence_of(device: Device) -> Presence:
    """`there`: it answers; `closed`: booting, nobody listens yet; `gone`: nothing is at the address."""
    if not device.reachable or path_cut(device):
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
    """Holds one address for as long as the lab stands, whoever answers there at the moment.

    `device` is whose address it is by plan; `answering` says who is plugged in there now, and with which
    server it would answer (None: nobody, or somebody who does not speak this protocol).
    """

    def __init__(self, device: str, name: str, address: str, port: int, answering: Answering) -> None:
        self.device = device
        self.name = name
        self.address = address
        self.port = port
        self._answering = answering
        self._now: tuple[Presence, LabServer | None] | None = None
        self._placeholder: Placeholder | _SilentDatagrams | None = None

    def _wanted(self) -> tuple[Presence, LabServer | None]:
        found = self._answering()
        if found is None:
            return "gone", None
        device, server = found
        presence = presence_of(device)
        return presence, server if presence == "there" else None

    async def release(self) -> None:
        """Let go of what is no longer so; `follow` puts what is so in its place."""
        if self._now is not None and self._wanted() != self._now:
            await self._leave()

    async def follow(self) -> None:
        """Be what is so now, as the world was last reckoned; after all have been released.

        Raises:
            OSError: the port is taken by somebody else.
        """
        wanted = self._wanted()
        if wanted == self._now:
            return
        await self._leave()
        for _ in range(RETRIES if self.port else 1):
            try:
                await self._enter(*wanted)
                break
            except OSError:
                # Connections that just ended may hold the port for a moment.
                await asyncio.sleep(RETRY_S)
        else:
            await self._enter(*wanted)
        self._now = wanted

    async def _enter(self, presence: Presence, server: LabServer | None) -> None:
        if server is not None:
            self.port = await server.start(self.address, self.port)
            return
        if self.name == "snmp":
            self._placeholder = _SilentDatagrams(self.address, self.port)
        else:
            absence: Absence = "closed" if presence == "closed" else "gone"
            self._placeholder = Placeholder(self.address, self.port, absence)
        self.port = self._placeholder.port

    async def _leave(self) -> None:
        if self._placeholder is not None:
            self._placeholder.close()
            self._placeholder = None
        if self._now is not None and self._now[1] is not None:
            await self._now[1].stop()
        self._now = None

    async def stop(self) -> None:
        """Let the address go."""
        await self._leave()
