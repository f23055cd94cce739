"""The console on the terminal that this process has, over a record: `python -m tests.tui.console_child RUN`.

With `DEAF` in the environment it hears no signal that could end it; with `STILL` its clock stands; with
`BREAKS` it goes wrong as it begins.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from bringup.cli._display import Kept
from bringup.journal.folder import RunFolder
from bringup.tui import ending
from bringup.tui.app import ConsoleApp
from bringup.tui.guardian import terminal_left_clean
from bringup.tui.picture import utc
from bringup.tui.rate import this_link
from tests.tui.records import CLOCK, World
from tests.tui.scenes import dirty


def main() -> None:
    if os.environ.get("DEAF"):
        ending.SIGNALS = ()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ending.leave_with_the_terminal()
    app = ConsoleApp(
        RunFolder(Path(sys.argv[1])),
        dirty().inventory,
        World().outside(),
        display=Kept().display,
        link=this_link(),
        clock=(lambda: CLOCK) if os.environ.get("STILL") else utc,
    )
    if os.environ.get("BREAKS"):
        app._beside = None  # type: ignore[assignment]
    with terminal_left_clean():
        app.run(mouse=False)


if __name__ == "__main__":
    main()
