"""What a login over SSH that failed means: who refused whom, and what a person can do about it."""

from __future__ import annotations

from typing import Any

import asyncssh

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.transport.failure import CredentialRefused, Peer, network_error
from bringup.transport.ssh_client import Login, LoginClient, trusted

CERT_TYPE_ANY = 0
"""As asyncssh has it: a user's or a host's."""


def login_error(
    peer: Peer, login: Login, client: LoginClient, error: Exception, deadline_s: float
) -> DeviceError:
    if isinstance(error, TimeoutError):
        return _stalled(peer, client, deadline_s)
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        if client.presented is None:
            return _certificate_error(peer, client, str(error))
        return host_key_error(peer, login, client.presented)
    if isinstance(error, asyncssh.PermissionDenied) or client.password_sent:
        return credentials_error(peer, login)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Refused(
            f"{peer} has no algorithm in common with us, or no longer has the recorded type of host key",
            f"`bringup trust {peer.device}` shows its keys; for old gear set `legacy = true`",
        )
    if client.asked_for_credentials and isinstance(error, asyncssh.DisconnectError):
        return credentials_error(peer, login)
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


def credentials_error(peer: Peer, login: Login) -> CredentialRefused:
    if login.key is not None:
        what = f"key {login.settings.key}"
        if login.certificate is not None:
            what += f" and its certificate{_expiry(login.certificate)}"
    elif login.password is not None:
        what = "password"
    else:
        what = "ssh-agent's and default keys"
    return CredentialRefused(
        f"{peer} refused user {login.settings.user} with the {what}",
        "Check the user and what the inventory names for it; it was tried once, so that no account is locked",
    )


def _expiry(certificate: bytes) -> str:
    """`, which has expired`, by this machine's clock."""
    try:
        signed: Any = asyncssh.import_certificate(certificate)
        signed.validate(CERT_TYPE_ANY, None)
    except ValueError as error:
        return ", which has expired" if "expired" in str(error) else ", which is not valid yet"
    return ""


# asyncssh's words for it -> ours. Anything else: the signature, its kind, its options.
_CERTIFICATE_FAULTS = (
    ("expired", "its host certificate has EXPIRED"),
    ("principal", "its host certificate is for other names than this address"),
    ("not yet valid", "its host certificate is not valid yet (or a clock is wrong)"),
    ("revoked", "its host key, or the authority that signed it, is on record as REVOKED"),
)


def _certificate_error(peer: Peer, client: LoginClient, words: str) -> Refused:
    """A host certificate that did not convince, or a revoked key."""
    if client.authority is not None:
        return Refused(
            f"{peer}: its host certificate is signed by {client.authority.get_fingerprint()}, "
            "which is not a trusted authority",
            "Add its line `@cert-authority …` to the file of known hosts, after checking it",
        )
    lowered = words.lower()
    what = next((ours for theirs, ours in _CERTIFICATE_FAULTS if theirs in lowered), None)
    return Refused(
        f"{peer}: {what or 'its host certificate is not valid'}",
        "Ask who signs host certificates for a new one; nothing was sent to the host",
    )


def host_key_error(peer: Peer, login: Login, presented: asyncssh.SSHKey) -> Refused:
    """Unknown or changed; both fingerprints are shown for a changed one."""
    shown = f"{presented.get_algorithm()} {presented.get_fingerprint()}"
    expected = _expected_fingerprints(peer, login, presented)
    how = f"`bringup trust {peer.device} -i INVENTORY`"
    if not expected:
        return Refused(
            f"{peer}: its host key {shown} is not known",
            f"Compare it with the label or the console, then {how}",
        )
    return Refused(
        f"{peer}: its host key has CHANGED: recorded {', '.join(expected)}, presented {shown}",
        "Someone may be in between, or the device was replaced or reinstalled. Only if you know why: " + how,
    )


def _expected_fingerprints(peer: Peer, login: Login, presented: asyncssh.SSHKey) -> list[str]:
    """What is on record, keys of the presented type first."""
    stated = login.settings.host_key
    if stated is not None and stated.strip().startswith("SHA256:"):
        return [stated.strip()]
    keys = list(trusted(peer, login)[0])
    same_type = [key for key in keys if key.get_algorithm() == presented.get_algorithm()]
    return [f"{key.get_algorithm()} {key.get_fingerprint()}" for key in same_type or keys]
