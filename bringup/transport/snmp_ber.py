"""The part of BER (X.690) that SNMP uses, and the PDUs of RFC 3416.

Strict on the way in: lengths must add up, values must have a known type and a sane size, and what does not
is `DamagedError`, never a short table. Written for walks: OIDs that share a prefix are told apart by their
last arc.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.transport.base import SnmpValue

GET, GET_NEXT, RESPONSE, SET, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA8
INFORM, TRAP = 0xA6, 0xA7
INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
_ADDRESS = 0x40
TEXTS = frozenset((OCTETS, 0x44, 0x45))  # octets, Opaque, NsapAddress
_UNSIGNED = frozenset((0x41, 0x42, 0x43, 0x46, 0x47))  # Counter32, Gauge32, TimeTicks, Counter64, UInteger32
NUMBERS = _UNSIGNED | {INTEGER}
MISSING = frozenset((0x80, 0x81))  # noSuchObject, noSuchInstance
END_OF_VIEW = 0x82
_NOTHING = MISSING | {END_OF_VIEW, NULL}
INTEGER_BYTES_MAX = 9  # Counter64 with its leading zero


class DamagedError(Exception):
    """Bytes that are no SNMP message; says what is wrong, without device text."""


class Variable(msgspec.Struct, frozen=True, gc=False):
    """One binding. `prefix` is the encoded OID without its last arc."""

    prefix: bytes
    last: int
    tag: int
    value: SnmpValue


class Pdu(msgspec.Struct, frozen=True):
    """`error_index` counts from 1; 0 in a clean response. The bindings are unread: `data[at:end]`."""

    kind: int
    request_id: int
    error_status: int
    error_index: int
    data: bytes
    at: int
    end: int

    def variables(self) -> list[Variable]:
        """Raises `DamagedError`."""
        found: list[Variable] = []
        at = self.at
        while at < self.end:
            variable, at = read_variable(self.data, at, self.end)
            if variable.tag == NULL and self.error_status == 0:
                raise DamagedError("value that is left out")
            found.append(variable)
        return found


def tlv(tag: int, content: bytes) -> bytes:
    """One element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(number: int) -> bytes:
    if 0 <= number < 0x80:
        return bytes((INTEGER, 1, number))
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def encode_oid(text: str) -> bytes:
    """The content of an OID element. Raises `ValueError` for what is no OID."""
    arcs = [int(arc) for arc in text.lstrip(".").split(".")]
    if len(arcs) < 2 or min(arcs) < 0 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise ValueError(f"{text} is no object identifier")
    return b"".join(_encode_arc(arc) for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]))


def encode_pdu(
    kind: int, request_id: int, names: Sequence[bytes], *, second: int = 0, third: int = 0
) -> bytes:
    """A request for the encoded OIDs; `second` and `third` are non-repeaters and repetitions of a GETBULK."""
    listed = b"".join(tlv(SEQUENCE, tlv(OID, name) + b"\x05\x00") for name in names)
    return _pdu(kind, request_id, second, third, listed)


def encode_set(request_id: int, name: bytes, number: int) -> bytes:
    return _pdu(SET, request_id, 0, 0, tlv(SEQUENCE, tlv(OID, name) + integer(number)))


def _pdu(kind: int, request_id: int, second: int, third: int, listed: bytes) -> bytes:
    return tlv(kind, integer(request_id) + integer(second) + integer(third) + tlv(SEQUENCE, listed))


def encode_answer(kind: int, request_id: int, bindings: bytes) -> bytes:
    """A response or a report with bindings that are encoded already."""
    return _pdu(kind, request_id, 0, 0, bindings)


def _encode_arc(arc: int) -> bytes:
    if arc < 0x80:
        return bytes((arc,))
    groups = [arc & 0x7F]
    while arc := arc >> 7:
        groups.append(0x80 | arc & 0x7F)
    return bytes(reversed(groups))


class Reader:
    """Reads elements one after the other from `data[at:end]`."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def element(self, *tags: int) -> tuple[int, int, int]:
        """(tag, start, end) of the next element's content; it must have one of `tags`."""
        tag, start, end = _element(self.data, self.at, self.end)
        if tag not in tags:
            raise DamagedError(f"element 0x{tag:02x} where 0x{tags[0]:02x} belongs")
        self.at = end
        return tag, start, end

    def content(self, tag: int) -> tuple[int, int]:
        """(start, end) of the next element's content, which must have that tag; a short one is quick."""
        at, data = self.at, self.data
        if at + 2 <= self.end and data[at] == tag and (size := data[at + 1]) < 0x80:
            stop = at + 2 + size
            if stop <= self.end:
                self.at = stop
                return at + 2, stop
        _, start, stop = self.element(tag)
        return start, stop

    def inside(self, tag: int) -> Reader:
        start, stop = self.content(tag)
        return Reader(self.data, start, stop)

    def integer(self) -> int:
        start, stop = self.content(INTEGER)
        if not 0 < stop - start <= INTEGER_BYTES_MAX:
            raise DamagedError("integer of impossible size")
        return int.from_bytes(self.data[start:stop], "big", signed=True)

    def octets(self) -> bytes:
        start, stop = self.content(OCTETS)
        return self.data[start:stop]

    def done(self) -> None:
        if self.at != self.end:
            raise DamagedError("bytes after the end")


def _element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    if at + 2 > end:
        raise DamagedError("cut short")
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 0 < count <= 4 or at + count > end:
            raise DamagedError("impossible length")
        size, at = int.from_bytes(data[at : at + count], "big"), at + count
    if at + size > end:
        raise DamagedError("cut short")
    return tag, at, at + size


def read_pdu(reader: Reader, *kinds: int) -> Pdu:
    """The PDU that comes next: one of `kinds`, or a response or a report."""
    kind, start, end = reader.element(*kinds or (RESPONSE, REPORT))
    body = Reader(reader.data, start, end)
    request_id, error_status, error_index = body.integer(), body.integer(), body.integer()
    listed = body.inside(SEQUENCE)
    body.done()
    return Pdu(kind, request_id, error_status, error_index, listed.data, listed.at, listed.end)


def read_variable(data: bytes, at: int, end: int) -> tuple[Variable, int]:
    """Any binding, and where the next one begins."""
    tag, inner, stop = _element(data, at, end)
    if tag != SEQUENCE:
        raise DamagedError("binding that is no sequence")
    tag, start, after = _element(data, inner, stop)
    if tag != OID:
        raise DamagedError("binding without a name")
    prefix, last = _split(data, start, after)
    tag, start, after = _element(data, after, stop)
    if after != stop:
        raise DamagedError("binding with more than a value")
    return Variable(prefix, last, tag, _value(data, tag, start, after)), stop


def _split(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    """Encoded OID without its last arc, and that arc."""
    if end - start < 1 or data[end - 1] & 0x80:
        raise DamagedError("name that does not end")
    last, at, shift = data[end - 1], end - 1, 7
    while at > start and data[at - 1] & 0x80:
        at -= 1
        last |= (data[at] & 0x7F) << shift
        shift += 7
    return data[start:at], last


def _value(data: bytes, tag: int, start: int, end: int) -> SnmpValue:
    if tag in TEXTS:
        return data[start:end]
    if tag in NUMBERS:
        if not 0 < end - start <= INTEGER_BYTES_MAX:
            raise DamagedError("integer of impossible size")
        return int.from_bytes(data[start:end], "big", signed=tag == INTEGER)
    if tag == OID:
        prefix, last = _split(data, start, end)
        return oid_text(prefix, last)
    if tag == _ADDRESS:
        if end - start != 4:
            raise DamagedError("address of impossible size")
        return ".".join(map(str, data[start:end]))
    if tag in _NOTHING:
        return None
    raise DamagedError(f"value of unknown type 0x{tag:02x}")


def arcs(prefix: bytes, last: int) -> tuple[int, ...]:
    """The whole OID as numbers, for comparing."""
    found: list[int] = []
    arc = 0
    for byte in prefix:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            found.append(arc)
            arc = 0
    found.append(last)
    first = min(found[0] // 40, 2)
    return (first, found[0] - first * 40, *found[1:])


def oid_text(prefix: bytes, last: int) -> str:
    return ".".join(map(str, arcs(prefix, last)))


def encoded_name(variable: Variable) -> bytes:
    """The whole encoded OID of a binding."""
    return variable.prefix + _encode_arc(variable.last)
