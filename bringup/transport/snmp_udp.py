"""One UDP conversation with one agent."""

from __future__ import annotations

import asyncio
import socket
from collections import deque

from bringup.transport.failure import Peer, connect_timeout, network_error
from bringup.transport.tcp import addresses

NAME_DEADLINE_S = 5.0
DATAGRAM_BYTES_MAX = 65535
# Late answers to requests that were sent twice; more than a few are nobody's.
_WAITING_MAX = 64


class UdpConversation:
    """Datagrams to and from one address; made by `converse`.

    The socket is our own: asyncio's transport would ask for a quarter of a megabyte for each datagram.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes | OSError] = deque(maxlen=_WAITING_MAX)
        self._reader: asyncio.Future[None] | None = None
        self._loop.add_reader(sock, self._arrived)

    def send(self, datagram: bytes) -> None:
        """What can't be sent now is lost, as any datagram may be; a peer that refuses shows in `receive`."""
        try:
            self._socket.send(datagram)
        except BlockingIOError:
            pass
        except OSError as error:
            self._take(error)

    async def receive(self, wait_s: float | None) -> bytes | None:
        """The next datagram; None when none came in time. Raises `OSError`: nothing listens there."""
        if not self._waiting:
            await self._arrival(wait_s)
            if not self._waiting:
                return None
        got = self._waiting.popleft()
        if isinstance(got, OSError):
            raise got
        return got

    async def _arrival(self, wait_s: float | None) -> None:
        # A timer of our own: asyncio.timeout costs more than reading the datagram.
        self._reader = self._loop.create_future()
        timer = None if wait_s is None else self._loop.call_later(wait_s, self._wake)
        try:
            await self._reader
        finally:
            if timer is not None:
                timer.cancel()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _arrived(self) -> None:
        try:
            self._take(self._socket.recv(DATAGRAM_BYTES_MAX))
        except BlockingIOError:
            pass
        except OSError as error:
            self._take(error)

    def _take(self, got: bytes | OSError) -> None:
        self._waiting.append(got)
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


async def converse(peer: Peer) -> UdpConversation:
    """Raises `DeviceError`s; UDP itself connects to anything."""
    try:
        async with asyncio.timeout(NAME_DEADLINE_S):
            (family, address), *_ = await addresses(peer)
    except TimeoutError:
        raise connect_timeout(peer, NAME_DEADLINE_S) from None
    except OSError as error:
        raise network_error(peer, error) from None
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.connect(address)
    except OSError as error:
        sock.close()
        raise network_error(peer, error) from None
    return UdpConversation(sock)
