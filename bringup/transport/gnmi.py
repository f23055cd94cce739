"""gNMI for one target: capabilities, get, subscribe once and stream."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from google.protobuf.message import DecodeError

from bringup.gnmi_messages import SERVICE, GnmiMessages, messages
from bringup.model.errors import DeviceError, NoData, Refused, Unparsable
from bringup.model.inventory import Gnmi
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    REPLY_CAP_BYTES,
    Exchange,
    GnmiChange,
    GnmiUpdate,
    Transcript,
)
from bringup.transport.failure import Peer, over_long, silent
from bringup.transport.gate import CredentialGate
from bringup.transport.gnmi_channel import grpc, open_channel, rpc_error
from bringup.transport.gnmi_request import get_request, read_capabilities, set_request, subscribe_request
from bringup.transport.gnmi_set import change_configuration
from bringup.transport.gnmi_value import PathTexts, UnreadableError, updates_of
from bringup.transport.recorded import updates_to_bytes

ENCODINGS = ("JSON_IETF", "JSON", "PROTO")
"""In order of preference."""
UPDATES_KEPT = 1000
"""How many updates of a stream, or of an answer that failed, stay in the transcript."""
KEPT_BYTES = 1024 * 1024
"""And how much of a stream, whatever the number."""
_GAPS = 3
_GAP_S = 10.0
_NS_PER_S = 1_000_000_000

Answer = TypeVar("Answer")


class GnmiSession:
    """`GnmiExchange` of one target; `open` has to succeed first.

    The first call asks for the capabilities: it proves the login and says which encoding to use.
    """

    def __init__(
        self,
        peer: Peer,
        settings: Gnmi,
        password: str,
        folder: Path,
        gate: CredentialGate,
        transcript: Transcript,
        *,
        connect_deadline_s: float,
        login_deadline_s: float,
    ) -> None:
        self._peer = peer
        self._settings = settings
        self._folder = folder
        self._gate = gate
        self._transcript = transcript
        self._connect_deadline_s = connect_deadline_s
        self._login_deadline_s = login_deadline_s
        self._messages: GnmiMessages = messages()
        self._metadata = (
            () if settings.user is None else (("username", settings.user), ("password", password))
        )
        self._channel: Any = None
        self._encoding = ENCODINGS[0]

    def __repr__(self) -> str:
        return f"<GnmiSession of {self._peer}>"

    async def open(self) -> None:
        """Connect and log in. Raises `DeviceError`s."""
        self._channel = await open_channel(
            self._peer, self._settings, self._folder, deadline_s=self._connect_deadline_s
        )
        try:
            offered = (await self.capabilities(deadline_s=self._login_deadline_s))["encodings"]
        except BaseException:
            await self.close()
            raise
        if isinstance(offered, list):
            self._encoding = next((name for name in ENCODINGS if name in offered), ENCODINGS[0])

    async def close(self) -> None:
        if self._channel is not None:
            channel, self._channel = self._channel, None
            await channel.close()

    async def capabilities(self, *, deadline_s: float = DEFAULT_DEADLINE_S) -> dict[str, object]:
        """`version`, `encodings` (names) and `models` (name, organization, version)."""
        request = self._messages.CapabilityRequest()

        def read(raw: bytes) -> dict[str, object]:
            return read_capabilities(self._parse(self._messages.CapabilityResponse, raw))

        # A login of its own: many targets tell their capabilities to anyone.
        login = self._login("gnmi capabilities")
        call = self._unary("Capabilities", request, read, deadline_s)
        return await self._guarded("capabilities", call, msgspec.json.encode, deadline_s, [], login)

    async def get(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]:
        """The state under the paths. Raises `DeviceError`s, and `ValueError` for what is no path."""
        request = get_request(self._messages, paths, self._encoding)

        said = f"get {' '.join(paths)}"
        call = self._unary("Get", request, self._updates, deadline_s)
        return await self._guarded(said, call, updates_to_bytes, deadline_s, [])

    async def once(
        self, paths: Sequence[str], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiUpdate, ...]:
        """Subscribe ONCE: all updates up to sync_response. Raises as `get`."""
        request = subscribe_request(self._messages, paths, self._encoding, "ONCE")
        updates: list[GnmiUpdate] = []
        said = f"subscribe once {' '.join(paths)}"

        async def collect() -> None:
            received_bytes = 0
            async with contextlib.aclosing(self._responses(request, deadline_s)) as responses:
                async for response, size_bytes in responses:
                    received_bytes += size_bytes
                    if received_bytes > REPLY_CAP_BYTES:
                        raise over_long(self._peer, "the answer", REPLY_CAP_BYTES)
                    if response.sync_response:
                        return
                    updates.extend(updates_of(response.update))
            raise Unparsable(f"{self._peer} ended the answer before it was whole", "Ask again; see its log")

        await self._guarded(said, collect, lambda _: updates_to_bytes(updates), deadline_s, updates)
        return tuple(updates)

    async def set(
        self, changes: Sequence[GnmiChange], *, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> tuple[GnmiChange, ...]:
        """See `bringup.transport.gnmi_set`. Raises as `get`."""
        return await change_configuration(self._peer, self, changes, deadline_s)

    async def configuration(self, path: str, *, deadline_s: float) -> tuple[GnmiUpdate, ...]:
        """What is configured under one path; nothing where there is nothing. Raises as `get`."""
        request = get_request(self._messages, [path], self._encoding, "CONFIG")
        call = self._unary("Get", request, self._updates, deadline_s)
        try:
            return await self._guarded(f"get config {path}", call, updates_to_bytes, deadline_s, [])
        except NoData:
            return ()

    async def send(self, changes: Sequence[GnmiChange], *, deadline_s: float) -> None:
        """One Set, which the target carries out whole or not at all. Raises as `get`."""
        request = set_request(self._messages, changes, self._encoding)

        def read(raw: bytes) -> tuple[GnmiUpdate, ...]:
            response = self._parse(self._messages.SetResponse, raw)
            if response.HasField("message") and response.message.code:
                raise Refused(f"{self._peer} refused the change", "See the log of its gNMI service")
            return ()

        said = f"set {msgspec.json.encode(tuple(changes)).decode()}"
        call = self._unary("Set", request, read, deadline_s)
        await self._guarded(said, call, updates_to_bytes, deadline_s, [])

    async def stream(
        self,
        paths: Sequence[str],
        *,
        sample_interval_s: float | None = None,
        heartbeat_s: float | None = None,
    ) -> AsyncIterator[GnmiUpdate | Literal["sync"]]:
        """Subscribe STREAM until the caller stops; what was deleted has the value None (after the sync).

        The first answers have the usual deadline; samples, or heartbeats, that stay out for three intervals
        are a timeout. Raises `DeviceError`s; a stream that the target ends is `Unparsable`.
        """
        interval_ns = int((sample_interval_s or 0) * _NS_PER_S)
        mode = "ON_CHANGE" if sample_interval_s is None else "SAMPLE"
        request = subscribe_request(
            self._messages,
            paths,
            self._encoding,
            "STREAM",
            each=mode,
            interval_ns=interval_ns,
            heartbeat_ns=int((heartbeat_s or 0) * _NS_PER_S),
        )
        beat_s = sample_interval_s if heartbeat_s is None else sample_interval_s or heartbeat_s
        kept: list[GnmiUpdate] = []
        kept_bytes = 0
        failure: DeviceError | None = None
        try:
            responses = self._responses(request, None)
            async with contextlib.aclosing(self._paced(responses, beat_s)) as paced:
                async with self._login():
                    found, size_bytes = await anext(paced)
                while True:
                    if found is None:
                        yield "sync"
                    else:
                        kept_bytes += size_bytes
                        if len(kept) < UPDATES_KEPT and kept_bytes < KEPT_BYTES:
                            kept += found[: UPDATES_KEPT - len(kept)]
                        for update in found:
                            yield update
                    found, size_bytes = await anext(paced)
        except DeviceError as error:
            failure = error
            raise
        finally:
            said = f"subscribe stream {mode} {' '.join(paths)}"
            self._keep(said, updates_to_bytes(kept), failure)

    async def _paced(
        self, responses: AsyncGenerator[tuple[Any, int], None], beat_s: float | None
    ) -> AsyncGenerator[tuple[list[GnmiUpdate] | None, int], None]:
        """The updates of each response, None for the sync; and its size in bytes."""
        synced, texts = False, PathTexts()
        wait_s: float | None = DEFAULT_DEADLINE_S
        async with contextlib.aclosing(responses):
            while True:
                try:
                    async with asyncio.timeout(wait_s):
                        response, size_bytes = await anext(responses)
                except TimeoutError:
                    raise silent(self._peer, "no sample came", wait_s or 0) from None
                except UnreadableError as what:
                    raise self._unreadable(what) from None
                except StopAsyncIteration:
                    when = "" if synced else " before it was in step"
                    raise Unparsable(
                        f"{self._peer} ended the stream{when}", "Subscribe again; see its log"
                    ) from None
                if response.sync_response:
                    synced = True
                    wait_s = None if beat_s is None else _GAPS * beat_s + _GAP_S
                    yield None, size_bytes
                    continue
                try:
                    found = updates_of(response.update, deletes=synced, texts=texts)
                except UnreadableError as what:
                    raise self._unreadable(what) from None
                yield found, size_bytes

    async def _responses(
        self, request: Any, deadline_s: float | None
    ) -> AsyncGenerator[tuple[Any, int], None]:
        """Each `SubscribeResponse` and its size. Raises `DeviceError`s."""
        library = grpc()
        call = self._connected().stream_stream(f"/{SERVICE}/Subscribe")(
            metadata=self._metadata, timeout=deadline_s
        )
        try:
            await call.write(request.SerializeToString())
            if deadline_s is not None:
                await call.done_writing()
            async for raw in call:
                response = self._parse(self._messages.SubscribeResponse, raw)
                if response.HasField("error"):
                    raise Refused(f"{self._peer} refused the subscription", "See the log of its gNMI service")
                yield response, len(raw)
        except library.aio.AioRpcError as error:
            raise rpc_error(self._peer, error, deadline_s or DEFAULT_DEADLINE_S) from None
        except asyncio.InvalidStateError:
            # The target ended the call while we wrote: its status says why.
            await self._raise_status(call, deadline_s)
        finally:
            call.cancel()

    async def _raise_status(self, call: Any, deadline_s: float | None) -> None:
        raise rpc_error(self._peer, _Ended(await call.code(), await call.details()), deadline_s or 0)

    def _unary(
        self, method: str, request: Any, read: Callable[[bytes], Answer], deadline_s: float
    ) -> Callable[[], Awaitable[Answer]]:
        async def ask() -> Answer:
            # Bytes in and out: grpc would log a message that it can't decode.
            call = self._connected().unary_unary(f"/{SERVICE}/{method}")
            return read(await call(request.SerializeToString(), metadata=self._metadata, timeout=deadline_s))

        return ask

    async def _guarded(
        self,
        said: str,
        ask: Callable[[], Awaitable[Answer]],
        shown: Callable[[Answer], bytes],
        deadline_s: float,
        part: Sequence[GnmiUpdate],
        login: contextlib.AbstractAsyncContextManager[None] | None = None,
    ) -> Answer:
        """One question: its login, its deadline, its errors, its place in the transcript."""
        library = grpc()
        failure: DeviceError
        try:
            async with login or self._login():
                try:
                    async with asyncio.timeout(deadline_s + 1.0):
                        answer = await ask()
                except library.aio.AioRpcError as error:
                    raise rpc_error(self._peer, error, deadline_s) from None
        except TimeoutError:
            failure = silent(self._peer, "no whole answer came", deadline_s)
        except UnreadableError as what:
            failure = self._unreadable(what)
        except DeviceError as error:
            failure = error
        else:
            self._keep(said, shown(answer), None)
            return answer
        self._keep(said, updates_to_bytes(part[:UPDATES_KEPT]), failure)
        raise failure from None

    def _updates(self, raw: bytes) -> tuple[GnmiUpdate, ...]:
        """Of a Get."""
        response = self._parse(self._messages.GetResponse, raw)
        return tuple(update for notification in response.notification for update in updates_of(notification))

    def _login(self, name: str = "gnmi") -> contextlib.AbstractAsyncContextManager[None]:
        if self._settings.user is None:
            return contextlib.nullcontext()
        return self._gate.attempt(name, self._settings.user)

    def _connected(self) -> Any:
        if self._channel is None:
            raise Unparsable(f"{self._peer} is not connected", "Open the link again")
        return self._channel

    def _parse(self, message: Any, raw: bytes) -> Any:
        try:
            return message.FromString(raw)
        except DecodeError:
            raise UnreadableError("a message that is no protobuf") from None

    def _unreadable(self, what: UnreadableError) -> Unparsable:
        return Unparsable(f"{self._peer} sent {what}", "Ask the same with a gNMI client; see its log")

    def _keep(self, said: str, reply: bytes, failure: DeviceError | None) -> None:
        error, reason = (None, None) if failure is None else (failure.message, failure.reason)
        self._transcript.keep(
            Exchange(transport="gnmi", request=said, reply=reply, error=error, reason=reason)
        )


class _Ended:
    """A status that did not come as an exception."""

    def __init__(self, code: Any, details: str) -> None:
        self._code = code
        self._details = details

    def code(self) -> Any:
        return self._code

    def details(self) -> str:
        return self._details
