"""What every transport offers, and the transcript that it keeps.

A transport is opened for one device, reused by all reads of a run, and closed by the bench. It raises only
`DeviceError`s (with advice) and `asyncio.CancelledError`. Every await on the wire has a deadline; every reply
has a cap. Errors never hold a secret.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

from bringup.model.account import Account

REPLY_CAP_BYTES = 16 * 1024 * 1024
EVIDENCE_OF_FAILURE_BYTES = 64 * 1024
"""How much of a reply that failed (over-long, cut off, late) is kept."""
DEFAULT_DEADLINE_S = 20.0


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came back, as bytes. `error` where no whole answer came (then `reply` may be a
    part).

    `transport` is ssh, local, snmp, redfish, eapi, nvue or gnmi; `stderr` is a command's second output.
    `reason` is that of the `DeviceError` whose message `error` is.
    """

    transport: str
    request: str
    reply: bytes
    stderr: bytes = b""
    status: int | None = None
    error: str | None = None
    reason: str | None = None


class Transcript:
    """The exchanges with one device since the last `take`: the evidence behind its measurements."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []

    def keep(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)

    def take(self) -> tuple[Exchange, ...]:
        """All exchanges so far; the transcript is empty afterwards."""
        taken, self._exchanges = tuple(self._exchanges), []
        return taken


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one command printed, and its exit status (-1 when a signal ended it)."""

    command: str
    stdout: bytes
    stderr: bytes
    exit_status: int


class Shell(Protocol):
    """SSH, or this machine itself."""

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        """Run one command; a non-zero exit status is no error here."""
        ...

    async def close(self) -> None: ...


SnmpValue = int | bytes | str | None
"""Integers and counters as int, octet strings as bytes, object identifiers and addresses as str (dotted)."""


class SnmpExchange(Protocol):
    async def get(
        self, oids: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> dict[str, SnmpValue]:
        """OID -> value; an OID that the agent does not have (noSuchObject, noSuchInstance) is left out."""
        ...

    async def walk(self, oid: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> list[tuple[str, SnmpValue]]:
        """All variables under `oid`, in the agent's order (GETBULK; a step backwards is unparsable)."""
        ...

    async def set_integer(self, oid: str, number: int, *, deadline_s: float = DEFAULT_DEADLINE_S) -> None: ...

    async def close(self) -> None: ...


class HttpReply(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: dict[str, str]
    body: bytes


class HttpExchange(Protocol):
    """One session with one device. Paths start with `/`. 401 and 403 are `Refused`; others are returned."""

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = DEFAULT_DEADLINE_S,
    ) -> HttpReply: ...

    async def close(self) -> None: ...


@runtime_checkable
class KeepsAccount(Protocol):
    """An `HttpExchange` whose own account's password can be changed (Redfish)."""

    async def account(self, *, prove: bool = False) -> Account: ...

    async def rotate(self) -> None:
        """Put the inventory's `next_password` in place of `password`."""
        ...

    async def put_back(self) -> None:
        """The other way round."""
        ...


@runtime_checkable
class StreamsEvents(Protocol):
    """An `HttpExchange` that server-sent events come over."""

    def events(self, path: str, *, silence_s: float) -> AsyncGenerator[bytes, None]:
        """The data of each event from now on, until the caller stops."""
        ...


class GnmiUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf or subtree: its whole path (prefix joined, `/interfaces/interface[name=Ethernet0]/state/…`),
    the value as Python data (JSON decoded), and the target's time stamp in nanoseconds.
    """

    path: str
    value: object
    timestamp_ns: int


class GnmiChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of configuration. `value` is Python data (None for a delete); `update` merges it into what
    is there, `replace` puts it in its place.
    """

    kind: Literal["delete", "replace", "update"]
    path: str
    value: object = None


class GnmiExchange(Protocol):
    async def capabilities(self, *, deadline_s: float = DEFAULT_DEADLINE_S) -> dict[str, object]: ...

    async def get(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]: ...

    async def once(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]:
        """Subscribe ONCE: everything up to sync_response; a stream that ends before it is `Unparsable`."""
        ...

    def stream(
        self,
        paths: Sequence[str],
        *,
        sample_interval_s: float | None = None,
        heartbeat_s: float | None = None,
    ) -> AsyncIterator[GnmiUpdate | Literal["sync"]]:
        """Subscribe STREAM (SAMPLE with an interval, ON_CHANGE without) until the caller stops. With a
        heartbeat the target repeats what has not changed, so that silence is told from a dead target.
        """
        ...

    async def set(
        self, changes: Sequence[GnmiChange], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiChange, ...]:
        """All changes in one transaction, read back; what would undo them. What does not read back as asked
        is undone and `Refused`.
        """
        ...

    async def close(self) -> None: ...


class Links(Protocol):
    """The transports of one device, opened on first use and reused. `bringup.transport.links` makes them."""

    @property
    def transcript(self) -> Transcript: ...

    def has(self, transport: Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]) -> bool:
        """Whether the inventory gives this device such a transport."""
        ...

    async def shell(self) -> Shell: ...

    async def snmp(self) -> SnmpExchange: ...

    async def redfish(self) -> HttpExchange: ...

    async def eapi(self) -> HttpExchange: ...

    async def nvue(self) -> HttpExchange: ...

    async def gnmi(self) -> GnmiExchange: ...

    def fresh(self) -> Links:
        """Other links to the same device, whose every connection is a new one, with the same transcript: what
        proves that a new session can still be had (field rule 9). The caller closes them.
        """
        ...

    async def close(self) -> None: ...
