"""Traps and informs, received while a run lasts: from the inventory's devices only, bounded, never trusted
beyond what their protection proves.

A v2c trap proves nothing but that somebody knows the community. A v3 trap with auth was made by whom it says
and is no older than 150 s (RFC 3414, 3.2.7). An inform is acknowledged when it has been taken in, and not
before: what found no room is sent again by its sender.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from bringup.model.errors import NoData
from bringup.model.inventory import Device
from bringup.transport.base import Exchange, SnmpValue
from bringup.transport.credentials import Secrets
from bringup.transport.failure import Peer
from bringup.transport.recorded import variables_to_bytes
from bringup.transport.snmp_ber import (
    GET,
    INFORM,
    OCTETS,
    OID,
    REPORT,
    RESPONSE,
    SEQUENCE,
    TRAP,
    DamagedError,
    Pdu,
    Reader,
    encode_answer,
    encode_oid,
    integer,
    oid_text,
    read_pdu,
    tlv,
)
from bringup.transport.snmp_message import (
    AUTHENTIC,
    REPORTABLE,
    Keys,
    Secured,
    UserEnvelope,
    read_secured,
)
from bringup.transport.snmp_sender import WINDOW_S, Sender
from bringup.transport.tcp import addresses

PORT = 162
QUEUE_MAX = 1000
DATAGRAM_BYTES_MAX = 8 * 1024
"""RFC 3417 asks for 484, and traps of a screenful of variables fit: a full queue stays small."""
NAME_DEADLINE_S = 5.0
VARIABLES_MAX = 256
_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
_UPTIME = "1.3.6.1.2.1.1.3.0"
_STATISTICS = "1.3.6.1.6.3.15.1.1"
_NOT_IN_TIME, _UNKNOWN_ENGINE = 2, 4
_COUNTER = 0x41


class Trap(msgspec.Struct, frozen=True, kw_only=True):
    """One notification. `devices` are all that it can be from: one, unless several share address and
    credentials. `at_unix_s` is this machine's clock, `uptime_s` the sender's. `authenticated`: a digest
    proved the sender.
    """

    devices: tuple[str, ...]
    at_unix_s: float
    version: str
    inform: bool
    authenticated: bool
    trap_oid: str
    uptime_s: float | None
    variables: tuple[tuple[str, SnmpValue], ...]

    def exchange(self) -> Exchange:
        """As evidence."""
        return Exchange(
            transport="snmp",
            request=f"{'inform' if self.inform else 'trap'} {self.trap_oid}",
            reply=variables_to_bytes(self.variables),
        )


class TrapListener:
    """One socket for all devices. `dropped` counts what was not taken in, by why; nobody's words are kept."""

    def __init__(
        self,
        devices: Iterable[Device],
        secret_values: Secrets,
        *,
        address: str = "0.0.0.0",
        port: int = PORT,
        queue_max: int = QUEUE_MAX,
        wall_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listening = (address, port)
        self._wall_s = wall_s
        self._mono_s = mono_s
        self._began_s = mono_s()
        self._senders = [Sender(device, device.snmp, secret_values) for device in devices if device.snmp]
        self._by_address: dict[str, list[Sender]] = {}
        self._queue: asyncio.Queue[Trap] = asyncio.Queue(queue_max)
        self._transport: asyncio.DatagramTransport | None = None
        # RFC 3411, SnmpEngineID: private enterprise none, format 5, chosen by who administers it.
        self._engine_id = b"\x80\x00\x00\x00\x05" + secrets.token_bytes(8)
        self.dropped: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._transport is not None
        number: int = self._transport.get_extra_info("sockname")[1]
        return number

    async def open(self) -> None:
        """Look up the devices' addresses and listen. Raises `NoData`: the port can't be had."""
        await asyncio.gather(*(self._look_up(sender) for sender in self._senders))
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Socket(self._arrived), self._listening
            )
        except OSError as error:
            raise NoData(
                f"traps can't be received at port {self._listening[1]} ({error.strerror})",
                "Ports below 1024 need rights: choose another, or stop what listens there",
            ) from None

    async def next(self) -> Trap:
        """The next one, whenever it comes."""
        return await self._queue.get()

    def waiting(self) -> tuple[Trap, ...]:
        """All that have come, taken out."""
        found: list[Trap] = []
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                found.append(self._queue.get_nowait())
        return tuple(found)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def _look_up(self, sender: Sender) -> None:
        peer = Peer(device=sender.name, address=sender.address, port=PORT, service="snmp")
        try:
            async with asyncio.timeout(NAME_DEADLINE_S):
                found = await addresses(peer)
        except OSError:
            self.dropped["name without an address"] += 1
            return
        for address in {str(address[0]) for _, address in found}:
            self._by_address.setdefault(address, []).append(sender)

    def _arrived(self, datagram: bytes, source: tuple[str, int]) -> None:
        senders = self._by_address.get(source[0].removeprefix("::ffff:"))
        if not senders:
            self.dropped["unknown sender"] += 1
            return
        if len(datagram) > DATAGRAM_BYTES_MAX:
            self.dropped["over-long"] += 1
            return
        try:
            answer = self._take(datagram, senders)
        except DamagedError:
            self.dropped["damaged, or without the right credentials"] += 1
            return
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, source)

    def _take(self, datagram: bytes, senders: Sequence[Sender]) -> bytes | None:
        """The datagram to answer with, if one belongs. Raises `DamagedError`."""
        version = Reader(datagram).inside(SEQUENCE).integer()
        if version == 3:
            return self._take_secured(read_secured(datagram), senders)
        if version != 1:
            raise DamagedError("another version of SNMP")
        message = Reader(datagram).inside(SEQUENCE)
        message.integer()
        community = message.octets()
        known = [sender for sender in senders if sender.knows(community)]
        pdu = read_pdu(message, TRAP, INFORM)
        if not known:
            raise DamagedError("wrong community")
        if not self._keep(pdu, known, "2c", authenticated=False) or pdu.kind != INFORM:
            return None
        response = encode_answer(RESPONSE, pdu.request_id, pdu.data[pdu.at : pdu.end])
        return tlv(SEQUENCE, integer(1) + tlv(OCTETS, community) + response)

    def _take_secured(self, message: Secured, senders: Sequence[Sender]) -> bytes | None:
        users = [sender for sender in senders if sender.user == message.user and message.user]
        if message.engine_id != self._engine_id and message.flags & REPORTABLE:
            # Who wants to send an inform has to learn our engine first.
            return self._report(message, _UNKNOWN_ENGINE, Keys())
        for sender in users:
            with contextlib.suppress(DamagedError):
                return self._take_from(sender, users, message)
        raise DamagedError("no user with these keys")

    def _take_from(self, sender: Sender, users: Sequence[Sender], message: Secured) -> bytes | None:
        ours = message.engine_id == self._engine_id
        keys = sender.keys(message.engine_id, self._mono_s())
        if message.flags & keys.flags != keys.flags:
            raise DamagedError("less protection than the inventory asks for")
        context, pdu = message.scoped(keys, TRAP, INFORM)
        sender.remember(message.engine_id, keys)
        if (pdu.kind == INFORM) is not ours:
            raise DamagedError("an engine that does not belong to this kind of message")
        if ours and not (message.boots == 1 and abs(message.time_s - self._uptime_s()) <= WINDOW_S):
            return self._report(message, _NOT_IN_TIME, keys) if keys.flags & AUTHENTIC else None
        if not ours and keys.flags & AUTHENTIC:
            sender.check_time(message, self._mono_s())
        same = [each.name for each in users if each.name == sender.name or each.same_keys(sender)]
        known = [each for each in users if each.name in same]
        kept = self._keep(pdu, known, "3", authenticated=bool(keys.flags & AUTHENTIC))
        if not kept or pdu.kind != INFORM:
            return None
        response = encode_answer(RESPONSE, pdu.request_id, pdu.data[pdu.at : pdu.end])
        return self._sealed(response, message, keys, context)

    def _keep(self, pdu: Pdu, senders: Sequence[Sender], version: str, *, authenticated: bool) -> bool:
        """Whether there was room for it. Raises `DamagedError`."""
        variables = [(oid_text(each.prefix, each.last), each.value) for each in pdu.variables()]
        if len(variables) > VARIABLES_MAX:
            raise DamagedError("more variables than a trap has")
        told = dict(variables[:2])
        trap_oid, uptime = told.get(_TRAP_OID), told.get(_UPTIME)
        if not isinstance(trap_oid, str):
            raise DamagedError("a trap that does not say which")
        trap = Trap(
            devices=tuple(sender.name for sender in senders),
            at_unix_s=self._wall_s(),
            version=version,
            inform=pdu.kind == INFORM,
            authenticated=authenticated,
            trap_oid=trap_oid,
            uptime_s=uptime / 100 if isinstance(uptime, int) else None,
            variables=tuple(variables),
        )
        try:
            self._queue.put_nowait(trap)
        except asyncio.QueueFull:
            self.dropped["no room"] += 1
            return False
        return True

    def _report(self, message: Secured, which: int, keys: Keys) -> bytes:
        name = tlv(OID, encode_oid(f"{_STATISTICS}.{which}.0"))
        binding = tlv(SEQUENCE, name + tlv(_COUNTER, b"\x01"))
        request_id = message.message_id
        with contextlib.suppress(DamagedError):
            request_id = message.pdu(Keys(), GET, INFORM).request_id
        authentic = Keys(auth=keys.auth, auth_key=keys.auth_key)
        return self._sealed(encode_answer(REPORT, request_id, binding), message, authentic)

    def _sealed(self, pdu: bytes, message: Secured, keys: Keys, context: bytes | None = None) -> bytes:
        envelope = UserEnvelope(message.user.decode(errors="replace"))
        envelope.engine_id, envelope.boots, envelope.time_s = self._engine_id, 1, self._uptime_s()
        envelope.unlock(keys)
        return envelope.seal(pdu, message.message_id, reportable=False, context=context)

    def _uptime_s(self) -> int:
        return int(self._mono_s() - self._began_s)


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, arrived: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._arrived = arrived

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._arrived(data, addr)
