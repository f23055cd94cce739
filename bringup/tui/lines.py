"""What draws the console: rows of cells, as they are, painted again where they differ; and the corner with
the clock, so that a second that goes by sends its own cells and no others (the toolkit sends a widget's line
from its beginning).
"""

from __future__ import annotations

from itertools import chain, repeat

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bringup.tui.theme import THEMES, Theme
from bringup.view.mark import Role, Row

CORNER_CELLS = 11
"""` 03:04:05Z ` at the end of row 1."""
LEAST_FOR_CORNER = 40


class Corner(Widget):
    """The end of row 1, above it."""

    DEFAULT_CSS = f"Corner {{ layer: above; dock: right; width: {CORNER_CELLS}; height: 1; }}"

    def __init__(self) -> None:
        super().__init__()
        self._strip = Strip([])

    def put(self, strip: Strip) -> None:
        self._strip = strip
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return self._strip if y == 0 else Strip.blank(self.size.width)


class Lines(Widget):
    """Rows of cells, drawn as they are: nothing in them is markup."""

    DEFAULT_CSS = "Lines { width: 100%; height: 100%; }"
    can_focus = True

    def __init__(self, corner: Corner | None = None, theme: Theme | None = None) -> None:
        super().__init__()
        self._corner = corner
        self._styles = (theme or THEMES["terminal"]).styles()
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
                if number > 0 or first < self._corner_from(width):
                    regions.append(Region(first, number, max(1, min(end, width) - first), 1))
        if regions:
            self.refresh(*regions)
        if rows and (not before or rows[0] != before[0]):
            self._fill_corner(width)
        return len(regions)

    def _corner_from(self, width: int) -> int:
        shown = self._corner is not None and self._corner.display
        return width - CORNER_CELLS if shown else width

    def _fill_corner(self, width: int) -> None:
        if self._corner is not None:
            self._corner.put(self.render_line(0).crop(max(0, width - CORNER_CELLS), width))

    def on_resize(self, event: events.Resize) -> None:
        if self._corner is not None:
            self._corner.display = event.size.width >= LEAST_FOR_CORNER
        if self._rows:
            self._fill_corner(event.size.width)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, self._styles["plain"])
        row = self._rows[y]
        known = self._strips.get(y)
        if known is not None and known[0] is row and known[1] == width:
            return known[2]
        segments = [Segment(text, self._styles[role]) for text, role in row]
        strip = Strip(segments).adjust_cell_length(width, self._styles["plain"])
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
