"""Logging in over SSH: host keys, the one password, and what a refusal means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncssh
import msgspec

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.model.inventory import Ssh
from bringup.transport.failure import CredentialRefused, Peer, network_error
from bringup.transport.ssh_keys import SshKeys, quieten
from bringup.transport.tcp import connect_tcp

KEEPALIVE_INTERVAL_S = 5.0
KEEPALIVES_UNANSWERED = 3
GOODBYE_S = 1.0
# AES in hardware costs a third of ChaCha20 here, which asyncssh would prefer; both are as strong.
_CIPHERS = (
    "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
    "aes256-ctr,aes192-ctr,aes128-ctr"
)
# Key exchanges and ciphers that only old gear needs (`legacy = true`); broken or weak, so never by default.
_LEGACY = {
    "kex_algs": "+diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1",
    "encryption_algs": f"{_CIPHERS},aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc",
    "mac_algs": "+hmac-sha1",
    "signature_algs": "+ssh-rsa",
}


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Who logs in, and how. `password` stays out of every repr."""

    settings: Ssh
    key: bytes | None
    password: str | None
    keys: SshKeys

    def __repr__(self) -> str:
        return f"<Login of {self.settings.user}>"


class LoginClient(asyncssh.SSHClient):
    """Watches one handshake. Sends the password at most once, whichever method the server prefers."""

    def __init__(self, peer: Peer, login: Login) -> None:
        self._peer = peer
        self._login = login
        self.connection: asyncssh.SSHClientConnection | None = None
        self.presented: asyncssh.SSHKey | None = None
        self.asked_for_credentials = False
        self.password_sent = False

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.connection = conn

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Called only for a key that is not among the trusted ones."""
        self.presented = key
        expected = self._login.settings.host_key
        return expected is not None and expected.strip() == key.get_fingerprint()

    def public_key_auth_requested(self) -> None:
        self.asked_for_credentials = True

    def password_auth_requested(self) -> str | None:
        self.asked_for_credentials = True
        if self.password_sent or self._login.password is None:
            return None
        self.password_sent = True
        return self._login.password

    def kbdint_auth_requested(self) -> str | None:
        self.asked_for_credentials = True
        return None if self.password_sent or self._login.password is None else ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Any
    ) -> list[str] | None:
        if not prompts:
            return []
        password = self.password_auth_requested() if len(prompts) == 1 else None
        return None if password is None else [password]


async def log_in(
    peer: Peer, login: Login, *, connect_deadline_s: float, login_deadline_s: float
) -> asyncssh.SSHClientConnection:
    """A connection, logged in, host key checked. Raises `DeviceError`s."""
    quieten()
    client = LoginClient(peer, login)
    options = _options(peer, login, lambda: client)
    jump: asyncssh.SSHClientConnection | None = None
    if login.settings.jump is not None:
        jump_peer, jump_login = _jump(peer, login)
        jump = await log_in(
            jump_peer, jump_login, connect_deadline_s=connect_deadline_s, login_deadline_s=login_deadline_s
        )
        options["tunnel"] = jump
    else:
        options["sock"] = await connect_tcp(peer, deadline_s=connect_deadline_s)
    try:
        async with asyncio.timeout(login_deadline_s):
            connection = await asyncssh.connect(peer.address, peer.port, **options)
    except BaseException as error:
        sock = options.get("sock")
        if sock is not None and client.connection is None:
            sock.close()
        if jump is not None:
            jump.abort()
        if isinstance(error, (asyncssh.Error, OSError, ValueError)):
            raise _login_error(peer, login, client, error, login_deadline_s) from None
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


def _options(peer: Peer, login: Login, factory: Callable[[], asyncssh.SSHClient]) -> dict[str, Any]:
    """What asyncssh would take from the environment (config, agent, default keys) is set here."""
    options: dict[str, Any] = {
        "config": None,
        "client_factory": factory,
        "known_hosts": _trusted(peer, login),
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
    if login.key is not None:
        try:
            options["client_keys"] = [login.keys.private(login.key)]
        except asyncssh.KeyImportError:
            raise CredentialRefused(
                f"{peer}: the key file {login.settings.key} can't be used (damaged, or it has a passphrase)",
                "Load it into ssh-agent and leave out `key`, or name a key without a passphrase",
            ) from None
        options["agent_path"] = None
    elif login.password is not None:
        options["client_keys"] = None
        options["agent_path"] = None
    if login.settings.legacy:
        options.update(_LEGACY)
    return options


def _trusted(peer: Peer, login: Login) -> Any:
    """(host keys, authorities, revoked), as asyncssh takes them. A key in the inventory is the only one."""
    expected = login.settings.host_key
    if expected is None:
        return login.keys.known(peer)
    if expected.strip().startswith("SHA256:"):
        return ([], [], [])
    try:
        return ([asyncssh.import_public_key(expected)], [], [])
    except asyncssh.KeyImportError:
        raise Refused(
            f"{peer}: `host_key` in the inventory is no SSH public key",
            "Write it as `ssh-ed25519 AAAA…` or as `SHA256:…`",
        ) from None


def _jump(peer: Peer, login: Login) -> tuple[Peer, Login]:
    """`[user@]host[:port]`; same key or agent, never the device's password."""
    user, _, place = (login.settings.jump or "").rpartition("@")
    host, _, port = place.rpartition(":") if place.count(":") == 1 else (place, "", "")
    jump_peer = Peer(
        device=peer.device,
        address=host or place,
        port=int(port) if port.isdigit() else 22,
        service="jump host",
    )
    settings = Ssh(user=user or login.settings.user, key=login.settings.key)
    return jump_peer, Login(settings=settings, key=login.key, password=None, keys=login.keys)


def _login_error(
    peer: Peer, login: Login, client: LoginClient, error: Exception, deadline_s: float
) -> DeviceError:
    if isinstance(error, TimeoutError):
        return _stalled(peer, client, deadline_s)
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return host_key_error(peer, login, client.presented)
    if isinstance(error, asyncssh.PermissionDenied) or client.password_sent:
        return _credentials_error(peer, login)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Refused(
            f"{peer} has no algorithm in common with us, or no longer has the recorded type of host key",
            f"`bringup trust {peer.device}` shows its keys; for old gear set `legacy = true`",
        )
    if client.asked_for_credentials and isinstance(error, asyncssh.DisconnectError):
        return _credentials_error(peer, login)
    if isinstance(error, (asyncssh.ConnectionLost, asyncssh.ChannelOpenError, asyncssh.ServiceNotAvailable)):
        return Refused(
            f"{peer} closed the connection during the handshake",
            "It may limit sessions or addresses, or have no host key of the recorded type any more",
        )
    if isinstance(error, OSError):
        return network_error(peer, error)
    return Unparsable(f"{peer} does not speak SSH as it should", "Is the port right? Look with `ssh -v`")


def _stalled(peer: Peer, client: LoginClient, deadline_s: float) -> TimedOut:
    version = client.connection and client.connection.get_extra_info("server_version")
    what = "stopped answering during the login" if version else "accepted the connection and never spoke SSH"
    return TimedOut(
        f"{peer} {what} (waited {deadline_s:g} s)",
        "Is its SSH service hung? Try `ssh -v` and the console port",
    )


def _credentials_error(peer: Peer, login: Login) -> CredentialRefused:
    if login.key is not None:
        what = f"key {login.settings.key}"
    elif login.password is not None:
        what = "password"
    else:
        what = "ssh-agent's and default keys"
    return CredentialRefused(
        f"{peer} refused user {login.settings.user} with the {what}",
        "Check the user and what the inventory names for it; it was tried once, so that no account is locked",
    )


def host_key_error(peer: Peer, login: Login, presented: asyncssh.SSHKey | None) -> Refused:
    """Unknown or changed; both fingerprints are shown for a changed one."""
    if presented is None:
        return Refused(
            f"{peer} presented a host certificate or key that is not trusted",
            f"Run `bringup trust {peer.device} -i INVENTORY` after checking it",
        )
    shown = f"{presented.get_algorithm()} {presented.get_fingerprint()}"
    expected = _expected_fingerprints(peer, login, presented)
    if not expected:
        return Refused(
            f"{peer}: its host key {shown} is not known",
            f"Compare it with the label or the console, then `bringup trust {peer.device} -i INVENTORY`",
        )
    return Refused(
        f"{peer}: its host key has CHANGED: recorded {', '.join(expected)}, presented {shown}",
        "Someone may be in between, or the device was replaced or reinstalled. Only if you know why: "
        f"`bringup trust {peer.device} -i INVENTORY`",
    )


def _expected_fingerprints(peer: Peer, login: Login, presented: asyncssh.SSHKey) -> list[str]:
    """What is on record, keys of the presented type first."""
    stated = login.settings.host_key
    if stated is not None and stated.strip().startswith("SHA256:"):
        return [stated.strip()]
    keys = list(_trusted(peer, login)[0])
    same_type = [key for key in keys if key.get_algorithm() == presented.get_algorithm()]
    return [f"{key.get_algorithm()} {key.get_fingerprint()}" for key in same_type or keys]
