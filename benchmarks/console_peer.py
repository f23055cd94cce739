"""What the console is measured against, on the terminal that this process has: `console_peer.py KIND OUT`.

KIND is `lines`, a bare Textual app of one Static a line, or `table`, the toolkit's own DataTable. An arrow
key moves a mark by one line. Writes `{"cells_ms", "cells_bytes"}` of a frame in which 33 cells change.
"""
# ruff: noqa: SLF001

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

FRAMES = 40
CHANGED = ((4, 12), (8, 11), (12, 10))
"""Lines, and how many of their cells change."""
COLUMNS = 8
SHOWN = "EVIDENCE"


class Peer(App[None]):
    """Draws as many lines as the terminal has. `measured` writes what frames took, and ends it."""

    CSS = "Static { height: 1; } DataTable { height: 100%; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, out: Path | None) -> None:
        super().__init__(ansi_color=True)
        self._out = out
        self._bytes = 0

    def on_ready(self) -> None:
        if self._out is not None:
            self.set_timer(0.5, self._measure)

    def change(self, number: int) -> None:
        """Another 33 cells."""
        raise NotImplementedError

    async def _measure(self) -> None:
        driver: Any = self._driver
        write = driver.write

        def counted(data: str) -> None:
            self._bytes += len(data.encode())
            write(data)

        driver.write = counted
        began = time.process_time()
        for number in range(FRAMES):
            self.change(number)
            await asyncio.sleep(0)
            self.screen._on_timer_update()
        cells_ms = (time.process_time() - began) / FRAMES * 1e3
        assert self._out is not None
        self._out.write_text(json.dumps({"cells_ms": cells_ms, "cells_bytes": self._bytes / FRAMES}))
        self.exit(None)


class StaticLines(Peer):
    """One Static for each line."""

    def compose(self) -> ComposeResult:
        self._texts = [f"{SHOWN} {number:>3} leaf-1/Ethernet{number} " + "x" * 20 for number in range(60)]
        self._lines = [Static(text, markup=False) for text in self._texts]
        yield from self._lines
        self._chosen = 0

    def change(self, number: int) -> None:
        letters = "ab" if number % 2 else "cd"
        for row, many in CHANGED:
            self._lines[row].update(letters[row % 2] * many + self._texts[row][many:], layout=False)

    def on_key(self, event: events.Key) -> None:
        before, self._chosen = self._chosen, (self._chosen + 1) % 20
        self._lines[before].update(self._texts[before], layout=False)
        self._lines[self._chosen].update("> " + self._texts[self._chosen], layout=False)


class Table(Peer):
    """The same as a table of the toolkit's own kind: 11 lines of which 3 cells change."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for column in range(COLUMNS):
            table.add_column(f"column {column}", width=8)
        for number in range(60):
            table.add_row(f"{SHOWN}", *(f"{number}.{column}" for column in range(1, COLUMNS)))
        table.focus()

    def change(self, number: int) -> None:
        table = self.query_one(DataTable)
        for row in range(11):
            for column in (1, 2, 3):
                table.update_cell_at(Coordinate(row, column), "ab"[number % 2])


KINDS = {"lines": StaticLines, "table": Table}


def main() -> None:
    KINDS[sys.argv[1]](Path(sys.argv[2]) if len(sys.argv) > 2 else None).run(mouse=False)


if __name__ == "__main__":
    main()
