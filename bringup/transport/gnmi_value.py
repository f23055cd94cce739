"""What a gNMI notification says, as Python data."""

from __future__ import annotations

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
PATHS_KEPT = 8192
PATH_KEPT_BYTES = 1024
"""What a target may have us remember: paths of any sane length, some megabytes of them."""
SHORT_BYTES = 256
"""What is no longer can't hold too many values."""
_JSON = ("json_val", "json_ietf_val")
_OLD_JSON = (0, 4)  # JSON and JSON_IETF in the deprecated `Value`


# A decoder of its own costs a third of the module's function.
_decode = msgspec.json.Decoder().decode


class UnreadableError(Exception):
    """A notification that can't be read; says what is wrong, without device text."""


class PathTexts:
    """Paths as text, each put together once: a stream repeats the same few for ever."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], str] = {}

    def of(self, prefix: Any, prefix_raw: bytes, path: Any) -> str:
        """The text of prefix and path joined; `prefix_raw` is the prefix encoded."""
        key = (prefix_raw, path.SerializeToString())
        if len(prefix_raw) + len(key[1]) > PATH_KEPT_BYTES:
            return format_path(elements_of(prefix, path))
        text = self._known.get(key)
        if text is None:
            if len(self._known) >= PATHS_KEPT:
                self._known.clear()
            text = self._known[key] = format_path(elements_of(prefix, path))
        return text


def updates_of(
    notification: Any, *, deletes: bool = False, texts: PathTexts | None = None
) -> list[GnmiUpdate]:
    """Every update of a `Notification`; with `deletes` what is gone comes first, with the value None.

    Raises `UnreadableError`.
    """
    prefix, timestamp_ns = notification.prefix, notification.timestamp
    raw, text = prefix.SerializeToString(), (texts or PathTexts()).of
    found = [
        GnmiUpdate(path=text(prefix, raw, gone), value=None, timestamp_ns=timestamp_ns)
        for gone in (notification.delete if deletes else ())
    ]
    for update in notification.update:
        # What nearly all of them hold comes first; a field that is not set reads as empty.
        held = update.val.json_ietf_val
        value = _json(held) if held else _value(update)
        found.append(GnmiUpdate(path=text(prefix, raw, update.path), value=value, timestamp_ns=timestamp_ns))
    return found


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
    if len(raw) > SHORT_BYTES and too_many_values(raw):
        raise UnreadableError("a JSON value of too many parts")
    try:
        decoded: object = _decode(raw)
    except (ValueError, RecursionError):
        raise UnreadableError("a value that is no JSON") from None
    return decoded
