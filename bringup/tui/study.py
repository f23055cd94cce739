"""What a screen wants to be found out beside the loop that draws: this machine, or another run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from bringup.model.errors import BringupError
from bringup.tui.effect import Study
from bringup.tui.outside import Outside
from bringup.view.comparison import Comparison
from bringup.view.examination import Examination

if TYPE_CHECKING:
    from bringup.tui.console import Console

NOT_HERE = "that can't be found out from here"


FindsOut = Callable[[str, str], Comparison | Examination]
"""By the screen's name and what it is about; it may take its time, and raises BringupError."""


async def study(console: Console, outside: Outside, wanted: Study) -> None:
    """Find it out in a thread; the screen has it, or why there is none, if it is still looked at."""
    found, failed = await found_out(outside.study, wanted)
    if (console.look.screen, console.look.about) == (wanted.what, wanted.about):
        console.change(found=found, failed=failed)


async def found_out(find_out: FindsOut | None, wanted: Study) -> tuple[Comparison | Examination | None, str]:
    """What was found out, or why it was not."""
    if find_out is None:
        return None, NOT_HERE
    try:
        return await asyncio.to_thread(find_out, wanted.what, wanted.about), ""
    except (BringupError, OSError) as error:
        return None, str(error)
