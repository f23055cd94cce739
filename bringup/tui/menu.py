"""A menu: numbered choices, of which a digit or the arrows pick one and Enter takes it."""

from __future__ import annotations

from collections.abc import Sequence

from bringup.view.fit import chosen, fit, wrapped
from bringup.view.mark import Row, Tier
from bringup.view.text import visible


def rows(title: str, items: Sequence[str], cursor: int, width: int, tier: Tier) -> list[Row]:
    found: list[Row] = [((f" {line}", "title"),) for line in wrapped(visible(title, 400), width - 2)]
    found.append(())
    for number, words in enumerate(items):
        row = fit(((f"   {number + 1}", "title"), (f"  {visible(words, 400)}", "plain")), width, tier)
        found.append(chosen(row) if number == min(cursor, len(items) - 1) else row)
    return found
