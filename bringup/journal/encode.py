"""An event to the bytes of its line: sorted ASCII keys, integers below 2^53, no NaN or infinity, UTF-8
values.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from bringup.journal.error import EventRefused

LARGEST_INTEGER = 2**53 - 1
# A line is held in memory by every reader; what is larger is evidence and belongs in a blob.
LARGEST_LINE_BYTES = 16 * 1024 * 1024

_TO_CHECK = frozenset({int, float, dict, list})
_ENCODE = msgspec.json.Encoder(order="sorted").encode


def to_fields(event: msgspec.Struct) -> dict[str, Any]:
    """The event as plain JSON values, checked.

    Raises:
        EventRefused: no `kind` tag, or a value that the format has no honest form for.
    """
    try:
        fields = msgspec.to_builtins(event, str_keys=True)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise EventRefused(f"{type(event).__name__} can't be written as JSON: {error}") from error
    if type(fields) is not dict or type(fields.get("kind")) is not str:
        raise EventRefused(
            f"{type(event).__name__} carries no `kind`", "tag the struct with tag_field='kind'"
        )
    for name, value in fields.items():
        if type(value) in _TO_CHECK:
            _check(value, fields["kind"], name)
    if not "".join(fields).isascii():
        raise EventRefused(f"{fields['kind']} has a key that is not ASCII")
    return fields


def to_line(fields: dict[str, Any]) -> bytes:
    """The stored bytes, without the newline.

    Raises:
        EventRefused: longer than a line may be.
    """
    try:
        line = _ENCODE(fields)
    except UnicodeEncodeError:
        # Lone surrogates come from device text that was decoded leniently. They must not stop a run:
        # the raw bytes are kept as evidence, the event shows them escaped.
        line = _ENCODE(_without_surrogates(fields))
    if len(line) > LARGEST_LINE_BYTES:
        raise EventRefused(f"{fields['kind']} takes {len(line)} bytes", "keep large data as evidence")
    return line


def _check(value: Any, kind: str, name: str) -> None:
    """Raise `EventRefused` for the first value inside that JSON has no honest form for."""
    if type(value) is float:
        if not math.isfinite(value):
            raise EventRefused(f"{kind}.{name} is {value}; say with the reading why there is no value")
    elif type(value) is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise EventRefused(f"{kind}.{name} is {value}; integers stay below 2^53, write it as text")
    elif type(value) is dict:
        for key, inner in value.items():
            if not key.isascii():
                raise EventRefused(f"{kind}.{name} has the key {key!a}; keys are ASCII")
            _check(inner, kind, f"{name}.{key}")
    elif type(value) is list:
        for inner in value:
            _check(inner, kind, name)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(inner) for inner in value]
    return value
