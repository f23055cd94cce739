"""How decoded answers stand in a transcript: JSON that can be read by a person and replayed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.transport.base import GnmiUpdate, SnmpValue


def variables_to_bytes(found: Sequence[tuple[str, SnmpValue]]) -> bytes:
    """`[["1.3.6…", 5], ["1.3.6…", {"text": "leaf-1"}], ["1.3.6…", {"hex": "ff"}], ["1.3.6…", "1.3.6.1"]]`."""
    return msgspec.json.encode(
        [(name, _shown(value)) if isinstance(value, bytes) else (name, value) for name, value in found]
    )


def variables_from_bytes(raw: bytes) -> list[tuple[str, SnmpValue]]:
    """Raises `msgspec.MsgspecError`."""
    listed = msgspec.json.decode(raw, type=list[tuple[str, int | str | dict[str, str] | None]])
    return [(name, _octets(value) if isinstance(value, dict) else value) for name, value in listed]


def _shown(value: bytes) -> dict[str, str]:
    if value.isascii() and value.decode("ascii").isprintable():
        return {"text": value.decode("ascii")}
    return {"hex": value.hex()}


def _octets(shown: dict[str, str]) -> bytes:
    return shown["text"].encode() if "text" in shown else bytes.fromhex(shown["hex"])


def updates_to_bytes(updates: Sequence[GnmiUpdate]) -> bytes:
    """One object an update. Values are JSON already, but for bytes, which become base64."""
    return msgspec.json.encode(updates)


def updates_from_bytes(raw: bytes) -> tuple[GnmiUpdate, ...]:
    """Raises `msgspec.MsgspecError`."""
    return msgspec.json.decode(raw, type=tuple[GnmiUpdate, ...])
