"""`bringup inventory scan`: what answers, from peers of every kind, within bounds."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bringup.cli._scan import Found, Wanted, addresses_of, text_of
from bringup.cli._scan_wires import Answer, Ports, ask_all
from bringup.cli.main import main
from bringup.input import load_inventory
from bringup.input.inventory import refuse_found
from bringup.model.errors import InputError
from bringup.model.facts import Attached, Neighbor
from bringup.model.facts import Port as Interface
from bringup.model.measurement import value
from tests.transport.peers import free_port

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HERE = "127.0.0.1"


@asynccontextmanager
async def serving(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of our own that says what it is told to."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except OSError:
            pass  # the client had enough
        finally:
            writer.close()

    server = await asyncio.start_server(handle, HERE, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(data: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return talk


async def answers(**ports: int) -> list[Answer]:
    return await ask_all(HERE, Ports(**{"ssh": 0, "snmp": 0, "https": 0, **ports}), "public", deadline_s=1.0)


async def test_a_banner_is_read_and_nothing_is_said_to_it() -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Authorized use only\r\nSSH-2.0-OpenSSH_9.2p1 Debian\r\n")
        heard.append(await reader.read())

    async with serving(talk) as port:
        (answer,) = await answers(ssh=port)
    assert (answer.service, answer.said) == ("ssh", {"banner": "SSH-2.0-OpenSSH_9.2p1 Debian"})
    assert heard in ([b""], [])


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 400 Bad\r\n\r\n", b"\xff" * 100_000, b"hello\r\n" * 10_000, b"SSH"]
)
async def test_what_is_no_banner_is_no_answer(data: bytes) -> None:
    async with serving(saying(data)) as port:
        assert await answers(ssh=port) == []
        assert await answers(https=port) == []


async def test_a_peer_that_never_speaks_or_never_ends_costs_a_deadline() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x\r\n" * 1000)
            await writer.drain()

    for talk in (silent, endless):
        async with serving(talk) as port:
            began = time.monotonic()
            assert await answers(ssh=port, https=port) == []
            assert time.monotonic() - began < 5


async def test_nobody_is_no_answer() -> None:
    port = free_port()
    assert await answers(ssh=port, snmp=port, https=port) == []


def http(status: str, body: bytes = b"", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder = tmp_path_factory.mktemp("tls")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=somebody"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    made.load_cert_chain(certificate, key)
    return made


@pytest.mark.parametrize(
    ("by_path", "service"),
    [
        ({b"/redfish/v1/": http("200 OK", b'{"RedfishVersion": "1.15.0", "Vendor": "Acme"}')}, "redfish"),
        ({b"/redfish/v1/": http("200 OK", b"<html>")}, None),
        ({b"/redfish/v1/": http("200 OK", b'["RedfishVersion"]')}, None),
        ({b"/redfish/v1/": http("200 OK", b"[" * 60_000)}, None),
        ({b"/command-api": http("401 Unauthorized", head="WWW-Authenticate: Basic realm=x\r\n")}, "eapi"),
        ({b"/command-api": http("200 OK")}, None),
        ({b"/command-api": b"garbage"}, None),
        ({}, None),
    ],
)
async def test_https_is_told_apart_without_a_login(
    context: ssl.SSLContext, by_path: dict[bytes, bytes], service: str | None
) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        heard.append(request)
        writer.write(by_path.get(request.split()[1], http("404 Not Found")))
        await writer.drain()

    async with serving(talk, context) as port:
        found = await answers(https=port)
    assert [answer.service for answer in found] == ([service] if service else [])
    assert all(request.startswith(b"GET ") and b"uthorization" not in request for request in heard)
    if found:
        assert len(found[0].said["certificate"]) == 64


def test_what_is_written_is_marked_found_and_expects_nothing(tmp_path: Path) -> None:
    said = {"description": "Linux\x1b[2J\n[[device]]", "object_id": "1.3.6.1.4.1.318.1.3.4", "name": "pdu-1"}
    answers = (
        Found("10.0.0.1", (Answer("snmp", 161, said),)),
        Found("10.0.0.2", (Answer("ssh", 22, {"banner": "SSH-2.0-OpenSSH_9"}), Answer("snmp", 161, said))),
        Found("10.0.0.3", (Answer("redfish", 443, {"version": "1.1", "vendor": "A\nfound = false"}),)),
    )
    path = tmp_path / "found.toml"
    path.write_text(text_of(answers, Wanted(addresses=("10.0.0.0/24",))))
    inventory = load_inventory(path)
    assert list(inventory.devices) == ["pdu-1", "found-10-0-0-2", "found-10-0-0-3"]
    assert all(device.found and device.expect.serial is None for device in inventory.device)
    assert [device.platform for device in inventory.device] == ["apc-pdu", "apc-pdu", "redfish-bmc"]
    assert "\x1b" not in path.read_text()
    assert path.read_text().startswith("# FOUND by a scan")


def switch(name: str, *attached: Attached) -> Answer:
    return Answer("snmp", 161, {"name": name}, (Interface(name="swp1"), Interface(name="swp2")), attached)


def hears(here: str, system: str, port: str) -> Attached:
    heard = Neighbor(local_port=here, system_name=value(system), port_id=value(port))
    return Attached(port=here, neighbors=(heard,))


def test_cables_that_are_seen_are_written_as_found_and_never_as_expected(tmp_path: Path) -> None:
    answers = (
        Found(
            "10.0.0.1", (switch("leaf-1", hears("swp1", "leaf-2.lab", "swp2"), hears("swp2", "x\n#", "1")),)
        ),
        Found("10.0.0.2", (switch("leaf-2", hears("swp2", "leaf-1", "swp1"), hears("swp1", "y", "2")),)),
        Found("10.0.0.3", (switch("leaf-3", hears("swp1", "leaf-2", "a b#c")),)),
    )
    path = tmp_path / "found.toml"
    path.write_text(text_of(answers, Wanted(addresses=("10.0.0.0/24",))))
    inventory = load_inventory(path)
    assert [(cable.subject, cable.found) for cable in inventory.cable] == [
        ("leaf-1/swp1<->leaf-2/swp2", True),
    ]
    assert inventory.port == ()
    text = path.read_text()
    assert "Cables: 1 between these devices" in text and "leaf-2/swp1 sees y/2, which did not answer" in text
    with pytest.raises(InputError, match="leaf-1/swp1<->leaf-2/swp2"):
        refuse_found(inventory.model_copy(update={"device": ()}), path)


def test_a_run_refuses_what_was_only_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "found.toml"
    answer = Answer("ssh", 22, {"banner": "SSH-2.0-OpenSSH_9"})
    path.write_text(text_of((Found("10.0.0.2", (answer,)),), Wanted(addresses=("10.0.0.2",))))
    runs = tmp_path / "runs"
    assert main(["run", "this-host", "-i", str(path), "--headless", "--runs", str(runs)]) == 2
    assert "found-10-0-0-2 was found by a scan" in capsys.readouterr().err
    assert not runs.exists()


def test_addresses_are_counted_and_bounded() -> None:
    assert addresses_of(["10.0.0.0/30", "10.0.0.1", "leaf-1.lab", "fd00::1", "10.0.0.9-10.0.0.10"]) == (
        "10.0.0.1",
        "10.0.0.2",
        "leaf-1.lab",
        "fd00::1",
        "10.0.0.9",
        "10.0.0.10",
    )


@pytest.mark.parametrize(
    "word",
    ["10.0.0.0/8", "::/0", "10.0.0.9-10.0.0.1", "10.0.0.1-10.9.0.1", "10.0.0.256", "-x", "a b", "", "1/x"],
)
def test_what_is_no_bounded_address_is_refused(word: str) -> None:
    with pytest.raises(InputError):
        addresses_of([word])


def test_a_literal_community_is_refused_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["inventory", "scan", HERE, "--out", str(tmp_path / "x.toml"), "--community", "hunter2"]
    assert main(words) == 2
    told = capsys.readouterr()
    assert "hunter2" not in told.out + told.err


def test_nothing_found_writes_nothing(tmp_path: Path) -> None:
    port, out = str(free_port()), tmp_path / "x.toml"
    ports = ["--ssh-port", port, "--snmp-port", "0", "--https-port", port]
    assert main(["inventory", "scan", HERE, "--out", str(out), *ports]) == 3
    assert not out.exists()
