"""Signing tree heads and approvals with SSH keys, in the form that stock `ssh-keygen -Y verify` checks.

The SSHSIG envelope (armor, blob, what is signed) follows OpenSSH's PROTOCOL.sshsig, version 1.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from bringup.model.errors import InputError

CHECKPOINT = "bringup-checkpoint@v1"
APPROVE = "bringup-approve@v1"
KEY_CAP_BYTES = 1024 * 1024
"""No key is as long; a device file is."""

_CURVES = {"secp256r1": "nistp256", "secp384r1": "nistp384", "secp521r1": "nistp521"}
_CURVE_HASHES: dict[str, hashes.HashAlgorithm] = {
    "nistp256": hashes.SHA256(),
    "nistp384": hashes.SHA384(),
    "nistp521": hashes.SHA512(),
}


class Signer(Protocol):
    """Somebody who can sign. `identity` is the principal in signers files, `label` what kind of key it is."""

    @property
    def identity(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def public_key(self) -> str:
        """`TYPE BASE64`, as in a .pub file, without the comment."""
        ...

    def sign(self, message: bytes, namespace: str) -> bytes:
        """The armored SSHSIG. May block (an agent asks for a touch): call it in a thread."""
        ...


class KeySigner:
    """Signs with a private key held in memory."""

    def __init__(self, key: serialization.SSHPrivateKeyTypes, *, identity: str, label: str) -> None:
        self._key = key
        self.identity = identity
        self.label = label
        public = key.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        self.public_key = public.decode("ascii")

    @classmethod
    def throwaway(cls, *, identity: str = "simulated", label: str = "simulated") -> KeySigner:
        """A key that is written nowhere, or by `private_text` where a demo wants it; labelled `simulated`."""
        return cls(ed25519.Ed25519PrivateKey.generate(), identity=identity, label=label)

    @classmethod
    def from_file(cls, path: Path, *, label: str = "file", password: bytes | None = None) -> KeySigner:
        """A key in OpenSSH or PEM form; identity and the label `simulated` come from the comment in its .pub.

        Raises:
            InputError: not there, not a key, or a passphrase is needed.
        """
        try:
            with path.open("rb") as file:
                data = file.read(KEY_CAP_BYTES)
            key = serialization.load_ssh_private_key(data, password)
        except OSError as error:
            raise InputError(f"the key {path} can't be read: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            if "password" in str(error).lower() or "encrypted" in str(error).lower():
                raise InputError(
                    f"the key {path} has a passphrase",
                    "load it with ssh-add; keys in the agent are used from there",
                ) from error
            raise InputError(f"{path} holds no private key that can sign: {error}") from error
        comment = _comment(path)
        if comment.split(" ")[0] == "simulated":
            label = "simulated"
        return cls(key, identity=comment or path.name, label=label)

    def private_text(self) -> bytes:
        """The private key in OpenSSH form, without passphrase."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )

    def sign(self, message: bytes, namespace: str) -> bytes:
        return armor(key_blob(self.public_key), namespace, self._signature(to_be_signed(message, namespace)))

    def _signature(self, data: bytes) -> bytes:
        key = self._key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return text(b"ssh-ed25519") + text(key.sign(data))
        if isinstance(key, rsa.RSAPrivateKey):
            return text(b"rsa-sha2-512") + text(key.sign(data, padding.PKCS1v15(), hashes.SHA512()))
        if isinstance(key, ec.EllipticCurvePrivateKey):
            curve = _CURVES[key.curve.name]
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(_CURVE_HASHES[curve])))
            return text(f"ecdsa-sha2-{curve}".encode()) + text(_mpint(r) + _mpint(s))
        raise InputError(f"{self.identity}: keys of this type can't sign", "use ed25519, ecdsa or rsa")


def fingerprint(public_key: str) -> str:
    """`SHA256:…`, as ssh-keygen -l shows it, of `TYPE BASE64`."""
    digest = hashlib.sha256(key_blob(public_key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def key_blob(public_key: str) -> bytes:
    return base64.b64decode(public_key.split()[1])


def to_be_signed(message: bytes, namespace: str) -> bytes:
    """What the key really signs: never the message itself, so no signature serves in another protocol."""
    return (
        b"SSHSIG"
        + text(namespace.encode())
        + text(b"")
        + text(b"sha512")
        + text(hashlib.sha512(message).digest())
    )


def armor(public_blob: bytes, namespace: str, signature: bytes) -> bytes:
    blob = (
        b"SSHSIG"
        + struct.pack(">I", 1)
        + text(public_blob)
        + text(namespace.encode())
        + text(b"")
        + text(b"sha512")
        + text(signature)
    )
    encoded = base64.b64encode(blob).decode()
    rows = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *rows, "-----END SSH SIGNATURE-----", ""]).encode()


def text(data: bytes) -> bytes:
    """An SSH string: length and bytes."""
    return struct.pack(">I", len(data)) + data


def _mpint(number: int) -> bytes:
    return text(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _comment(path: Path) -> str:
    try:
        words = Path(f"{os.fspath(path)}.pub").read_text("utf-8", "replace").split(None, 2)
    except OSError:
        return ""
    return words[2].strip() if len(words) > 2 else ""


def approval_text(*, run: str, question: str, answer: str, by: str, size: int, root: str) -> str:
    """What a person's key signs: this answer to this question of this run, knowing the record up to `size`,
    `root`.

    Newlines inside a value would let one field pass for another, so they are escaped.
    """
    rows = {"run": run, "question": question, "answer": answer, "by": by, "head": f"{size} {root}"}
    body = "".join(f"{name} {_one_line(value)}\n" for name, value in rows.items())
    return f"bringup approval\n{body}"


def _one_line(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
