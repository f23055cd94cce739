"""What the keys do on every screen, by the action that `bringup.tui.keys` gives them. A screen may give an
action its own meaning in its `keys`; the word for it in the registry must still be true there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.doing import row_name, row_of
from bringup.tui.effect import Effect, Export, GoHome, Verify
from bringup.tui.screen import Does
from bringup.tui.screens.copying import page_of
from bringup.view.scene import Look
from bringup.view.screen_evidence import named
from bringup.view.screen_failure import name_of
from bringup.view.screen_work import nearest

if TYPE_CHECKING:
    from bringup.tui.console import Console

PAGE = 10
FAR = 10**9


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
    """What was answered and not sent first, then the nearest."""
    asks = console.scene.state.asks
    ask = nearest([each for each in asks if each.question in console.unsent] or asks)
    if ask is None:
        console.say("no question is waiting")
        return []
    return console.open_ask(ask.question)


def _retest(console: Console) -> list[Effect]:
    """All that one cause explains, for a cable has two ends. Asks for Enter first: a letter never sends
    anything.
    """
    if console.scene.watching:
        console.say("you are only watching")
        return []
    step = console.screen.retest(console.scene, console.look)
    if not step:
        console.say("choose a failure or a port first")
        return []
    cause = next(
        (each for each in console.scene.causes if step in {row_name(key) for key in each.explains}), None
    )
    if cause is not None:
        name = name_of(cause)
        return console.go(Look(screen="done", about=name, typed="1", note="Enter measures it again"))
    return console.go(Look(screen="palette", typed=f"retest {step}", note="Enter measures it again"))


def _take(console: Console) -> list[Effect]:
    """On the work list a screen of its own does it; a letter takes nothing."""
    console.say("you are only watching" if console.scene.watching else "choose a piece of work first: A")
    return []


def _note(console: Console) -> list[Effect]:
    if console.scene.watching:
        console.say("you are only watching: nothing is sent to the rack")
        return []
    return console.go(Look(screen="noting"))


def _sound(console: Console) -> list[Effect]:
    console.sound = not console.sound
    console.say(f"sound {'on' if console.sound else 'off'}")
    return []


def _copy(console: Console) -> list[Effect]:
    if console.look.screen == "copy":
        return []
    return console.go(Look(screen="copy", behind=console.look))


def _help(console: Console) -> list[Effect]:
    """Of the screen that stands here."""
    if console.look.screen == "help":
        return []
    return console.go(Look(screen="help", behind=console.look))


def _export(console: Console) -> list[Effect]:
    return [Export(page_of(console.scene, console.look), console.look.screen)]


def _evidence(console: Console) -> list[Effect]:
    """Of what the screen is about, else all."""
    scene, look = console.scene, console.look
    names = [named(key) for key in console.screen.verdicts(scene, look)] or [
        console.screen.retest(scene, look)
    ]
    return console.go(Look(screen="evidence", about="\n".join(names)))


def _cannot(console: Console) -> list[Effect]:
    scene, look = console.scene, console.look
    about = console.screen.question(scene, look) or console.screen.retest(scene, look)
    return _form(console, "cannot", about)


def _waive(console: Console) -> list[Effect]:
    return _form(console, "waive", console.screen.retest(console.scene, console.look))


def _form(console: Console, name: str, about: str) -> list[Effect]:
    if console.scene.watching:
        console.say("you are only watching")
        return []
    if not about:
        console.say("choose a question or a failure first")
        return []
    return console.go(Look(screen=name, about=about))


def _photo(console: Console) -> list[Effect]:
    """Of what the screen is about, else of the run."""
    scene, look, screen = console.scene, console.look, console.screen
    about = row_of(scene, screen.question(scene, look)) or screen.retest(scene, look)
    return console.go(Look(screen="photo", about=about or screen.port(scene, look)))


def _jump(console: Console) -> list[Effect]:
    console.jump()
    return []


def _pick(console: Console) -> list[Effect]:
    if console.screen.numbered and console.pressed.isdigit():
        console.move(int(console.pressed) - 1 - console.look.cursor)
    return []


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
        "previous_bad": _moves(-1),
        "jump": _jump,
        "pick": _pick,
        "export": _export,
        "evidence": _evidence,
        "cannot": _cannot,
        "waive": _waive,
        "photo": _photo,
        "enter": lambda console: console.screen.enter(console),
        "back": lambda console: console.back(),
        "ask": _ask,
        "palette": _opens("palette"),
        "work": _opens("work"),
        "take": _take,
        "company": _opens("company"),
        "note": _note,
        "failures": _opens("failures"),
        "watch": _watch,
        "put": _opens("put"),
        "matrix": _opens("matrix"),
        "journal": _opens("journal"),
        "sign": _opens("sign"),
        "handover": _opens("handover"),
        "help": _help,
        "copy": _copy,
        "sound": _sound,
        "retest": _retest,
        "verify": lambda console: [Verify()],
        "freeze": _freeze,
        "home": lambda console: [GoHome()],
        "new": lambda console: [GoHome()],
        "leave": _opens("leave"),
    }
)
