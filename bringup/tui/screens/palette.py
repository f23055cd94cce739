"""Every action by name. What ends or changes a whole run is asked about once more."""

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
    return dialog.commands(look.typed)


def _enter(console: Console) -> list[Effect]:
    typed = console.look.typed
    found = doing.read_command(typed)
    if isinstance(found, str):
        console.say(found)
        return []
    if found.entry.opens:
        return [*console.back(), *_open(console, found)]
    if console.scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    if found.entry.typed:
        return console.go(Look(screen="typed", about=typed))
    console.to_root()
    return [doing.command(found)]


def _open(console: Console, found: dialog.Pending) -> list[Effect]:
    """A screen by name; what it is about is the word behind it."""
    name = found.entry.opens
    about = next(iter(found.words.values()), "")
    return console.go(Look(screen=name, about=about, follow=console.screens[name].follow))


SCREEN = Screen("palette", _draw, "palette", field=always, enter=_enter)
