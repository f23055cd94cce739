"""SNMP messages as they stand in a datagram: with a community, or with user and keys.

RFC 3412 (version 3), 3414 (user security), 3826 (AES), 7860 (SHA-2).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bringup.transport.snmp_ber import (
    OCTETS,
    REPORT,
    SEQUENCE,
    DamagedError,
    Pdu,
    Reader,
    integer,
    read_pdu,
    tlv,
)

try:
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # it moved there with cryptography 47
    from cryptography.hazmat.primitives.ciphers.modes import CFB

DATAGRAM_BYTES_MAX = 65507
_MAC_BYTES = {"md5": 12, "sha1": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}
_KEY_BYTES = {"des": 16, "aes128": 16, "aes192": 24, "aes256": 32}
REPORTABLE, PRIVATE, AUTHENTIC = 4, 2, 1
_USER_SECURITY = 3
_EMPTY = tlv(OCTETS, b"")
_VERSION_3 = integer(3)
_SIZE_MAX = integer(DATAGRAM_BYTES_MAX)
_USER_SECURITY_MODEL = integer(_USER_SECURITY)
_STRETCHED_BYTES = 1024 * 1024  # RFC 3414 A.2: the password is repeated up to here before it is hashed


class Envelope(Protocol):
    """Puts a PDU into a datagram and takes it out again."""

    def seal(self, pdu: bytes, request_id: int) -> bytes: ...

    def open(self, datagram: bytes) -> Pdu:
        """Raises `DamagedError`."""
        ...


class CommunityEnvelope:
    """Version 2c."""

    def __init__(self, community: str) -> None:
        self._community = community.encode()

    def seal(self, pdu: bytes, request_id: int) -> bytes:
        return tlv(SEQUENCE, integer(1) + tlv(OCTETS, self._community) + pdu)

    def open(self, datagram: bytes) -> Pdu:
        whole = Reader(datagram)
        message = whole.inside(SEQUENCE)
        whole.done()
        if message.integer() != 1:
            raise DamagedError("another version of SNMP")
        message.octets()
        pdu = read_pdu(message)
        message.done()
        return pdu


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """A user's keys, localized to one engine. Never shown."""

    auth: str | None = None
    auth_key: bytes = b""
    priv: str | None = None
    priv_key: bytes = b""
    block: Any = None
    """The block cipher with its key, for the `cryptography` library."""

    @property
    def flags(self) -> int:
        """The protection that a message with these keys has, as in `msgFlags`."""
        return (AUTHENTIC if self.auth is not None else 0) | (PRIVATE if self.priv is not None else 0)

    def __repr__(self) -> str:
        return "<Keys>"


def localized_keys(
    engine_id: bytes,
    auth: str | None,
    auth_password: str,
    priv: str | None,
    priv_password: str,
    extension: str = "blumenthal",
) -> Keys:
    """Hashes 2 MiB: some milliseconds. A digest shorter than an AES key grows in one of two ways that no RFC
    settles: `blumenthal` (its hash is appended; net-snmp's AES-192 and AES-256) or `reeder` (it is localized
    like a password of its own; Cisco's, net-snmp's AES-192-C and AES-256-C).
    """
    if auth is None:
        return Keys()
    auth_key = _localized(auth, auth_password.encode(), engine_id)
    if priv is None:
        return Keys(auth=auth, auth_key=auth_key)
    piece = priv_key = _localized(auth, priv_password.encode(), engine_id)
    while len(priv_key) < _KEY_BYTES[priv]:
        reeder = extension == "reeder"
        piece = _localized(auth, piece, engine_id) if reeder else hashlib.new(auth, priv_key).digest()
        priv_key += piece
    priv_key = priv_key[: _KEY_BYTES[priv]]
    # Three equal keys are single DES.
    block = TripleDES(priv_key[:8] * 3) if priv == "des" else algorithms.AES(priv_key)
    return Keys(auth=auth, auth_key=auth_key, priv=priv, priv_key=priv_key, block=block)


def _localized(auth: str, raw: bytes, engine_id: bytes) -> bytes:
    repeated = (raw * (_STRETCHED_BYTES // len(raw) + 1))[:_STRETCHED_BYTES]
    stretched = hashlib.new(auth, repeated).digest()
    return hashlib.new(auth, stretched + engine_id + stretched).digest()


class Secured(msgspec.Struct, frozen=True, kw_only=True):
    """A message of version 3, its header read and nothing of it proven yet."""

    datagram: bytes
    message_id: int
    flags: int
    engine_id: bytes
    boots: int
    time_s: int
    user: bytes
    digest: tuple[int, int]
    salt: bytes
    at: int

    def pdu(self, keys: Keys, *kinds: int) -> Pdu:
        """The PDU, once the digest fits and the cipher is undone. Raises `DamagedError`."""
        return self.scoped(keys, *kinds)[1]

    def scoped(self, keys: Keys, *kinds: int) -> tuple[bytes, Pdu]:
        """As `pdu`, after the encoded context (engine and name), which an answer has to repeat."""
        if self.flags & AUTHENTIC:
            self._authenticate(keys)
        message = Reader(self.datagram, self.at)
        if self.flags & PRIVATE:
            message = Reader(_decrypt(keys, self.boots, self.time_s, self.salt, message.octets()))
        scoped = message.inside(SEQUENCE)
        context = tlv(OCTETS, scoped.octets()) + tlv(OCTETS, scoped.octets())
        return context, read_pdu(scoped, *kinds)

    def _authenticate(self, keys: Keys) -> None:
        datagram, (at, end) = self.datagram, self.digest
        if keys.auth is None or end - at != _MAC_BYTES[keys.auth]:
            raise DamagedError("digest that was not asked for")
        blank = datagram[:at] + bytes(end - at) + datagram[end:]
        if not hmac.compare_digest(_mac(keys, blank), datagram[at:end]):
            raise DamagedError("digest that does not fit")


def read_secured(datagram: bytes) -> Secured:
    """Raises `DamagedError`."""
    whole = Reader(datagram)
    message = whole.inside(SEQUENCE)
    whole.done()
    if message.integer() != 3:
        raise DamagedError("another version of SNMP")
    header = message.inside(SEQUENCE)
    message_id, _size, flags = header.integer(), header.integer(), header.octets()
    if len(flags) != 1 or header.integer() != _USER_SECURITY:
        raise DamagedError("another security model")
    security = message.inside(OCTETS).inside(SEQUENCE)
    engine_id, boots, time_s = security.octets(), security.integer(), security.integer()
    user = security.octets()
    _, *digest = security.element(OCTETS)
    return Secured(
        datagram=datagram,
        message_id=message_id,
        flags=flags[0],
        engine_id=engine_id,
        boots=boots,
        time_s=time_s,
        user=user,
        digest=(digest[0], digest[1]),
        salt=security.octets(),
        at=message.at,
    )


class UserEnvelope:
    """Version 3. Learns the engine's id, boots and time from what it opens."""

    def __init__(self, user: str) -> None:
        self._user = tlv(OCTETS, user.encode())
        self._keys = Keys()
        self._salt = secrets.randbits(64)
        self.engine_id = b""
        self.boots = 0
        self.time_s = 0

    def unlock(self, keys: Keys) -> None:
        """Use these keys from now on; without, messages carry neither digest nor cipher."""
        self._keys = keys

    def seal(
        self, pdu: bytes, request_id: int, *, reportable: bool = True, context: bytes | None = None
    ) -> bytes:
        """`reportable`: a question, to which a report may come back. `context`: encoded engine and name."""
        keys, engine = self._keys, tlv(OCTETS, self.engine_id)
        scoped = tlv(SEQUENCE, (engine + _EMPTY if context is None else context) + pdu)
        salt = b""
        if keys.priv is not None:
            salt = self._next_salt()
            scoped = tlv(OCTETS, _encrypt(keys, self.boots, self.time_s, salt, scoped))
        flags = bytes((OCTETS, 1, (REPORTABLE if reportable else 0) | keys.flags))
        header = tlv(SEQUENCE, integer(request_id) + _SIZE_MAX + flags + _USER_SECURITY_MODEL)
        digest = bytes(_MAC_BYTES[keys.auth]) if keys.auth is not None else b""
        before = engine + integer(self.boots) + integer(self.time_s)
        before += self._user if self.engine_id else _EMPTY
        after = tlv(OCTETS, salt)
        parameters = tlv(OCTETS, tlv(SEQUENCE, before + tlv(OCTETS, digest) + after))
        message = tlv(SEQUENCE, _VERSION_3 + header + parameters + scoped)
        if keys.auth is None:
            return message
        at = len(message) - len(scoped) - len(after) - len(digest)
        return message[:at] + _mac(keys, message) + message[at + len(digest) :]

    def _next_salt(self) -> bytes:
        """Never twice the same with one key (RFC 3826, 3.1.2.1; RFC 3414, 8.1.1.1)."""
        self._salt = (self._salt + 1) % 2**64
        salt = self._salt.to_bytes(8, "big")
        return (self.boots % 2**32).to_bytes(4, "big") + salt[4:] if self._keys.priv == "des" else salt

    def open(self, datagram: bytes) -> Pdu:
        message = read_secured(datagram)
        pdu = message.pdu(self._keys)
        self._admit(pdu, message.flags)
        if message.flags & AUTHENTIC or not self.engine_id or pdu.kind == REPORT:
            self.engine_id, self.boots, self.time_s = message.engine_id, message.boots, message.time_s
        # The message's id is what a report echoes, too; requests carry the same in both places.
        if pdu.kind != REPORT and pdu.request_id != message.message_id:
            raise DamagedError("another request's answer in this one's message")
        return msgspec.structs.replace(pdu, request_id=message.message_id) if pdu.kind == REPORT else pdu

    def _admit(self, pdu: Pdu, flags: int) -> None:
        """An answer must be as well protected as its question; a report need not be."""
        if pdu.kind == REPORT:
            return
        wanted = self._keys.flags
        if flags & wanted != wanted:
            raise DamagedError("answer without the protection of the question")


def _mac(keys: Keys, message: bytes) -> bytes:
    assert keys.auth is not None
    return hmac.digest(keys.auth_key, message, keys.auth)[: _MAC_BYTES[keys.auth]]


def _encrypt(keys: Keys, boots: int, time_s: int, salt: bytes, plain: bytes) -> bytes:
    cipher = _cipher(keys, boots, time_s, salt).encryptor()
    padding = bytes(-len(plain) % 8) if keys.priv == "des" else b""
    return cipher.update(plain + padding) + cipher.finalize()


def _decrypt(keys: Keys, boots: int, time_s: int, salt: bytes, secret: bytes) -> bytes:
    if keys.priv is None or len(salt) != 8 or (keys.priv == "des" and len(secret) % 8):
        raise DamagedError("cipher that was not asked for")
    cipher = _cipher(keys, boots, time_s, salt).decryptor()
    return cipher.update(secret) + cipher.finalize()


def _cipher(keys: Keys, boots: int, time_s: int, salt: bytes) -> Cipher[Any]:
    if keys.priv == "des":
        vector = bytes(a ^ b for a, b in zip(keys.priv_key[8:16], salt, strict=True))
        return Cipher(keys.block, modes.CBC(vector))
    vector = (boots % 2**32).to_bytes(4, "big") + (time_s % 2**32).to_bytes(4, "big") + salt
    return Cipher(keys.block, CFB(vector))
