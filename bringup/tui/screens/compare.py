"""This run against another one, that of `look.about`. `d` shows what else was different too."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Study
from bringup.tui.screen import Screen
from bringup.view import screen_compare
from bringup.view.comparison import Comparison
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _found(look: Look) -> Comparison | None:
    return look.found if isinstance(look.found, Comparison) else None


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    found = _found(look)
    rows = screen_compare.body(found, look.failed, look.cursor, look.everything, size, scene.tier)
    return rows, screen_compare.footer(found, look.failed, look.everything)


def _opened(console: Console) -> list[Effect]:
    """What was found before stands when one comes back to it."""
    return [] if console.look.found is not None else [Study("compare", console.look.about)]


def _again(console: Console) -> list[Effect]:
    console.change(found=None, failed="")
    return [Study("compare", console.look.about)]


def _last(scene: Scene, look: Look) -> int:
    found = _found(look)
    return max(0, len(screen_compare.listed(found, look.everything)) - 1) if found is not None else 0


def _all(console: Console) -> list[Effect]:
    console.change(everything=not console.look.everything, cursor=0)
    return []


SCREEN = Screen(
    "compare",
    _draw,
    "compare",
    enter=_again,
    keys=MappingProxyType({"everything": _all}),
    last=_last,
    opened=_opened,
)
