"""What helps: an id for machines and for `bringup explain`, words for people."""

from __future__ import annotations

import msgspec


class Remedy(msgspec.Struct, frozen=True):
    """`words` is the one line that a summary prints;

    `steps` are done in order; then the step is run again. `remote`: what is tried first can be done from a
    keyboard, by this program or by hand; nobody has to go to the rack for it.
    """

    id: str
    words: str
    steps: tuple[str, ...]
    source: str
    remote: bool = False
