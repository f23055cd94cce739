"""Logging in over SSH: through jump hosts, with keys, certificates, an agent or the one password."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncssh

from bringup.model.inventory import Ssh
from bringup.transport.failure import CredentialRefused, Peer
from bringup.transport.ssh_client import JUMP_HOST, Login, LoginClient, trusted
from bringup.transport.ssh_failure import login_error
from bringup.transport.ssh_keys import quieten
from bringup.transport.tcp import connect_tcp

KEEPALIVE_INTERVAL_S = 5.0
KEEPALIVES_UNANSWERED = 3
GOODBYE_S = 1.0
PUBLIC_KEYS = (b"ssh-", b"ecdsa-", b"sk-")
_PLAIN_HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
# AES in hardware costs a third of ChaCha20 here, which asyncssh would prefer; both are as strong.
_CIPHERS = (
    "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
    "aes256-ctr,aes192-ctr,aes128-ctr"
)


async def log_in(
    peer: Peer, login: Login, *, connect_deadline_s: float, login_deadline_s: float
) -> asyncssh.SSHClientConnection:
    """A connection, logged in, host key checked. Raises `DeviceError`s."""
    quieten()
    client = LoginClient(peer, login)
    options = _options(peer, login, lambda: client)
    jump: asyncssh.SSHClientConnection | None = None
    if login.settings.jump:
        jump_peer, jump_login = jump_of(peer, login)
        jump = await log_in(
            jump_peer, jump_login, connect_deadline_s=connect_deadline_s, login_deadline_s=login_deadline_s
        )
        options["tunnel"] = jump
    else:
        options["sock"] = await connect_tcp(peer, deadline_s=connect_deadline_s)
    try:
        async with asyncio.timeout(login_deadline_s), _picked_key(peer, login, options):
            connection = await asyncssh.connect(peer.address, peer.port, **options)
    except BaseException as error:
        sock = options.get("sock")
        if sock is not None and client.connection is None:
            sock.close()
        if jump is not None:
            jump.abort()
        if isinstance(error, (asyncssh.Error, OSError, ValueError)):
            raise login_error(peer, login, client, error, login_deadline_s) from None
        raise
    if jump is not None:
        # The jump host's connection ends with the one that it carries; `hang_up` waits for both.
        connection.set_tunnel(jump)
        connection.set_extra_info(jump=jump)
    return connection


async def hang_up(connection: asyncssh.SSHClientConnection) -> None:
    """Close a connection; a peer that does not say goodbye within a second is cut off. Raises nothing."""
    connection.close()
    try:
        async with asyncio.timeout(GOODBYE_S):
            await connection.wait_closed()
    except (TimeoutError, OSError, asyncssh.Error):
        connection.abort()
    jump = connection.get_extra_info("jump")
    if jump is not None:
        await hang_up(jump)


@contextlib.asynccontextmanager
async def _picked_key(peer: Peer, login: Login, options: dict[str, Any]) -> AsyncIterator[None]:
    """Where the inventory names a public key: the private one in ssh-agent, and no other."""
    if login.key is None or not login.key.startswith(PUBLIC_KEYS):
        yield
        return
    wanted = _public(peer, login, login.key).public_data
    try:
        agent = await asyncssh.connect_agent()
    except OSError:
        raise _not_in_agent(peer, login, "no ssh-agent answers") from None
    try:
        options["client_keys"] = await agent.get_keys([wanted])
        if not options["client_keys"]:
            raise _not_in_agent(peer, login, "ssh-agent does not hold it")
        yield
    finally:
        agent.close()
        await agent.wait_closed()


def _not_in_agent(peer: Peer, login: Login, why: str) -> CredentialRefused:
    return CredentialRefused(
        f"{peer}: the private key of {login.settings.key} can't be had: {why}",
        "Load it with `ssh-add`, in the session that starts the run",
    )


def _options(peer: Peer, login: Login, factory: Callable[[], asyncssh.SSHClient]) -> dict[str, Any]:
    """What asyncssh would take from the environment (config, agent, default keys) is set here."""
    options: dict[str, Any] = {
        "config": None,
        "client_factory": factory,
        "known_hosts": trusted(peer, login),
        "x509_trusted_certs": None,
        "username": login.settings.user,
        "gss_kex": False,
        "gss_auth": False,
        "host_based_auth": False,
        "encryption_algs": _CIPHERS,
        "preferred_auth": "publickey,password,keyboard-interactive",
        "keepalive_interval": KEEPALIVE_INTERVAL_S,
        "keepalive_count_max": KEEPALIVES_UNANSWERED,
    }
    if isinstance(options["known_hosts"], tuple) and not options["known_hosts"][1]:
        # Without a trusted authority a certificate proves nothing, and would be preferred to the host's key.
        options["server_host_key_algs"] = _host_key_types(options["known_hosts"][0])
    if login.key is not None and login.key.startswith(PUBLIC_KEYS):
        options["agent_path"] = None  # the one key that is meant is fetched from it beforehand
    elif login.key is not None:
        options["client_keys"] = [_private(peer, login, login.key)]
        if login.certificate is not None:
            options["client_certs"] = [_certificate(peer, login, login.certificate)]
        options["agent_path"] = None
    elif login.password is not None:
        options["client_keys"] = None
        options["agent_path"] = None
    return options


def _host_key_types(trusted: Sequence[asyncssh.SSHKey]) -> list[str]:
    """Of the recorded types, so that the host shows the key that is on record; all where none is."""
    found: list[str] = []
    for key in trusted:
        name = key.get_algorithm()
        names = ["rsa-sha2-256", "rsa-sha2-512"] if name == "ssh-rsa" else [name]
        found += [each for each in names if each not in found]
    return found or list(_PLAIN_HOST_KEYS)


def _private(peer: Peer, login: Login, key: bytes) -> asyncssh.SSHKey:
    try:
        return login.keys.private(key)
    except asyncssh.KeyImportError:
        raise CredentialRefused(
            f"{peer}: the key file {login.settings.key} can't be used (damaged, or it has a passphrase)",
            "Load it into ssh-agent and name its public key (.pub), or name a key without a passphrase",
        ) from None


def _public(peer: Peer, login: Login, key: bytes) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(key)
    except asyncssh.KeyImportError:
        raise CredentialRefused(
            f"{peer}: the public key file {login.settings.key} can't be used (damaged)", "Write it anew"
        ) from None


def _certificate(peer: Peer, login: Login, certificate: bytes) -> asyncssh.SSHCertificate:
    try:
        return asyncssh.import_certificate(certificate)
    except asyncssh.KeyImportError:
        what = login.settings.certificate or f"{login.settings.key}-cert.pub"
        raise CredentialRefused(
            f"{peer}: the certificate {what} can't be used (damaged)", "Ask its authority for another one"
        ) from None


def jump_of(peer: Peer, login: Login) -> tuple[Peer, Login]:
    """The jump host that is next to the device, and how it is logged in to: with its own key, the device's or
    the agent's, never with the device's password. Those before it become its own jump hosts.
    """
    before, _, hop = (login.settings.jump or "").rpartition(",")
    user, _, place = hop.strip().rpartition("@")
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = place.rpartition(":") if place.count(":") == 1 else (place, "", "")
    jump_peer = Peer(
        device=peer.device,
        address=host or place,
        port=int(port) if port.isdigit() else 22,
        service=JUMP_HOST,
    )
    own = login.settings.jump_key
    settings = Ssh(
        user=user or login.settings.user, key=own or login.settings.key, jump=before or None, jump_key=own
    )
    key = login.jump_key if own is not None else login.key
    certificate = None if own is not None else login.certificate
    return jump_peer, Login(
        settings=settings,
        key=key,
        password=None,
        keys=login.keys,
        certificate=certificate,
        jump_key=login.jump_key,
    )
