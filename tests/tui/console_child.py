"""The console on the terminal that this process has, over a record: `python -m tests.tui.console_child RUN`.

Says `COUNT` and how many events a second keys are pressed beside, when asked to by the environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bringup.journal.folder import RunFolder
from tests.tui.records import World, app


def main() -> None:
    app(RunFolder(Path(sys.argv[1])), World()).run()


if __name__ == "__main__":
    main()
