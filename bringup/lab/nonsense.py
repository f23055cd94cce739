"""What a broken management stack sends: bytes that are no text, no JSON and no message of any kind."""

from __future__ import annotations

NONSENSE = b"\xff\xfe\x1b[2J\x00\x9d{\x07\xc3(\xa0\xa1\x80garb\xf0\x28\x8c\x28\x1b]0;x\x07\x85" * 4
"""Invalid UTF-8, terminal escapes, an open brace; the same bytes each time, so that a run can be repeated."""
