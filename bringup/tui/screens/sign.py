"""What is signed, by whom, and what must be read before."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen, fixed
from bringup.view import screen_sign
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_sign.body(scene, look, size), screen_sign.footer(scene, look)


def _pick(console: Console) -> list[Effect]:
    """The question of that signature: nothing is signed before its own field and Enter."""
    number = int(console.pressed)
    waiting = [each for each in console.scene.state.asks if each.form == "attest"]
    if number > len(waiting):
        console.say("no signature is asked for yet" if not waiting else f"{len(waiting)} asked for")
        return []
    return console.open_ask(waiting[number - 1].question)


SCREEN = Screen("sign", _draw, "sign-off", last=fixed, keys=MappingProxyType({"pick": _pick}))
