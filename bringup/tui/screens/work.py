"""The work list. Enter opens the question, or the causes."""

from __future__ import annotations

from types import MappingProxyType
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
    item = screen_work.picked(console.scene, console.look)
    if item is None:
        return []
    if item.question:
        return console.open_ask(item.question)
    return console.go(Look(screen="failures"))


def _take(console: Console) -> list[Effect]:
    item = screen_work.picked(console.scene, console.look)
    if console.scene.watching or item is None:
        console.say("you are only watching" if console.scene.watching else "there is nothing to take")
        return []
    return console.go(Look(screen="take", about=item.what))


def _scan(console: Console, text: str) -> bool:
    """A scanned label finds its piece of work: the order of work is the hand's."""
    number = screen_work.scanned(console.scene, text)
    if number is None:
        return False
    console.change(cursor=number, note="scanned: this one. Enter opens it, T takes it")
    return True


def _question(scene: Scene, look: Look) -> str:
    item = screen_work.picked(scene, look)
    return item.question if item is not None else ""


SCREEN = Screen(
    "work",
    _draw,
    "work list",
    enter=_enter,
    last=_last,
    keys=MappingProxyType({"take": _take}),
    scan=_scan,
    question=_question,
)
