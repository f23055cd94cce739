"""Parts as a grid. `t` is the next grid, `o` worst first or in order, `n` the next bad row."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_matrix
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.ticket import limit, reading

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_matrix.body(scene, look, size), screen_matrix.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    grid = screen_matrix.picked(scene, look)
    return max(0, len(grid.rows) - 1) if grid is not None else 0


def _port(scene: Scene, look: Look) -> str:
    grid = screen_matrix.picked(scene, look)
    if grid is None:
        return ""
    names = screen_matrix.ordered(grid, look.follow)
    name = names[min(look.cursor, len(names) - 1)]
    return name if name in scene.inventory.ports else ""


def _cell(scene: Scene, look: Look) -> str:
    """The chosen cell, else the worst of the chosen row."""
    grid = screen_matrix.picked(scene, look)
    if grid is None:
        return ""
    names = screen_matrix.ordered(grid, look.follow)
    name = names[min(look.cursor, len(names) - 1)]
    one = screen_matrix.picked_cell(grid, look, name)
    return f"{reading(one)}   limit: {limit(one)}" if one is not None else ""


def _opened(console: Console) -> list[Effect]:
    if not console.look.about:
        console.change(about=screen_matrix.worst(console.scene))
    return []


def _left(console: Console) -> list[Effect]:
    console.change(column=max(-1, console.look.column - 1))
    return []


def _right(console: Console) -> list[Effect]:
    grid = screen_matrix.picked(console.scene, console.look)
    if grid is not None:
        console.change(column=min(len(grid.columns) - 1, console.look.column + 1))
    return []


def _next_bad(console: Console) -> list[Effect]:
    return _bad(console, 1)


def _previous_bad(console: Console) -> list[Effect]:
    return _bad(console, -1)


def _bad(console: Console, by: int) -> list[Effect]:
    grid = screen_matrix.picked(console.scene, console.look)
    if grid is None:
        return []
    names = screen_matrix.ordered(grid, console.look.follow)
    bad = {row for (row, _), cell in grid.cells.items() if not cell.verdict.good}
    found = [number for number, name in enumerate(names) if name in bad][::by]
    beyond = [number for number in found if (number - console.look.cursor) * by > 0]
    if found:
        console.change(cursor=(beyond or found)[0], column=-1)
    return []


def _metric(console: Console) -> list[Effect]:
    console.change(about=screen_matrix.after(console.scene, console.look), cursor=0, column=-1)
    return []


def _order(console: Console) -> list[Effect]:
    console.change(follow=not console.look.follow, cursor=0)
    return []


SCREEN = Screen(
    "matrix",
    _draw,
    "matrix",
    keys=MappingProxyType(
        {
            "next_bad": _next_bad,
            "previous_bad": _previous_bad,
            "metric": _metric,
            "order": _order,
            "left": _left,
            "right": _right,
        }
    ),
    last=_last,
    port=_port,
    cell=_cell,
    opened=_opened,
    follow=True,
)
