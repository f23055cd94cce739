"""The one widget of the console: rows of cells, drawn as they are, and painted again where they differ."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bringup.tui.theme import STYLES
from bringup.view.mark import Row


class Lines(Widget):
    """Rows of cells, drawn as they are: nothing in them is markup."""

    DEFAULT_CSS = "Lines { width: 100%; height: 100%; }"
    can_focus = True

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def put(self, rows: list[Row]) -> int:
        """Show these; returns how many lines are painted again."""
        before, self._rows = self._rows, rows
        changed = [
            number
            for number in range(max(len(rows), len(before)))
            if number >= len(rows) or number >= len(before) or rows[number] != before[number]
        ]
        if changed:
            self.refresh(*(Region(0, number, self.size.width, 1) for number in changed))
        return len(changed)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(self.size.width)
        segments = [Segment(text, STYLES[role]) for text, role in self._rows[y]]
        return Strip(segments).adjust_cell_length(self.size.width)


def named(event: events.Key) -> str:
    """The key's name, where capitals differ from small letters."""
    if event.character is not None and len(event.character) == 1 and event.character.isalpha():
        return event.character
    return event.key
