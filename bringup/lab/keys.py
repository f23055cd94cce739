"""SSH keys of simulated devices and of the simulated technician."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519


def make_ssh_key() -> str:
    """A new ed25519 private key, as OpenSSH PEM."""
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()


def ssh_public(private_pem: str, comment: str = "") -> str:
    """The public line (`ssh-ed25519 AAAA… comment`) of an OpenSSH PEM key. Raises: ValueError."""
    key = serialization.load_ssh_private_key(private_pem.encode(), None)
    line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{line.decode()} {comment}".strip()


def ssh_fingerprint(public_line: str) -> str:
    """`SHA256:…` as ssh-keygen prints it."""
    digest = hashlib.sha256(base64.b64decode(public_line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
