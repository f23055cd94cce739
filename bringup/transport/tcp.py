"""TCP connections with one deadline over name look-up and all addresses."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from typing import Any

from bringup.transport.failure import Peer, connect_timeout, network_error


async def connect_tcp(peer: Peer, *, deadline_s: float) -> socket.socket:
    """A connected, non-blocking socket that the caller owns. Raises `Unreachable` or `Refused`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline_s
    failed: OSError | None = None
    try:
        async with asyncio.timeout_at(end):
            found = await addresses(peer)
        for left, (family, address) in zip(range(len(found), 0, -1), found, strict=True):
            # Each address gets a fair share of the time left, so that a dead one does not hide a good one.
            share_s = (end - loop.time()) / left
            try:
                async with asyncio.timeout(share_s):
                    return await _connect(loop, family, address)
            except OSError as error:
                failed = _plainer(failed, error)
    except TimeoutError:
        raise connect_timeout(peer, deadline_s) from None
    except OSError as error:
        raise network_error(peer, error) from None
    if failed is None or isinstance(failed, TimeoutError):
        raise connect_timeout(peer, deadline_s) from None
    raise network_error(peer, failed) from None


def _plainer(before: OSError | None, error: OSError) -> OSError:
    """Of several addresses' failures the one that tells most: a refusal is an answer, silence is none."""
    if isinstance(before, ConnectionRefusedError):
        return before
    return error if before is None or not isinstance(error, TimeoutError) else before


async def addresses(peer: Peer) -> list[tuple[int, Any]]:
    """(family, socket address) of a peer, at least one. Raises `OSError`; the caller sets the deadline."""
    with contextlib.suppress(ValueError):
        number = ipaddress.ip_address(peer.address)
        family = socket.AF_INET if number.version == 4 else socket.AF_INET6
        return [(family, (peer.address, peer.port))]
    found = await asyncio.get_running_loop().getaddrinfo(peer.address, peer.port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _type, _protocol, _name, address in found]


async def _connect(loop: asyncio.AbstractEventLoop, family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock
