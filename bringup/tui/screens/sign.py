"""What is signed, by whom, and what must be read before."""

from __future__ import annotations

from bringup.tui.screen import Screen, fixed
from bringup.view import screen_sign
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_sign.body(scene, look, size), screen_sign.footer(scene, look)


SCREEN = Screen("sign", _draw, "sign-off", last=fixed)
