"""The console on the terminal that this process has, going through every screen by itself:
`python -m tests.tui.tour_child RUN OUT`. It writes into OUT which it has shown and what went wrong.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bringup.journal.folder import RunFolder
from bringup.tui.app import ConsoleApp
from bringup.view.frame import Size
from bringup.view.scene import Look
from bringup.view.screen_failure import name_of
from tests.tui.records import CLOCK, World
from tests.tui.scenes import dirty

OF_A_QUESTION = frozenset({"ask", "cannot", "take", "photo"})
OF_A_CAUSE = frozenset({"failure", "done", "swap", "turn", "evidence"})


class Tour(ConsoleApp):
    """Shows all screens once the record is read, and leaves."""

    def on_ready(self) -> None:
        self.run_worker(self._tour())

    async def _tour(self) -> None:
        view = self.console_view
        while not (view.scene.causes and view.scene.live == "LIVE"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        shown: list[str] = []
        for name in view.screens:
            about = ""
            if name in OF_A_QUESTION:
                about = view.scene.state.asks[0].question
            elif name in OF_A_CAUSE:
                about = name_of(view.scene.causes[0])
            try:
                view.go(Look(screen=name, about=about))
                view.rows(Size(self.size.width, self.size.height))
                shown.append(name)
            except Exception as error:
                shown.append(f"{name}: {type(error).__name__}: {error}")
            self._paint()
            await asyncio.sleep(0)
            self.screen._on_timer_update()
        await asyncio.to_thread(Path(sys.argv[2]).write_text, "\n".join(shown))
        self.exit(None)


def main() -> None:
    run = RunFolder(Path(sys.argv[1]))
    Tour(run, dirty().inventory, World().outside(), clock=lambda: CLOCK).run(mouse=False)


if __name__ == "__main__":
    main()
