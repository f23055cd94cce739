"""What the next shift needs to know."""

from __future__ import annotations

from bringup.tui.screen import Screen, fixed
from bringup.view import screen_sign
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_sign.handover(scene, look, size), screen_sign.handover_footer(scene)


SCREEN = Screen("handover", _draw, "handover", last=fixed)
