"""The console on the terminal that this process has, over a record: `python -m tests.tui.console_child RUN`.

With `DEAF` in the environment it hears no signal that could end it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from bringup.journal.folder import RunFolder
from bringup.tui import ending
from tests.tui.records import World, app


def main() -> None:
    if os.environ.get("DEAF"):
        ending.SIGNALS = ()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ending.leave_with_the_terminal()
    app(RunFolder(Path(sys.argv[1])), World()).run()


if __name__ == "__main__":
    main()
