"""Put-to-port. A scan shows the place; Enter lets the run look where the plug goes in. Nothing else sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.model.cause import PlugTurn
from bringup.model.putting import LAST, PutState
from bringup.model.subject import ends
from bringup.tui.effect import Bell, Effect, Hand, Send
from bringup.tui.screen import Screen
from bringup.view import screen_put
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console

BELLS = {
    PutState.IN_PLACE: 2,
    PutState.PROVEN: 2,
    PutState.TAKEN: 1,
    PutState.WRONG_PORT: 3,
    PutState.WRONG_CABLE: 3,
    PutState.UNCLEAR: 3,
}
"""Twice a pass, three times stop, once a person is needed."""


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_put.body(scene, look, size), screen_put.footer(scene, look)


def _field(scene: Scene, look: Look) -> bool:
    return not look.entered


def _last(scene: Scene, look: Look) -> int:
    return len(screen_put.choices(scene, look)) - 1 if look.entered else 0


def _port(scene: Scene, look: Look) -> str:
    end = screen_put.end_in_hand(scene, look)
    return end.port if end is not None else ""


def _retest(scene: Scene, look: Look) -> str:
    """What is not good of this cable."""
    end = screen_put.end_in_hand(scene, look)
    for key, step in scene.state.steps.items() if end is not None else ():
        if end is not None and {end.port, end.far} & set(ends(key.subject)) and not step.counts_as.good:
            return f"{key.stage}/{key.step}@{key.subject}"
    return ""


def _scan(console: Console, code: str) -> bool:
    """The next cable: its place stands here at once, and nothing is sent before Enter."""
    console.change(entered=(), about="", typed=code, cursor=0, filter="", note="scanned; Enter takes it")
    return True


def _enter(console: Console) -> list[Effect]:
    scene, look = console.scene, console.look
    if scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    end = screen_put.end_in_hand(scene, look)
    if not look.entered:
        if end is None:
            console.say(
                f"no cable is labelled {visible(look.typed, 40)!r}" if look.typed else "scan a label first"
            )
            return []
        return _take(console, look.typed, end.port)
    listed = screen_put.choices(scene, look)
    chosen = listed[min(look.cursor, len(listed) - 1)][0]
    return _chosen(console, chosen, look.entered[0])


def _chosen(console: Console, chosen: str, scan: str) -> list[Effect]:
    about = console.look.about
    if chosen == screen_put.THIS:
        console.say("it is being looked for: the screen moves on by itself")
        return []
    if chosen == screen_put.NEXT:
        put = screen_put.now(console.scene, console.look)
        open_ = put is not None and put.state not in LAST
        console.change(entered=(), about="", typed="", cursor=0, filter="")
        return [Send("put", {"label": scan, "port": about, "stop": "yes"}, quiet=True)] if open_ else []
    if chosen == screen_put.STATE:
        return [Send("put", {"label": scan, "port": about, "stated": "yes"}, quiet=True)]
    if chosen == screen_put.HAND:
        end = screen_put.end_in_hand(console.scene, console.look)
        return [Hand(PlugTurn(end.port, end.label))] if end is not None else []
    return _take(console, scan, chosen)


def _take(console: Console, scan: str, port: str) -> list[Effect]:
    """That plug is in hand from now on."""
    since = console.scene.state.last_seq
    console.change(
        entered=(scan,), about=port, typed="", cursor=0, filter=str(since if since is not None else 0)
    )
    return [Send("put", {"label": scan, "port": port}, quiet=True)]


def _shown(console: Console, before: Scene) -> list[Effect]:
    """A state that is new rings."""
    was = screen_put.now(before, console.look)
    put = screen_put.now(console.scene, console.look)
    if put is None or (was is not None and was.state is put.state):
        return []
    console.change(cursor=0)
    times = BELLS.get(put.state, 0)
    return [Bell(times)] if times and console.sound else []


SCREEN = Screen(
    "put",
    _draw,
    "put to port",
    field=_field,
    enter=_enter,
    last=_last,
    port=_port,
    retest=_retest,
    shown=_shown,
    scan=_scan,
    numbered=True,
)
