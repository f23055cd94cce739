"""One UDP conversation with one agent."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

from bringup.transport.failure import Peer, connect_timeout, network_error
from bringup.transport.tcp import addresses

NAME_DEADLINE_S = 5.0
# Late answers to requests that were sent twice; more than a few are nobody's.
_WAITING_MAX = 64


class UdpConversation(asyncio.DatagramProtocol):
    """Datagrams to and from one address; made by `converse`."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: deque[bytes | OSError] = deque(maxlen=_WAITING_MAX)
        self._reader: asyncio.Future[None] | None = None

    def send(self, datagram: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(datagram)

    async def receive(self) -> bytes:
        """The next datagram. Raises `OSError` (refused: nothing listens there)."""
        while not self._waiting:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        got = self._waiting.popleft()
        if isinstance(got, OSError):
            raise got
        return got

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        self._arrived(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self._arrived(exc)

    def _arrived(self, got: bytes | OSError) -> None:
        self._waiting.append(got)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


async def converse(peer: Peer) -> UdpConversation:
    """Raises `DeviceError`s; UDP itself connects to anything."""
    try:
        async with asyncio.timeout(NAME_DEADLINE_S):
            (family, address), *_ = await addresses(peer)
        _, conversation = await asyncio.get_running_loop().create_datagram_endpoint(
            UdpConversation, remote_addr=address[:2], family=family
        )
    except TimeoutError:
        raise connect_timeout(peer, NAME_DEADLINE_S) from None
    except OSError as error:
        raise network_error(peer, error) from None
    return conversation
