"""The pysnmp side of an agent: messages, communities and USM. Imported only when an agent starts.

pysnmp decodes, authenticates and encodes; what is answered comes from `snmp_mib`. Its MIB instrumentation and
its access control are left out: one view, for all who authenticate to read and some to write, needs neither.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from pyasn1.error import PyAsn1Error
from pysnmp.carrier.asyncio.dgram.udp import SNMP_UDP_DOMAIN, UdpAsyncioTransport
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413.cmdrsp import CommandResponderBase
from pysnmp.entity.rfc3413.context import SnmpContext
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c

from bringup.lab.nonsense import NONSENSE
from bringup.lab.snmp_access import SnmpAccess
from bringup.lab.snmp_mib import Binding, SetRefused, Snapshot, SnmpDevice, Value, set_all

MAX_DATAGRAM_BYTES = 4096
"""Larger requests are dropped unread, as a card with a fixed receive buffer does."""

_KINDS: dict[str, Any] = {
    "integer": rfc1902.Integer32,
    "octets": rfc1902.OctetString,
    "oid": rfc1902.ObjectIdentifier,
    "timeticks": rfc1902.TimeTicks,
    "gauge32": rfc1902.Gauge32,
    "counter32": rfc1902.Counter32,
    "counter64": rfc1902.Counter64,
}
_EXCEPTIONS = {
    "noSuchObject": rfc1905.noSuchObject,
    "noSuchInstance": rfc1905.noSuchInstance,
    "endOfMibView": rfc1905.endOfMibView,
}
_AUTH = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha1": config.USM_AUTH_HMAC96_SHA,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
}
_PRIV = {"aes128": config.USM_PRIV_CFB128_AES}


class Engine:
    """One agent's SNMP engine on one UDP socket. Make it inside a running event loop."""

    def __init__(self, device: SnmpDevice, access: SnmpAccess, engine_id: bytes) -> None:
        self._engine = SnmpEngine()
        _name_engine(self._engine, engine_id)
        self._access = SnmpAccess()
        self._transport: _Transport | None = None
        self._responder = _Responder(self._engine, device)
        self.grant(access)

    async def attach(self, sock: socket.socket, admit: Callable[[], bool]) -> None:
        """Serve the bound socket; `admit()` is asked for each datagram whether to take it."""
        self._transport = _Transport(admit)
        config.add_transport(self._engine, SNMP_UDP_DOMAIN, self._transport.open_server_mode(sock=sock))
        await self._transport.opened()

    def answer(self, nonsense: bool) -> None:
        """Whether every value of a reply is nonsense from now on."""
        self._responder.nonsense = nonsense

    def grant(self, access: SnmpAccess) -> None:
        """Make `access` the only way in."""
        if access == self._access:
            return
        old = self._access
        for index, _, _ in _communities(old):
            config.delete_v1_system(self._engine, index)
        for user in old.users:
            config.delete_v3_user(self._engine, user.name)
        for index, community, _ in _communities(access):
            config.add_v1_system(self._engine, index, community)
        for user in access.users:
            config.add_v3_user(
                self._engine,
                user.name,
                _AUTH[user.auth] if user.auth else config.USM_AUTH_NONE,
                user.auth_key,
                _PRIV[user.priv] if user.priv else config.USM_PRIV_NONE,
                user.priv_key,
            )
        writers = {index for index, _, may_write in _communities(access) if may_write}
        self._responder.writers = writers | {user.name for user in access.users if user.may_write}
        self._access = access

    async def close(self) -> None:
        """Close the socket; its port is free afterwards."""
        self._engine.close_dispatcher()
        if self._transport is not None:
            await self._transport.closed.wait()


def _communities(access: SnmpAccess) -> list[tuple[str, str, bool]]:
    """(security name, community, may write). The names can't clash with a user's: they hold a space."""
    found = [
        ("reading community", access.read_community, False),
        ("writing community", access.write_community, True),
    ]
    return [(name, community, may_write) for name, community, may_write in found if community]


def _name_engine(engine: Any, engine_id: bytes) -> None:
    """Set the engine id by hand: the constructor would remember it in the system's temporary folder."""
    (symbol,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID")
    symbol.syntax = symbol.syntax.clone(engine_id)
    engine.snmpEngineID = symbol.syntax


class _Transport(UdpAsyncioTransport):  # type: ignore[misc]
    def __init__(self, admit: Callable[[], bool]) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._admit = admit
        self.closed = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    async def opened(self) -> None:
        """Wait until the endpoint reads its socket."""
        await self._lport

    def datagram_received(self, datagram: bytes, sender: tuple[str, int]) -> None:
        if len(datagram) > MAX_DATAGRAM_BYTES or not self._admit():
            return
        try:
            self._callback_function(self, sender, datagram)
        except (PySnmpError, PyAsn1Error):
            return  # a datagram that is no SNMP is dropped, RFC 3412 section 4.2.1


class _Responder(CommandResponderBase):  # type: ignore[misc]
    SUPPORTED_PDU_TYPES = (
        rfc1905.GetRequestPDU.tagSet,
        rfc1905.GetNextRequestPDU.tagSet,
        rfc1905.GetBulkRequestPDU.tagSet,
        rfc1905.SetRequestPDU.tagSet,
    )

    def __init__(self, engine: Any, device: SnmpDevice) -> None:
        super().__init__(engine, SnmpContext(engine))
        self._device = device
        self.writers: set[str] = set()
        self.nonsense = False

    def handle_management_operation(self, engine: Any, reference: Any, context_name: Any, pdu: Any) -> None:
        asked = v2c.apiPDU.get_varbinds(pdu)
        try:
            found = self._operate(engine, pdu, asked)
            if self.nonsense:
                found = [Binding(oid, Value("octets", NONSENSE)) for oid, _ in found]
            answer = [(oid, _to_wire(value)) for oid, value in found]
            status, index = "noError", 0
        except SetRefused as refused:
            answer, status, index = list(asked), refused.status, refused.index + 1
        self.send_varbinds(engine, reference, status, index, answer)

    def _operate(self, engine: Any, pdu: Any, asked: Any) -> list[Binding]:
        oids = [tuple(name) for name, _ in asked]
        if pdu.tagSet == rfc1905.SetRequestPDU.tagSet:
            return self._set(engine, oids, asked)
        snapshot = Snapshot(self._device.mib())
        if pdu.tagSet == rfc1905.GetRequestPDU.tagSet:
            return [snapshot.get(oid) for oid in oids]
        if pdu.tagSet == rfc1905.GetNextRequestPDU.tagSet:
            return [snapshot.after(oid) for oid in oids]
        once, times = v2c.apiBulkPDU.get_non_repeaters(pdu), v2c.apiBulkPDU.get_max_repetitions(pdu)
        return snapshot.bulk(oids, int(once), int(times))

    def _set(self, engine: Any, oids: list[tuple[int, ...]], asked: Any) -> list[Binding]:
        who = engine.observer.get_execution_context("rfc3412.receiveMessage:request")
        if str(who["securityName"]) not in self.writers:
            raise SetRefused("noAccess")
        wanted = [Binding(oid, _from_wire(value)) for oid, (_, value) in zip(oids, asked, strict=True)]
        set_all(self._device, wanted)
        return wanted


def _to_wire(value: Value) -> Any:
    return _EXCEPTIONS[value.kind] if value.kind in _EXCEPTIONS else _KINDS[value.kind](value.value)


def _from_wire(value: Any) -> Value:
    for kind, made in _KINDS.items():
        if value.tagSet == made.tagSet:
            return Value(kind, _plain(kind, value))
    return Value("unknown", None)


def _plain(kind: str, value: Any) -> Any:
    if kind == "octets":
        return bytes(value)
    return tuple(value) if kind == "oid" else int(value)
