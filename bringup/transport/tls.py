"""Whom to trust over TLS: a certificate's fingerprint, an authority's file, or what the system trusts."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bringup.model.errors import Refused
from bringup.model.inventory import Http
from bringup.transport.failure import Peer

if TYPE_CHECKING:
    import aiohttp

SHA256_BYTES = 32


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """`for_aiohttp` is what aiohttp takes as `ssl`."""

    tls: bool
    by: str
    for_aiohttp: ssl.SSLContext | aiohttp.Fingerprint | bool

    def refused(self, peer: Peer) -> Refused:
        """The certificate did not convince."""
        return Refused(
            f"{peer}: its certificate is not trusted by {self.by}",
            "Compare its SHA-256 fingerprint on the device, and pin that with `fingerprint`",
        )


def http_trust(settings: Http, folder: Path) -> Trust:
    """`ca` is relative to the inventory's folder. Raises `Refused` for what can't be used."""
    import aiohttp

    if not settings.tls:
        return Trust(tls=False, by="", for_aiohttp=True)
    if settings.fingerprint is not None:
        digest = read_fingerprint(settings.fingerprint)
        return Trust(tls=True, by="the inventory's fingerprint", for_aiohttp=aiohttp.Fingerprint(digest))
    if settings.ca is not None:
        return Trust(tls=True, by=settings.ca, for_aiohttp=authority(folder / Path(settings.ca).expanduser()))
    return Trust(tls=True, by="this system", for_aiohttp=True)


def authority(path: Path) -> ssl.SSLContext:
    """Trusts the certificates of one PEM file only, and checks the name."""
    try:
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "no PEM certificates"
        raise Refused(
            f"The certificates in {path} can't be used ({what})", "Check `ca` in the inventory"
        ) from None


def read_fingerprint(text: str) -> bytes:
    """SHA-256 as hex, with or without colons and `sha256:` before it. Raises `Refused`."""
    digits = text.strip().lower().removeprefix("sha256:").removeprefix("sha-256:").replace(":", "")
    try:
        digest = bytes.fromhex(digits)
    except ValueError:
        digest = b""
    if len(digest) != SHA256_BYTES:
        raise Refused("`fingerprint` in the inventory is no SHA-256 of a certificate", "It has 64 hex digits")
    return digest


def mismatch(peer: Peer, expected: bytes, got: bytes) -> Refused:
    return Refused(
        f"{peer}: its certificate has CHANGED: the inventory pins {expected.hex()}, presented {got.hex()}",
        "Someone may be in between, or it was renewed. Only if you know why: pin the new fingerprint",
    )
