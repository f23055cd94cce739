"""What was done about one turn of the swap guide: it is read, or stated, or a simulated hand does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bringup.model.cause import PlugTurn
from bringup.tui import dialog
from bringup.tui.effect import Effect, Hand, Send
from bringup.tui.screen import Screen, always
from bringup.tui.screens.swap import asks, needed, watches
from bringup.view import screen_swap
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible
from bringup.view.work_order import STATED, Order, Turn, next_turn, note_of

if TYPE_CHECKING:
    from bringup.tui.console import Console

READ, LATER, STATE, HAND = "1", "2", "3", "4"
CHOICES = (
    "I did it: read what the port says",
    "not yet",
    "I did it, and the port tells nothing: I state it, not observed",
)
IN_DEMO = (*CHOICES, "let the simulated technician do this turn")


def _turn(scene: Scene, look: Look) -> tuple[Order, Turn] | None:
    """The next one; None where the order is worked off, or gone."""
    order = screen_swap.order_of(scene, look)
    number = next_turn(scene, order) if order is not None else 0
    return (order, order.turns[number]) if order is not None and number < len(order.turns) else None


def _choices(scene: Scene) -> tuple[str, ...]:
    run = scene.state.run
    return IN_DEMO if run is not None and run.simulated else CHOICES


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    found = _turn(scene, look)
    words = "This turn is done: Esc goes back." if found is None else _words(found[1])
    footer = Footer("nothing is sent before you say so", "Type the number, then Enter.", dialog.ESCAPE)
    return dialog.numbered(words, _choices(scene), look.typed, size.width - 2), footer


def _words(turn: Turn) -> str:
    plug = f"the plug of {visible(turn.label, 40)}" if turn.label else "the plug"
    where = visible(turn.port, 80)
    return f"Take {plug} out of {where}." if turn.out else f"Put {plug} into {where}."


def _enter(console: Console) -> list[Effect]:
    scene, typed = console.scene, console.look.typed.strip()
    found = _turn(scene, console.look)
    if found is None or typed == LATER:
        return console.back()
    if not typed.isdigit() or not 1 <= int(typed) <= len(_choices(scene)):
        console.say("type one of the numbers")
        return []
    order, turn = found
    console.led.add(note_of(order.moves))
    effects = console.back()
    if typed == STATE:
        return [
            *effects,
            Send("note", {"text": f"{STATED}{turn.id}"}, quiet=True),
            *_read(scene, order, turn),
        ]
    if typed == HAND:
        effects.append(Hand(PlugTurn(turn.port, "" if turn.out else turn.label)))
    return [*effects, *_read(scene, order, turn)]


def _read(scene: Scene, order: Order, turn: Turn) -> list[Effect]:
    """The ports are watched anew, that of the turn first; whose plug is in is asked."""
    wanted = needed(order, next_turn(scene, order))
    ports = (turn.port, *(port for port in wanted if port != turn.port))
    return watches(ports) + ([] if turn.out else asks(scene, turn))


SCREEN = Screen("turn", _draw, "done?", field=always, enter=_enter)
