"""Leaving the console, said aloud: the run goes on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.tui.effect import Effect, Leave
from bringup.tui.screen import Screen
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    closed = scene.state.closed is not None
    head = "The run is closed; its record stays." if closed else "THE RUN GOES ON without this console."
    rows: list[Row] = [
        (),
        ((f"   {head}", "title"),),
        (),
        (("   Back to it here:   ", "plain"), ("bringup", "title"), ("   and the list", "dim")),
        (("   To watch it only:  ", "plain"), (f"bringup attach {scene.run_id}", "title")),
    ]
    if not closed:
        rows += [(), (("   To end the run itself:  Esc, then `:` and `close` or `abort`.", "dim"),)]
    keys = [("Enter", "leave"), ("Esc", "stay")]
    return rows, Footer("nothing changes in the run", "Enter leaves, Esc stays.", keys)


def _leave(console: Console) -> list[Effect]:
    return [Leave()]


SCREEN = Screen("leave", _draw, "leave?", enter=_leave, keys=MappingProxyType({"leave": _leave}))
