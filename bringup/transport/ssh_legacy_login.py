"""Logging in to old gear by paramiko: key exchanges and ciphers that asyncssh is not asked to speak.

Only for devices whose inventory says `legacy = true` (or `console`). Host keys are held against the same
file, before any credential leaves this machine; the password is sent at most once.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import socket
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import asyncssh
import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.message import Message
from paramiko.transport import ServiceRequestingTransport

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.transport.failure import CredentialRefused, Peer
from bringup.transport.ssh_client import Login, trusted
from bringup.transport.ssh_failure import credentials_error, host_key_error
from bringup.transport.ssh_keys import quieten
from bringup.transport.ssh_login import PUBLIC_KEYS, hang_up, jump_of, log_in
from bringup.transport.tcp import connect_tcp
from bringup.transport.worker import Metered, StoppedError, Until, Worker

LOGIN_BYTES_MAX = 1024 * 1024
"""What a peer may send before it has let us in: a greeting of any sane length, and its keys."""
AGENT_KEYS_MAX = 5
"""OpenSSH hangs up after six keys that it does not know."""
_KEY_CLASSES: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_NEW_RSA = ["rsa-sha2-256", "rsa-sha2-512"]
_PIPE_BYTES = 64 * 1024


class LegacyConnection:
    """A paramiko transport, logged in, with the thread that it is used from."""

    def __init__(self, peer: Peer, sock: Metered, worker: Worker, way: _Way) -> None:
        self.peer = peer
        self.worker = worker
        self.transport: paramiko.Transport | None = None
        self.sock = sock
        self._way = way

    @property
    def alive(self) -> bool:
        return self.transport is not None and self.transport.is_active()

    def cut(self) -> None:
        """End it at once, from any thread."""
        self.sock.close()
        if self.transport is not None:
            self.transport.close()

    async def close(self) -> None:
        """Raises nothing."""
        self.cut()
        self.worker.close()
        await self._way.close()


class _Way:
    """What leads to the device: nothing but a socket, or a jump host and the pump between."""

    def __init__(self) -> None:
        self.jump: asyncssh.SSHClientConnection | None = None
        self.pump: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self.pump is not None:
            self.pump.cancel()
            await asyncio.wait([self.pump])
        if self.jump is not None:
            await hang_up(self.jump)


class _Asking(AuthOnlyHandler):
    """paramiko's own waits for an answer only after it has sent the question, and misses a quick one."""

    def send_auth_request(
        self, username: str, method: str, finish_message: Callable[[Message], object] | None = None
    ) -> list[str]:
        self.auth_method, self.username = method, username
        question = Message()
        question.add_byte(cMSG_USERAUTH_REQUEST)
        for text in (username, "ssh-connection", method):
            question.add_string(text)
        if finish_message is not None:
            finish_message(question)
        self.auth_event = threading.Event()
        with self.transport.lock:
            self.transport._send_message(question)  # type: ignore[attr-defined]  # noqa: SLF001
        answer: list[str] = self.wait_for_response(self.auth_event)
        return answer


class _Transport(ServiceRequestingTransport):
    """Asks for the service of logging in once: strict servers hang up on a second time."""

    def get_auth_handler(self) -> AuthOnlyHandler:
        return _Asking(self)


async def log_in_legacy(
    peer: Peer, login: Login, *, connect_deadline_s: float, login_deadline_s: float
) -> LegacyConnection:
    """A connection, logged in, host key checked. Raises `DeviceError`s."""
    quieten()
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    way = _Way()
    worker = Worker(f"ssh-{peer.device}")
    try:
        sock = await _connect(peer, login, way, connect_deadline_s, login_deadline_s)
        connection = LegacyConnection(peer, Metered(sock, LOGIN_BYTES_MAX), worker, way)
    except BaseException:
        await way.close()
        worker.close()
        raise
    try:
        await worker.run(
            lambda until: _hand_shake(connection, login, until), login_deadline_s, connection.cut
        )
    except TimeoutError:
        await connection.close()
        raise TimedOut(
            f"{peer} stopped answering during the login (waited {login_deadline_s:g} s)",
            "Is its SSH service hung? Try `ssh -v` and the console port",
        ) from None
    except BaseException:
        await connection.close()
        raise
    connection.sock.allowance_bytes = None
    return connection


async def _connect(
    peer: Peer, login: Login, way: _Way, connect_deadline_s: float, login_deadline_s: float
) -> socket.socket:
    """A socket that paramiko can block on."""
    if not login.settings.jump:
        sock = await connect_tcp(peer, deadline_s=connect_deadline_s)
        sock.setblocking(True)
        return sock
    jump_peer, jump_login = jump_of(peer, login)
    way.jump = await log_in(
        jump_peer, jump_login, connect_deadline_s=connect_deadline_s, login_deadline_s=login_deadline_s
    )
    try:
        async with asyncio.timeout(login_deadline_s):
            reader, writer = await way.jump.open_connection(peer.address, peer.port, encoding=None)
    except TimeoutError:
        raise TimedOut(f"{jump_peer} did not connect us to {peer}", "Try it by hand from there") from None
    except (asyncssh.Error, OSError):
        raise Refused(
            f"{jump_peer} would not connect us to {peer}", "May it forward, and does the device listen?"
        ) from None
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    way.pump = asyncio.create_task(_pump(theirs, reader, writer))
    return ours


async def _pump(
    sock: socket.socket, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]
) -> None:
    """Bytes both ways until either end is gone."""
    loop = asyncio.get_running_loop()

    async def out() -> None:
        while data := await loop.sock_recv(sock, _PIPE_BYTES):
            writer.write(data)
            await writer.drain()

    async def back() -> None:
        while data := await reader.read(_PIPE_BYTES):
            await loop.sock_sendall(sock, data)

    ways = [asyncio.create_task(out()), asyncio.create_task(back())]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in ways:
            one.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        sock.close()
        writer.close()


def _hand_shake(connection: LegacyConnection, login: Login, until: Until) -> None:
    """In the thread. Raises `DeviceError`s and `StoppedError`."""
    peer, sock = connection.peer, connection.sock
    known = trusted(peer, login)
    asked = False
    try:
        with warnings.catch_warnings():
            # That SHA-1 and 3DES are weak is known here: the inventory asked for them.
            warnings.simplefilter("ignore")
            transport = _Transport(sock)  # type: ignore[arg-type]
        connection.transport = transport
        _prefer(transport, known[0])
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = until.left_s()
        transport.start_client(timeout=until.left_s())
        _check_host_key(peer, login, known, transport.get_remote_server_key())
        asked = True
        _authenticate(peer, login, transport, until)
    except (DeviceError, StoppedError):
        raise
    except Exception as error:
        # paramiko raises many kinds, some of them bare; what the peer said is in none of our words.
        until.left_s()
        raise _failure(peer, login, sock, error, asked) from None


def _prefer(transport: paramiko.Transport, keys: Sequence[asyncssh.SSHKey]) -> None:
    """Ask for host keys of the recorded types, so that a host with several shows the one on record."""
    recorded = {key.get_algorithm() for key in keys}
    options = transport.get_security_options()
    wanted = tuple(
        name for name in options.key_types if name in recorded or ("ssh-rsa" in recorded and name in _NEW_RSA)
    )
    if wanted:
        options.key_types = wanted


def _check_host_key(peer: Peer, login: Login, known: Any, shown: paramiko.PKey) -> None:
    hosts, _authorities, revoked = known
    key = asyncssh.import_public_key(f"{shown.get_name()} {shown.get_base64()}")
    if key in revoked:
        raise Refused(f"{peer}: its host key is on record as REVOKED", "Ask who revoked it, and why")
    stated = login.settings.host_key
    if key in hosts or (stated is not None and stated.strip() == key.get_fingerprint()):
        return
    raise host_key_error(peer, login, key)


def _authenticate(peer: Peer, login: Login, transport: paramiko.Transport, until: Until) -> None:
    user = login.settings.user
    methods = _methods(transport, user)
    if "server-sig-algs" not in transport.server_extensions:  # type: ignore[attr-defined]
        # Whoever does not say what he takes is older than the new names of RSA signatures.
        transport.disabled_algorithms = {"pubkeys": list(_NEW_RSA)}
    transport.auth_timeout = until.left_s()
    if transport.is_authenticated():
        return
    if login.password is not None and login.key is None:
        _by_password(transport, user, login.password, methods)
    elif login.key is not None and not login.key.startswith(PUBLIC_KEYS):
        key = _private_key(peer, login, login.key)
        if login.certificate is not None:
            key.load_certificate(login.certificate.decode())
        transport.auth_publickey(user, key)
    else:
        _by_agent(transport, user, login.key, until)
    if not transport.is_authenticated():
        raise credentials_error(peer, login)


def _methods(transport: paramiko.Transport, user: str) -> list[str]:
    """What the device offers."""
    try:
        transport.auth_none(user)
    except paramiko.BadAuthenticationType as refused:
        return list(refused.allowed_types)
    return []


def _by_password(transport: paramiko.Transport, user: str, password: str, methods: Sequence[str]) -> None:
    """Once, by the one method that the device offers."""
    if "password" in methods or "keyboard-interactive" not in methods:
        transport.auth_password(user, password, fallback=False)
        return
    unsent = [password]

    def answer(title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        return [unsent.pop() if unsent and len(prompts) == 1 else "" for _ in prompts]

    transport.auth_interactive(user, answer)


def _by_agent(transport: paramiko.Transport, user: str, public: bytes | None, until: Until) -> None:
    """The keys that ssh-agent holds, or the one of them that the inventory names."""
    agent = paramiko.Agent()
    try:
        keys = agent.get_keys()
        if public is not None:
            wanted = asyncssh.import_public_key(public).public_data
            keys = tuple(key for key in keys if key.asbytes() == wanted)
        for key in keys[:AGENT_KEYS_MAX]:
            until.left_s()
            with contextlib.suppress(paramiko.AuthenticationException):
                transport.auth_publickey(user, key)
                return
    finally:
        agent.close()


def _private_key(peer: Peer, login: Login, data: bytes) -> paramiko.PKey:
    for kind in _KEY_CLASSES:
        with contextlib.suppress(paramiko.SSHException, ValueError, IndexError, UnicodeDecodeError):
            return kind.from_private_key(io.StringIO(data.decode()))
    raise CredentialRefused(
        f"{peer}: the key file {login.settings.key} can't be used (damaged, or it has a passphrase)",
        "Load it into ssh-agent and name its public key (.pub), or name a key without a passphrase",
    )


def _failure(peer: Peer, login: Login, sock: Metered, error: Exception, asked: bool) -> DeviceError:
    if isinstance(error, paramiko.AuthenticationException):
        return credentials_error(peer, login)
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        return Refused(
            f"{peer} has no algorithm in common with us, not even of the old ones",
            "`ssh -vv` lists what it offers; its console port may be the only way in",
        )
    if sock.overdrawn or "banner" in str(error):
        if sock.received_bytes == 0:
            return Refused(f"{peer} closed the connection during the handshake", "It may limit sessions")
        return Unparsable(f"{peer} does not speak SSH as it should", "Is the port right? Look with `ssh -v`")
    if asked:
        return credentials_error(peer, login)
    if isinstance(error, (EOFError, OSError)) or "EOF" in str(error):
        return Refused(f"{peer} closed the connection during the handshake", "It may limit sessions")
    return Unparsable(f"{peer} does not speak SSH as it should", "Is the port right? Look with `ssh -v`")
