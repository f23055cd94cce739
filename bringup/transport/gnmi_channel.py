"""A gRPC channel to one target, and what its failures mean."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import os
import ssl
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bringup.model.errors import DeviceError, NoData, Refused, Unparsable, Unreachable
from bringup.model.inventory import Gnmi
from bringup.transport.base import REPLY_CAP_BYTES
from bringup.transport.failure import CredentialRefused, Peer, silent
from bringup.transport.tcp import connect_tcp
from bringup.transport.tls import mismatch, read_fingerprint

# Servers that follow gRPC's defaults close a connection that is pinged more often than every five minutes.
_KEEPALIVE_MS = 330_000
_KEEPALIVE_ANSWER_MS = 20_000


def grpc() -> Any:
    """grpc, imported late. Its C core would write peers' words to standard error."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc
    import grpc.aio

    return grpc


async def open_channel(peer: Peer, settings: Gnmi, folder: Path, *, deadline_s: float) -> Any:
    """A channel whose peer has answered: TCP and TLS are tried first, for errors that say what happened.

    Raises `DeviceError`s.
    """
    options: list[tuple[str, int | str]] = [
        ("grpc.max_receive_message_length", REPLY_CAP_BYTES),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_ANSWER_MS),
        ("grpc.enable_retries", 0),
        ("grpc.enable_http_proxy", 0),
        # Each device keeps its own connection state, also where many answer at one address.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", 500),
    ]
    library = grpc()
    if not settings.tls:
        (await connect_tcp(peer, deadline_s=deadline_s)).close()
        return library.aio.insecure_channel(_target(peer), options=options)
    presented = await _presented(peer, deadline_s)
    roots, name = _roots(peer, settings, folder, presented)
    if name is not None:
        options.append(("grpc.ssl_target_name_override", name))
    credentials = library.ssl_channel_credentials(root_certificates=roots)
    return library.aio.secure_channel(_target(peer), credentials, options=options)


def _target(peer: Peer) -> str:
    with contextlib.suppress(ValueError):
        number = ipaddress.ip_address(peer.address)
        return f"ipv4:{number}:{peer.port}" if number.version == 4 else f"ipv6:[{number}]:{peer.port}"
    return f"dns:///{peer.address}:{peer.port}"


async def _presented(peer: Peer, deadline_s: float) -> bytes:
    """The certificate (DER) that the peer shows; nothing else is exchanged on that connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    sock = await connect_tcp(peer, deadline_s=deadline_s)
    try:
        # asyncio's own limit on the handshake ends the connection, too; one around it would leave it open.
        _, writer = await asyncio.open_connection(
            sock=sock, ssl=context, server_hostname="", ssl_handshake_timeout=deadline_s
        )
    except ConnectionAbortedError:
        sock.close()
        raise silent(peer, "it accepted the connection and never spoke TLS", deadline_s) from None
    except (OSError, ssl.SSLError):
        sock.close()
        raise Unparsable(f"{peer} does not speak TLS as it should", "Are the port and `tls` right?") from None
    presented: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    if presented is None:
        raise Unparsable(f"{peer} shows no certificate", "Are the port and `tls` right?")
    return presented


def _roots(peer: Peer, settings: Gnmi, folder: Path, presented: bytes) -> tuple[bytes | None, str | None]:
    """(trusted PEM, the name to expect). A certificate whose fingerprint is given, or that itself stands in
    `ca`, is pinned, whatever its name.

    gRPC always checks the name, and a device's own certificate seldom holds the address that it is reached
    by.
    """
    if settings.fingerprint is not None:
        digest = read_fingerprint(settings.fingerprint)
        shown = hashlib.sha256(presented).digest()
        if shown != digest:
            raise mismatch(peer, digest, shown)
        # gRPC makes a connection of its own: it has to meet this very certificate there.
        pinned = x509.load_der_x509_certificate(presented)
        return pinned.public_bytes(Encoding.PEM), _own_name(pinned)
    if settings.ca is None:
        return None, None
    path = folder / Path(settings.ca).expanduser()
    try:
        pem = path.read_bytes()
        trusted = x509.load_pem_x509_certificates(pem)
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else "no PEM certificates"
        raise Refused(f"The certificates in {path} can't be used ({what})", "Check `ca`") from None
    for certificate in trusted:
        if certificate.public_bytes(Encoding.DER) == presented:
            return certificate.public_bytes(Encoding.PEM), _own_name(certificate)
    return pem, None


def _own_name(certificate: x509.Certificate) -> str | None:
    with contextlib.suppress(x509.ExtensionNotFound):
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        for name in names.get_values_for_type(x509.DNSName):
            return name
        for address in names.get_values_for_type(x509.IPAddress):
            return str(address)
    for common in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        return str(common.value)
    return None


_KINDS: dict[str, tuple[type[DeviceError], str, str]] = {
    "UNAUTHENTICATED": (
        CredentialRefused,
        "refused the login",
        "Check the user and what the inventory names for it; it was tried once, so that no account is locked",
    ),
    "PERMISSION_DENIED": (Refused, "forbids this to its user", "Check the rights of the user on the device"),
    "RESOURCE_EXHAUSTED": (
        Unparsable,
        "sent more than is taken, or has run out of something",
        "Ask for less",
    ),
    "ABORTED": (Refused, "gave up what was asked, and says that nothing of it was done", "Ask again"),
    "FAILED_PRECONDITION": (Refused, "is not in a state to do this", "See its log; is a commit under way?"),
    "INTERNAL": (Unparsable, "broke off with an internal error", "Look at the log of its gNMI service"),
    "DATA_LOSS": (Unparsable, "says that data was lost", "Look at the log of its gNMI service"),
    "UNIMPLEMENTED": (NoData, "does not know this call", "Is it gNMI that listens there?"),
    "NOT_FOUND": (NoData, "has no such path", "Does its software have this model? See its capabilities"),
    "INVALID_ARGUMENT": (NoData, "does not take this path or encoding", "See its capabilities"),
    "OUT_OF_RANGE": (NoData, "has no such path", "Does its software have this model? See its capabilities"),
}
# Words in gRPC's own account of a failed connection (versions differ). Without any of them it is a refusal.
_NO_WAY = ("timed out", "timeout", "no route", "unreachable", "dns", "name resolution", "deadline")
_UNTRUSTED = ("certificate", "ssl handshake", "tls handshake", "hostname", "handshake failed")


def rpc_error(peer: Peer, error: Any, deadline_s: float) -> DeviceError:
    """What a `grpc.aio.AioRpcError` means. Its details may be the device's words: they are read, never
    shown.
    """
    code = error.code().name
    if code == "DEADLINE_EXCEEDED":
        return silent(peer, "no whole answer came", deadline_s)
    if code == "UNAVAILABLE":
        return _unavailable(peer, str(error.details() or "").lower())
    other = (Refused, f"answered with {code}", "Look at the log of its gNMI service")
    kind, what, advice = _KINDS.get(code, other)
    return kind(f"{peer} {what}", advice)


def _unavailable(peer: Peer, details: str) -> DeviceError:
    if any(word in details for word in _UNTRUSTED):
        return Refused(
            f"{peer}: its certificate is not trusted, or has another name",
            "Pin it with `fingerprint`, or put it, or its authority's, into a file named by `ca`",
        )
    if any(word in details for word in _NO_WAY):
        return Unreachable(
            f"{peer} can't be reached any more", "Check power, cabling and the management network"
        )
    return Refused(f"{peer} closed or reset the connection", "Is its gNMI service healthy? Did it restart?")
