"""Soak with trends. `o` puts what is nearest to its limit first."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_soak
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_soak.body(scene, look, size), screen_soak.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, len(screen_soak.listed(scene, look)) - 1)


def _order(console: Console) -> list[Effect]:
    console.change(follow=not console.look.follow, cursor=0)
    return []


def _port(scene: Scene, look: Look) -> str:
    """The port of the chosen quantity, if it is one's."""
    every = screen_soak.listed(scene, look)
    if not every:
        return ""
    name = every[min(look.cursor, len(every) - 1)].subject.partition("#")[0]
    return name if name in scene.inventory.ports else ""


SCREEN = Screen(
    "soak",
    _draw,
    "soak",
    keys=MappingProxyType({"order": _order}),
    last=_last,
    port=_port,
    follow=True,
)
