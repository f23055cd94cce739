"""The copy menu: the line, the cell, the failure for a ticket, the record's digest, or all of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bringup.tui import menu
from bringup.tui.effect import Copy, Effect
from bringup.tui.screen import Screen
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.summary import plain
from bringup.view.ticket import digest, ticket

if TYPE_CHECKING:
    from bringup.tui.console import Console

PAGE = Size(100, 400)
"""What is copied is drawn for a page of this size."""
SHOWN = 60


class Choice(NamedTuple):
    name: str
    text: str


def page_of(scene: Scene, look: Look) -> str:
    """A screen as plain text, without frame and borders."""
    from bringup.tui.screens import SCREENS

    body, _ = SCREENS[look.screen].draw(scene, look, PAGE)
    return "\n".join(line for row in body if (line := plain(row).strip("─-│| ")))


def choices(scene: Scene, look: Look) -> tuple[Choice, ...]:
    """What can be copied of the screen behind the menu."""
    from bringup.tui.screens import SCREENS
    from bringup.tui.screens.failures import picked

    behind = look.behind or Look()
    screen = SCREENS[behind.screen]
    body, footer = screen.draw(scene, behind, PAGE)
    line = next((plain(row) for row in body if any(role == "chosen" for _, role in row)), footer.next)
    found = [Choice("this line", line.strip())]
    if cell := screen.cell(scene, behind):
        found.append(Choice("this value", cell))
    if behind.screen in ("failures", "failure") and (cause := picked(scene, behind)) is not None:
        found.append(Choice("this failure, for a ticket", ticket(scene, cause)))
    elif scene.causes:
        all_ = "\n\n".join(ticket(scene, cause) for cause in scene.causes)
        found.append(Choice(f"all failures ({len(scene.causes)}), for a ticket", all_))
    found.append(Choice("the record's digest", digest(scene)))
    found.append(Choice("all of this screen", page_of(scene, behind)))
    return tuple(found)


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    items = choices(scene, look)
    told = [f"{each.name}:  {each.text.partition(chr(10))[0][:SHOWN]}" for each in items]
    rows = menu.rows("Copy what?", told, look.cursor, size.width, scene.tier)
    place = "to the clipboard, if the terminal takes it, and always into a file"
    keys = [("1-9", "pick"), ("Enter", "copy"), ("Esc", "back")]
    return rows, Footer(place, "A digit picks, Enter copies.", keys)


def _last(scene: Scene, look: Look) -> int:
    return len(choices(scene, look)) - 1


def _enter(console: Console) -> list[Effect]:
    items = choices(console.scene, console.look)
    choice = items[min(console.look.cursor, len(items) - 1)]
    return [*console.back(), Copy(choice.text, choice.name)]


SCREEN = Screen("copy", _draw, "copy", enter=_enter, last=_last, numbered=True)
