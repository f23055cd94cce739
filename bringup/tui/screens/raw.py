"""One piece of evidence, to read."""

from __future__ import annotations

from bringup.tui.screen import Screen
from bringup.view import screen_evidence
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_evidence.raw(scene, look, size), screen_evidence.raw_footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, len(look.text) - 1)


def _sha256(scene: Scene, look: Look) -> str:
    return look.about


SCREEN = Screen("raw", _draw, "evidence", last=_last, cell=_sha256)
