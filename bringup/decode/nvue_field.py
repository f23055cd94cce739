"""What the formats of NVUE (Cumulus Linux, NVOS) share: its JSON, and numbers that come as texts with units.

`nv show … -o json` prints one object. A number may be one or a text (`"42.5"`, `"6000 RPM"`); a state may be
a text or an object whose only key it is (`{"up": {}}`). Source: NVUE reference, and public clients of it.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, as_object, real
from bringup.decode.result import Damaged, is_missing, json_of, number, read_word
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_UNITS = re.compile(r"\s*(?:degrees C|RPM|rpm|W|V|A|C|mA)\s*")
_AMOUNT = re.compile(r"([+-]?[0-9][0-9.,]{0,24}(?:[eE][+-]?[0-9]{1,4})?)(.{0,20})", re.DOTALL)
MAX_TEXT_CHARS = 400


def object_of(data: bytes) -> Json:
    """The object that a command printed.

    Raises:
        Damaged: no JSON object, or an error that NVUE tells as one.
    """
    told = as_object(json_of(data), "the reply")
    if "title" in told and "status" in told and isinstance(told["status"], int):
        raise Damaged(f"NVUE failed: {str(told.get('detail') or told['title'])[:160]!r}")
    return told


def first(parent: Json, *names: str) -> object:
    """What stands under the first of `names` that is there; None where none is."""
    return next((parent[name] for name in names if name in parent), None)


def word(held: object) -> Read:
    """A text; `{"value": TEXT}` and an object with one key are that text, as NVUE tells states."""
    if isinstance(held, dict):
        if set(held) == {"value"}:
            held = held["value"]
        elif len(held) == 1:
            held = next(iter(held))
    if held is None:
        return ABSENT
    if not isinstance(held, str) or len(held) > MAX_TEXT_CHARS:
        raise Damaged("a text is none, or a very long one")
    return read_word(held)


def amount(held: object, name: str) -> Read:
    """A number, or a text of one with its unit."""
    if not isinstance(held, str):
        return ABSENT if held is None else real(held, name)
    if not held.strip():
        return ABSENT
    if is_missing(held):
        return NOT_AVAILABLE
    match = _AMOUNT.fullmatch(held.strip())
    if match is None or (match[2] and not _UNITS.fullmatch(match[2])):
        raise Damaged(f"{name!r} is no number: {held[:40]!r}")
    return value(float(number(match[1])))


def whole(held: object, name: str) -> Read:
    """A count."""
    read = amount(held, name)
    if not isinstance(read.value, float):
        return read
    if read.value < 0 or not read.value.is_integer() or read.value > 2**64 - 1:
        raise Damaged(f"{name!r} is no count")
    return value(int(held) if isinstance(held, int) else int(read.value))
