"""A row of a cable list, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

NOT_SEEN = frozenset({"", "?", "-", "unknown", "unseen", "n/a"})
"""How a found list says, in lower case, that an end was not seen."""
_DIGITS = re.compile(r"(\d+)")


class End(NamedTuple):
    """Where a plug is: a port of a device."""

    device: str
    port: str

    def __str__(self) -> str:
        return f"{self.device}/{self.port}"


class Link(msgspec.Struct, frozen=True, gc=False):
    """One row: `a` is connected with `b`. None is an end that nobody has seen; only found lists hold some."""

    a: End | None
    b: End | None
    medium: str = ""
    length_m: float | None = None
    label: str = ""
    line: int = 0

    @property
    def ends(self) -> tuple[End | None, End | None]:
        return self.a, self.b


class RowFault(msgspec.Struct, frozen=True, order=True):
    """What is wrong in one line of a cable list. Lines count from 1; 0 is the file as a whole."""

    line: int
    field: str
    wrong: str
    right: str


class CableList(msgspec.Struct, frozen=True):
    """All rows that could be read, and what is wrong with the others. `notes` are no faults."""

    links: tuple[Link, ...] = ()
    faults: tuple[RowFault, ...] = ()
    notes: tuple[str, ...] = ()


def end_of(device: str, port: str) -> End | None:
    """The end that two cells name; None where one of them says that it was not seen."""
    device, port = device.strip(), port.strip()
    if device.lower() in NOT_SEEN or port.lower() in NOT_SEEN:
        return None
    return End(device, port)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key that puts `Ethernet8` before `Ethernet12`."""
    return tuple(
        (int(part[:18]), part) if part.isascii() and part.isdigit() else (-1, part)
        for part in _DIGITS.split(text)
    )


def in_order(ends: Iterable[End]) -> Sequence[End]:
    return sorted(ends, key=lambda end: (natural(end.device), natural(end.port)))
