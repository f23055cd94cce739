"""Which SSH host keys a person trusts, and private keys; each file parsed once a run."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import asyncssh

from bringup.model.errors import Refused
from bringup.transport.failure import Peer


def quieten() -> None:
    """Keep asyncssh, and what it stands on, off the log and standard error: errors say what matters."""
    # Peers' words, and tracebacks of broken peers.
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL + 1)
    # Old gear may have no other key exchange; which one is used is the gear's matter, not the reader's.
    warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields")


def known_hosts_path() -> Path:
    """Where `bringup trust` records host keys."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "bringup" / "known_hosts"


class SshKeys:
    """The host keys that this person trusts, and private keys, each parsed once a run."""

    def __init__(self, known_hosts: Path | None = None) -> None:
        self.path = known_hosts or known_hosts_path()
        self._trusted: asyncssh.SSHKnownHosts | None = None
        self._private: dict[bytes, asyncssh.SSHKey] = {}

    def known(self, peer: Peer) -> tuple[Any, ...]:
        """Trusted keys, trusted authorities and revoked keys of exactly this address and port.

        asyncssh would fall back to the entry without a port; two devices behind one address must not be mixed
        up. Raises `Refused` when the file can't be read.
        """
        if self._trusted is None:
            self._trusted = self._load()
        name = host_pattern(peer)
        return self._trusted.match(name, "", None)[:3]

    def forget(self) -> None:
        """The file was written: it is read again when it is asked next."""
        self._trusted = None

    def private(self, data: bytes) -> asyncssh.SSHKey:
        """Raises `asyncssh.KeyImportError` (damaged, or under a passphrase)."""
        if data not in self._private:
            self._private[data] = asyncssh.import_private_key(data)
        return self._private[data]

    def _load(self) -> asyncssh.SSHKnownHosts:
        try:
            return asyncssh.import_known_hosts(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return asyncssh.import_known_hosts("")
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else "a line is malformed"
            raise Refused(f"{self.path} can't be used ({what})", "Repair the file or move it away") from None


def host_pattern(peer: Peer) -> str:
    """How a host stands in a known_hosts file."""
    return peer.address if peer.port == 22 else f"[{peer.address}]:{peer.port}"
