"""A command that waits for a name typed in full. `look.about` is the command as it stood in the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui import dialog, doing
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene, rack_name
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    found = doing.read_command(look.about)
    return dialog.name_in_full(scene, None if isinstance(found, str) else found, look.typed)


def _enter(console: Console) -> list[Effect]:
    name = rack_name(console.scene)
    found = doing.read_command(console.look.about)
    if isinstance(found, str) or console.look.typed.strip() != name:
        console.say(f"that is not {visible(name, 40)}: nothing was done")
        return []
    console.to_root()
    return [doing.command(found)]


SCREEN = Screen("typed", _draw, "sure?", field=always, enter=_enter)
