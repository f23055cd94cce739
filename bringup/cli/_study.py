"""What the console's screens find out beside the run: this machine looked at, another run compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.view.comparison import Comparison
    from bringup.view.examination import Examination


class Study:
    """For one run's console. Everything is read; nothing is sent."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def find_out(self, what: str, about: str) -> Comparison | Examination:
        """By the screen's name.

        Raises:
            BringupError: what it is about can't be found or read.
        """
        if what == "compare":
            return self._compare(about)
        from bringup.cli.doctor import examine

        return examine(self._folder.path.parent)

    def _compare(self, about: str) -> Comparison:
        """From the run that is named to this one."""
        from bringup.cli._compared import compared
        from bringup.journal.folder import find

        return compared(find(self._folder.path.parent, about), self._folder)
