"""The keys, from their registry."""

from __future__ import annotations

from bringup.tui import dialog
from bringup.tui.screen import Screen
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return dialog.keys(size, scene.tier, look.cursor)


SCREEN = Screen("help", _draw, "help")
