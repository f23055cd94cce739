"""A run as text: plain lines for a pipe or a file, a live view of the stages on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bringup.cli._reader import Folded
from bringup.view.acceptance import acceptance
from bringup.view.mark import Role, Row, Tier
from bringup.view.progress import Progress
from bringup.view.summary import WIDTH, plain, stage_row, summary_rows
from bringup.view.worklist import work_list

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import Entry
    from bringup.model.inventory import Inventory

STYLES: Mapping[Role, str] = {
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "unknown": "magenta",
    "waived": "cyan",
    "running": "blue",
    "ask": "bold cyan",
    "dim": "dim",
    "plain": "",
    "title": "bold",
    "advice": "bold",
    "value": "",
    "chosen": "reverse",
}


def can_redraw() -> bool:
    """Whether standard output is a terminal that can move its cursor."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")


def tier() -> Tier:
    """Which glyphs standard output can show."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        return "ascii"
    return "cp437" if os.environ.get("TERM") == "linux" else "unicode"


def width() -> int:
    """At most 100 columns: longer lines are hard to read."""
    return max(60, min(100, shutil.get_terminal_size((WIDTH, 24)).columns))


class PlainText(Folded):
    """One line for each step that is finished, then the summary."""

    def __init__(self, folder: RunFolder, inventory: Inventory) -> None:
        super().__init__(folder, inventory)
        self._progress = Progress(tier())

    def event(self, entry: Entry) -> None:
        event = self._reader.read(entry.line)
        self.fold.add(event)
        self.rows(self._progress.rows(event))
        if entry.kind == "Checkpointed":
            print(f"checkpoint: {entry.body['size']} {entry.body['root']}", flush=True)

    def rows(self, rows: Iterable[Row]) -> None:
        for row in rows:
            print(plain(row))
        sys.stdout.flush()

    def end(self) -> None:
        """The summary, and how anybody can verify the record."""
        self.rows(self.summary())
        for line in closing_lines(self.folder):
            print(line)
        sys.stdout.flush()

    def summary(self) -> tuple[Row, ...]:
        from bringup.cli._history import with_history
        from bringup.diagnosis import diagnose

        state = self.fold.state
        causes = with_history(diagnose(state, self.inventory), self.folder, self.inventory, state)
        named = state.run is not None and state.run.accept is not None
        accepted = acceptance(state, self.inventory, causes) if named else None
        work = work_list(causes, self.inventory)
        return summary_rows(state, causes, width=width(), tier=tier(), accepted=accepted, work=work)


def closing_lines(folder: RunFolder) -> tuple[str, ...]:
    """What is there now, and how it is checked with and without this program."""
    newest = max((int(path.stem) for path in folder.checkpoints.glob("*.txt")), default=None)
    lines = [f"record: {folder.path}", f"verify: bringup log verify {folder.path}"]
    if newest is not None:
        lines.append(f"last checkpoint: {folder.checkpoints / f'{newest}.txt'} (keep a copy elsewhere)")
    return tuple(lines)


class LiveText(PlainText):
    """The stages with their counts, redrawn in place; lines that last scroll above them."""

    def __init__(self, folder: RunFolder, inventory: Inventory) -> None:
        super().__init__(folder, inventory)
        from rich.console import Console
        from rich.live import Live

        self._console: Console = Console(highlight=False, markup=False, emoji=False)
        self._live = Live(
            console=self._console, get_renderable=self._stages, refresh_per_second=4, transient=True
        )

    def _stages(self) -> Text:
        from rich.text import Text

        state = self.fold.state
        drawn = [rich_text(stage_row(state, name, tier=tier())) for name in state.stages]
        return Text("\n").join(drawn)

    def rows(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._console.print(rich_text(row), soft_wrap=True)

    def event(self, entry: Entry) -> None:
        # Not before: it has a thread of its own, and a runner apart is forked before any thread exists.
        self._live.start()
        event = self._reader.read(entry.line)
        self.fold.add(event)
        self.rows(self._progress.rows(event))

    def end(self) -> None:
        self._live.stop()
        super().end()

    def leave(self) -> None:
        """The cursor comes back."""
        self._live.stop()


def rich_text(row: Row) -> Text:
    """Cells as styled text; nothing in them is read as markup."""
    from rich.text import Text

    text = Text()
    for words, role in row:
        text.append(words, STYLES[role])
    return text
