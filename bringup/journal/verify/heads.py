"""Tree heads as text: C2SP tlog-checkpoints, and the one line of an approval."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple


class Head(NamedTuple):
    """A tree head: what a checkpoint or an approval says the record was."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: bytes) -> Head | None:
    """The first three lines of a C2SP tlog-checkpoint (a note's blank line and signatures may follow)."""
    rows = text.split(b"\n")
    if len(rows) < 4 or not rows[0] or (rows[3:] != [b""] and b"" not in rows[3:]):
        return None
    try:
        return parse_head(f"{rows[1].decode('ascii')} {rows[2].decode('ascii')}", rows[0].decode("utf-8"))
    except UnicodeDecodeError:
        return None


def parse_head(text: str, origin: str) -> Head | None:
    """`SIZE BASE64`."""
    size, _, encoded = text.partition(" ")
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not re.fullmatch(r"0|[1-9]\d{0,15}", size) or len(root) != 32:
        return None
    return Head(origin, int(size), root)
