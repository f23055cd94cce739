"""Redfish sessions (DSP0266): log in once, send the token, log out at the end; basic login where there are
none.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec

from bringup.decode.result import too_many_values
from bringup.model.errors import DeviceError, Unparsable
from bringup.transport.base import DEFAULT_DEADLINE_S, HttpReply
from bringup.transport.gate import CredentialGate
from bringup.transport.http import BasicHttp, HttpClient, Method, allowed, wrong_password

ROOT = "/redfish/v1/"
SESSIONS = "/redfish/v1/SessionService/Sessions"
LOGOUT_DEADLINE_S = 3.0
_NO_SESSIONS = (404, 405, 501)


class RedfishSession:
    """`HttpExchange` of one BMC. A token that the BMC forgot is replaced once."""

    def __init__(
        self, client: HttpClient, gate: CredentialGate, user: str, password: str, *, login_deadline_s: float
    ) -> None:
        self._client = client
        self._gate = gate
        self._user = user
        self._password = password
        self._login_deadline_s = login_deadline_s
        self._basic: BasicHttp | None = None
        self._token: str | None = None
        self._session_path: str | None = None
        self._login = asyncio.Lock()

    async def open(self) -> None:
        """Log in, if nobody has. Raises `DeviceError`s."""
        async with self._login:
            if self._token is None and self._basic is None:
                async with self._gate.attempt(self._client.peer.service, self._user):
                    await self._log_in()

    async def request(
        self, method: Method, path: str, *, json: object | None = None, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> HttpReply:
        """Raises `DeviceError`s; 401 and 403 are `Refused`, every other status is returned."""
        await self.open()
        if self._basic is not None:
            return await self._basic.request(method, path, json=json, deadline_s=deadline_s)
        token = self._token
        reply = await self._send(method, path, json, deadline_s)
        if reply.status == 401:
            # A 401 was not carried out, so that asking again is safe for any method.
            if self._token == token:
                self._token = None
            await self.open()
            reply = await self._send(method, path, json, deadline_s)
        return allowed(self._client.peer, reply)

    async def close(self) -> None:
        """Log out: BMCs have few sessions, and some keep them for hours. Raises nothing."""
        token, path = self._token, self._session_path
        self._token = self._session_path = None
        if token is None or path is None:
            return
        with contextlib.suppress(DeviceError):
            await self._client.send(
                "DELETE", path, headers={"X-Auth-Token": token}, deadline_s=LOGOUT_DEADLINE_S, secret=True
            )

    async def _send(self, method: Method, path: str, body: object | None, deadline_s: float) -> HttpReply:
        headers = {"X-Auth-Token": self._token or ""}
        return await self._client.send(method, path, body=body, headers=headers, deadline_s=deadline_s)

    async def _log_in(self) -> None:
        client, deadline_s = self._client, self._login_deadline_s
        path = await self._sessions_path()
        if path is None:
            self._basic = BasicHttp(client, self._gate, self._user, self._password)
            return
        body = {"UserName": self._user, "Password": self._password}
        reply = await client.send("POST", path, body=body, deadline_s=deadline_s, secret=True)
        if reply.status in _NO_SESSIONS:
            self._basic = BasicHttp(client, self._gate, self._user, self._password)
            return
        if reply.status in (400, 401, 403):
            raise wrong_password(client.peer, self._user)
        token = reply.headers.get("x-auth-token")
        if reply.status not in (200, 201) or not token:
            raise Unparsable(
                f"{client.peer} answered a login with HTTP {reply.status} and {'a' if token else 'no'} token",
                "Log in with a browser; is its session service healthy?",
            )
        self._token = token
        self._session_path = _path_of(reply)

    async def _sessions_path(self) -> str | None:
        """Where sessions are made; the root says so without a login. None where there are none.

        A root that asks for a login is not as the standard has it: there a login at a session service would
        be a first wrong password, and the basic one a second.
        """
        reply = await self._client.send("GET", ROOT, deadline_s=self._login_deadline_s)
        root = _json(reply)
        if reply.status >= 500:
            raise Unparsable(f"{self._client.peer} answers with HTTP {reply.status}", "Is it still starting?")
        if reply.status == 401 or not isinstance(root, dict):
            return None
        with contextlib.suppress(KeyError, TypeError):
            path = root["Links"]["Sessions"]["@odata.id"]
            if isinstance(path, str):
                return path
        return SESSIONS if "SessionService" in root else None


def _path_of(reply: HttpReply) -> str | None:
    """Where the new session is, for logging out: the Location, which may be a whole URL, or the body's own
    id.
    """
    location = reply.headers.get("location", "")
    if "://" in location:
        location = "/" + location.split("://", 1)[1].partition("/")[2]
    if not location:
        with contextlib.suppress(KeyError, TypeError):
            location = str(_json(reply)["@odata.id"])
    return location or None


def _json(reply: HttpReply) -> Any:
    if too_many_values(reply.body):
        return None
    try:
        return msgspec.json.decode(reply.body)
    except (ValueError, RecursionError):
        return None
