"""The ladder of one link as rows: each rung with its mark and what was read, up to the first cause."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from bringup.model.cause import Ladder, Rung
from bringup.view.mark import WAITING, Row, Tier, mark_of
from bringup.view.text import visible

LABEL = "  ladder  "
NAME_CELLS = 14
"""The longest name of a rung, and a space."""
WORDS_MOST = 300


def ladder_rows(ladder: Ladder, width: int, tier: Tier) -> Iterator[Row]:
    """A line for the link, then one rung after the other; the last is that of the first cause."""
    label = f"{ladder.label}: " if ladder.label else ""
    named = visible(
        f"{label}{' to '.join(filter(None, (ladder.near, ladder.far)))}, {ladder.link}", WORDS_MOST
    )
    for number, line in enumerate(_wrapped(named, width - len(LABEL))):
        yield ((LABEL if number == 0 else " " * len(LABEL), "dim"), (line, "plain"))
    for rung in ladder.climbed:
        yield from _rung(rung, rung.name == ladder.stops_at, bool(ladder.far), width, tier)


def _rung(rung: Rung, stops: bool, both: bool, width: int, tier: Tier) -> Iterator[Row]:
    mark = mark_of(rung.verdict) if rung.verdict is not None else WAITING
    head = f"{mark.glyph(tier)} "
    lead = " " * len(LABEL)
    for number, line in enumerate(_wrapped(_words(rung, stops, both), width - len(LABEL) - 2 - NAME_CELLS)):
        first = number == 0
        yield (
            (lead + (head if first else "  "), mark.role),
            (f"{rung.name if first else '':<{NAME_CELLS}}", "title" if stops else "plain"),
            (line, "value" if stops else "dim"),
        )


def _words(rung: Rung, stops: bool, both: bool) -> str:
    sides = [visible(side or "nothing read", WORDS_MOST) for side in (rung.near, rung.far)[: 1 + both]]
    if len(set(sides)) == 1 and both:
        sides = [f"{sides[0]} (both ends)" if rung.read else "nothing read"]
    said = " | ".join(sides)
    return f"{said}: here it stops" if stops else said


def _wrapped(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, max(20, width), break_on_hyphens=False) or [""]
