"""The work list. Enter opens the question, or the causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_work
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_work.body(scene, look, size), screen_work.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, len(screen_work.items(scene)) - 1)


def _enter(console: Console) -> list[Effect]:
    todo = screen_work.items(console.scene)
    if todo:
        item = todo[min(console.look.cursor, len(todo) - 1)]
        if item.question:
            return console.open_ask(item.question)
        return console.go(Look(screen="failures"))
    return []


SCREEN = Screen("work", _draw, "work list", enter=_enter, last=_last)
