"""SSH signatures and lists of who may sign, read the way ssh-keygen -Y verify does.

Keys: ed25519, ECDSA, RSA and the two hardware-held (sk-) kinds. Signatures by certificates are refused as
unknown: `ssh-keygen -Y verify` can check those.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import re
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

LARGEST_SIGNATURE_BYTES = 64 * 1024
SIGNERS_CAP_BYTES = 16 * 1024 * 1024


class BadSignatureError(Exception):
    """The signature is not one, or not over this message, or for another purpose."""


class SignedBy(NamedTuple):
    """The key that made a valid signature."""

    blob: bytes

    @property
    def fingerprint(self) -> str:
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


class _Wire:
    """Takes SSH's length-prefixed strings off bytes; any lack is a `BadSignatureError`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise BadSignatureError("it is cut short")
        self._at += count
        return piece

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def string(self) -> bytes:
        return self.take(self.number())

    def end(self) -> None:
        if self._at != len(self._data):
            raise BadSignatureError("something stands behind it")


def check_signature(armored: bytes, message: bytes, namespace: str) -> SignedBy:
    """Who signed `message` for `namespace`.

    Raises:
        BadSignatureError: nobody did, with this.
    """
    wire = _Wire(_unarmor(armored))
    if wire.take(6) != b"SSHSIG" or wire.number() != 1:
        raise BadSignatureError("it is no SSH signature of version 1")
    key, purpose, reserved, hash_name, signature = (wire.string() for _ in range(5))
    wire.end()
    if purpose != namespace.encode():
        raise BadSignatureError(f"it is for {purpose.decode('ascii', 'backslashreplace')}, not {namespace}")
    if hash_name not in (b"sha256", b"sha512"):
        raise BadSignatureError("its hash is none that counts")
    digest = hashlib.new(hash_name.decode(), message).digest()
    signed = b"SSHSIG" + b"".join(_string(part) for part in (purpose, reserved, hash_name, digest))
    _check_key(key, signature, signed)
    return SignedBy(key)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _unarmor(armored: bytes) -> bytes:
    match = re.fullmatch(
        rb"\s*-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*", armored
    )
    if match is None or len(armored) > LARGEST_SIGNATURE_BYTES:
        raise BadSignatureError("it is no armored SSH signature")
    try:
        return base64.b64decode(b"".join(match[1].split()), validate=True)
    except binascii.Error as error:
        raise BadSignatureError("its armor is damaged") from error


def _check_key(key: bytes, signature: bytes, signed: bytes) -> None:
    kind = _Wire(key).string()
    wire = _Wire(signature)
    algorithm, value = wire.string(), wire.string()
    try:
        if kind in (b"sk-ssh-ed25519@openssh.com", b"sk-ecdsa-sha2-nistp256@openssh.com"):
            _check_hardware(key, kind, (algorithm, value, wire), signed)
            return
        wire.end()
        public = load_ssh_public_key(kind + b" " + base64.b64encode(key))
        _check_plain(public, algorithm, value, signed)
    except InvalidSignature as error:
        raise BadSignatureError("it does not fit this text") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSignatureError(f"its key can't be used: {error}") from error


def _check_plain(public: object, algorithm: bytes, value: bytes, signed: bytes) -> None:
    if isinstance(public, ed25519.Ed25519PublicKey) and algorithm == b"ssh-ed25519":
        public.verify(value, signed)
    elif isinstance(public, rsa.RSAPublicKey) and algorithm in (b"rsa-sha2-512", b"rsa-sha2-256"):
        digest = hashes.SHA512() if algorithm.endswith(b"512") else hashes.SHA256()
        public.verify(value, signed, padding.PKCS1v15(), digest)
    elif isinstance(public, ec.EllipticCurvePublicKey) and algorithm.startswith(b"ecdsa-sha2-nistp"):
        by_size = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
        _check_ecdsa(public, value, signed, by_size[public.key_size])
    else:
        raise BadSignatureError("key and algorithm don't go together")


def _check_ecdsa(
    public: ec.EllipticCurvePublicKey, value: bytes, signed: bytes, digest: hashes.HashAlgorithm
) -> None:
    pair = _Wire(value)
    r, s = int.from_bytes(pair.string(), "big"), int.from_bytes(pair.string(), "big")
    pair.end()
    public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest))


def _check_hardware(key: bytes, kind: bytes, parts: tuple[bytes, bytes, _Wire], signed: bytes) -> None:
    """A security key signs a digest of its application, flags, a counter and a digest of the text
    (PROTOCOL.u2f).
    """
    algorithm, value, wire = parts
    flags, counter = wire.take(1), wire.take(4)
    wire.end()
    fields = _Wire(key)
    fields.string()
    if algorithm != kind:
        raise BadSignatureError("key and algorithm don't go together")
    if not flags[0] & 1:
        raise BadSignatureError("nobody touched the security key")
    curve = fields.string() if kind.startswith(b"sk-ecdsa") else b""
    point, application = fields.string(), fields.string()
    fields.end()
    inner = hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(signed).digest()
    if not curve:
        ed25519.Ed25519PublicKey.from_public_bytes(point).verify(value, inner)
        return
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    _check_ecdsa(public, value, inner, hashes.SHA256())


class Principal(NamedTuple):
    """One line of an allowed_signers file."""

    names: str
    blob: bytes
    namespaces: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None


class SignersError(Exception):
    """The file of allowed signers can't be read as one."""


class Signers:
    """Who may sign what. Of an empty list nobody is known."""

    def __init__(self, principals: list[Principal]) -> None:
        self._principals = principals

    @classmethod
    def load(cls, path: Path) -> Signers:
        """
        Raises:
            SignersError: a line is none of the format's.
            OSError: the file can't be read.
        """
        found = []
        with path.open("rb") as file:
            data = file.read(SIGNERS_CAP_BYTES + 1)
        if len(data) > SIGNERS_CAP_BYTES:
            raise SignersError(f"{path} is larger than {SIGNERS_CAP_BYTES} bytes; is it the right file?")
        for number, row in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if row.strip() and not row.lstrip().startswith("#"):
                principal = _principal(row.strip(), f"{path}:{number}")
                if principal is not None:
                    found.append(principal)
        return cls(found)

    def name(self, signer: SignedBy, namespace: str, at: datetime | None = None) -> str | None:
        """The principals of the key for that purpose at that time (now, if none is given), None where
        unknown.
        """
        when = at or datetime.now(UTC)
        for principal in self._principals:
            if principal.blob != signer.blob:
                continue
            if principal.namespaces and not any(
                fnmatch.fnmatchcase(namespace, pattern) for pattern in principal.namespaces
            ):
                continue
            if (principal.not_before and when < principal.not_before) or (
                principal.not_after and when > principal.not_after
            ):
                continue
            return principal.names
        return None


_ROW = re.compile(r'("[^"]+"|\S+)\s+((?:[^\s"]|"[^"]*")+)\s+(.*)')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(?:,|$)')
_KEY_TYPE = re.compile(r"(ssh-|ecdsa-|sk-)\S*")


def _principal(row: str, where: str) -> Principal | None:
    """None for certificate authorities, which this verifier does not follow."""
    match = _ROW.fullmatch(row)
    if match is None:
        raise SignersError(f"{where}: no line of an allowed_signers file; write NAMES [OPTIONS] TYPE KEY")
    names, second, rest = match[1].strip('"'), match[2], match[3]
    options = ""
    if not _KEY_TYPE.fullmatch(second):
        options, rest = second, rest.split(None, 1)[-1]
    try:
        blob = base64.b64decode(rest.split()[0], validate=True)
    except (binascii.Error, IndexError) as error:
        raise SignersError(f"{where}: the key is no base64") from error
    said: dict[str, str] = {found[1].lower(): found[2] or "" for found in _OPTION.finditer(options)}
    if unknown := set(said) - {"namespaces", "valid-after", "valid-before", "cert-authority"}:
        raise SignersError(f"{where}: unknown option {sorted(unknown)[0]}")
    if "cert-authority" in said:
        return None
    return Principal(
        names,
        blob,
        tuple(part for part in said.get("namespaces", "").split(",") if part),
        _time(said.get("valid-after"), where),
        _time(said.get("valid-before"), where),
    )


def _time(text: str | None, where: str) -> datetime | None:
    """`YYYYMMDD[HHMM[SS]][Z]`; without Z it is local time, as in ssh-keygen."""
    if not text:
        return None
    digits = text.removesuffix("Z")
    pattern = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        if pattern is None:
            raise ValueError(text)
        time = datetime.strptime(digits, pattern)
    except ValueError as error:
        raise SignersError(f"{where}: {text} is no time") from error
    return time.replace(tzinfo=UTC) if text.endswith("Z") else time.astimezone()
