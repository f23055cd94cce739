"""The list of what can be started, without a toolkit. `chosen` is what a person has said Enter to, twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bringup.tui.keys import ACTIONS
from bringup.tui.scan import Key
from bringup.view import screen_start
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row, Tier
from bringup.view.screen_start import Offer

DEAF_S = 0.6
"""The second Enter must be meant: so soon after the first it is the same one."""


class Start:
    """`now_s` is a monotonic clock. `over` is set when the person goes back to the runs."""

    def __init__(self, offers: Sequence[Offer], *, now_s: Callable[[], float]) -> None:
        self.offers = tuple(offers)
        self.cursor = 0
        self.asked: Offer | None = None
        self.chosen: Offer | None = None
        self.over = False
        self.note = ""
        self._now_s = now_s
        self._asked_s = 0.0

    def see(self, offers: Sequence[Offer]) -> None:
        """What there is by now; the chosen one stays chosen."""
        here = self.offers[self.cursor] if self.cursor < len(self.offers) else None
        self.offers = tuple(offers)
        self.cursor = self.offers.index(here) if here in self.offers else 0

    def body(self, size: Size, tier: Tier) -> list[Row]:
        if self.asked is not None:
            return screen_start.sure(self.asked, size)
        return screen_start.body(self.offers, self.cursor, size, tier)

    def footer(self) -> Footer:
        return screen_start.footer(self.offers, self.asked)

    def press(self, key: Key) -> None:
        last = max(0, len(self.offers) - 1)
        match ACTIONS.get(key.name):
            case "back" if self.asked is not None:
                self.asked = None
            case "back":
                self.over = True
            case "enter" if self.asked is not None:
                if self._now_s() - self._asked_s < DEAF_S:
                    self.note = "nothing was started yet; Enter once more starts it"
                else:
                    self.chosen = self.asked
            case "enter" if self.offers:
                self.asked, self._asked_s = self.offers[self.cursor], self._now_s()
            case "up" if self.asked is None:
                self.cursor = max(0, self.cursor - 1)
            case "down" if self.asked is None:
                self.cursor = min(last, self.cursor + 1)
            case "first" if self.asked is None:
                self.cursor = 0
            case "last" if self.asked is None:
                self.cursor = last
