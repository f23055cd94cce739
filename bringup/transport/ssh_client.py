"""Who logs in over SSH, whom they trust, and what is watched during one handshake."""

from __future__ import annotations

from typing import Any

import asyncssh
import msgspec

from bringup.model.errors import Refused
from bringup.model.inventory import Ssh
from bringup.transport.failure import Peer
from bringup.transport.ssh_keys import SshKeys

JUMP_HOST = "jump host"
"""The service of a `Peer` that is one."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Who logs in, and how. `password` stays out of every repr. `key` may be a public one: ssh-agent has the
    private one then. `jump_key` is that of the jump hosts, where they have their own.
    """

    settings: Ssh
    key: bytes | None
    password: str | None
    keys: SshKeys
    certificate: bytes | None = None
    jump_key: bytes | None = None

    def __repr__(self) -> str:
        return f"<Login of {self.settings.user}>"


class LoginClient(asyncssh.SSHClient):
    """Watches one handshake. Sends the password at most once, whichever method the server prefers."""

    def __init__(self, peer: Peer, login: Login) -> None:
        self._peer = peer
        self._login = login
        self.connection: asyncssh.SSHClientConnection | None = None
        self.presented: asyncssh.SSHKey | None = None
        self.authority: asyncssh.SSHKey | None = None
        self.asked_for_credentials = False
        self.password_sent = False

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.connection = conn

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Called only for a key that is not among the trusted ones."""
        self.presented = key
        expected = self._login.settings.host_key
        return expected is not None and expected.strip() == key.get_fingerprint()

    def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Called only for an authority that is not among the trusted ones."""
        self.authority = key
        return False

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


def trusted(peer: Peer, login: Login) -> Any:
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
