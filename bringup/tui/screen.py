"""What a screen is to the console: how it is drawn, and what is its own of what the keys do.

Everything else about keys is in `bringup.tui.everywhere`, the same on all screens. A screen is one file of
`bringup/tui/screens/` that ends in `SCREEN = Screen(...)`, and one line in the table there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bringup.model.progress import Key
from bringup.tui.effect import Effect
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console

Does = Callable[["Console"], list[Effect]]
NO_END = 10_000
"""The cursor of a page that is only scrolled: the drawing knows where it ends."""


def nothing(console: Console) -> list[Effect]:
    return []


def unmoved(console: Console, before: Scene) -> list[Effect]:
    return []


def nowhere(scene: Scene, look: Look) -> str:
    return ""


def none(scene: Scene, look: Look) -> tuple[Key, ...]:
    return ()


def never(scene: Scene, look: Look) -> bool:
    return False


def always(scene: Scene, look: Look) -> bool:
    return True


def unasked(console: Console, text: str) -> bool:
    return False


def endless(scene: Scene, look: Look) -> int:
    return NO_END


def fixed(scene: Scene, look: Look) -> int:
    """Nothing to move through."""
    return 0


def moved(scene: Scene, look: Look, by: int, last: int) -> Look:
    """The cursor so many rows further, within the list."""
    return msgspec.structs.replace(look, cursor=min(max(0, look.cursor + by), last))


class Screen(NamedTuple):
    """One screen.

    `draw` gives the rows between the rail and the last three lines, and these; `title` stands in row 1, where
    it is not the stage. `field`: whether letters go into a field now (`look.typed`). `enter` is what Enter
    does, the one key that may send. `keys` is what an action of `bringup.tui.keys` means here only, by its
    action. `last` is the number of the last row that the cursor can stand on, `move` how it goes there.
    `port` is the port that the screen is about, `retest` the `STAGE/STEP@SUBJECT` that `r` measures again;
    both empty where there is none; `verdicts` are all that it is about, `question` the one it names, `cell`
    the chosen value as text. `opened` and `left` are called with the screen's own look. With `numbered` a
    digit moves to that choice.
    """

    name: str
    draw: Callable[[Scene, Look, Size], tuple[list[Row], Footer]]
    title: str = ""
    field: Callable[[Scene, Look], bool] = never
    enter: Does = nothing
    keys: Mapping[str, Does] = MappingProxyType({})
    last: Callable[[Scene, Look], int] = endless
    move: Callable[[Scene, Look, int, int], Look] = moved
    port: Callable[[Scene, Look], str] = nowhere
    retest: Callable[[Scene, Look], str] = nowhere
    verdicts: Callable[[Scene, Look], tuple[Key, ...]] = none
    question: Callable[[Scene, Look], str] = nowhere
    cell: Callable[[Scene, Look], str] = nowhere
    opened: Does = nothing
    left: Does = nothing
    shown: Callable[[Console, Scene], list[Effect]] = unmoved
    """What the run having moved on does here, from how it was before."""
    scan: Callable[[Console, str], bool] = unasked
    """What a scan does where no field is open; whether it did anything."""
    follow: bool = False
    """Whether it opens on the newest, or worst first."""
    numbered: bool = False
