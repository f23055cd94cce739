"""An SNMPv2c agent written by hand, for answers that no good agent gives. BER as in RFC 3416 and X.690."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import cast

Variable = tuple[str, bytes]
"""OID and the encoded value."""


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(number: int, tag: int = 0x02) -> bytes:
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def octets(data: bytes) -> bytes:
    return tlv(0x04, data)


def oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    return tlv(0x06, bytes([first * 40 + second]) + b"".join(_base128(arc) for arc in rest))


def _base128(arc: int) -> bytes:
    groups = [arc & 0x7F]
    while arc := arc >> 7:
        groups.append(0x80 | arc & 0x7F)
    return bytes(reversed(groups))


NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB = b"\x82\x00"


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at : at + count], "big"), at + count
        yield tag, data[at : at + size]
        at += size


def read_oid(data: bytes) -> str:
    arcs = [data[0] // 40, data[0] % 40]
    arc = 0
    for byte in data[1:]:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    return ".".join(map(str, arcs))


class Request:
    """One decoded request; `reply` encodes an answer to it."""

    def __init__(self, packet: bytes) -> None:
        ((_, message),) = parts(packet)
        (_, self.version), (_, self.community), (self.pdu, body) = parts(message)
        (_, request_id), _, (_, self.bulk), (_, variables) = parts(body)
        self.request_id = int.from_bytes(request_id, "big", signed=True)
        self.oids = [read_oid(next(parts(variable))[1]) for _, variable in parts(variables)]

    def reply(
        self,
        variables: list[Variable],
        *,
        error: int = 0,
        error_index: int = 0,
        request_id: int | None = None,
    ) -> bytes:
        listed = b"".join(tlv(0x30, oid(name) + value) for name, value in variables)
        number = self.request_id if request_id is None else request_id
        pdu = integer(number) + integer(error) + integer(error_index) + tlv(0x30, listed)
        return tlv(0x30, integer(1) + octets(self.community) + tlv(0xA2, pdu))


Answer = Callable[[Request], bytes | None]


class Agent(asyncio.DatagramProtocol):
    """Answers each request by a function; None is silence."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        request = Request(data)
        self.requests.append(request)
        reply = self.answer(request)
        if reply is not None and self.transport is not None:
            self.transport.sendto(reply, addr)


@contextlib.asynccontextmanager
async def agent(answer: Answer) -> AsyncGenerator[tuple[int, Agent], None]:
    transport, started = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Agent(answer), ("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1], started
    finally:
        transport.close()
