"""One line for whoever works at the rack: it stands before them, and in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Send
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.screen_company import at_rack
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    rack = at_rack(scene)
    to = f"{visible(rack.by, 30)} at the rack" if rack is not None else "whoever comes to the rack"
    rows: list[Row] = [
        ((f" One line for {to}:", "title"),),
        (),
        (("  > ", "title"), (visible(look.typed, size.width - 6), "plain"), ("_", "ask")),
        (),
        ((" It stands on the NEXT line of every console, and in the record with your name.", "dim"),),
    ]
    keys = [("Enter", "send"), ("Esc", "back")]
    return rows, Footer("not sent yet", "Nothing is sent before Enter.", keys)


def _enter(console: Console) -> list[Effect]:
    text = console.look.typed.strip()
    if not text:
        console.say("type a line first")
        return []
    return [*console.back(), Send("note", {"text": text, "to": "rack"})]


SCREEN = Screen("noting", _draw, "note", field=always, enter=_enter)
