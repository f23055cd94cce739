"""HTTP with one service of one device: TLS pinned or trusted, a cap, a deadline, two requests at once at
most.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Literal

import aiohttp
import msgspec
from yarl import URL

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.model.inventory import Http
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    EVIDENCE_OF_FAILURE_BYTES,
    REPLY_CAP_BYTES,
    Exchange,
    HttpReply,
    Transcript,
)
from bringup.transport.failure import (
    CredentialRefused,
    Peer,
    network_error,
    over_long,
    password_change_required,
    silent,
)
from bringup.transport.gate import CredentialGate
from bringup.transport.http_events import read_events
from bringup.transport.tcp import connect_tcp
from bringup.transport.tls import Trust, http_trust, mismatch

REQUESTS_AT_ONCE = 2
"""BMCs answer slowly, and some wrongly, when asked more at a time."""
REDIRECTS_MAX = 3
EVENTS_KEPT = 100
"""How many events of a stream stay in the transcript."""
_CHUNK_BYTES = 64 * 1024
_IDLE_S = 10.0

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class HttpPool:
    """One client session for all devices of a run; made on first use, within the running loop."""

    def __init__(self, *, connect_deadline_s: float) -> None:
        self._connect_deadline_s = connect_deadline_s
        self._session: aiohttp.ClientSession | None = None
        self._trusts: dict[tuple[object, ...], Trust] = {}

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Each device bounds its own connections (REQUESTS_AT_ONCE).
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_deadline_s),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            )
        return self._session

    def trust(self, settings: Http, folder: Path) -> Trust:
        """TLS contexts are shared by all devices with the same `ca`."""
        key = (settings.tls, settings.ca, settings.fingerprint)
        if key not in self._trusts:
            self._trusts[key] = http_trust(settings, folder)
        return self._trusts[key]

    async def close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()


class HttpClient:
    """Requests to one service. Knows nothing of credentials; headers are the caller's."""

    def __init__(
        self,
        peer: Peer,
        pool: HttpPool,
        trust: Trust,
        transcript: Transcript,
        *,
        cap_bytes: int = REPLY_CAP_BYTES,
    ) -> None:
        self.peer = peer
        self._pool = pool
        self._trust = trust
        self._transcript = transcript
        self._cap_bytes = cap_bytes
        self._places = asyncio.Semaphore(REQUESTS_AT_ONCE)
        host = f"[{peer.address}]" if ":" in peer.address else peer.address
        self._origin = f"{'https' if trust.tls else 'http'}://{host}:{peer.port}"

    async def send(
        self,
        method: Method,
        path: str,
        *,
        body: object | None = None,
        headers: Mapping[str, str] | None = None,
        deadline_s: float = DEFAULT_DEADLINE_S,
        secret: bool = False,
    ) -> HttpReply:
        """One request with any status as its reply. With `secret` neither body nor reply is kept."""
        encoded = None if body is None else msgspec.json.encode(body)
        said = f"{method} {path}" if encoded is None or secret else f"{method} {path} {encoded.decode()}"
        got = _Got()
        try:
            async with self._places, asyncio.timeout(deadline_s):
                reply = await self._follow(method, path, encoded, dict(headers or {}), got)
        except TimeoutError as error:
            failure = await self._late(error, got, deadline_s)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = self._failed(error, got)
        except DeviceError as error:
            failure = error
        else:
            kept = b"" if secret else reply.body
            self._keep(Exchange(transport=self.peer.service, request=said, reply=kept, status=reply.status))
            return reply
        part = b"" if secret else bytes(got.body[:EVIDENCE_OF_FAILURE_BYTES])
        self._keep(
            Exchange(
                transport=self.peer.service,
                request=said,
                reply=part,
                error=failure.message,
                reason=failure.reason,
            )
        )
        raise failure from None

    async def events(
        self, path: str, *, headers: Mapping[str, str], silence_s: float
    ) -> AsyncGenerator[bytes, None]:
        """Server-sent events until the caller stops; the first of them are kept. Raises `DeviceError`s, and
        `Refused` with the status where it is no stream.
        """
        kept: list[bytes] = []
        failure: DeviceError | None = None
        wanted = {**headers, "Accept": "text/event-stream"}
        got = _Got()
        response: aiohttp.ClientResponse | None = None
        try:
            # Not one of the two places: a stream lasts, and the BMC is asked other things meanwhile.
            async with asyncio.timeout(DEFAULT_DEADLINE_S):
                response = await self._pool.session().request(
                    "GET", self._url(path), headers=wanted, allow_redirects=False, ssl=self._trust.for_aiohttp
                )
            got.begun = True
            self._check_stream(response)
            chunks = response.content.iter_any()
            async with contextlib.aclosing(read_events(self.peer, chunks, silence_s=silence_s)) as events:
                async for data in events:
                    if len(kept) < EVENTS_KEPT:
                        kept.append(data)
                    yield data
        except TimeoutError as error:
            failure = await self._late(error, got, DEFAULT_DEADLINE_S)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = self._failed(error, got)
        except DeviceError as error:
            failure = error
        finally:
            if response is not None:
                response.close()
            said, reason = (None, None) if failure is None else (failure.message, failure.reason)
            reply = b"\n\n".join(kept)[:EVIDENCE_OF_FAILURE_BYTES]
            self._keep(
                Exchange(
                    transport=self.peer.service,
                    request=f"GET {path} (events)",
                    reply=reply,
                    error=said,
                    reason=reason,
                )
            )
        if failure is not None:
            raise failure from None

    def _check_stream(self, response: aiohttp.ClientResponse) -> None:
        kind = response.content_type
        if response.status == 200 and kind == "text/event-stream":
            return
        if response.status == 200:
            raise Unparsable(f"{self.peer} answers with something that is no stream of events", "See its log")
        raise Refused(
            f"{self.peer} refused a stream of events (HTTP {response.status})",
            "It may allow few at once, or not this user",
        )

    async def _follow(
        self, method: Method, path: str, body: bytes | None, headers: dict[str, str], got: _Got
    ) -> HttpReply:
        """Redirects of a GET are followed on the same origin only: credentials go nowhere else."""
        url = self._url(path)
        for _ in range(REDIRECTS_MAX):
            reply = await self._once(method, url, body, headers, got)
            location = reply.headers.get("location")
            if method != "GET" or reply.status not in (301, 302, 303, 307, 308) or location is None:
                return reply
            target = url.join(URL(location))
            if target.origin() != url.origin():
                raise Refused(
                    f"{self.peer} redirects to another host, which was not followed",
                    "Check the address, or put the one that it names into the inventory",
                )
            url = target
        raise Unparsable(f"{self.peer} redirects in circles", "Look at it with a browser")

    def _url(self, path: str) -> URL:
        """Paths come from devices, too: one that is no plain path could lead the credentials elsewhere."""
        if not path.startswith("/") or not path.isprintable() or " " in path:
            raise Unparsable(f"{self.peer}: a link that is no path", "Look at what it links with a browser")
        return URL(self._origin + path, encoded=True)

    async def _once(
        self, method: Method, url: URL, body: bytes | None, headers: dict[str, str], got: _Got
    ) -> HttpReply:
        if body is not None:
            headers = {"Content-Type": "application/json", **headers}
        async with self._pool.session().request(
            method, url, data=body, headers=headers, allow_redirects=False, ssl=self._trust.for_aiohttp
        ) as response:
            got.begun = True
            got.body.clear()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                got.body += chunk
                if len(got.body) > self._cap_bytes:
                    response.close()
                    raise over_long(self.peer, "the reply", self._cap_bytes)
            lowered = {name.lower(): value for name, value in response.headers.items()}
            return HttpReply(status=response.status, headers=lowered, body=bytes(got.body))

    def _keep(self, exchange: Exchange) -> None:
        self._transcript.keep(exchange)

    async def _late(self, error: TimeoutError, got: _Got, deadline_s: float) -> DeviceError:
        if not isinstance(error, aiohttp.ConnectionTimeoutError):
            what = f"it sent {len(got.body):,} bytes of its reply" if got.begun else "no answer came"
            return silent(self.peer, what, deadline_s)
        # aiohttp says the same of a peer that never accepts and of one that accepts and never finishes TLS.
        try:
            (await connect_tcp(self.peer, deadline_s=1.0)).close()
        except DeviceError as unreachable:
            return unreachable
        return TimedOut(
            f"{self.peer} accepted the connection and never spoke TLS",
            "Is its web service hung? Is `tls` right?",
        )

    def _failed(self, error: Exception, got: _Got) -> DeviceError:
        peer = self.peer
        if isinstance(error, aiohttp.ServerFingerprintMismatch):
            return mismatch(peer, error.expected, error.got)
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return self._trust.refused(peer)
        if isinstance(error, (aiohttp.ClientConnectorSSLError, ssl.SSLError)):
            return Unparsable(f"{peer} does not speak TLS as it should", "Are the port and `tls` right?")
        if isinstance(error, aiohttp.ClientPayloadError) or (got.begun and isinstance(error, OSError)):
            return Unparsable(
                f"{peer}: the reply broke off after {len(got.body):,} bytes",
                "Did the device restart? Try again",
            )
        if isinstance(error, aiohttp.ServerDisconnectedError):
            return Refused(f"{peer} closed the connection without an answer", "Is its web service healthy?")
        if isinstance(error, aiohttp.ClientConnectorError):
            return network_error(peer, error.os_error)
        if isinstance(error, OSError):
            return network_error(peer, error)
        return Unparsable(f"{peer} does not speak HTTP as it should", "Are the port and `tls` right?")


class _Got:
    """How far the answer came."""

    def __init__(self) -> None:
        self.begun = False
        self.body = bytearray()


class BasicHttp:
    """`HttpExchange` that sends user and password with each request (eAPI, NVUE, BMCs without sessions)."""

    def __init__(
        self,
        client: HttpClient,
        gate: CredentialGate,
        user: str | None,
        password: str,
        *,
        known_as: str | None = None,
    ) -> None:
        """`known_as`: whom the gate remembers, where one user has two passwords."""
        self._known_as = known_as or user or ""
        self._client = client
        self._gate = gate
        self._login = f"{client.peer.service} basic"
        self._user = user
        self._headers = {} if user is None else {"Authorization": basic_authorization(user, password)}

    async def request(
        self, method: Method, path: str, *, json: object | None = None, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> HttpReply:
        """Raises `DeviceError`s; 401 and 403 are `Refused`, every other status is returned."""
        client, user = self._client, self._user
        if user is None:
            return allowed(client.peer, await client.send(method, path, body=json, deadline_s=deadline_s))
        async with self._gate.attempt(self._login, self._known_as):
            reply = await client.send(method, path, body=json, headers=self._headers, deadline_s=deadline_s)
            if reply.status == 401:
                raise wrong_password(client.peer, user)
        return allowed(client.peer, reply, user)

    async def close(self) -> None:
        """Connections belong to the pool."""


def basic_authorization(user: str, password: str) -> str:
    """RFC 7617, as UTF-8."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def wrong_password(peer: Peer, user: str) -> CredentialRefused:
    return CredentialRefused(
        f"{peer} refused user {user} with the password",
        "Check the user and what the inventory names for it; it was tried once, so that no account is locked",
    )


def wants_another_password(reply: HttpReply) -> bool:
    """Whether a Redfish service says so (DSP0266: PasswordChangeRequired of the Base registry)."""
    return b".PasswordChangeRequired" in reply.body


def allowed(peer: Peer, reply: HttpReply, user: str | None = None) -> HttpReply:
    """The reply, unless it says that this may not be done."""
    if reply.status == 403 and wants_another_password(reply):
        raise password_change_required(peer, user or "")
    if reply.status == 401:
        raise Refused(f"{peer} asks for a login (HTTP 401)", "Give it `user` and `password` in the inventory")
    if reply.status == 403:
        raise Refused(
            f"{peer} forbids this to its user (HTTP 403)", "Check the rights of the user on the device"
        )
    return reply
