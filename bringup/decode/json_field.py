"""Strict reading of fields in JSON that a device sent: what is there, what kind of nothing, or damage.

A key that is not there is `absent`; null and words such as `N/A` are `not_available`; a wrong type is damage.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bringup.decode.result import Damaged, is_missing
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

Json = dict[str, object]
MAX_TEXT_CHARS = 4096
_BIGGEST_COUNT = 2**64 - 1
_NOT_NUMBERS = frozenset({"nan", "inf", "+inf", "infinity"})


def text_in(parent: Json, key: str) -> str | None:
    """The text under `key`, without blanks around it; None where it is absent, null or empty.

    Raises:
        Damaged: it is no text, or a very long one.
    """
    held = parent.get(key)
    if held is None:
        return None
    if not isinstance(held, str) or len(held) > MAX_TEXT_CHARS:
        raise Damaged(f"{key!r} is no text")
    return held.strip() or None


def read_text(parent: Json, key: str) -> Read:
    """A text field: blank and absent are absent, null and `N/A` are not available."""
    if key in parent and parent[key] is None:
        return NOT_AVAILABLE
    text = text_in(parent, key)
    if text is None:
        return ABSENT
    return NOT_AVAILABLE if is_missing(text) else value(text)


def read_real(parent: Json, key: str) -> Read:
    """A number as float. Null, `N/A` and `NaN` as text are not available.

    Raises:
        Damaged: something else, or out of range.
    """
    if key not in parent:
        return ABSENT
    return real(parent[key], key)


def real(held: object, name: str) -> Read:
    """One JSON value as a number; see `read_real`."""
    if held is None or (isinstance(held, str) and (is_missing(held) or held.lower() in _NOT_NUMBERS)):
        return NOT_AVAILABLE
    if isinstance(held, bool) or not isinstance(held, int | float):
        raise Damaged(f"{name!r} is no number")
    number = float(held)
    if not math.isfinite(number):
        raise Damaged(f"{name!r} is out of range")
    return value(number)


def read_count(parent: Json, key: str) -> Read:
    """A whole, non-negative number of at most 64 bits; null and `N/A` are not available.

    Raises:
        Damaged: something else.
    """
    if key not in parent:
        return ABSENT
    held = parent[key]
    if held is None or (isinstance(held, str) and is_missing(held)):
        return NOT_AVAILABLE
    if isinstance(held, float) and held.is_integer():
        held = int(held)
    if isinstance(held, bool) or not isinstance(held, int) or not 0 <= held <= _BIGGEST_COUNT:
        raise Damaged(f"{key!r} is no count")
    return value(held)


def object_in(parent: Json, key: str) -> Json:
    """The object under `key`; an empty one where it is absent or null.

    Raises:
        Damaged: it is no object.
    """
    held = parent.get(key)
    return {} if held is None else as_object(held, key)


def as_object(held: object, name: str) -> Json:
    """`held`, which must be an object.

    Raises:
        Damaged: it is not.
    """
    if not isinstance(held, dict):
        raise Damaged(f"{name!r} is no object")
    return held


def objects_in(parent: Json, key: str) -> list[Json]:
    """The objects in the list under `key`; none where there is no such key.

    Raises:
        Damaged: it is no list of objects.
    """
    held = parent.get(key)
    if held is None:
        return []
    if not isinstance(held, list):
        raise Damaged(f"{key!r} is no list")
    return [as_object(entry, key) for entry in held]


def named_objects(parent: Json) -> Iterator[tuple[str, Json]]:
    """The members of an object whose values are objects, as (name, value).

    Raises:
        Damaged: a name is blank, or a value is no object.
    """
    for name, held in parent.items():
        if not name.strip():
            raise Damaged("an entry has no name")
        yield name, as_object(held, name)
