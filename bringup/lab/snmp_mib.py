"""What an SNMP agent answers, as pure data: typed values in OID order, and the four operations on them.

Rules of RFC 3416, section 4.2: a name under no known object is `noSuchObject`, under a known object without
that instance `noSuchInstance`; a walk ends with `endOfMibView`; a SET is all or nothing and names the binding
that failed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

Oid = tuple[int, ...]

MAX_BULK_BINDINGS = 64
"""Small agents answer a GETBULK with fewer repetitions than asked for, to keep the datagram in one piece."""


class Value(NamedTuple):
    """A typed value: integer, octets, oid, timeticks, gauge32, counter32, counter64, or an exception."""

    kind: str
    value: int | bytes | Oid | None


class Binding(NamedTuple):
    """A name and its value; what an answer is a list of."""

    oid: Oid
    value: Value


class SetRefused(Exception):
    """A SET that can't be done: `status` is RFC 3416's error-status name, `index` counts bindings from 0."""

    def __init__(self, status: str, index: int = 0) -> None:
        super().__init__(f"{status} at binding {index}")
        self.status = status
        self.index = index


class SnmpDevice(Protocol):
    """What an agent asks of the device that it speaks for."""

    def mib(self) -> Mapping[Oid, Value]:
        """Every instance, now."""

    def check_set(self, oid: Oid, value: Value) -> None:
        """Raise SetRefused (index 0) where `oid` may not be set to `value`; change nothing."""

    def apply_set(self, oid: Oid, value: Value) -> None:
        """Do what `check_set` allowed."""


def integer(number: int) -> Value:
    return Value("integer", number)


def octets(text: str | bytes) -> Value:
    return Value("octets", text.encode() if isinstance(text, str) else text)


def gauge(number: float) -> Value:
    return Value("gauge32", max(0, round(number)))


def timeticks(seconds: float) -> Value:
    """Hundredths of a second, wrapping after 497 days as the 32 bits do."""
    return Value("timeticks", int(seconds * 100) % 2**32)


class Snapshot:
    """The instances of one moment, in order: every binding of one answer is from the same moment."""

    def __init__(self, rows: Mapping[Oid, Value]) -> None:
        self._rows = rows
        self._order = sorted(rows)

    def get(self, oid: Oid) -> Binding:
        if oid in self._rows:
            return Binding(oid, self._rows[oid])
        objects = {_object_of(each) for each in self._order}
        known = any(oid[:length] in objects for length in range(len(oid), 0, -1))
        return Binding(oid, Value("noSuchInstance" if known else "noSuchObject", None))

    def after(self, oid: Oid) -> Binding:
        place = bisect_right(self._order, oid)
        if place == len(self._order):
            return Binding(oid, Value("endOfMibView", None))
        name = self._order[place]
        return Binding(name, self._rows[name])

    def bulk(self, oids: Sequence[Oid], non_repeaters: int, max_repetitions: int) -> list[Binding]:
        """RFC 3416, section 4.2.3, cut short at MAX_BULK_BINDINGS or when every column has ended."""
        once = max(0, min(non_repeaters, len(oids)))
        found = [self.after(oid) for oid in oids[:once]]
        row = list(oids[once:])
        for _ in range(max(0, max_repetitions)):
            if not row or len(found) + len(row) > MAX_BULK_BINDINGS:
                break
            bindings = [self.after(oid) for oid in row]
            found += bindings
            if all(binding.value.kind == "endOfMibView" for binding in bindings):
                break
            row = [binding.oid for binding in bindings]
        return found


def set_all(device: SnmpDevice, bindings: Iterable[Binding]) -> None:
    """Check all, then apply all.

    Raises:
        SetRefused: nothing was changed.
    """
    wanted = list(bindings)
    for index, (oid, value) in enumerate(wanted):
        try:
            device.check_set(oid, value)
        except SetRefused as refused:
            raise SetRefused(refused.status, index) from None
    for oid, value in wanted:
        device.apply_set(oid, value)


def _object_of(oid: Oid) -> Oid:
    """The object type of an instance. The tables served here are indexed by one number, and scalars by 0."""
    return oid[:-1]
