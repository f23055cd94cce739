"""A note to a photo: where it is (a path, or the tag of an asset) and one line about it. The record keeps the
reference and, where the file can be read from here, its digest; never the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui import form
from bringup.tui.effect import Effect, Photo
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console

FIELDS = ("Path of the photo, or an asset tag:", "What it shows, in one line:")


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    keys = [("Enter", "next field"), ("Esc", "drop it")]
    footer = Footer("the picture itself is not kept", "Nothing is sent before the second Enter.", keys)
    return form.rows(f"PHOTO NOTE on {look.about or 'the run'}", FIELDS, scene, look, size), footer


def _enter(console: Console) -> list[Effect]:
    look, typed = console.look, console.look.typed.strip()
    if console.scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    if not typed:
        console.say("a photo's place first" if not look.entered else "a line about it first")
        return []
    if not look.entered:
        console.change(entered=(typed,), typed="")
        return []
    return [*console.back(), Photo(look.entered[0], typed, look.about)]


SCREEN = Screen("photo", _draw, "photo note", field=always, enter=_enter)
