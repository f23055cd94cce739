"""What checks and decoders report: measurements and evidence. Neither holds a judgement."""

from __future__ import annotations

import math

import msgspec

from bringup.model.units import unit_of
from bringup.model.verdict import Reading

Scalar = float | int | str | bool
_VALUE = Reading.VALUE
"""By a name of its own: a member is looked up by Python code, and readings are made by the ten thousand."""


class Read(msgspec.Struct, frozen=True):
    """One field as a device told it: a value, or which kind of nothing it was.

    `age_s` is the device's own sample age where it tells, else None ("age unknown"). `accuracy` is the
    instrument's, in the unit of the quantity, and only where the platform's table states it with a source.
    """

    reading: Reading
    value: Scalar | None = None
    age_s: float | None = None
    accuracy: float | None = None

    def __post_init__(self) -> None:
        told = self.value
        if (told is None) == (self.reading is _VALUE):
            raise ValueError("a value, and only a value, has the reading 'value'")
        if isinstance(told, float) and not math.isfinite(told):
            raise ValueError("a value must be finite: use the reading 'dark', 'not_available' or 'absent'")


LARGEST_INTEGER = 2**53
"""Integers from here on have no exact form in every reader of JSON; as a measurement they become floats."""
LONGEST_TEXT = 64 * 1024
"""Characters of a value that is text. More is no value that anybody expects: all of it is in the evidence."""


def value(of: Scalar, *, age_s: float | None = None, accuracy: float | None = None) -> Read:
    """A reading that carries a value."""
    return Read(_VALUE, of, age_s, accuracy)


DARK = Read(Reading.DARK)
NOT_AVAILABLE = Read(Reading.NOT_AVAILABLE)
UNSUPPORTED = Read(Reading.UNSUPPORTED)
ABSENT = Read(Reading.ABSENT)


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of one quantity of one subject."""

    subject: str
    quantity: str
    reading: Reading
    value: Scalar | None = None
    age_s: float | None = None
    accuracy: float | None = None

    @property
    def unit(self) -> str:
        return unit_of(self.quantity)


def measured(subject: object, quantity: str, read: Read | Scalar) -> Measurement:
    """A measurement from a field of a fact, or from a plain value."""
    read = read if isinstance(read, Read) else value(read)
    return Measurement(
        subject=str(subject),
        quantity=quantity,
        reading=read.reading,
        value=recordable(read.value),
        age_s=read.age_s,
        accuracy=read.accuracy,
    )


def recordable(told: Scalar | None) -> Scalar | None:
    """What a device told, as an event can hold it: no integer beyond `LARGEST_INTEGER`, no endless text."""
    if isinstance(told, str):
        return told if len(told) <= LONGEST_TEXT else f"{told[:LONGEST_TEXT]}… (cut)"
    if isinstance(told, int) and not isinstance(told, bool) and abs(told) >= LARGEST_INTEGER:
        return float(told)
    return told


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Raw bytes that stand behind measurements: device text, as it came."""

    subject: str
    name: str
    data: bytes
    media_type: str = "text/plain"
