"""The run: stages, rack, what is happening now, evidence."""

from __future__ import annotations

from bringup.tui.screen import Screen, fixed
from bringup.view import screen_run
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_run.body(scene, look, size), screen_run.footer(scene)


SCREEN = Screen("run", _draw, last=fixed)
