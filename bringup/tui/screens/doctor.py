"""What works on this machine. Opening it looks; Enter looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Study
from bringup.tui.screen import Screen
from bringup.view import screen_doctor
from bringup.view.examination import Examination
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _found(look: Look) -> Examination | None:
    return look.found if isinstance(look.found, Examination) else None


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    found = _found(look)
    rows = screen_doctor.body(found, look.failed, look.cursor, size, scene.tier)
    return rows, screen_doctor.footer(found, look.failed)


def _look(console: Console) -> list[Effect]:
    console.change(found=None, failed="", about="")
    return [Study("doctor")]


def _opened(console: Console) -> list[Effect]:
    """What was found before stands when one comes back to it."""
    return [] if console.look.found is not None else _look(console)


def _last(scene: Scene, look: Look) -> int:
    found = _found(look)
    return max(0, len(found.findings) - 1) if found is not None else 0


SCREEN = Screen("doctor", _draw, "doctor", enter=_look, last=_last, opened=_opened)
"""It looks at the machine of whoever has opened the console, and sends nothing to the run."""
