"""Redfish sessions (DSP0266): log in once, send the token, log out at the end; basic login where there are
none.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from bringup.decode.result import too_many_values
from bringup.model.account import Account, WhichPassword
from bringup.model.errors import DeviceError, NoData, Unparsable
from bringup.transport.base import DEFAULT_DEADLINE_S, HttpReply
from bringup.transport.failure import CredentialRefused, PasswordChangeRequired
from bringup.transport.gate import CredentialGate
from bringup.transport.http import (
    BasicHttp,
    HttpClient,
    Method,
    allowed,
    basic_authorization,
    wants_another_password,
    wrong_password,
)
from bringup.transport.redfish_account import (
    AccountMemory,
    Passwords,
    check_changed,
    links_in,
    named_account,
    no_account,
    user_of,
)

ROOT = "/redfish/v1/"
SESSIONS = "/redfish/v1/SessionService/Sessions"
LOGOUT_DEADLINE_S = 3.0
_NO_SESSIONS = (404, 405, 501)


class RedfishSession:
    """`HttpExchange` of one BMC, and its account (`KeepsAccount`). A token that the BMC forgot is replaced
    once.

    Where the inventory names two passwords, the second is tried when the first is refused, each at most once
    a run: one of them is right, so that a device sees one wrong password.
    """

    def __init__(
        self,
        client: HttpClient,
        gate: CredentialGate,
        user: str,
        passwords: Passwords,
        memory: AccountMemory,
        *,
        login_deadline_s: float,
    ) -> None:
        self._client = client
        self._gate = gate
        self._user = user
        self._passwords = passwords
        self._memory = memory
        self._login_deadline_s = login_deadline_s
        self._basic: BasicHttp | None = None
        self._token: str | None = None
        self._session_path: str | None = None
        self._login = asyncio.Lock()
        self._change_required = False
        self._named_account: str | None = None

    async def open(self) -> None:
        """Log in, if nobody has. Raises `DeviceError`s."""
        async with self._login:
            if self._token is None and self._basic is None:
                await self._enter()

    async def request(
        self, method: Method, path: str, *, json: object | None = None, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> HttpReply:
        """Raises `DeviceError`s; 401 and 403 are `Refused`, every other status is returned."""
        await self.open()
        reply = await self._ask(method, path, json, deadline_s)
        self._change_required = False
        return reply

    async def events(self, path: str, *, silence_s: float) -> AsyncGenerator[bytes, None]:
        """See `StreamsEvents`. Raises `DeviceError`s."""
        await self.open()
        stream = self._client.events(path, headers=self._credentials(), silence_s=silence_s)
        async with contextlib.aclosing(stream) as events:
            async for data in events:
                yield data

    async def account(self, *, prove: bool = False) -> Account:
        """Whose password the BMC takes; with `prove` the old one is tried once, after the new one was taken.
        Raises `DeviceError`s.
        """
        await self.open()
        if not self._change_required:
            await self._look()
        memory = self._memory
        if prove and memory.takes == "next_password" and memory.old_refused is None:
            memory.old_refused = await self._refuses("password")
        return Account(
            user=self._user,
            takes=memory.takes,
            change_required=self._change_required,
            old_refused=memory.old_refused,
        )

    async def rotate(self) -> None:
        """Put the inventory's new password in place of the old one, and log in with it. Raises as `request`,
        and `NoData` where there is nothing to put.
        """
        if not self._passwords.rotates:
            raise NoData(
                f"{self._client.peer}: the inventory names no `next_password`",
                "Put it into [device.redfish]: env:NAME, file:PATH or cmd:COMMAND",
            )
        if not self._passwords.differ:
            raise NoData(
                f"{self._client.peer}: `next_password` is the same as `password`", "Make up another one"
            )
        await self.open()
        if self._memory.takes == "password":
            await self._change("next_password")

    async def put_back(self) -> None:
        """The old password again. Raises as `request`."""
        await self.open()
        if self._memory.takes == "next_password":
            await self._change("password")

    async def close(self) -> None:
        """Log out: BMCs have few sessions, and some keep them for hours. Raises nothing."""
        token, path = self._token, self._session_path
        self._token = self._session_path = self._basic = None
        if token is None or path is None:
            return
        with contextlib.suppress(DeviceError):
            await self._client.send(
                "DELETE", path, headers={"X-Auth-Token": token}, deadline_s=LOGOUT_DEADLINE_S, secret=True
            )

    async def _ask(self, method: Method, path: str, body: object | None, deadline_s: float) -> HttpReply:
        if self._basic is not None:
            return await self._ask_basic(method, path, body, deadline_s)
        token = self._token
        reply = await self._send(method, path, body, deadline_s)
        if reply.status == 401:
            # A 401 was not carried out, so that asking again is safe for any method.
            if self._token == token:
                self._token = None
            await self.open()
            reply = await self._send(method, path, body, deadline_s)
        return allowed(self._client.peer, reply, self._user)

    async def _ask_basic(
        self, method: Method, path: str, body: object | None, deadline_s: float
    ) -> HttpReply:
        """Without sessions the first request is the login."""
        assert self._basic is not None
        try:
            return await self._basic.request(method, path, json=body, deadline_s=deadline_s)
        except CredentialRefused:
            if not self._may_be_new():
                raise
            self._now_takes("next_password")
            self._basic = self._basic_with("next_password")
            return await self._basic.request(method, path, json=body, deadline_s=deadline_s)

    async def _send(self, method: Method, path: str, body: object | None, deadline_s: float) -> HttpReply:
        headers = {"X-Auth-Token": self._token or ""}
        return await self._client.send(method, path, body=body, headers=headers, deadline_s=deadline_s)

    async def _enter(self) -> None:
        which = self._memory.takes
        try:
            async with self._gate.attempt(self._client.peer.service, self._as(which)):
                await self._log_in(which)
        except CredentialRefused:
            if not self._may_be_new():
                raise
            async with self._gate.attempt(self._client.peer.service, self._as("next_password")):
                await self._log_in("next_password")
            self._now_takes("next_password")

    def _as(self, which: WhichPassword) -> str:
        """Whom the gate remembers: each password is refused for itself, and may be right after a change."""
        known = self._user if which == "password" else f"{self._user} with the next password"
        return f"{known} after {self._memory.changes}" if self._memory.changes else known

    def _may_be_new(self) -> bool:
        return self._memory.takes == "password" and self._passwords.rotates and self._passwords.differ

    def _now_takes(self, which: WhichPassword) -> None:
        """The other one was refused a moment ago."""
        self._memory.takes = which
        self._memory.old_refused = True

    def _basic_with(self, which: WhichPassword) -> BasicHttp:
        login = self._as(which)
        return BasicHttp(self._client, self._gate, self._user, self._passwords[which], known_as=login)

    async def _log_in(self, which: WhichPassword) -> None:
        client = self._client
        path = await self._sessions_path()
        if path is None:
            self._basic = self._basic_with(which)
            return
        reply = await self._post_login(path, which)
        if reply.status in _NO_SESSIONS:
            self._basic = self._basic_with(which)
            return
        self._change_required = wants_another_password(reply)
        self._named_account = named_account(reply)
        if reply.status == 403 and self._change_required:
            # It took the password, and gives no session for it: the account can be changed all the same.
            self._basic = self._basic_with(which)
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

    async def _post_login(self, path: str, which: WhichPassword) -> HttpReply:
        body = {"UserName": self._user, "Password": self._passwords[which]}
        return await self._client.send(
            "POST", path, body=body, deadline_s=self._login_deadline_s, secret=True
        )

    async def _look(self) -> None:
        """One request that needs a login, so that it is known whether a new password is asked for."""
        path = (await self._root_links("AccountService") or [ROOT])[0]
        try:
            await self._ask("GET", path, None, self._login_deadline_s)
        except PasswordChangeRequired:
            self._change_required = True

    async def _root_links(self, *names: str) -> list[str]:
        return links_in(await self._client.send("GET", ROOT, deadline_s=self._login_deadline_s), *names)

    async def _change(self, to: WhichPassword) -> None:
        """PATCH the account, drop the session that may have died with it, and log in anew."""
        client = self._client
        path, etag = await self._account_path()
        headers = self._credentials() | ({"If-Match": etag} if etag else {})
        reply = await client.send(
            "PATCH",
            path,
            body={"Password": self._passwords[to]},
            headers=headers,
            deadline_s=DEFAULT_DEADLINE_S,
            secret=True,
        )
        check_changed(client.peer, self._user, reply)
        self._memory.takes, self._memory.old_refused = to, None
        self._memory.changes += 1
        async with self._login:
            await self.close()
            self._change_required = False
            await self._enter()

    def _credentials(self) -> dict[str, str]:
        if self._token is not None:
            return {"X-Auth-Token": self._token}
        password = self._passwords[self._memory.takes]
        return {"Authorization": basic_authorization(self._user, password)}

    async def _account_path(self) -> tuple[str, str | None]:
        """The own account and its ETag: the one that the service names, else the one of this name."""
        found: list[str] = [] if self._named_account is None else [self._named_account]
        for service in [] if found else await self._root_links("AccountService"):
            reply = await self._read(service)
            named = named_account(reply)
            found += [] if named is None else [named]
            for accounts in links_in(reply, "Accounts"):
                found += links_in(await self._read(accounts), "Members")
        for path in found:
            reply = await self._read(path)
            if reply.status == 200 and user_of(reply) == self._user:
                return path, reply.headers.get("etag")
        raise no_account(self._client.peer, self._user)

    async def _read(self, path: str) -> HttpReply:
        return await self._client.send("GET", path, headers=self._credentials())

    async def _refuses(self, which: WhichPassword) -> bool:
        """Try a password that should not be taken any more, once."""
        path = await self._sessions_path()
        if path is None:
            headers = {"Authorization": basic_authorization(self._user, self._passwords[which])}
            target = (await self._root_links("AccountService") or [ROOT])[0]
            reply = await self._client.send("GET", target, headers=headers, secret=True)
            return reply.status == 401
        reply = await self._post_login(path, which)
        token, session = reply.headers.get("x-auth-token"), _path_of(reply)
        if reply.status in (200, 201) and token and session:
            with contextlib.suppress(DeviceError):
                await self._client.send("DELETE", session, headers={"X-Auth-Token": token}, secret=True)
        return reply.status in (400, 401, 403)

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
