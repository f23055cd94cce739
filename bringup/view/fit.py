"""Rows that are exactly as wide as the screen: cut, padded, set side by side. Every character takes one cell.

What comes in was made visible (`bringup.view.text`). Identifiers are cut in the middle, prose at the end, and
numbers with units never.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from bringup.view.mark import CUTS, RULES, Cell, Role, Row, Tier

BARS = {"unicode": "│", "cp437": "│", "ascii": "|"}
BLANK: Row = ()


def width_of(row: Row) -> int:
    return sum(len(text) for text, _ in row)


def fit(row: Row, width: int, tier: Tier = "unicode", *, fill: Role = "plain") -> Row:
    """The row with `width` cells; what does not fit is cut, and the last cell says so."""
    found: list[Cell] = []
    left = width
    for text, role in row:
        if len(text) > left:
            if left > 0:
                found.append((text[: left - 1] + CUTS[tier], role))
            elif found:
                last, its = found[-1]
                found[-1] = (last[:-1] + CUTS[tier], its)
            return tuple(found)
        if text:
            found.append((text, role))
            left -= len(text)
    if left > 0:
        found.append((" " * left, fill))
    return tuple(found)


def middle(text: str, width: int, tier: Tier = "unicode") -> str:
    """An identifier in at most `width` cells: both ends of it say what it is."""
    if len(text) <= width:
        return text
    if width < 3:
        return text[:width]
    tail = (width - 1) // 2
    return text[: width - 1 - tail] + CUTS[tier] + text[len(text) - tail :]


def wrapped(words: str, width: int, *, indent: str = "") -> list[str]:
    """Prose in lines of at most `width` cells; `indent` before all but the first."""
    found = textwrap.wrap(words, max(8, width), subsequent_indent=indent, break_on_hyphens=False)
    return found or [""]


def count(number: int, noun: str) -> str:
    """`1 cause`, `2 causes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def spaced(words: str) -> str:
    """W O R D S for eyes at arm's length."""
    return "   ".join(" ".join(word) for word in words.upper().split())


def rule(width: int, tier: Tier, title: str = "") -> Row:
    """A line across, with a title in it."""
    line = RULES[tier]
    head = f"{line}{title}" if title else ""
    return ((head + line * (width - len(head)), "dim"),)


def between(left: Row, right: Row, width: int, tier: Tier = "unicode") -> Row:
    """`left` at the left edge, `right` at the right one; the left one is cut where both do not fit."""
    room = width - width_of(right)
    if room <= 0:
        return fit(right, width, tier)
    return (*fit(left, room, tier), *right)


def beside(
    left: Sequence[Row], right: Sequence[Row], left_width: int, width: int, height: int, tier: Tier
) -> list[Row]:
    """Two panes with a bar between them, `height` rows."""
    bar: Cell = (BARS[tier], "dim")
    found: list[Row] = []
    for number in range(height):
        one = left[number] if number < len(left) else BLANK
        other = right[number] if number < len(right) else BLANK
        found.append((*fit(one, left_width, tier), bar, *fit(other, width - left_width - 1, tier)))
    return found


def page(rows: Sequence[Row], cursor: int, height: int) -> tuple[int, Sequence[Row]]:
    """The rows around `cursor` that fit into `height`: the number of the first one, and they."""
    top = max(0, min(cursor - height // 2, len(rows) - height))
    return top, rows[top : top + height]


def exactly(rows: Iterable[Row], width: int, height: int, tier: Tier) -> list[Row]:
    """`height` rows of `width` cells."""
    found = [fit(row, width, tier) for row in rows][:height]
    return found + [fit(BLANK, width, tier)] * (height - len(found))


def chosen(row: Row) -> Row:
    """The row that the cursor is on: every cell of it reversed, so that no colour is needed."""
    return tuple((text, "chosen") for text, _ in row)
