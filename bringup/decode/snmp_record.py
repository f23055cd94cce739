"""A recorded SNMP walk (`.snmprec`: OID|type|value, one variable a line) and how tables are read from one.

The decoders of this family take {OID: value} maps, so that a live walk and a recorded one go the same way.
Values are as transports give them: integers as int, octet strings as bytes, OIDs and addresses as text.
Source of the form: snmpsim's record format; the types are the BER tags in decimal (`x`: the value is in hex).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from bringup.decode.result import Damaged, json_of, text_of, whole_lines
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

SnmpValue = int | bytes | str | None
MAX_OID_CHARS = 800
"""128 sub-identifiers are the most there can be (RFC 3416); six characters each."""

_OID = re.compile(r"\.?[0-9]{1,10}(?:\.[0-9]{1,10})*")
_LINE = re.compile(rb"^\.?[0-9]+(?:\.[0-9]+){2,}\|[0-9]{1,3}x?\|", re.MULTILINE)
_PAIR = re.compile(rb'\[\s*\[\s*"\.?[0-9]+(?:\.[0-9]+){2,}"\s*,')
_INTEGERS = frozenset({"2", "65", "66", "67", "70"})
_UNSIGNED = _INTEGERS - {"2"}
_NO_VALUE = frozenset({"5", "128", "129", "130"})
_MAX_DIGITS = 20


def looks_recorded(head: bytes) -> bool:
    """Whether the beginning of a file is such a record, or a walk as our transcripts keep it."""
    start = head.lstrip()[:2000]
    return _LINE.match(start) is not None or _PAIR.match(start) is not None


def variables(data: bytes) -> tuple[dict[str, SnmpValue], tuple[str, ...]]:
    """OID -> value, and what had to be warned of. Blank lines are skipped.

    Raises:
        Damaged: a line is none, an OID occurs twice, or the last line has no end.
    """
    if data.lstrip()[:1] == b"[":
        return _kept(json_of(data)), ()
    text, warnings = text_of(data)
    found: dict[str, SnmpValue] = {}
    for number, line in enumerate(whole_lines(text), 1):
        if not line.strip():
            continue
        parts = line.split("|", 2)
        if len(parts) != 3 or len(parts[0]) > MAX_OID_CHARS or not _OID.fullmatch(parts[0]):
            raise Damaged(f"line {number} is no OID|type|value")
        oid = parts[0].lstrip(".")
        if oid in found:
            raise Damaged(f"line {number}: {oid[:80]} occurs twice")
        found[oid] = _value(parts[1], parts[2], number)
    return found, warnings


def _kept(listed: object) -> dict[str, SnmpValue]:
    """A walk of a transcript: `[[OID, 5], [OID, {"text": …}], [OID, {"hex": …}], [OID, "1.3.6"]]`."""
    found: dict[str, SnmpValue] = {}
    for pair in listed if isinstance(listed, list) else [None]:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise Damaged("the JSON is no list of OIDs with their values")
        oid, held = pair
        if len(oid) > MAX_OID_CHARS or not _OID.fullmatch(oid) or oid in found:
            raise Damaged(f"{oid[:80]!r} is no OID, or occurs twice")
        if isinstance(held, dict) and len(held) == 1:
            ((kind, octets),) = held.items()
            held = _value("4x" if kind == "hex" else "4", str(octets), len(found) + 1)
        if isinstance(held, bool) or not isinstance(held, int | str | bytes | None):
            raise Damaged(f"{oid} has a value of no type of SNMP")
        found[oid] = held
    return found


def _value(kind: str, text: str, line: int) -> SnmpValue:
    if kind == "4":
        return text.encode()
    if kind in ("4x", "64x"):
        try:
            octets = bytes.fromhex(text)
        except ValueError:
            raise Damaged(f"line {line}: the value is no hex") from None
        return octets if kind == "4x" else ".".join(str(octet) for octet in octets)
    if kind in _INTEGERS:
        bare = text.strip()
        if len(bare) > _MAX_DIGITS or not bare.removeprefix("-").isdecimal() or not bare.isascii():
            raise Damaged(f"line {line}: the value is no integer")
        if kind in _UNSIGNED and bare.startswith("-"):
            raise Damaged(f"line {line}: the value is negative")
        return int(bare)
    if kind in ("6", "64"):
        return text.strip().lstrip(".")
    if kind in _NO_VALUE:
        return None
    raise Damaged(f"line {line}: no type is called {kind[:20]!r}")


class Mib:
    """The variables of one agent, by table. A column is found by bisection: it costs what it holds."""

    def __init__(self, values: Mapping[str, SnmpValue]) -> None:
        self._values = values
        self._sorted = sorted(values)

    def __contains__(self, oid: str) -> bool:
        return oid in self._values

    def column(self, base: str) -> Iterator[tuple[tuple[int, ...], SnmpValue]]:
        """(index, value) of every variable under `base`, sorted by index."""
        prefix = base + "."
        start = bisect_left(self._sorted, prefix)
        rows: list[tuple[tuple[int, ...], SnmpValue]] = []
        for oid in self._sorted[start:]:
            if not oid.startswith(prefix):
                break
            rows.append((tuple(int(part) for part in oid[len(prefix) :].split(".")), self._values[oid]))
        return iter(sorted(rows, key=lambda row: row[0]))

    def integers(self, base: str) -> dict[tuple[int, ...], int]:
        """index -> integer.

        Raises:
            Damaged: another type.
        """
        return {index: _integer(held, base) for index, held in self.column(base) if held is not None}

    def texts(self, base: str) -> dict[tuple[int, ...], str]:
        """index -> text; see `text`."""
        return {index: _text(held, base) for index, held in self.column(base) if held is not None}

    def octets(self, base: str) -> dict[tuple[int, ...], bytes]:
        """index -> octets, as they came.

        Raises:
            Damaged: another type.
        """
        found: dict[tuple[int, ...], bytes] = {}
        for index, held in self.column(base):
            if not isinstance(held, bytes | None):
                raise Damaged(f"{base} is no octet string")
            if held is not None:
                found[index] = held
        return found

    def integer(self, oid: str) -> int | None:
        held = self._values.get(oid)
        return None if held is None else _integer(held, oid)

    def text(self, oid: str) -> str | None:
        """An octet string as text, or an OID or address; without blanks and NULs around it. None: not there.

        Raises:
            Damaged: an integer.
        """
        held = self._values.get(oid)
        return None if held is None else _text(held, oid)

    def word(self, oid: str) -> Read:
        """A text as a `Read`; an empty one is absent."""
        return as_word(self.text(oid))


def as_word(text: str | None) -> Read:
    """A text as a `Read`; an empty one is absent."""
    return value(text) if text else ABSENT


def scaled(number: int | None, *, times: int = 1, per: int = 1) -> Read:
    """An unsigned quantity, times `times / per`. A negative one is how agents say "not measured"."""
    if number is None:
        return ABSENT
    return NOT_AVAILABLE if number < 0 else value(number * times / per)


def _integer(held: SnmpValue, oid: str) -> int:
    if not isinstance(held, int) or isinstance(held, bool):
        raise Damaged(f"{oid} is no integer")
    return held


def _text(held: SnmpValue, oid: str) -> str:
    if isinstance(held, bytes):
        return held.decode("utf-8", errors="replace").strip(" \t\r\n\0")
    if not isinstance(held, str):
        raise Damaged(f"{oid} is no text")
    return held
