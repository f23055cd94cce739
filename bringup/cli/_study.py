"""What the console's screens find out beside the run: this machine looked at, another run compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bringup.view.comparison import Comparison
    from bringup.view.examination import Examination


class Study:
    """Beside the runs of one folder. Everything is read; nothing is sent."""

    def __init__(self, runs: Path, run: str = "") -> None:
        """`run` is the one that another is compared with, where the question names but one."""
        self._runs = runs
        self._run = run

    def find_out(self, what: str, about: str) -> Comparison | Examination:
        """By the screen's name.

        Raises:
            BringupError: what it is about can't be found or read.
        """
        if what == "compare":
            return self._compare(about)
        from bringup.cli.doctor import examine

        return examine(self._runs)

    def _compare(self, about: str) -> Comparison:
        """From the run that is named first to the other one."""
        from bringup.cli._compared import compared
        from bringup.journal.folder import find

        first, _, second = about.partition(" ")
        return compared(find(self._runs, first), find(self._runs, second.strip() or self._run))
