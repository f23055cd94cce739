"""The cable-swap guide. Enter begins it, says what was done, and at the end measures the cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.model.progress import StepState
from bringup.model.verdict import Reason
from bringup.tui.effect import Bell, Effect, Send
from bringup.tui.screen import Screen
from bringup.view import screen_swap
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible
from bringup.view.work_order import (
    Order,
    Plug,
    Turn,
    askers,
    next_turn,
    note_of,
    plug_in,
    turns,
    watched,
)

if TYPE_CHECKING:
    from bringup.tui.console import Console

WATCH_S = 4 * 3600
"""Seconds of the world that the ports of an order are watched for; a watch that ends sooner than the order is
begun anew. A port of it that nobody watches would be taken for one that was pulled by mistake.
"""
MOST_WATCHED = 8
"""As many as the runner watches at once."""


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_swap.body(scene, look, size), screen_swap.footer(scene, look)


def watches(ports: tuple[str, ...]) -> list[Effect]:
    """The run looks at these ports from now on."""
    return [Send("watch", {"port": port, "for_s": str(WATCH_S)}, quiet=True) for port in ports[:MOST_WATCHED]]


def needed(order: Order, number: int) -> tuple[str, ...]:
    """The ports of the next turns, as many as can be watched at once: a long ring has more."""
    return tuple(dict.fromkeys(turn.port for turn in order.turns[number:]))[:MOST_WATCHED]


def asks(scene: Scene, turn: Turn) -> list[Effect]:
    """Who is at the far end of the port of this turn is read again, unless that is being done."""
    return [_again(step) for step in askers(scene, turn.port) if step.verdict is not None]


def _again(step: StepState) -> Effect:
    place = {"step": f"{step.key.stage}/{step.key.step}", "subject": step.key.subject}
    return Send("retest", place, quiet=True)


def _shown(console: Console, before: Scene) -> list[Effect]:
    """What is new rings: three times for what must stop, twice when it is good. Whose plug is in is asked by
    itself, once, by the console at which the order is worked.
    """
    scene, look = console.scene, console.look
    order = screen_swap.order_of(scene, look)
    if order is None or scene.state is before.state or scene.lost:
        return []
    effects: list[Effect] = []
    if console.sound and screen_swap.trouble(scene, order) and not screen_swap.trouble(before, order):
        effects.append(Bell(3))
    if console.sound and screen_swap.good(scene, order) and not screen_swap.good(before, order):
        effects.append(Bell(2))
    return [*effects, *_by_itself(console, order)]


def _by_itself(console: Console, order: Order) -> list[Effect]:
    scene, number = console.scene, next_turn(console.scene, order)
    if scene.watching or number == len(order.turns) or note_of(order.moves) not in console.led:
        return []
    return [*_hand_on(console, order, number), *_asks_once(console, order, order.turns[number])]


def _hand_on(console: Console, order: Order, number: int) -> list[Effect]:
    """Ports whose turns are over are watched no longer, those that come up are; each once. A watch that has
    lapsed is begun anew.
    """
    known, wanted = watched(console.scene, order), needed(order, number)
    over = [port for port, ended in known.items() if ended is None and port not in wanted]
    onces = {
        port: f"{note_of(order.moves)} watch {port} {known.get(port, '')}"
        for port in wanted
        if known.get(port, -1) is not None and (port in known or len(order.ports) > MOST_WATCHED)
    }
    new = tuple(port for port, once in onces.items() if once not in console.led)
    stop = [port for port in over if f"{order.since} over {port} {number}" not in console.led]
    console.led |= {onces[port] for port in new} | {f"{order.since} over {port} {number}" for port in stop}
    effects: list[Effect] = [Send("watch", {"port": port, "stop": "yes"}, quiet=True) for port in stop]
    return [*effects, *watches(new)]


def _asks_once(console: Console, order: Order, turn: Turn) -> list[Effect]:
    scene = console.scene
    seen = scene.state.ports.get(turn.port)
    if turn.out or seen is None or plug_in(scene, order, turn.port) is not Plug.IN:
        return []
    once = f"{order.since} {turn.id} {seen.down_seq}"
    if once in console.led:
        return []
    found = asks(scene, turn)
    if found:
        console.led.add(once)
    return found


def _scan(console: Console, code: str) -> bool:
    """A label that is read at a plug is that of the turn, or of another cable."""
    scene = console.scene
    order = screen_swap.order_of(scene, console.look)
    planned = order.turns if order is not None else tuple(turns(screen_swap.moves_of(scene, console.look)))
    number = next_turn(scene, order) if order is not None else 0
    if number >= len(planned):
        return False
    label, told = planned[number].label, visible(code, 40)
    right = f"{told} is the cable of this turn"
    console.say(right if code == label else f"WRONG CABLE: {told}; this turn is of {label or 'no label'}")
    return True


def _begin(console: Console) -> list[Effect]:
    """The order goes into the record, where every console finds it; then its ports are watched."""
    moves = screen_swap.moves_of(console.scene, console.look)
    if not moves:
        return []
    ports = tuple(dict.fromkeys(turn.port for turn in turns(moves)))
    note = note_of(moves)
    console.led |= {note, *(f"{note} watch {port} " for port in ports[:MOST_WATCHED])}
    return [Send("note", {"text": note}, quiet=True), *watches(ports)]


def _measure(scene: Scene, order: Order) -> list[Effect]:
    """All that is not good of the cables that were moved. What is being read is left to it, and what was only
    blocked runs again by itself.
    """
    return [
        _again(step)
        for step in screen_swap.links_of(scene, order)
        if step.verdict is not None and not step.verdict.good and step.reason != Reason.BLOCKED
    ]


def _release(scene: Scene, order: Order) -> list[Effect]:
    """Nobody has hands on these ports any more."""
    still = [port for port, ended in watched(scene, order).items() if ended is None]
    return [Send("watch", {"port": port, "stop": "yes"}, quiet=True) for port in still]


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


SCREEN = Screen("swap", _draw, "cable swap", enter=_enter, port=_port, shown=_shown, scan=_scan)
