"""One port and its far end. `[` and `]` go to the ports beside it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.model.subject import ends
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_watch
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_watch.body(scene, look, size), screen_watch.footer(scene, look)


def _port(scene: Scene, look: Look) -> str:
    return look.about or next(iter(screen_watch.ports(scene)), "")


def _retest(scene: Scene, look: Look) -> str:
    port = _port(scene, look)
    for key, step in scene.state.steps.items():
        if port in ends(key.subject) and not step.counts_as.good:
            return f"{key.stage}/{key.step}@{key.subject}"
    return ""


def _next(console: Console) -> list[Effect]:
    return _beside(console, 1)


def _previous(console: Console) -> list[Effect]:
    return _beside(console, -1)


def _beside(console: Console, by: int) -> list[Effect]:
    names, about = screen_watch.ports(console.scene), console.look.about
    if names:
        here = names.index(about) if about in names else 0
        console.change(about=names[(here + by) % len(names)])
    return []


SCREEN = Screen(
    "watch",
    _draw,
    "watch",
    keys=MappingProxyType({"next": _next, "previous": _previous}),
    port=_port,
    retest=_retest,
)
