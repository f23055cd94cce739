"""What was done about a cause: it is measured again, or a simulated hand does it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui import dialog, doing
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen, always
from bringup.view import screen_failure
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return dialog.done(scene, screen_failure.named(scene, look.about), look.typed, size.width)


def _enter(console: Console) -> list[Effect]:
    cause = screen_failure.named(console.scene, console.look.about)
    typed = console.look.typed.strip()
    if cause is None or typed == "2":
        return console.back()
    listed = dialog.choices(console.scene, cause)
    if not typed.isdigit() or not 1 <= int(typed) <= len(listed):
        console.say("type one of the numbers")
        return []
    if listed[int(typed) - 1] == dialog.GUIDED:
        return [*console.back(), *console.go(Look(screen="swap", about=screen_failure.name_of(cause)))]
    return [*console.back(), *doing.retests(cause, by_hand=typed == "1")]


SCREEN = Screen("done", _draw, "done?", field=always, enter=_enter)
