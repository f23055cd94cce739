"""Taking a piece of work, or its whole group, or giving it back: others see who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Send
from bringup.tui.screen import Screen, always
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.people import claimed
from bringup.view.scene import Look, Scene
from bringup.view.screen_work import Item, items
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console

MINE = "yours"
MOST_AT_ONCE = 32
"""Of a larger group the first ones: nobody holds a whole hall."""


def _item(scene: Scene, look: Look) -> Item | None:
    return next((each for each in items(scene) if each.what == look.about), None)


def _free(scene: Scene, item: Item) -> tuple[Item, ...]:
    """What of the item's group nobody has taken."""
    group = [each for each in items(scene) if each.group == item.group]
    return tuple(each for each in group if not claimed(scene, each.what))[:MOST_AT_ONCE]


def _mine(scene: Scene, item: Item) -> tuple[Item, ...]:
    return tuple(
        each for each in items(scene) if each.group == item.group and claimed(scene, each.what) == MINE
    )


def _choices(scene: Scene, item: Item) -> list[tuple[str, str, Sequence[Item]]]:
    """(words, verb, of what), in the order of their numbers."""
    free, mine = _free(scene, item), _mine(scene, item)
    found: list[tuple[str, str, Sequence[Item]]] = []
    if item in free:
        found.append(("take this one", "claim", (item,)))
    if len(free) > 1:
        found.append((f"take all {len(free)} of this kind that are free", "claim", free))
    if item in mine:
        found.append(("give this one back", "release", (item,)))
    if len(mine) > 1:
        found.append((f"give all {len(mine)} of yours back", "release", mine))
    return found


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    item = _item(scene, look)
    footer = Footer("others see who works on what", "Type the number, then Enter.", [("Esc", "back")])
    if item is None or not _choices(scene, item):
        footer = footer._replace(next="Esc goes back: take another, in any order.")
    if item is None:
        return [(), ((" This is done meanwhile: Esc goes back.", "plain"),)], footer
    who = claimed(scene, item.what)
    rows: list[Row] = [
        ((f" {visible(item.group, size.width - 2)}", "title"),),
        ((f" {visible(item.place, size.width - 2)}", "plain"),),
        ((f" {'taken: ' + visible(who, 40) if who else 'nobody has taken it'}", "dim"),),
        (),
    ]
    for number, (words, _, _) in enumerate(_choices(scene, item), 1):
        rows.append(((f"   {number}", "title"), (f"  {words}", "plain")))
    rows += [(), (("  > ", "title"), (visible(look.typed, 20), "plain"), ("_", "ask"))]
    return rows, footer


def _enter(console: Console) -> list[Effect]:
    item = _item(console.scene, console.look)
    if item is None:
        return console.back()
    choices, typed = _choices(console.scene, item), console.look.typed.strip()
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices)):
        console.say("type one of the numbers" if choices else "it is taken: Esc goes back")
        return []
    _, verb, what = choices[int(typed) - 1]
    return [*console.back(), *(Send(verb, {"what": each.what}) for each in what)]


SCREEN = Screen("take", _draw, "take", field=always, enter=_enter)
