"""What the keys do on every screen, by the action that `bringup.tui.keys` gives them. A screen may give an
action its own meaning in its `keys`; the word for it in the registry must still be true there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Copy, Effect, GoHome, Leave, Verify
from bringup.tui.screen import Does
from bringup.view.frame import Size
from bringup.view.scene import Look
from bringup.view.screen_work import nearest
from bringup.view.summary import plain

if TYPE_CHECKING:
    from bringup.tui.console import Console

PAGE = 10
FAR = 10**9
COPIED = Size(100, 400)
"""What is copied is drawn for a page of this size."""


def _moves(by: int) -> Does:
    def do(console: Console) -> list[Effect]:
        console.move(by)
        return []

    return do


def _opens(name: str) -> Does:
    def do(console: Console) -> list[Effect]:
        filter_ = console.filters.get(name, "")
        return console.go(Look(screen=name, follow=console.screens[name].follow, filter=filter_))

    return do


def _watch(console: Console) -> list[Effect]:
    """The port that the screen is about, if it is about one."""
    return console.go(Look(screen="watch", about=console.screen.port(console.scene, console.look)))


def _ask(console: Console) -> list[Effect]:
    ask = nearest(console.scene.state.asks)
    if ask is None:
        console.say("no question is waiting")
        return []
    return console.open_ask(ask.question)


def _retest(console: Console) -> list[Effect]:
    """Asks for Enter first: a letter never sends anything."""
    if console.scene.watching:
        console.say("you are only watching")
        return []
    step = console.screen.retest(console.scene, console.look)
    if not step:
        console.say("choose a failure or a port first")
        return []
    return console.go(Look(screen="palette", typed=f"retest {step}", note="Enter measures it again"))


def _sound(console: Console) -> list[Effect]:
    console.sound = not console.sound
    console.say(f"sound {'on' if console.sound else 'off'}")
    return []


def _copy(console: Console) -> list[Effect]:
    body, _ = console.screen.draw(console.scene, console.look, COPIED)
    text = "\n".join(line for row in body if (line := plain(row)))
    return [Copy(text, console.screen.title or "the run")]


def _freeze(console: Console) -> list[Effect]:
    console.freeze()
    return []


EVERYWHERE: Mapping[str, Does] = MappingProxyType(
    {
        "up": _moves(-1),
        "down": _moves(1),
        "page_up": _moves(-PAGE),
        "page_down": _moves(PAGE),
        "first": _moves(-FAR),
        "last": _moves(FAR),
        "next_bad": _moves(1),
        "enter": lambda console: console.screen.enter(console),
        "back": lambda console: console.back(),
        "ask": _ask,
        "palette": _opens("palette"),
        "work": _opens("work"),
        "failures": _opens("failures"),
        "watch": _watch,
        "matrix": _opens("matrix"),
        "journal": _opens("journal"),
        "sign": _opens("sign"),
        "handover": _opens("handover"),
        "help": _opens("help"),
        "copy": _copy,
        "sound": _sound,
        "retest": _retest,
        "verify": lambda console: [Verify()],
        "freeze": _freeze,
        "home": lambda console: [GoHome()],
        "leave": lambda console: [Leave()],
    }
)
