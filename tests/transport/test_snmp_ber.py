"""The decoder of SNMP: what is encoded by another hand comes back, and no bytes make it stumble."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bringup.transport.base import SnmpValue
from bringup.transport.snmp_ber import DamagedError, Pdu, Reader, encode_oid, oid_text, read_pdu
from bringup.transport.snmp_message import CommunityEnvelope, UserEnvelope, localized_keys
from bringup.transport.snmp_table import Table
from tests.transport.snmp_agent import Request, integer, octets, oid, tlv

BASE = (1, 3, 6, 1, 4, 1, 9)
_arc = some.one_of(some.integers(0, 300), some.integers(0, 2**32 - 1))
_value = some.one_of(
    some.integers(-(2**31), 2**31 - 1).map(lambda number: (integer(number), number)),
    some.integers(0, 2**64 - 1).map(lambda number: (integer(number, 0x46), number)),
    some.binary(max_size=200).map(lambda raw: (octets(raw), raw)),
    some.binary(min_size=4, max_size=4).map(lambda raw: (tlv(0x40, raw), ".".join(map(str, raw)))),
)
_rows = some.dictionaries(some.lists(_arc, min_size=1, max_size=4).map(tuple), _value, max_size=40)


def name(arcs: tuple[int, ...]) -> str:
    return ".".join(map(str, BASE + arcs))


def page(rows: list[tuple[str, bytes]]) -> bytes:
    request = Request.__new__(Request)
    request.community, request.request_id = b"public", 5
    return request.reply(rows)


@given(_rows)
def test_a_table_comes_back_whole_and_in_order(rows: dict[tuple[int, ...], tuple[bytes, SnmpValue]]) -> None:
    ordered = sorted(rows.items())
    sent = [(name(arcs), value) for arcs, (value, _) in ordered]
    expected = [(name(arcs), value) for arcs, (_, value) in ordered]
    after = [("1.3.6.1.4.1.10.1", integer(0))]
    pdu = CommunityEnvelope("public").open(page(sent + after))
    assert [(oid_text(v.prefix, v.last), v.value) for v in pdu.variables()][:-1] == expected
    table = Table(encode_oid(name(())))
    assert table.add(pdu)
    assert table.found == expected


@settings(max_examples=300)
@given(_rows, some.data())
def test_a_spoilt_page_is_damaged_or_reads_the_same_either_way(
    rows: dict[tuple[int, ...], tuple[bytes, SnmpValue]], data: some.DataObject
) -> None:
    raw = bytearray(page([(name(arcs), value) for arcs, (value, _) in sorted(rows.items())]))
    for _ in range(data.draw(some.integers(1, 3))):
        raw[data.draw(some.integers(0, len(raw) - 1))] = data.draw(some.integers(0, 255))
    try:
        pdu = CommunityEnvelope("public").open(bytes(raw))
        slow = [(oid_text(v.prefix, v.last), v.value) for v in pdu.variables()]
    except DamagedError:
        return
    table = Table(encode_oid(name(())))
    with contextlib.suppress(DamagedError):
        table.add(pdu)
    assert table.found == slow[: len(table.found)]


@given(some.binary(max_size=300))
def test_no_bytes_make_the_decoder_stumble(raw: bytes) -> None:
    keyed = UserEnvelope("user")
    keyed.unlock(localized_keys(b"engine", None, "", None, ""))
    for opening in (CommunityEnvelope("public").open, keyed.open):
        with contextlib.suppress(DamagedError):
            opening(raw).variables()
    with contextlib.suppress(DamagedError):
        read_pdu(Reader(tlv(0xA2, raw))).variables()


def sealed(envelope: UserEnvelope) -> bytes:
    response = tlv(
        0xA2, integer(5) + integer(0) + integer(0) + tlv(0x30, tlv(0x30, oid("1.3.6") + integer(1)))
    )
    return envelope.seal(response, 5)


def envelope(auth: str | None, priv: str | None, password: str = "long enough") -> UserEnvelope:
    made = UserEnvelope("user")
    made.engine_id = b"\x80\x00\x00\x00\x05rack"
    made.unlock(localized_keys(made.engine_id, auth, password, priv, password))
    return made


@pytest.mark.parametrize(
    ("auth", "priv"), [("sha256", None), ("sha256", "aes128"), ("md5", "des"), ("sha1", "aes256")]
)
def test_a_changed_byte_of_a_protected_answer_is_damage(auth: str, priv: str | None) -> None:
    raw = sealed(envelope(auth, priv))
    assert _values(envelope(auth, priv).open(raw)) == [("1.3.6", 1)]
    for at in range(0, len(raw), 3):
        spoilt = raw[:at] + bytes((raw[at] ^ 0x41,)) + raw[at + 1 :]
        with pytest.raises(DamagedError):
            _values(envelope(auth, priv).open(spoilt))


def test_an_answer_without_the_protection_that_was_asked_for_is_damage() -> None:
    for weaker in (envelope(None, None), envelope("sha256", None)):
        with pytest.raises(DamagedError):
            envelope("sha256", "aes128").open(sealed(weaker))
    with pytest.raises(DamagedError):
        envelope("sha256", "aes128").open(sealed(envelope("sha256", "aes128", "another one")))


def _values(pdu: Pdu) -> list[tuple[str, SnmpValue]]:
    return [(oid_text(v.prefix, v.last), v.value) for v in pdu.variables()]


def test_keys_are_those_of_the_standard() -> None:
    """RFC 3414, A.3.1 and A.3.2: `maplesyrup` for the engine 00…02."""
    engine = bytes(11) + b"\x02"
    md5 = localized_keys(engine, "md5", "maplesyrup", None, "")
    sha1 = localized_keys(engine, "sha1", "maplesyrup", None, "")
    assert md5.auth_key.hex() == "526f5eed9fcce26f8964c2930787d82b"
    assert sha1.auth_key.hex() == "6695febc9288e36282235fc7151f128497b38f3f"
    assert "526f5eed" not in f"{md5!r}{md5}"


@pytest.mark.parametrize("text", ["", "1", "x.y", "1.40", "3.1", "1.-3"])
def test_what_is_no_object_identifier_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"invalid|no object"):
        encode_oid(text)


@given(some.lists(_arc, max_size=12))
def test_every_object_identifier_comes_back(arcs: list[int]) -> None:
    pdu = CommunityEnvelope("public").open(page([(name((*arcs, 0)), oid(name(tuple(arcs))))]))
    assert _values(pdu) == [(name((*arcs, 0)), name(tuple(arcs)))]
    assert oid(name(tuple(arcs)))[2:] == encode_oid(name(tuple(arcs)))
