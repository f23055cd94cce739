"""One port and its far end, live. No key asks for that: the runner watches what an operator's console looks
at (`bringup.engine.watching`), and no longer when it looks elsewhere or is gone.

`[` and `]` go to the ports beside it, `0` forgets the best value. Enter is the next step of the work while
the fibre is out, and in a demo lends the simulated hand.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.model.subject import ends
from bringup.model.watch import Phase
from bringup.tui.effect import Bell, Effect, Hand
from bringup.tui.screen import Screen
from bringup.view import screen_watch
from bringup.view.frame import Footer, Size
from bringup.view.link_live import STEPS, bells
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_watch.body(scene, look, size), screen_watch.footer(scene, look)


def _retest(scene: Scene, look: Look) -> str:
    """What is not good of this end first, then of the far one: light falls into both."""
    port = screen_watch.port_of(scene, look)
    for end in filter(None, (port, scene.inventory.far_ends.get(port))):
        for key, step in scene.state.steps.items():
            if end in ends(key.subject) and not step.counts_as.good:
                return f"{key.stage}/{key.step}@{key.subject}"
    return ""


def _opened(console: Console) -> list[Effect]:
    """The port stays the same from now on, however the list of bad ones changes."""
    console.change(about=screen_watch.port_of(console.scene, console.look))
    return []


def _next(console: Console) -> list[Effect]:
    return _beside(console, 1)


def _previous(console: Console) -> list[Effect]:
    return _beside(console, -1)


def _beside(console: Console, by: int) -> list[Effect]:
    names, about = screen_watch.ports(console.scene), console.look.about
    if not names:
        return []
    port = names[(names.index(about) + by) % len(names)] if about in names else names[0]
    console.change(about=port, cursor=0, filter="")
    return []


def _reset(console: Console) -> list[Effect]:
    live = screen_watch.now(console.scene, console.look)
    if live is not None:
        console.change(filter=str(live.look))
        console.say("the best value counts from now on")
    return []


def _enter(console: Console) -> list[Effect]:
    live = screen_watch.now(console.scene, console.look)
    if live is None:
        return []
    if live.phase is Phase.UNPLUGGED:
        console.change(cursor=screen_watch.step(console.look) + 1)
        return []
    cause = screen_watch.cause_to_mend(console.scene, live)
    return [Hand(cause)] if cause is not None else []


def _shown(console: Console, before: Scene) -> list[Effect]:
    """A phase that is new rings; the steps begin anew with each time that the fibre is out."""
    was = screen_watch.now(before, console.look)
    live = screen_watch.now(console.scene, console.look)
    if live is None:
        return []
    if was is not None and was.phase is not live.phase:
        # What was said of the phase before hides what is to be done now.
        console.change(note="", cursor=0 if live.phase is Phase.UNPLUGGED else console.look.cursor)
    times = bells(was, live) if was is not None else 0
    return [Bell(times)] if times and console.sound else []


SCREEN = Screen(
    "watch",
    _draw,
    "watch",
    enter=_enter,
    keys=MappingProxyType({"next": _next, "previous": _previous, "reset": _reset}),
    port=screen_watch.port_of,
    retest=_retest,
    last=lambda scene, look: len(STEPS) - 1,
    opened=_opened,
    shown=_shown,
)
