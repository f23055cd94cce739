"""Factory passwords over Redfish: told as what they are, changed, proven, put back; and shown nowhere."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bringup.model.errors import NoData, Refused
from bringup.model.inventory import Device
from bringup.transport.base import KeepsAccount
from bringup.transport.failure import CredentialRefused, PasswordChangeRequired
from tests.transport.peers import Certificate, device, links, self_signed

V1 = "/redfish/v1"
SESSIONS, ACCOUNTS = f"{V1}/SessionService/Sessions", f"{V1}/AccountService/Accounts"
ACCOUNT = f"{ACCOUNTS}/7"
FACTORY, NEW, WRONG = "fact0ry-calvin", "n3w-and-much-longer", "neither-of-both"
USER = "root"


class Bmc:
    """As DSP0266 has it, strictly; `habits` are what real ones do besides."""

    def __init__(self, *habits: str, required: bool = True, password: str = FACTORY) -> None:
        self.habits = habits
        self.required = required
        self.password = password
        self.tokens: set[str] = set()
        self.tried: list[str] = []
        self.patches: list[dict[str, Any]] = []
        self.made = 0

    @property
    def wrong(self) -> int:
        """How many wrong passwords it was shown."""
        return self.tried.count("wrong")

    def _message(self) -> dict[str, Any]:
        arguments = [] if "nameless" in self.habits else [ACCOUNT]
        return {
            "MessageId": "Base.1.8.PasswordChangeRequired",
            "MessageArgs": arguments,
            "Message": "change it",
        }

    async def handle(self, request: web.Request) -> web.Response:
        path = request.path.rstrip("/")
        if path == V1:
            links = {} if "no sessions" in self.habits else {"Sessions": {"@odata.id": SESSIONS}}
            return web.json_response(
                {"@odata.id": V1, "Links": links, "AccountService": {"@odata.id": f"{V1}/AccountService"}}
            )
        if request.method == "POST" and path == SESSIONS:
            return await self._log_in(request)
        if not self._known(request):
            return web.json_response({"error": {"code": "Base.1.8.NoValidSession"}}, status=401)
        listed = (f"{V1}/AccountService", ACCOUNTS) if "nameless" in self.habits else ()
        if self.required and path not in (ACCOUNT, *listed) and request.method != "DELETE":
            error = {"code": "x", "@Message.ExtendedInfo": [self._message()]}
            return web.json_response({"error": error}, status=403)
        if request.method == "DELETE":
            self.tokens.discard(request.headers.get("X-Auth-Token", ""))
            return web.Response(status=204)
        if request.method == "PATCH":
            return await self._patch(request)
        return self._resource(path)

    def _resource(self, path: str) -> web.Response:
        if path == f"{V1}/AccountService":
            return web.json_response({"Accounts": {"@odata.id": ACCOUNTS}})
        if path == ACCOUNTS:
            members = [{"@odata.id": f"{ACCOUNTS}/1"}, {"@odata.id": ACCOUNT}]
            return web.json_response({"Members": members})
        name = USER if path == ACCOUNT else "somebody"
        return web.json_response({"UserName": name}, headers={"ETag": 'W/"17"'})

    async def _log_in(self, request: web.Request) -> web.Response:
        given = await request.json()
        if not self._right(given["UserName"], given["Password"]):
            return web.json_response({"error": {"code": "x"}}, status=401)
        extra = {"@Message.ExtendedInfo": [self._message()]} if self.required else {}
        if self.required and "no session" in self.habits:
            return web.json_response({"error": {"code": "x", **extra}}, status=403)
        self.made += 1
        token = f"token-{self.made}"
        self.tokens.add(token)
        headers = {"X-Auth-Token": token, "Location": f"{SESSIONS}/{self.made}"}
        return web.json_response({"Id": "1", **extra}, status=201, headers=headers)

    def _right(self, user: str, password: str) -> bool:
        right = user == USER and (password == self.password or "takes all" in self.habits)
        self.tried.append("right" if right else "wrong")
        return right

    def _known(self, request: web.Request) -> bool:
        token = request.headers.get("X-Auth-Token")
        if token is not None:
            return token in self.tokens

        coded = request.headers.get("Authorization", "").removeprefix("Basic ")
        user, _, password = base64.b64decode(coded).decode().partition(":")
        return bool(coded) and self._right(user, password)

    async def _patch(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.patches.append(body)
        if request.headers.get("If-Match") != 'W/"17"':
            return web.Response(status=428)
        if "strict" in self.habits:
            message = {"MessageId": "Base.1.8.PropertyValueFormatError", "MessageArgs": [body["Password"]]}
            return web.json_response({"error": {"@Message.ExtendedInfo": [message]}}, status=400)
        if "deaf" not in self.habits:
            self.password, self.required = body["Password"], False
            self.tokens.clear()
        return web.Response(status=204)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def serving(bmc: Bmc, certificate: Certificate) -> AsyncGenerator[int, None]:
    application = web.Application()
    application.add_routes([web.route("*", "/{path:.*}", bmc.handle)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    context: ssl.SSLContext = certificate.context()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def at(
    folder: Path, port: int, certificate: Certificate, *, password: str = FACTORY, following: str | None = NEW
) -> Device:
    (folder / "password").write_text(password)
    settings: dict[str, Any] = {"user": USER, "password": "file:password"}
    if following is not None:
        (folder / "next").write_text(following)
        settings["next_password"] = "file:next"
    return device(redfish={"port": port, "fingerprint": certificate.fingerprint, **settings})


def clean(*seen: object) -> bool:
    return not any(secret in str(seen) for secret in (FACTORY, NEW, WRONG))


async def test_a_factory_password_is_a_refusal_of_its_own_with_advice(
    tmp_path: Path, certificate: Certificate
) -> None:
    bmc = Bmc()
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        http = await peer.redfish()
        with pytest.raises(PasswordChangeRequired, match="PasswordChangeRequired") as caught:
            await http.request("GET", f"{V1}/Systems")
        assert caught.value.reason == "refused"
        assert "first-contact.rotate_password" in caught.value.advice
        assert isinstance(http, KeepsAccount)
        told = await http.account()
        assert (told.takes, told.change_required) == ("password", True)
        assert clean(caught.value, peer.transcript.take(), repr(http), repr(told))
    assert bmc.wrong == 0


@pytest.mark.parametrize("habit", ["named", "nameless", "no session", "no sessions"])
async def test_the_password_is_changed_proven_and_put_back(
    tmp_path: Path, certificate: Certificate, habit: str
) -> None:
    bmc = Bmc(habit)
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        assert (await http.account()).change_required
        await http.rotate()
        assert bmc.password == NEW
        told = await http.account(prove=True)
        assert (told.takes, told.change_required, told.old_refused) == ("next_password", False, True)
        assert (await http.request("GET", f"{V1}/AccountService")).status == 200
        # Asked again, nothing is sent again: one wrong password a device a run.
        await http.account(prove=True)
        await http.rotate()
        assert (bmc.wrong, len(bmc.patches)) == (1, 1)
        await http.put_back()
        assert bmc.password == FACTORY and (await http.account()).takes == "password"
        assert clean(peer.transcript.take())
    assert bmc.wrong == 1 and (not bmc.tokens or habit == "no sessions")


async def test_a_run_that_comes_later_finds_the_new_password_by_itself(
    tmp_path: Path, certificate: Certificate
) -> None:
    bmc = Bmc(required=False, password=NEW)
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        for _ in range(3):
            http = await peer.redfish()
            assert isinstance(http, KeepsAccount)
            told = await http.account(prove=True)
            assert (told.takes, told.old_refused) == ("next_password", True)
            await peer.close()
        await http.rotate()
    assert (bmc.wrong, bmc.patches) == (1, [])


async def test_a_later_run_can_put_the_old_password_back(tmp_path: Path, certificate: Certificate) -> None:
    bmc = Bmc(required=False, password=NEW)
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        await http.put_back()
        assert bmc.password == FACTORY and (await http.account()).takes == "password"
        await http.rotate()
        told = await http.account(prove=True)
        assert bmc.password == NEW and (told.takes, told.old_refused) == ("next_password", True)
    assert bmc.wrong == 2  # once before it was put back, and once as the proof after


@pytest.mark.parametrize("following", [None, NEW])
async def test_neither_password_is_tried_more_than_once(
    tmp_path: Path, certificate: Certificate, following: str | None
) -> None:
    bmc = Bmc(required=False, password=WRONG)
    async with (
        serving(bmc, certificate) as port,
        links(at(tmp_path, port, certificate, following=following), tmp_path) as peer,
    ):
        errors = []
        for _ in range(3):
            with pytest.raises(CredentialRefused) as caught:
                await peer.redfish()
            errors.append(caught.value)
        assert clean(errors, peer.transcript.take())
    assert bmc.wrong == (1 if following is None else 2)


@pytest.mark.parametrize(
    ("habit", "says"), [("strict", "does not take the new password"), ("deaf", "refused user root")]
)
async def test_a_bmc_that_does_not_change_it_is_told_without_its_words(
    tmp_path: Path, certificate: Certificate, habit: str, says: str
) -> None:
    bmc = Bmc(habit)
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        with pytest.raises(Refused, match=says) as caught:
            await http.rotate()
        assert clean(caught.value, peer.transcript.take())
    assert bmc.password == FACTORY and len(bmc.patches) == 1


async def test_a_bmc_that_takes_any_password_is_not_taken_for_rotated(
    tmp_path: Path, certificate: Certificate
) -> None:
    bmc = Bmc("takes all")
    async with serving(bmc, certificate) as port, links(at(tmp_path, port, certificate), tmp_path) as peer:
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        await http.rotate()
        assert (await http.account(prove=True)).old_refused is False


@pytest.mark.parametrize(
    ("following", "says"), [(None, "names no `next_password`"), (FACTORY, "is the same")]
)
async def test_without_another_password_nothing_is_sent(
    tmp_path: Path, certificate: Certificate, following: str | None, says: str
) -> None:
    bmc = Bmc()
    async with (
        serving(bmc, certificate) as port,
        links(at(tmp_path, port, certificate, following=following), tmp_path) as peer,
    ):
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        with pytest.raises(NoData, match=says):
            await http.rotate()
    assert bmc.patches == []
