"""The record. `/` filters it, `F` follows the newest; who moves in it follows no more."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bringup.model.event import Known, OfStep, Unknown
from bringup.model.progress import Key
from bringup.tui.effect import Effect
from bringup.tui.screen import Screen
from bringup.view import screen_journal
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.record_page import chosen_row, event_at, length
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

if TYPE_CHECKING:
    from bringup.tui.console import Console


def _draw(scene: Scene, look: Look, size: Size) -> tuple[list[Row], Footer]:
    return screen_journal.body(scene, look, size), screen_journal.footer(scene, look)


def _last(scene: Scene, look: Look) -> int:
    return max(0, length(scene, look) - 1)


def _move(scene: Scene, look: Look, by: int, last: int) -> Look:
    here = last if look.follow else look.cursor
    return msgspec.structs.replace(look, cursor=max(0, min(last, here + by)), follow=False)


def _event(scene: Scene, look: Look) -> Known | Unknown | None:
    return event_at(scene, look, chosen_row(scene, look))


def _verdicts(scene: Scene, look: Look) -> tuple[Key, ...]:
    event = _event(scene, look)
    if not isinstance(event, OfStep):
        return ()
    key = Key(event.stage, event.step, event.subject)
    return (key,) if key in scene.state.steps else ()


def _cell(scene: Scene, look: Look) -> str:
    event = _event(scene, look)
    return visible(f"{event.seq} {event.kind} {screen_journal.brief(event)}") if event is not None else ""


def _filter(console: Console) -> list[Effect]:
    return console.go(msgspec.structs.replace(console.look, screen="filter", typed=""))


def _follow(console: Console) -> list[Effect]:
    console.change(follow=not console.look.follow)
    return []


SCREEN = Screen(
    "journal",
    _draw,
    "journal",
    keys=MappingProxyType({"filter": _filter, "follow": _follow}),
    last=_last,
    move=_move,
    verdicts=_verdicts,
    cell=_cell,
    follow=True,
)
