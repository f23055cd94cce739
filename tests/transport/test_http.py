"""HTTP: Redfish against a public emulator, sessions and TLS against one that counts, and bad peers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import sys
import tracemalloc
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import bcrypt
import msgspec
import pytest
from aiohttp import web

from bringup.driver.redfish_event import bmc_events
from bringup.driver.redfish_task import follow_task
from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable, Unreachable
from bringup.model.inventory import Device
from bringup.transport.base import KeepsAccount
from bringup.transport.failure import CredentialRefused
from tests.transport.peers import (
    Certificate,
    device,
    free_port,
    links,
    listener,
    process,
    reset,
    self_signed,
)

SECRET = "rack-and-roll-7"
SYSTEMS = "/redfish/v1/Systems"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


def with_http(service: str, port: int, folder: Path, *, password: str = SECRET, **more: object) -> Device:
    (folder / "password").write_text(password + "\n")
    settings = {"port": port, "tls": False, "user": "admin", "password": "file:password", **more}
    return device(**{service: {name: value for name, value in settings.items() if value is not None}})


class Emulator(msgspec.Struct, frozen=True):
    port: int


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Emulator, None, None]:
    """sushy-tools with its fake driver, behind basic authentication."""
    folder = tmp_path_factory.mktemp("redfish")
    digest = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
    (folder / "htpasswd").write_text(f"admin:{digest}\n")
    port = free_port()
    (folder / "emulator.conf").write_text(
        f"SUSHY_EMULATOR_AUTH_FILE = {str(folder / 'htpasswd')!r}\n"
        "SUSHY_EMULATOR_FAKE_DRIVER = True\nSUSHY_EMULATOR_LISTEN_IP = '127.0.0.1'\n"
        f"SUSHY_EMULATOR_LISTEN_PORT = {port}\n"
        "SUSHY_EMULATOR_FAKE_SYSTEMS = [{'uuid': 'da69abcc-dae0-4913-9a7b-d344043097c0', 'name': 'node-01',"
        " 'power_state': 'Off', 'nics': []}]\n"
    )
    command = [sys.executable, "-W", "ignore", "-m", "sushy_tools.emulator.main", "--fake"]
    command += ["--config", str(folder / "emulator.conf")]
    log = folder / "log"
    with process(command, log, lambda: b"Running on" in log.read_bytes()):
        yield Emulator(port)


async def test_a_bmc_without_sessions_is_read_with_basic_login(emulator: Emulator, tmp_path: Path) -> None:
    async with links(with_http("redfish", emulator.port, tmp_path), tmp_path) as peer:
        bmc = await peer.redfish()
        reply = await bmc.request("GET", SYSTEMS)
        assert reply.status == 200
        (member,) = msgspec.json.decode(reply.body)["Members"]
        system = msgspec.json.decode((await bmc.request("GET", member["@odata.id"])).body)
        assert system["Name"] == "node-01"
        action = system["Actions"]["#ComputerSystem.Reset"]["target"]
        done = await bmc.request("POST", action, json={"ResetType": "On"})
        assert done.status in (200, 202, 204)
        exchanges = peer.transcript.take()
    assert f'POST {action} {{"ResetType":"On"}}' in [exchange.request for exchange in exchanges]
    coded = base64.b64encode(f"admin:{SECRET}".encode()).decode()
    assert SECRET not in str(exchanges) and coded not in str(exchanges)


async def test_the_emulators_task_is_followed_to_its_end(emulator: Emulator, tmp_path: Path) -> None:
    async with links(with_http("redfish", emulator.port, tmp_path), tmp_path) as peer:
        http = await peer.redfish()
        task = "/redfish/v1/TaskService/Tasks/42"
        done = await follow_task(http, "bmc-01", task, deadline_s=10)
        assert (done.done, done.state, done.percent) == (True, "Completed", 100)
        with pytest.raises(NoData, match="nobody saw how it ended"):
            await follow_task(http, "bmc-01", f"{task}3", deadline_s=10)


async def test_the_emulator_has_no_accounts_and_no_events_and_is_not_changed(
    emulator: Emulator, tmp_path: Path
) -> None:
    following = "a-new-one-for-it"
    (tmp_path / "following").write_text(following)
    at = with_http("redfish", emulator.port, tmp_path, next_password="file:following")
    async with links(at, tmp_path) as peer:
        http = await peer.redfish()
        assert isinstance(http, KeepsAccount)
        told = await http.account()
        assert (told.takes, told.change_required) == ("password", False)
        with pytest.raises(NoData, match="lists no account"):
            await http.rotate()
        with pytest.raises(NoData, match="no stream of events"):
            await anext(bmc_events(http, "bmc-01"))
        assert following not in str(peer.transcript.take())


async def test_a_wrong_password_at_the_emulator_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    async with links(with_http("redfish", emulator.port, tmp_path, password="no"), tmp_path) as peer:
        bmc = await peer.redfish()
        with pytest.raises(CredentialRefused):
            await bmc.request("GET", SYSTEMS)


class Bmc:
    """A small server with Redfish sessions; it counts what it is asked."""

    def __init__(self) -> None:
        self.logins = 0
        self.tokens: set[str] = set()
        self.requests: list[str] = []
        self.most_at_once = 0
        self._now = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/redfish/v1/", self.root),
            web.post("/redfish/v1/Here/Sessions", self.log_in),
            web.delete("/redfish/v1/Here/Sessions/{token}", self.log_out),
            web.route("*", "/redfish/v1/Systems{rest:.*}", self.systems),
        ]

    async def root(self, request: web.Request) -> web.Response:
        return web.json_response({"Links": {"Sessions": {"@odata.id": "/redfish/v1/Here/Sessions"}}})

    async def log_in(self, request: web.Request) -> web.Response:
        self.logins += 1
        asked = await request.json()
        if asked != {"UserName": "admin", "Password": SECRET}:
            return web.json_response({}, status=401)
        token = f"token-{self.logins}"
        self.tokens.add(token)
        headers = {
            "X-Auth-Token": token,
            "Location": f"{request.url.origin()}/redfish/v1/Here/Sessions/{token}",
        }
        return web.json_response({}, status=201, headers=headers)

    async def log_out(self, request: web.Request) -> web.Response:
        self.tokens.discard(request.match_info["token"])
        return web.Response(status=204)

    async def systems(self, request: web.Request) -> web.Response:
        self.requests.append(f"{request.method} {request.path}")
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(0.01)
        finally:
            self._now -= 1
        if request.headers.get("X-Auth-Token") not in self.tokens:
            return web.json_response({}, status=401)
        status = int(request.query.get("status", 200))
        return web.json_response({"asked": request.path}, status=status, headers={"Retry-After": "1"})


@contextlib.asynccontextmanager
async def serving(
    routes: list[web.RouteDef], certificate: Certificate | None = None
) -> AsyncGenerator[int, None]:
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.context() if certificate else None)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_a_session_is_opened_once_and_closed_at_the_end(
    certificate: Certificate, tmp_path: Path
) -> None:
    bmc = Bmc()
    async with serving(bmc.routes(), certificate) as port:
        peer_device = with_http("redfish", port, tmp_path, tls=None, fingerprint=certificate.fingerprint)
        async with links(peer_device, tmp_path) as peer:
            sessions = await asyncio.gather(peer.redfish(), peer.redfish())
            assert sessions[0] is sessions[1]
            paths = [f"{SYSTEMS}/{number}" for number in range(12)]
            replies = await asyncio.gather(*(sessions[0].request("GET", path) for path in paths))
            assert [msgspec.json.decode(reply.body)["asked"] for reply in replies] == paths
            kept = str(peer.transcript.take())
            assert (bmc.logins, bmc.tokens, bmc.most_at_once) == (1, {"token-1"}, 2)
        assert bmc.tokens == set()
    assert SECRET not in kept and "token-1" not in kept


async def test_a_forgotten_session_is_opened_again_once(tmp_path: Path) -> None:
    bmc = Bmc()
    async with serving(bmc.routes()) as port, links(with_http("redfish", port, tmp_path), tmp_path) as peer:
        session = await peer.redfish()
        bmc.tokens.clear()
        replies = await asyncio.gather(*(session.request("POST", SYSTEMS, json={}) for _ in range(3)))
        assert [reply.status for reply in replies] == [200, 200, 200]
        assert bmc.logins == 2


async def test_a_wrong_password_reaches_the_bmc_once_a_run(tmp_path: Path) -> None:
    bmc = Bmc()
    async with serving(bmc.routes()) as port:
        wrong = with_http("redfish", port, tmp_path, password="wrong-but-secret")
        both = wrong.model_copy(update={"eapi": wrong.redfish})
        async with links(both, tmp_path) as peer:
            errors = await asyncio.gather(peer.redfish(), peer.redfish(), return_exceptions=True)
            assert all(isinstance(error, CredentialRefused) for error in errors)
            with pytest.raises(CredentialRefused, match="not tried again"):
                await (await peer.eapi()).request("GET", SYSTEMS)
            seen = f"{errors}{peer.transcript.take()}"
        assert (bmc.logins, bmc.requests) == (1, [])
        assert "wrong-but-secret" not in seen


async def test_403_is_refused_and_other_statuses_are_returned(tmp_path: Path) -> None:
    bmc = Bmc()
    async with serving(bmc.routes()) as port, links(with_http("redfish", port, tmp_path), tmp_path) as peer:
        session = await peer.redfish()
        for status in (404, 409, 429, 500, 503):
            reply = await session.request("GET", f"{SYSTEMS}?status={status}")
            assert (reply.status, reply.headers["retry-after"]) == (status, "1")
        with pytest.raises(Refused, match="403"):
            await session.request("GET", f"{SYSTEMS}?status=403")


async def commands(request: web.Request) -> web.Response:
    if (
        request.headers.get("Authorization")
        != "Basic " + base64.b64encode(f"admin:{SECRET}".encode()).decode()
    ):
        return web.json_response({}, status=401)
    asked = await request.json()
    return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": asked["params"]["cmds"]})


async def test_eapi_carries_its_login_in_each_request(certificate: Certificate, tmp_path: Path) -> None:
    async with serving([web.post("/command-api", commands)], certificate) as port:
        colons = ":".join(certificate.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
        pinned = with_http("eapi", port, tmp_path, tls=None, fingerprint=f"SHA256:{colons}")
        async with links(pinned, tmp_path) as peer:
            body = {"jsonrpc": "2.0", "id": 1, "method": "runCmds", "params": {"cmds": ["show version"]}}
            reply = await (await peer.eapi()).request("POST", "/command-api", json=body)
            assert msgspec.json.decode(reply.body)["result"] == ["show version"]
            (kept,) = peer.transcript.take()
    assert kept.request == f"POST /command-api {msgspec.json.encode(body).decode()}"


async def test_a_wrong_fingerprint_is_refused_before_the_password_is_sent(
    certificate: Certificate, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def count(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    async with serving([web.route("*", "/{rest:.*}", count)], certificate) as port:
        pinned = with_http("eapi", port, tmp_path, tls=None, fingerprint="ab" * 32)
        async with links(pinned, tmp_path) as peer:
            with pytest.raises(Refused, match="CHANGED") as caught:
                await (await peer.eapi()).request("GET", "/x")
    assert certificate.fingerprint in caught.value.message and "ab" * 32 in caught.value.message
    assert asked == []


async def test_an_authority_from_a_file_is_trusted_and_no_other(
    certificate: Certificate, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(certificate.certificate.read_text())
    (tmp_path / "other.pem").write_text(self_signed(tmp_path).certificate.read_text())
    (tmp_path / "empty.pem").write_text("")
    async with serving([web.post("/command-api", commands)], certificate) as port:
        for ca, refused in (("ca.pem", None), ("other.pem", "other.pem"), (None, "this system")):
            trusting = with_http("eapi", port, tmp_path, tls=None, ca=ca)
            async with links(trusting, tmp_path) as peer:
                asking = (await peer.eapi()).request(
                    "POST", "/command-api", json={"id": 1, "params": {"cmds": []}}
                )
                if refused is None:
                    assert (await asking).status == 200
                    continue
                with pytest.raises(Refused, match=f"not trusted by {refused}"):
                    await asking
        for ca in ("empty.pem", "none.pem"):
            async with links(with_http("eapi", port, tmp_path, tls=None, ca=ca), tmp_path) as peer:
                with pytest.raises(Refused, match="can't be used"):
                    await peer.eapi()


async def test_a_redirect_is_followed_on_the_same_host_only(tmp_path: Path) -> None:
    async def away(request: web.Request) -> web.Response:
        where = {"near": "/here", "far": "http://192.0.2.1/steal", "round": "/to/round"}
        raise web.HTTPFound(where[request.match_info["where"]])

    async def here(request: web.Request) -> web.Response:
        return web.Response(text="arrived")

    routes = [web.get("/to/{where}", away), web.get("/here", here)]
    async with serving(routes) as port, links(with_http("eapi", port, tmp_path), tmp_path) as peer:
        client = await peer.eapi()
        assert (await client.request("GET", "/to/near")).body == b"arrived"
        with pytest.raises(Refused, match="another host"):
            await client.request("GET", "/to/far")
        with pytest.raises(Unparsable, match="in circles"):
            await client.request("GET", "/to/round")


@pytest.mark.parametrize("path", ["@192.0.2.1/x", "http://192.0.2.1/", "/a b", "/x\r\nHost: y", ""])
async def test_a_link_from_a_device_that_is_no_path_is_unparsable(tmp_path: Path, path: str) -> None:
    async with links(with_http("eapi", 1, tmp_path), tmp_path) as peer:
        with pytest.raises(Unparsable, match="no path"):
            await (await peer.eapi()).request("GET", path)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes, end: str) -> None:
    await reader.read(4096)
    writer.write(said)
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    if end == "reset":
        reset(writer)
    elif end == "stay":
        await reader.read()


BROKEN: dict[str, tuple[bytes, str, type[DeviceError], str]] = {
    "a body cut short": (
        HEAD + b"Content-Length: 100\r\n\r\n{",
        "close",
        Unparsable,
        "broke off after 1 bytes",
    ),
    "a body and a reset": (HEAD + b"Content-Length: 100\r\n\r\n{", "reset", Unparsable, "broke off"),
    "a chunk cut short": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{}",
        "close",
        Unparsable,
        "broke off",
    ),
    "a chunk that is none": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "close",
        Unparsable,
        "leaf-1",
    ),
    "noise": (b"\x00\xff\x1b[31m\r\n\r\n", "close", Unparsable, "does not speak HTTP"),
    "an endless header": (HEAD + b"X: " + b"a" * 100_000, "close", Unparsable, "leaf-1"),
    "no answer": (b"", "close", Refused, "without an answer"),
    "a reset": (b"", "reset", Refused, "leaf-1"),
    "silence": (b"", "stay", TimedOut, "no answer came"),
    "a body that stops": (HEAD + b"Content-Length: 100\r\n\r\n{", "stay", TimedOut, "sent 1 bytes"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_reply_has_the_right_reason(tmp_path: Path, name: str) -> None:
    said, end, kind, what = BROKEN[name]
    async with (
        listener(lambda reader, writer: _say(reader, writer, said, end)) as port,
        links(with_http("eapi", port, tmp_path), tmp_path) as peer,
    ):
        with pytest.raises(DeviceError, match=what) as caught:
            await (await peer.eapi()).request("GET", "/x", deadline_s=0.5 if end == "stay" else 5)
        (kept,) = peer.transcript.take()
    assert type(caught.value) is kind
    assert kept.error == caught.value.message


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """100 MB, or as much of it as is taken."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"Content-Length: 100000000\r\n\r\n")
    piece = b"x" * 100_000
    with contextlib.suppress(ConnectionError):
        for _ in range(1000):
            writer.write(piece)
            await writer.drain()


async def test_a_reply_of_100_mb_is_cut_off_and_memory_stays_bounded(tmp_path: Path) -> None:
    async with listener(_pour) as port, links(with_http("eapi", port, tmp_path), tmp_path) as peer:
        client = await peer.eapi()
        tracemalloc.start()
        try:
            with pytest.raises(Unparsable, match="longer than 16,777,216 bytes"):
                await client.request("GET", "/x", deadline_s=30)
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        (kept,) = peer.transcript.take()
    assert peak_bytes < 48 * 1024 * 1024
    assert len(kept.reply) == 64 * 1024


async def test_a_compressed_flood_is_cut_off_where_it_is_unpacked(tmp_path: Path) -> None:
    async def flood(request: web.Request) -> web.Response:
        response = web.Response(body=bytes(40_000_000))
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with (
        serving([web.get("/x", flood)]) as port,
        links(with_http("eapi", port, tmp_path), tmp_path) as peer,
    ):
        with pytest.raises(Unparsable, match="longer than"):
            await (await peer.eapi()).request("GET", "/x", deadline_s=30)


async def test_a_listener_that_never_speaks_tls_is_a_timeout(tmp_path: Path) -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listener(hold) as port:
        silent = with_http("eapi", port, tmp_path, tls=None)
        async with links(silent, tmp_path, connect_deadline_s=0.4) as peer:
            with pytest.raises(TimedOut, match="never spoke TLS"):
                await (await peer.eapi()).request("GET", "/x", deadline_s=5)


async def test_plain_http_where_tls_belongs_is_unparsable(tmp_path: Path) -> None:
    async with (
        listener(lambda reader, writer: _say(reader, writer, HEAD + b"\r\n", "close")) as port,
        links(with_http("eapi", port, tmp_path, tls=None), tmp_path) as peer,
    ):
        with pytest.raises(Unparsable, match="does not speak TLS"):
            await (await peer.eapi()).request("GET", "/x", deadline_s=2)


async def test_a_closed_port_and_a_name_without_address(tmp_path: Path) -> None:
    closed = with_http("redfish", free_port(), tmp_path)
    async with links(closed, tmp_path) as peer:
        with pytest.raises(Refused, match="nothing listens"):
            await peer.redfish()
    async with links(closed.model_copy(update={"address": "bmc.invalid"}), tmp_path) as peer:
        with pytest.raises(Unreachable):
            await peer.redfish()


async def test_a_device_without_redfish_says_so(tmp_path: Path) -> None:
    async with links(device(), tmp_path) as peer:
        for opening in (peer.redfish, peer.eapi):
            with pytest.raises(NoData, match="in the inventory"):
                await opening()
