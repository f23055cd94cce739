"""The cable-swap guide. Enter begins it, says what was done, and at the end measures the cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.model.verdict import Reason
from bringup.tui.effect import Effect, Send
from bringup.tui.screen import Screen
from bringup.view import screen_swap
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.work_order import Order, next_turn, note_of, turns, watched

if TYPE_CHECKING:
    from bringup.tui.console import Console

WATCH_S = 4 * 3600
"""Seconds of the world that the ports of an order are watched for; each answer of a person begins it anew."""
MOST_WATCHED = 8
"""As many as the runner watches at once."""


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_swap.body(scene, look, size), screen_swap.footer(scene, look)


def watches(ports: tuple[str, ...]) -> list[Effect]:
    """The run looks at these ports from now on."""
    return [Send("watch", {"port": port, "for_s": str(WATCH_S)}, quiet=True) for port in ports[:MOST_WATCHED]]


def _begin(console: Console) -> list[Effect]:
    """The order goes into the record, where every console finds it; then its ports are watched."""
    moves = screen_swap.moves_of(console.scene, console.look)
    if not moves:
        return []
    ports = tuple(dict.fromkeys(turn.port for turn in turns(moves)))
    return [Send("note", {"text": note_of(moves)}, quiet=True), *watches(ports)]


def _measure(scene: Scene, order: Order) -> list[Effect]:
    """All that is not good of the cables that were moved. What is being read is left to it, and what was only
    blocked runs again by itself.
    """
    return [
        Send("retest", {"step": f"{step.key.stage}/{step.key.step}", "subject": step.key.subject}, quiet=True)
        for step in screen_swap.links_of(scene, order)
        if step.verdict is not None and not step.verdict.good and step.reason != Reason.BLOCKED
    ]


def _release(scene: Scene, order: Order) -> list[Effect]:
    """Nobody has hands on these ports any more."""
    return [Send("watch", {"port": port, "stop": "yes"}, quiet=True) for port in watched(scene, order)]


def _enter(console: Console) -> list[Effect]:
    scene, look = console.scene, console.look
    if scene.watching:
        console.say("you are only watching: nothing is sent")
        return []
    order = screen_swap.order_of(scene, look)
    if order is None:
        return _begin(console)
    if next_turn(scene, order) == len(order.turns):
        effects = _measure(scene, order) or _release(scene, order)
        return effects if screen_swap.open_steps(scene, order) else [*effects, *console.to_root()]
    return console.go(Look(screen="turn", about=look.about))


def _port(scene: Scene, look: Look) -> str:
    """The port of the next turn."""
    order = screen_swap.order_of(scene, look)
    planned = order.turns if order is not None else tuple(turns(screen_swap.moves_of(scene, look)))
    number = next_turn(scene, order) if order is not None else 0
    return planned[min(number, len(planned) - 1)].port if planned else ""


SCREEN = Screen("swap", _draw, "cable swap", enter=_enter, port=_port)
