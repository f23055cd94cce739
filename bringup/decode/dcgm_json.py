"""JSON of `dcgmi`, which may stand behind a banner line, or before an error line."""

from __future__ import annotations

from bringup.decode.json_field import Json, as_object
from bringup.decode.result import Damaged, json_of, refuse_error_text, text_of

BANNER_CHARS = 4096


def json_behind_banner(data: bytes) -> tuple[Json, tuple[str, ...]]:
    """The one object in `data`; lines before it become warnings.

    Raises:
        Damaged: there is none, it is cut, or something stands behind it.
    """
    start = data.find(b"{")
    if start < 0:
        refuse_error_text(text_of(data[:BANNER_CHARS])[0])
        raise Damaged("no JSON")
    banner, _ = text_of(data[:start])
    if len(banner) > BANNER_CHARS:
        raise Damaged("a long text stands before the JSON")
    refuse_error_text(banner)
    lines = [line.strip() for line in banner.splitlines() if line.strip()]
    warnings = tuple(f"before the JSON: {line[:120]!r}" for line in lines)
    return as_object(json_of(data[start:]), "the reply"), warnings
