"""The evidence of what the screen behind is about. Enter fetches one piece of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Fetch
from bringup.tui.screen import Screen
from bringup.view import screen_evidence
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_evidence.body(scene, look, size), screen_evidence.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, len(screen_evidence.about(scene, look.about)) - 1)


def _cell(scene: Scene, look: Look) -> str:
    found = screen_evidence.about(scene, look.about)
    return found[min(look.cursor, len(found) - 1)][1].sha256 if found else ""


def _enter(console: Console) -> list[Effect]:
    sha256 = _cell(console.scene, console.look)
    if not sha256:
        return []
    return [*console.go(Look(screen="raw", about=sha256)), Fetch(sha256)]


SCREEN = Screen("evidence", _draw, "evidence", enter=_enter, last=_last, cell=_cell)
