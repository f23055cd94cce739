"""What helps: an id for machines and for `bringup explain`, words for people."""

from __future__ import annotations

import msgspec


class Remedy(msgspec.Struct, frozen=True):
    """`words` is the one line that a summary prints;

    `steps` are done in order; then the step is run again.
    """

    id: str
    words: str
    steps: tuple[str, ...]
    source: str
