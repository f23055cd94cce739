"""The keys that do something on the screen behind, from their registry."""

from __future__ import annotations

from bringup.tui import dialog
from bringup.tui.screen import Screen
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    from bringup.tui.screens import SCREENS
    from bringup.tui.valid import valid

    behind = look.behind or Look()
    bindings = valid(SCREENS[behind.screen], scene, behind)
    return dialog.keys(bindings, SCREENS[behind.screen].title or "run", size, scene.tier, look.cursor)


SCREEN = Screen("help", _draw, "help")
