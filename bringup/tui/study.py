"""What a screen wants to be found out beside the loop that draws: this machine, or another run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bringup.model.errors import BringupError
from bringup.tui.effect import Study
from bringup.tui.outside import Outside

if TYPE_CHECKING:
    from bringup.tui.console import Console

NOT_HERE = "that can't be found out from here"


async def study(console: Console, outside: Outside, wanted: Study) -> None:
    """Find it out in a thread; the screen has it, or why there is none, if it is still looked at."""
    found, failed = None, NOT_HERE
    if outside.study is not None:
        try:
            found, failed = await asyncio.to_thread(outside.study, wanted.what, wanted.about), ""
        except BringupError as error:
            failed = str(error)
    if (console.look.screen, console.look.about) == (wanted.what, wanted.about):
        console.change(found=found, failed=failed)
