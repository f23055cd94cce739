"""Transcripts as evidence: one exchange a line, device text as it came."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import msgspec

from bringup.transport.base import Exchange


def encode_transcript(exchanges: Iterable[Exchange]) -> bytes:
    """JSON lines. A reply that is UTF-8 stands in `reply` as text, any other in `reply_base64`: nothing is
    lost.
    """
    return b"".join(msgspec.json.encode(_line(exchange), order="sorted") + b"\n" for exchange in exchanges)


def decode_transcript(data: bytes) -> tuple[Exchange, ...]:
    """The exchanges again.

    Raises:
        msgspec.DecodeError, ValueError: it is no transcript.
    """
    return tuple(
        _exchange(msgspec.json.decode(line, type=dict)) for line in data.splitlines() if line.strip()
    )


def _line(exchange: Exchange) -> dict[str, object]:
    line: dict[str, object] = {"transport": exchange.transport, "request": exchange.request}
    try:
        line["reply"] = exchange.reply.decode("utf-8")
    except UnicodeDecodeError:
        line["reply_base64"] = base64.b64encode(exchange.reply).decode("ascii")
    if exchange.stderr:
        line["stderr"] = base64.b64encode(exchange.stderr).decode("ascii")
    if exchange.reason is not None:
        line["reason"] = exchange.reason
    if exchange.status is not None:
        line["status"] = exchange.status
    if exchange.error is not None:
        line["error"] = exchange.error
    return line


def _exchange(line: dict[str, object]) -> Exchange:
    kept = dict(line)
    reply = kept.pop("reply", None)
    raw = base64.b64decode(str(kept.pop("reply_base64", "")))
    return msgspec.convert({**kept, "reply": str(reply).encode() if reply is not None else raw}, Exchange)
