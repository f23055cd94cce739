"""SSH host keys: fetched from a device without logging in, and recorded in our own known_hosts file."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncssh

from bringup.model.errors import Refused, TimedOut, Unparsable
from bringup.transport.failure import Peer, network_error
from bringup.transport.ssh_keys import host_pattern, quieten
from bringup.transport.tcp import connect_tcp

# One handshake shows one key, of the type that both sides prefer: so each type is asked for by itself.
KEY_TYPES: tuple[tuple[str, ...], ...] = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
)
# Only what shows a key: no login and no secret follows.
_LEGACY: dict[str, Any] = {
    "kex_algs": "+diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1",
    "encryption_algs": "+aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc",
    "mac_algs": "+hmac-sha1",
}


async def fetch_host_keys(
    peer: Peer,
    *,
    connect_deadline_s: float,
    handshake_deadline_s: float,
    legacy: bool = False,
    through: asyncssh.SSHClientConnection | None = None,
) -> list[asyncssh.SSHKey]:
    """The keys that a device shows, one of each type that it has; `legacy` gear is spoken to as it needs, and
    what is behind a jump host `through` the connection to that.

    Raises `DeviceError`s.
    """
    quieten()
    options = (
        asyncssh.SSHClientConnectionOptions(config=None, client_keys=None, **_LEGACY) if legacy else None
    )
    found: list[asyncssh.SSHKey] = []
    hung_up = 0
    for types in KEY_TYPES:
        sock = None if through is not None else await connect_tcp(peer, deadline_s=connect_deadline_s)
        way: dict[str, Any] = {"sock": sock} if through is None else {"tunnel": through}
        try:
            async with asyncio.timeout(handshake_deadline_s):
                key = await asyncssh.get_server_host_key(
                    peer.address,
                    peer.port,
                    **way,
                    config=None,
                    server_host_key_algs=list(types),
                    options=options,
                )
        except asyncssh.KeyExchangeFailed:
            continue  # it has none of this type
        except TimeoutError:
            what = f"{peer} showed no host key within {handshake_deadline_s:g} s"
            raise TimedOut(what, "Is its SSH service hung?") from None
        except (asyncssh.ConnectionLost, ConnectionResetError):
            # OpenSSH hangs up on one who asks for a type that it has none of.
            hung_up += 1
            continue
        except asyncssh.ChannelOpenError:
            raise Refused(
                f"the jump host would not connect us to {peer}", "May it forward, and does the device listen?"
            ) from None
        except asyncssh.Error:
            raise Unparsable(f"{peer} does not speak SSH as it should", "Is the port right?") from None
        except OSError as error:
            raise network_error(peer, error) from None
        finally:
            if sock is not None:
                sock.close()
        if key is not None:
            found.append(key)
    if hung_up == len(KEY_TYPES):
        raise Refused(f"{peer} closed the connection during the handshake", "See its log")
    if not found:
        raise Refused(f"{peer} has no host key of a type that is known here", "Look with `ssh-keyscan`")
    return found


def record_host_keys(path: Path, peer: Peer, keys: Sequence[asyncssh.SSHKey]) -> None:
    """Write these as the only keys of this address and port; all other lines stay as they are.

    The file is replaced whole, so that a crash leaves the old or the new one. Raises `OSError`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = host_pattern(peer)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in (_without(line, name) for line in lines) if line is not None]
    kept += [f"{name} {key.export_public_key('openssh').decode().strip()}" for key in keys]
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(kept) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _without(line: str, name: str) -> str | None:
    """A line of known_hosts without that host; None when nothing is left of it."""
    hosts, separator, key = line.partition(" ")
    if line.startswith(("#", "@", "|")) or name not in hosts.split(","):
        return line
    left = [host for host in hosts.split(",") if host != name]
    return f"{','.join(left)}{separator}{key}" if left else None
