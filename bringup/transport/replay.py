"""A device that answers from a transcript: what was recorded once is a test for ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bringup.model.errors import (
    BringupError,
    DeviceError,
    NoData,
    Refused,
    TimedOut,
    Unparsable,
    Unreachable,
)
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    CommandResult,
    Exchange,
    GnmiChange,
    GnmiUpdate,
    HttpReply,
    SnmpValue,
    Transcript,
)
from bringup.transport.recorded import updates_from_bytes, variables_from_bytes
from bringup.transport.transcript import decode_transcript, encode_transcript

_ERRORS: dict[str, type[DeviceError]] = {
    kind.reason: kind for kind in (Unreachable, Refused, TimedOut, Unparsable, NoData)
}
# This machine's own shell is recorded as `local` and asked for as `ssh`.
_SHELLS = ("ssh", "local")


class NotRecordedError(BringupError):
    """The transcript has no answer to this: the driver asks something new, or the transcript is another's."""


def save_transcript(path: Path, exchanges: Iterable[Exchange]) -> None:
    """As JSON lines."""
    path.write_bytes(encode_transcript(exchanges))


def load_transcript(path: Path) -> tuple[Exchange, ...]:
    """Raises `msgspec.DecodeError` or `ValueError` for what is none, and `OSError`."""
    return decode_transcript(path.read_bytes())


class ReplayLinks:
    """`Links` over recorded exchanges.

    What was asked several times is answered in that order, the last answer again and again. A recorded
    failure is raised as it was; what was not recorded is `NotRecordedError`, which no check takes for a
    device's failure.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._transcript = Transcript()
        self._answers: defaultdict[tuple[str, str], list[Exchange]] = defaultdict(list)
        self._transports: set[str] = set()
        for exchange in exchanges:
            transport = "ssh" if exchange.transport in _SHELLS else exchange.transport
            self._transports.add(transport)
            self._answers[transport, exchange.request].append(exchange)

    @property
    def transcript(self) -> Transcript:
        return self._transcript

    def has(self, transport: Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]) -> bool:
        return transport in self._transports

    async def shell(self) -> ReplayShell:
        return ReplayShell(self)

    async def snmp(self) -> ReplaySnmp:
        return ReplaySnmp(self)

    async def redfish(self) -> ReplayHttp:
        return ReplayHttp(self, "redfish")

    async def eapi(self) -> ReplayHttp:
        return ReplayHttp(self, "eapi")

    async def nvue(self) -> ReplayHttp:
        return ReplayHttp(self, "nvue")

    async def gnmi(self) -> ReplayGnmi:
        return ReplayGnmi(self)

    async def close(self) -> None:
        """Nothing is open."""

    def answer(self, transport: str, request: str) -> Exchange:
        """The next recorded answer. Raises what was recorded, or `NotRecordedError`."""
        recorded = self._answers.get((transport, request))
        if not recorded:
            raise NotRecordedError(
                f"The transcript has no answer over {transport} to: {request}",
                f"It has: {'; '.join(self._recorded(transport)) or 'nothing over this transport'}",
            )
        exchange = recorded.pop(0) if len(recorded) > 1 else recorded[0]
        self._transcript.keep(exchange)
        if exchange.error is not None:
            raise _ERRORS.get(exchange.reason or "", DeviceError)(exchange.error, "(replayed)")
        return exchange

    def _recorded(self, transport: str) -> list[str]:
        return [request for spoken, request in self._answers if spoken == transport][:20]


class ReplayShell:
    """`Shell`."""

    def __init__(self, links: ReplayLinks) -> None:
        self._links = links

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        exchange = self._links.answer("ssh", command)
        return CommandResult(
            command=command,
            stdout=exchange.reply,
            stderr=exchange.stderr,
            exit_status=exchange.status or 0,
        )

    async def close(self) -> None:
        """Nothing is open."""


class ReplaySnmp:
    """`SnmpExchange`."""

    def __init__(self, links: ReplayLinks) -> None:
        self._links = links

    async def get(
        self, oids: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> dict[str, SnmpValue]:
        return dict(variables_from_bytes(self._links.answer("snmp", f"get {' '.join(oids)}").reply))

    async def walk(self, oid: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> list[tuple[str, SnmpValue]]:
        return variables_from_bytes(self._links.answer("snmp", f"walk {oid}").reply)

    async def set_integer(self, oid: str, number: int, *, deadline_s: float = DEFAULT_DEADLINE_S) -> None:
        self._links.answer("snmp", f"set {oid} i {number}")

    async def close(self) -> None:
        """Nothing is open."""


class ReplayHttp:
    """`HttpExchange`. Headers are not recorded."""

    def __init__(self, links: ReplayLinks, service: str) -> None:
        self._links = links
        self._service = service

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = DEFAULT_DEADLINE_S,
    ) -> HttpReply:
        said = f"{method} {path}"
        if json is not None:
            said += f" {msgspec.json.encode(json).decode()}"
        exchange = self._links.answer(self._service, said)
        return HttpReply(status=exchange.status or 200, headers={}, body=exchange.reply)

    async def close(self) -> None:
        """Nothing is open."""


class ReplayGnmi:
    """`GnmiExchange`. A stream brings what was recorded of it, then ends as `Unparsable`, as one cut off
    does.
    """

    def __init__(self, links: ReplayLinks) -> None:
        self._links = links

    async def capabilities(self, *, deadline_s: float = DEFAULT_DEADLINE_S) -> dict[str, object]:
        return msgspec.json.decode(self._links.answer("gnmi", "capabilities").reply, type=dict[str, object])

    async def get(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]:
        return updates_from_bytes(self._links.answer("gnmi", f"get {' '.join(paths)}").reply)

    async def once(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]:
        return updates_from_bytes(self._links.answer("gnmi", f"subscribe once {' '.join(paths)}").reply)

    async def set(
        self, changes: Sequence[GnmiChange], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiChange, ...]:
        self._links.answer("gnmi", f"set {msgspec.json.encode(tuple(changes)).decode()}")
        return ()

    async def stream(
        self,
        paths: Sequence[str],
        *,
        sample_interval_s: float | None = None,
        heartbeat_s: float | None = None,
    ) -> AsyncIterator[GnmiUpdate | Literal["sync"]]:
        mode = "ON_CHANGE" if sample_interval_s is None else "SAMPLE"
        recorded = self._links.answer("gnmi", f"subscribe stream {mode} {' '.join(paths)}")
        for update in updates_from_bytes(recorded.reply):
            yield update
        yield "sync"
        raise Unparsable("The recorded stream ends here", "(replayed)")

    async def close(self) -> None:
        """Nothing is open."""
