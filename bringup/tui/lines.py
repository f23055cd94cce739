"""The one widget of the console: rows of cells, drawn as they are, and painted again where they differ."""

from __future__ import annotations

from itertools import chain, repeat

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bringup.tui.theme import STYLES
from bringup.view.mark import Role, Row


class Lines(Widget):
    """Rows of cells, drawn as they are: nothing in them is markup."""

    DEFAULT_CSS = "Lines { width: 100%; height: 100%; }"
    can_focus = True

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._strips: dict[int, tuple[Row, int, Strip]] = {}

    def put(self, rows: list[Row]) -> int:
        """Show these; returns how many lines are painted again. Of each, only what differs is sent."""
        before, self._rows = self._rows, rows
        width = self.size.width
        regions: list[Region] = []
        for number in range(max(len(rows), len(before))):
            if number >= len(rows) or number >= len(before):
                regions.append(Region(0, number, width, 1))
            elif rows[number] is not before[number] and rows[number] != before[number]:
                first, end = differing(before[number], rows[number])
                regions.append(Region(first, number, max(1, min(end, width) - first), 1))
        if regions:
            self.refresh(*regions)
        return len(regions)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width)
        row = self._rows[y]
        known = self._strips.get(y)
        if known is not None and known[0] is row and known[1] == width:
            return known[2]
        segments = [Segment(text, STYLES[role]) for text, role in row]
        strip = Strip(segments).adjust_cell_length(width)
        self._strips[y] = (row, width, strip)
        return strip


def differing(before: Row, after: Row) -> tuple[int, int]:
    """The first column in which two rows differ, and the one behind the last."""
    old, new = _cells(before), _cells(after)
    shared = min(len(old), len(new))
    first = next((at for at in range(shared) if old[at] != new[at]), shared)
    if len(old) != len(new):
        return first, max(len(old), len(new))
    last = next((at for at in range(shared - 1, first - 1, -1) if old[at] != new[at]), first)
    return first, last + 1


def _cells(row: Row) -> list[tuple[str, Role]]:
    return list(chain.from_iterable(zip(text, repeat(role)) for text, role in row))


def named(event: events.Key) -> str:
    """The key's name, where capitals differ from small letters."""
    if event.character is not None and len(event.character) == 1 and event.character.isalpha():
        return event.character
    return event.key
