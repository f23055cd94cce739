"""Who is at the run, and what the rack sees."""

from __future__ import annotations

from bringup.tui.screen import Screen
from bringup.view import screen_company
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_company.body(scene, look, size), screen_company.footer(scene, look)


SCREEN = Screen("company", _draw, "who is here")
