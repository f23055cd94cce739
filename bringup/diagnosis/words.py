"""Words for a bad value that explains itself."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Single(NamedTuple):
    """Words for a bad value of one quantity. `{subject}` and `{value}` stand for what was read."""

    title: str
    likely: tuple[str, ...]
    next_test: str
    remedy: str
    together: Literal["device", "value", "subject"] = "device"
