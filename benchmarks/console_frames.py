"""What frames of the console take, on the terminal that this process has: `console_frames.py RUN OUT`.

Writes `{"cells_ms", "cells_bytes", "events_ms", "fold"}`: CPU and bytes of a frame in which 33 cells change,
CPU of one that takes in five events of the record, and the events that are taken in, alone, in a second of
CPU. It looks behind the console's public names: what it measures is inside.
"""
# ruff: noqa: SLF001, ASYNC240

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from textual import events

from bringup.cli._console import outside
from bringup.cli._reader import read_inventory
from bringup.journal.folder import RunFolder
from bringup.journal.follow import Entry, read
from bringup.tui.app import ConsoleApp
from bringup.tui.feed import Reading
from bringup.view.frame import Size

FRAMES = 100
CELLS = 33
EVENTS_A_FRAME = 5
FOLDED = 20_000


async def measure(app: ConsoleApp, entries: list[Entry], out: Path) -> None:
    size = Size(app.size.width, app.size.height)
    for entry in entries[:300]:
        app._feed._reading.take(entry)
    app._feed.caught_up = True
    await app._frame()
    await asyncio.sleep(0.5)
    rows = app.console_view.rows(size)
    driver: Any = app._driver
    write, sent = driver.write, [0]

    def counted(data: str) -> None:
        sent[0] += len(data.encode())
        write(data)

    driver.write = counted
    began = time.process_time()
    for number in range(FRAMES):
        letters = "ab" if number % 2 else "cd"
        changed = list(rows)
        for row, many in ((4, 12), (8, 11), (12, 10)):
            changed[row] = ((letters[row % 2] * many, "plain"), *rows[row][1:])
        app._lines.put(changed)
        await asyncio.sleep(0)
        app.screen._on_timer_update()
    cells_ms = (time.process_time() - began) / FRAMES * 1e3
    cells_bytes = sent[0] / FRAMES
    later = entries[300 : 300 + FRAMES * EVENTS_A_FRAME]
    began, frames = time.process_time(), 0
    for at in range(0, len(later), EVENTS_A_FRAME):
        for entry in later[at : at + EVENTS_A_FRAME]:
            app._feed._reading.take(entry)
        app.console_view.show(app._picture.scene())
        # Not by `_paint`, which leaves a frame out while the terminal has not taken the last one.
        app._lines.put(app.console_view.rows(size))
        await asyncio.sleep(0)
        app.screen._on_timer_update()
        frames += 1
    events_ms = (time.process_time() - began) / frames * 1e3
    said = {"cells_ms": cells_ms, "cells_bytes": cells_bytes, "events_ms": events_ms, "fold": fold(entries)}
    out.write_text(json.dumps(said))
    app.exit(None)


def fold(entries: list[Entry]) -> float:
    reading = Reading()
    began, count = time.process_time(), 0
    while count < FOLDED:
        for entry in entries:
            reading.take(entry)
        count += len(entries)
    return count / (time.process_time() - began)


class Measured(ConsoleApp):
    """The console, measured instead of fed."""

    def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        event.prevent_default()  # else the console's own would feed it besides
        self._lines.focus()
        self.set_timer(0.5, self._measure)

    async def _measure(self) -> None:
        await measure(self, list(read(self._folder)), Path(sys.argv[2]))


def main() -> None:
    folder = RunFolder(Path(sys.argv[1]))
    Measured(folder, read_inventory(folder), outside(folder, frozenset(), None)).run()


if __name__ == "__main__":
    main()
