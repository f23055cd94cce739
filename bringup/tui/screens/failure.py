"""One cause alone, all of it. Enter says what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.tui.screens.failures import cell, port, retest, verdicts
from bringup.view import screen_failure
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_failure.whole(scene, look, size), screen_failure.footer(scene, look)


def _enter(console: Console) -> list[Effect]:
    if screen_failure.named(console.scene, console.look.about) is None or console.scene.watching:
        return []
    return console.go(Look(screen="done", about=console.look.about))


SCREEN = Screen(
    "failure", _draw, "failure", enter=_enter, port=port, retest=retest, verdicts=verdicts, cell=cell
)
