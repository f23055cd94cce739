"""The causes of what is not good. Enter opens the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.model.cause import Cause
from bringup.model.progress import Key
from bringup.model.subject import ends
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_failure
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.ticket import reading

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_failure.body(scene, look, size), screen_failure.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, len(scene.causes) - 1)


def picked(scene: Scene, look: Look) -> Cause | None:
    """The cause that the screen is about, by its name or by the cursor."""
    if not scene.causes:
        return None
    return screen_failure.named(scene, look.about) or scene.causes[min(look.cursor, len(scene.causes) - 1)]


def port(scene: Scene, look: Look) -> str:
    """The first port of the cause."""
    cause = picked(scene, look)
    ports = (end.partition("#")[0] for one in (cause.subjects if cause else ()) for end in ends(one))
    return next((name for name in ports if name in scene.inventory.ports), "")


def retest(scene: Scene, look: Look) -> str:
    """The first verdict that the cause explains."""
    cause = picked(scene, look)
    if cause is None:
        return ""
    key = cause.explains[0]
    return f"{key.stage}/{key.step}@{key.subject}"


def verdicts(scene: Scene, look: Look) -> tuple[Key, ...]:
    cause = picked(scene, look)
    return cause.explains if cause is not None else ()


def cell(scene: Scene, look: Look) -> str:
    """The reading that shows it best."""
    cause = picked(scene, look)
    return reading(cause.shown[0]) if cause is not None and cause.shown else ""


def _enter(console: Console) -> list[Effect]:
    cause = picked(console.scene, console.look)
    if cause is None:
        return []
    return console.go(Look(screen="failure", about=screen_failure.name_of(cause)))


SCREEN = Screen(
    "failures",
    _draw,
    "failures",
    enter=_enter,
    last=_last,
    port=port,
    retest=retest,
    verdicts=verdicts,
    cell=cell,
)
