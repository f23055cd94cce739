"""What went wrong on the way to a peer, as the error tree says it. Never holds a secret or device text."""

from __future__ import annotations

import errno
import socket

import msgspec

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable, Unreachable

_BROKEN = (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE)


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One service of one device, for messages and for connecting."""

    device: str
    address: str
    port: int
    service: str

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.device} ({self.service} at {host}:{self.port})"


class CredentialRefused(Refused):
    """The peer did not take a user's password or key. The same one is not tried again in this run."""


class PasswordChangeRequired(Refused):
    """The login is right, and opens nothing before its password is changed: a factory's password."""


def password_change_required(peer: Peer, user: str) -> PasswordChangeRequired:
    return PasswordChangeRequired(
        f"{peer} shows nothing before user {user} has another password (PasswordChangeRequired)",
        "Name the new one as `next_password` and run the step `first-contact.rotate_password`",
    )


def network_error(peer: Peer, error: OSError) -> DeviceError:
    """A failed connect, or a connection that broke."""
    if isinstance(error, socket.gaierror):
        what = (
            "has no address" if error.errno != socket.EAI_AGAIN else "could not be looked up (no name server)"
        )
        return Unreachable(
            f"{peer}: the name {peer.address} {what}",
            "Check the address in the inventory and the name service",
        )
    if isinstance(error, ConnectionRefusedError) or error.errno == errno.ECONNREFUSED:
        return Refused(
            f"{peer} refused the connection (nothing listens there)", "Is the service on, and the port right?"
        )
    if isinstance(error, ConnectionResetError) or error.errno in _BROKEN:
        return Refused(
            f"{peer} reset the connection", "Is the service healthy, and does it admit this machine?"
        )
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return Unreachable(f"{peer} did not answer", "Check power, cabling and the management network")
    reason = error.strerror or type(error).__name__
    return Unreachable(f"{peer} can't be reached ({reason})", "Check the route to the management network")


def connect_timeout(peer: Peer, deadline_s: float) -> Unreachable:
    return Unreachable(
        f"{peer} did not accept a connection within {deadline_s:g} s",
        "Check power, cabling and the management network; a firewall may drop the packets",
    )


def silent(peer: Peer, what: str, deadline_s: float, advice: str = "") -> TimedOut:
    """It was asked, and `what` did not come in time."""
    return TimedOut(
        f"{peer}: {what} within {deadline_s:g} s",
        advice or "Is the device overloaded or hung? Log in by hand and ask the same",
    )


def over_long(peer: Peer, what: str, cap_bytes: int) -> Unparsable:
    return Unparsable(
        f"{peer}: {what} is longer than {cap_bytes:,} bytes; the rest was not read",
        "Ask the same by hand: a healthy device answers with far less",
    )
