"""SNMP v2c and v3 for one agent: get, walk by GETBULK, set.

Requests go one at a time; one whose answer does not come is sent again, a set never.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence

from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.transport.base import DEFAULT_DEADLINE_S, REPLY_CAP_BYTES, Exchange, SnmpValue, Transcript
from bringup.transport.failure import Peer, network_error, over_long
from bringup.transport.recorded import variables_to_bytes
from bringup.transport.snmp_ber import (
    END_OF_VIEW,
    GET,
    GET_BULK,
    MISSING,
    REPORT,
    DamagedError,
    Pdu,
    Variable,
    encode_oid,
    encode_pdu,
    encode_set,
    encoded_name,
    oid_text,
)
from bringup.transport.snmp_message import Envelope, Keys, UserEnvelope
from bringup.transport.snmp_table import CircleError, Table
from bringup.transport.snmp_udp import UdpConversation, converse

RESEND_AFTER_S = 1.0
RESEND_AT_MOST_EVERY_S = 5.0
GIVE_UP_AFTER_S = 8.0
"""Four times sent and never answered: waiting longer, however long a whole walk may take, finds nobody."""
NAMES_PER_GET = 32
REPETITIONS = 25
NAMES_OF_FAILURE = 500
"""How much of a walk that failed is kept."""
_REPORTS = {
    1: (
        "the security level is not supported for this user (unsupportedSecLevels)",
        "Does it need auth or priv?",
    ),
    2: ("its clock does not fit (notInTimeWindows)", "Did the agent restart this moment? Try again"),
    3: ("it knows no such user (unknownUserNames)", "Check `user`, and that the agent has it"),
    4: ("its engine id does not fit (unknownEngineIDs)", "Was the agent replaced? Try again"),
    5: ("the digest is wrong (wrongDigests)", "Check `auth` and the secret behind `auth_key`"),
    6: (
        "it could not decrypt the request (decryptionErrors)",
        "Check `priv`, `key_extension` and the secret behind `priv_key`",
    ),
}
_REPORT_PREFIX = encode_oid("1.3.6.1.6.3.15.1.1")
_NOT_IN_TIME, _UNKNOWN_ENGINE = 2, 4
_CREDENTIALS = (1, 3, 5, 6)
"""Reports that the same user and keys would meet again: they are not sent again in this run."""
_ERRORS = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)
_TOO_BIG, _NO_SUCH_NAME = 1, 2

Found = list[tuple[str, SnmpValue]]


class SnmpSession:
    """`SnmpExchange` of one agent. `unlock` makes a user's keys for an engine (version 3 only)."""

    def __init__(
        self,
        peer: Peer,
        envelope: Envelope,
        transcript: Transcript,
        *,
        unlock: Callable[[bytes], Keys] | None = None,
        resend_after_s: float = RESEND_AFTER_S,
        cap_bytes: int = REPLY_CAP_BYTES,
    ) -> None:
        self._peer = peer
        self._envelope = envelope
        self._transcript = transcript
        self._unlock = unlock
        self._resend_after_s = resend_after_s
        self._cap_bytes = cap_bytes
        self._turn = asyncio.Lock()
        self._socket: UdpConversation | None = None
        self._last_id = secrets.randbits(30)
        self._received_bytes = 0
        self._refused: Refused | None = None

    async def get(
        self, oids: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> dict[str, SnmpValue]:
        """OID -> value of those that the agent has. Raises `DeviceError`s."""
        names = [encode_oid(oid) for oid in oids]

        async def work(found: Found) -> None:
            for start in range(0, len(names), NAMES_PER_GET):
                found += await self._get(names[start : start + NAMES_PER_GET])

        return dict(await self._answer(f"get {' '.join(oids)}", work, deadline_s))

    async def walk(self, oid: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> list[tuple[str, SnmpValue]]:
        """All under `oid` in the agent's order, which must rise. Raises `DeviceError`s; gives no part."""
        base = encode_oid(oid)
        return await self._answer(f"walk {oid}", lambda found: self._walk(base, found), deadline_s)

    async def set_integer(self, oid: str, number: int, *, deadline_s: float = DEFAULT_DEADLINE_S) -> None:
        """Set one INTEGER, sent once only: whether an unanswered one took effect, a probe finds out."""
        name = encode_oid(oid)

        async def work(found: Found) -> None:
            pdu = await self._exchange(lambda request_id: encode_set(request_id, name, number), once=True)
            self._check(pdu)
            found += [(_text(variable), variable.value) for variable in pdu.variables()]

        await self._answer(f"set {oid} i {number}", work, deadline_s)

    async def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _answer(
        self, request: str, work: Callable[[Found], Awaitable[None]], deadline_s: float
    ) -> Found:
        """One question: its turn, its deadline, its errors, its place in the transcript."""
        if self._refused is not None:
            raise Refused(f"{self._refused.message}; not tried again in this run", self._refused.advice)
        found: Found = []
        error: DeviceError
        async with self._turn:
            try:
                async with asyncio.timeout(deadline_s):
                    await work(found)
            except TimeoutError:
                error = self._silent(deadline_s)
            except CircleError:
                error = self._damaged("goes in circles: a name does not follow the one before it")
            except DamagedError as damage:
                error = self._damaged(f"sent a message that can't be read ({damage})")
            except OSError as failure:
                error = network_error(self._peer, failure)
            except DeviceError as said:
                error = said
            else:
                self._keep(request, found, None)
                return found
        self._keep(request, found[:NAMES_OF_FAILURE], error)
        raise error from None

    def _keep(self, request: str, found: Found, error: DeviceError | None) -> None:
        reply = variables_to_bytes(found)
        said, reason = (None, None) if error is None else (error.message, error.reason)
        self._transcript.keep(
            Exchange(transport="snmp", request=request, reply=reply, error=said, reason=reason)
        )

    async def _get(self, names: list[bytes]) -> list[tuple[str, SnmpValue]]:
        pdu = await self._exchange(lambda request_id: encode_pdu(GET, request_id, names))
        if pdu.error_status == _TOO_BIG and len(names) > 1:
            half = len(names) // 2
            return await self._get(names[:half]) + await self._get(names[half:])
        if pdu.error_status == _NO_SUCH_NAME and 0 < pdu.error_index <= len(names):
            # The answer of an agent that thinks in version 1; the others are asked for again.
            rest = names[: pdu.error_index - 1] + names[pdu.error_index :]
            return await self._get(rest) if rest else []
        self._check(pdu)
        answered = pdu.variables()
        if [encoded_name(variable) for variable in answered] != names:
            raise self._damaged("answers other questions than were asked")
        return [
            (_text(variable), variable.value)
            for variable in answered
            if variable.tag not in MISSING and variable.tag != END_OF_VIEW
        ]

    async def _walk(self, base: bytes, found: Found) -> None:
        table, repetitions, self._received_bytes = Table(base), REPETITIONS, 0
        table.found = found
        while True:
            pdu = await self._exchange(_bulk(table.next_name, repetitions))
            if pdu.error_status == _TOO_BIG and repetitions > 1:
                repetitions //= 2
                continue
            self._check(pdu)
            if table.add(pdu):
                return
            if self._received_bytes > self._cap_bytes:
                raise over_long(self._peer, "the walked table", self._cap_bytes)

    def _check(self, pdu: Pdu) -> None:
        """An error status is an answer of its own, and never the end of a table."""
        status = pdu.error_status
        if status == 0:
            return
        name = _ERRORS[status] if 0 < status < len(_ERRORS) else f"error {status}"
        if status == _NO_SUCH_NAME:
            raise NoData(f"{self._peer} has no such object ({name})")
        raise Refused(
            f"{self._peer} answered with {name}", "Check what its community or user may read and write"
        )

    def _damaged(self, what: str) -> Unparsable:
        return Unparsable(
            f"{self._peer} {what}", "Ask the same with snmpbulkwalk; is its firmware known for this?"
        )

    async def _exchange(self, build: Callable[[int], bytes], *, once: bool = False) -> Pdu:
        """One request and its response, keys and engine discovered first where needed."""
        envelope = self._envelope
        if isinstance(envelope, UserEnvelope) and not envelope.engine_id:
            await self._discover(envelope)
        pdu = await self._ask(build, once=once)
        if pdu.kind == REPORT and _report(pdu) in (_NOT_IN_TIME, _UNKNOWN_ENGINE):
            # It did nothing, and its report has told the engine, boots and time that it goes by.
            self._use_keys()
            pdu = await self._ask(build, once=once)
        if pdu.kind == REPORT:
            what, advice = _REPORTS.get(_report(pdu), ("a report without meaning here", "Ask with snmpget"))
            refused = Refused(f"{self._peer} refused: {what}", advice)
            if _report(pdu) in _CREDENTIALS:
                self._refused = refused
            raise refused
        return pdu

    async def _discover(self, envelope: UserEnvelope) -> None:
        await self._ask(lambda request_id: encode_pdu(GET, request_id, []))
        if not envelope.engine_id:
            raise self._damaged("does not tell its engine id")
        self._use_keys()

    def _use_keys(self) -> None:
        if self._unlock is not None and isinstance(self._envelope, UserEnvelope):
            self._envelope.unlock(self._unlock(self._envelope.engine_id))

    async def _ask(self, build: Callable[[int], bytes], *, once: bool = False) -> Pdu:
        """Send until a datagram answers this very request. The caller's deadline ends it, or lasting silence.

        What is sent once only has no other end than the deadline.
        """
        if self._socket is None:
            self._socket = await converse(self._peer)
        sock, wait_s, waited_s = self._socket, None if once else self._resend_after_s, 0.0
        self._last_id = self._last_id % 0x7FFF_FFFE + 1
        packet = self._envelope.seal(build(self._last_id), self._last_id)
        sock.send(packet)
        while True:
            datagram = await sock.receive(wait_s)
            if datagram is None:
                waited_s += wait_s or 0
                if waited_s >= GIVE_UP_AFTER_S:
                    raise self._silent(waited_s)
                wait_s = min((wait_s or 0) * 2, RESEND_AT_MOST_EVERY_S, GIVE_UP_AFTER_S - waited_s)
                sock.send(packet)
                continue
            self._received_bytes += len(datagram)
            pdu = self._envelope.open(datagram)
            # An older id is a late answer to a request that was sent twice.
            if pdu.request_id == self._last_id:
                return pdu

    def _silent(self, deadline_s: float) -> TimedOut:
        """A wrong community, and a wrong privacy key, are met with silence."""
        if isinstance(self._envelope, UserEnvelope) and self._envelope.engine_id:
            advice = (
                "It did tell its engine id: check `priv`, `key_extension` and the secret behind `priv_key`"
            )
        elif isinstance(self._envelope, UserEnvelope):
            advice = "Is the agent on, does it speak SNMPv3, and does it admit this machine?"
        else:
            advice = "Check the community (a wrong one is met with silence), and that it admits this machine"
        return TimedOut(f"{self._peer} gave no answer within {deadline_s:g} s", advice)


def _text(variable: Variable) -> str:
    return oid_text(variable.prefix, variable.last)


def _bulk(name: bytes, repetitions: int) -> Callable[[int], bytes]:
    return lambda request_id: encode_pdu(GET_BULK, request_id, [name], third=repetitions)


def _report(pdu: Pdu) -> int:
    """Which of the usmStats a report counts; 0 for another one."""
    counted = pdu.variables()
    if not counted or counted[0].last != 0:
        return 0
    prefix = counted[0].prefix
    return prefix[-1] if prefix[:-1] == _REPORT_PREFIX else 0
