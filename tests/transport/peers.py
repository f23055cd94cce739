"""Real peers on loopback: started on a free port, ready when they say so, stopped by their pid."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from pathlib import Path

import msgspec
import pytest

from bringup.model.inventory import Device
from bringup.transport.credentials import resolve
from bringup.transport.links import DeviceLinks, Wiring

READY_DEADLINE_S = 90.0


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def poll(ready: Callable[[], bool], what: str) -> None:
    """Wait for a peer that has no better way to say that it is ready."""
    end = time.monotonic() + READY_DEADLINE_S
    while not ready():
        assert time.monotonic() < end, f"{what} was not ready within {READY_DEADLINE_S} s"
        time.sleep(0.02)


@contextlib.contextmanager
def process(
    command: Sequence[str], log: Path, ready: Callable[[], bool]
) -> Generator[subprocess.Popen[bytes], None, None]:
    with log.open("wb") as file:
        started = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL)
        try:
            poll(lambda: started.poll() is not None or ready(), command[0])
            assert started.poll() is None, log.read_text(errors="replace")
            yield started
        finally:
            started.terminate()
            try:
                started.wait(5)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


class Sshd(msgspec.Struct, frozen=True):
    """An OpenSSH server that takes root's key, and passwords from nobody who knows none."""

    port: int
    folder: Path
    log: Path

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    def known_hosts(self, name: str = "known_hosts", key: str | None = None) -> Path:
        path = self.folder / name
        path.write_text(f"[127.0.0.1]:{self.port} {key or self.host_key}\n")
        return path

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")


def make_key(path: Path) -> str:
    """A new key pair; the public part."""
    subprocess.run([tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


@contextlib.contextmanager
def sshd(folder: Path, lines: Sequence[str] = (), within: Sequence[str] = ()) -> Generator[Sshd, None, None]:
    """`lines` are added to its configuration; `within` is put before its command (`ip netns exec NAME`)."""
    if os.geteuid() != 0:
        pytest.skip("an sshd of our own needs root")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    make_key(folder / "host")
    make_key(folder / "user")
    shutil.copy(folder / "user.pub", folder / "authorized_keys")
    port = free_port()
    settings = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host'}",
        f"AuthorizedKeysFile {folder / 'authorized_keys'}",
        f"PidFile {folder / 'pid'}",
        "PermitRootLogin yes",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication yes",
        "KbdInteractiveAuthentication yes",
        "LogLevel VERBOSE",
        "MaxStartups 200",
        *lines,
    )
    (folder / "sshd_config").write_text("\n".join(settings) + "\n")
    log = folder / "sshd.log"
    command = [*within, tool("sshd"), "-D", "-e", "-f", str(folder / "sshd_config")]
    with process(command, log, lambda: b"Server listening" in log.read_bytes()):
        yield Sshd(port, folder, log)


def wiring(device: Device, folder: Path, **options: object) -> Wiring:
    """The wiring of an inventory with one device."""
    return Wiring(resolve([device], folder), folder, **options)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def links(device: Device, folder: Path, **options: object) -> AsyncGenerator[DeviceLinks, None]:
    made = wiring(device, folder, **options)
    try:
        yield made.links(device)
    finally:
        await made.close()


def device(**transports: object) -> Device:
    return Device.model_validate(
        {"name": "leaf-1", "role": "leaf", "platform": "sonic", "address": "127.0.0.1", **transports}
    )


class Certificate(msgspec.Struct, frozen=True):
    """A self-signed one for 127.0.0.1: PEM files and the SHA-256 of the certificate."""

    certificate: Path
    key: Path
    fingerprint: str

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def self_signed(folder: Path, name: str = "127.0.0.1") -> Certificate:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        [
            *(
                tool("openssl"),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ),
            *("-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=tested"),
            *("-addext", f"subjectAltName=IP:{name}", "-addext", "basicConstraints=critical,CA:TRUE"),
        ],
        check=True,
        capture_output=True,
    )
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()
    return Certificate(certificate, key, digest)


@contextlib.asynccontextmanager
async def listener(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *,
    tls: ssl.SSLContext | None = None,
) -> AsyncGenerator[int, None]:
    """A TCP server that answers by a function; at the end every conversation has ended."""
    under_way: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await answer(reader, writer)
        finally:
            await _end(writer)
            under_way.discard(task)

    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        if under_way:
            await asyncio.wait(under_way, timeout=READY_DEADLINE_S)
        await server.wait_closed()


async def _end(writer: asyncio.StreamWriter) -> None:
    """Send what is left, then close."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection by RST, once what was written is on its way."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
