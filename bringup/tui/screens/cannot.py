"""Why a question can't be answered: a skip with its reason, or a call for help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui import dialog, doing
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return dialog.cannot(look.about, look.typed)


def _enter(console: Console) -> list[Effect]:
    if console.scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    typed, row = console.look.typed.strip(), doing.row_of(console.scene, console.look.about)
    if typed == "5" or not row:
        return console.back()
    if typed in ("3", "4"):
        effects = console.back()
        form = Look(screen="waive", about=row) if typed == "3" else Look(screen="photo", about=row)
        return [*effects, *console.go(form)]
    told = doing.cannot_do(console.scene, console.look)
    if told is None:
        console.say("1 takes a reason behind it: `1 no scope at hand`")
        return []
    return [*console.back(), *told]


SCREEN = Screen("cannot", _draw, "cannot do", field=always, enter=_enter)
