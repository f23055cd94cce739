"""What a gNMI notification says, as Python data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bringup.decode.result import too_many_values
from bringup.transport.base import GnmiUpdate
from bringup.transport.gnmi_path import elements_of, format_path

_PLAIN = (
    "string_val",
    "int_val",
    "uint_val",
    "bool_val",
    "bytes_val",
    "float_val",
    "double_val",
    "ascii_val",
)
_JSON = ("json_val", "json_ietf_val")
_OLD_JSON = (0, 4)  # JSON and JSON_IETF in the deprecated `Value`


class UnreadableError(Exception):
    """A notification that can't be read; says what is wrong, without device text."""


def updates_of(notification: Any, *, deletes: bool = False) -> Iterator[GnmiUpdate]:
    """Every update of a `Notification`; with `deletes` what is gone comes first, with the value None.

    Raises `UnreadableError`.
    """
    prefix, timestamp_ns = notification.prefix, notification.timestamp
    for gone in notification.delete if deletes else ():
        yield GnmiUpdate(path=format_path(elements_of(prefix, gone)), value=None, timestamp_ns=timestamp_ns)
    for update in notification.update:
        path = format_path(elements_of(prefix, update.path))
        yield GnmiUpdate(path=path, value=_value(update), timestamp_ns=timestamp_ns)


def _value(update: Any) -> object:
    if update.HasField("val"):
        return typed_value(update.val)
    if update.HasField("value") and update.value.type in _OLD_JSON:
        return _json(update.value.value)
    raise UnreadableError("an update without a value")


def typed_value(value: Any) -> object:
    """A `TypedValue`. Decimals become float; leaf lists become lists; packed messages stay bytes."""
    kind = value.WhichOneof("value")
    if kind in _PLAIN:
        found: object = getattr(value, kind)
        return found
    if kind in _JSON:
        return _json(getattr(value, kind))
    if kind == "decimal_val":
        return float(f"{value.decimal_val.digits}e-{value.decimal_val.precision}")
    if kind == "leaflist_val":
        return [typed_value(element) for element in value.leaflist_val.element]
    if kind == "any_val":
        return bytes(value.any_val.value)
    if kind == "proto_bytes":
        return bytes(value.proto_bytes)
    raise UnreadableError("a value of unknown kind")


def _json(raw: bytes) -> object:
    if too_many_values(raw):
        raise UnreadableError("a JSON value of too many parts")
    try:
        decoded: object = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise UnreadableError("a value that is no JSON") from None
    return decoded
