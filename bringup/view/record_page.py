"""The part of the record that the journal screen looks at: its end is always at hand, the rest is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bringup.model.event import Known, Unknown

if TYPE_CHECKING:
    from bringup.view.scene import Look, Scene


class Page(msgspec.Struct, frozen=True):
    """`events` are rows `first` and following of the `total` events that hold `word`; all, where it is empty.
    `searched` of the record's events were looked through for it.
    """

    word: str = ""
    total: int = 0
    first: int = 0
    events: tuple[Known | Unknown, ...] = ()
    searched: int = 0

    def holds(self, first: int, end: int) -> bool:
        """Whether these rows are all here."""
        return self.first <= first and end <= self.first + len(self.events)


def length(scene: Scene, look: Look) -> int:
    """How many rows the journal has for this look."""
    if not look.filter:
        return max(scene.state.events, len(scene.recent))
    return scene.page.total if scene.page.word == look.filter else 0


def event_at(scene: Scene, look: Look, number: int) -> Known | Unknown | None:
    """The event in that row; None where it is not fetched yet, or there is none."""
    if not look.filter:
        at = number - (length(scene, look) - len(scene.recent))
        if at >= 0:
            return scene.recent[at] if at < len(scene.recent) else None
    page = scene.page
    at = number - page.first
    return page.events[at] if page.word == look.filter and 0 <= at < len(page.events) else None


def chosen_row(scene: Scene, look: Look) -> int:
    """The row that the cursor stands on; the newest, while that is followed."""
    last = max(0, length(scene, look) - 1)
    return last if look.follow else min(look.cursor, last)


def searching(scene: Scene, look: Look) -> str:
    """How far the search for the filter's word has come; empty when it is done."""
    if not look.filter:
        return ""
    done = scene.page.searched if scene.page.word == look.filter else 0
    whole = scene.state.events
    return f"searching {done * 100 // max(1, whole)} %" if done < whole else ""
