"""The record, while the word is typed that its events must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen, always
from bringup.view import screen_journal
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    footer = screen_journal.footer(scene, look)
    words = f"filter: {look.typed}_   Enter keeps it, Esc drops it"
    keys = [("Enter", "keep it"), ("Esc", "drop it")]
    return screen_journal.body(scene, look, size), footer._replace(next=words, keys=keys)


def _enter(console: Console) -> list[Effect]:
    word = console.look.typed
    effects = console.back()
    console.change(filter=word, cursor=0, follow=True)
    console.filters[console.look.screen] = word
    return effects


SCREEN = Screen("filter", _draw, "journal", field=always, enter=_enter)
