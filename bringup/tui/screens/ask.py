"""One question. A first Enter only ends what was typed or scanned; Tab says why it can't be done."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Send
from bringup.tui.screen import Screen
from bringup.view import screen_ask
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene, rack_name
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console

DEAF_S = 0.6
"""A question that has just come takes no Enter: the one on its way was meant for what stood there before."""
FRESH_S = 0.1
"""An Enter so soon after a character ends a scan; it confirms nothing."""


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_ask.body(scene, look, size), screen_ask.footer(scene, look)


def _open(scene: Scene, look: Look) -> bool:
    return screen_ask.found(scene, look) is not None


def _enter(console: Console) -> list[Effect]:
    ask = screen_ask.found(console.scene, console.look)
    if ask is None or console.scene.watching:
        return []
    if console.since_opened_s() < DEAF_S:
        console.say("this question has only just come: nothing was sent; Enter once more confirms")
        return []
    if console.since_typed_s() < FRESH_S:
        console.say("that ended the field; Enter once more confirms")
        return []
    typed = console.look.typed
    value = screen_ask.answer(ask, typed)
    if ask.form == "approve" and typed.strip() == f"all {rack_name(console.scene)}":
        console.approved.add((ask.stage, ask.step))
        value = "approve"
    if not value:
        wanted = screen_ask.approved_by(ask) if ask.form == "approve" else ""
        console.say(f"type {visible(wanted)} in full" if wanted else "type or scan the answer first")
        return []
    console.answered = ask.question
    return [Send("answer", {"question": ask.question, "value": value, "asked": str(ask.seq)})]


def _cannot(console: Console) -> list[Effect]:
    if console.scene.watching:
        return []
    return console.go(Look(screen="cannot", about=console.look.about))


SCREEN = Screen(
    "ask",
    _draw,
    "question",
    field=_open,
    enter=_enter,
    keys=MappingProxyType({"pane": _cannot}),
    question=lambda scene, look: look.about,
)
