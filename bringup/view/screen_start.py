"""What can be started from here: runs to go on with, racks by their inventories, and simulated ones. Each
offer is a command line that one could have typed, and shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.view.fit import chosen, count, fit, page, rule, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row, Tier
from bringup.view.text import visible

TITLE_CELLS = 30


class Offer(msgspec.Struct, frozen=True):
    """`words` are the command's, without `bringup`; `about` says what it does."""

    group: str
    title: str
    about: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        return " ".join(("bringup", *(_quoted(word) for word in self.words)))


def _quoted(word: str) -> str:
    return word if word and not set(word) & set(" \t\n'\"\\$&;|<>()*?") else repr(word)


def body(offers: Sequence[Offer], cursor: int, size: Size, tier: Tier) -> list[Row]:
    """The list by groups, and what the chosen one is."""
    if not offers:
        return [((" looking for inventories and playbooks ...", "plain"),)]
    rows: list[Row] = []
    at = 0
    for number, offer in enumerate(offers):
        if number == 0 or offers[number - 1].group != offer.group:
            rows.append(((f" {visible(offer.group, size.width - 2)}", "title"),))
        title = visible(offer.title, TITLE_CELLS)
        row: Row = ((f"   {title:<{TITLE_CELLS}}  ", "plain"), (visible(offer.about, 400), "dim"))
        if number == cursor:
            at = len(rows)
            row = chosen(fit(row, size.width, tier))
        rows.append(row)
    shown = list(page(rows, at, max(1, size.height - 2))[1])
    command = visible(offers[cursor].command, size.width - 2)
    return [*shown, rule(size.width, tier), ((f" {command}", "dim"),)]


def sure(offer: Offer, size: Size) -> list[Row]:
    """The one that was chosen, once more, before it begins."""
    rows: list[Row] = [(), ((f"   {visible(offer.title, size.width - 4)}", "title"),), ()]
    rows += [((f"   {line}", "plain"),) for line in wrapped(visible(offer.about, 600), size.width - 6)]
    rows += [(), (("   as if you had typed:", "dim"),)]
    rows += [((f"   {line}", "plain"),) for line in wrapped(visible(offer.command), size.width - 6)]
    return rows


def footer(offers: Sequence[Offer], asked: Offer | None) -> Footer:
    if asked is not None:
        keys = [("Enter", "start it"), ("Esc", "back")]
        return Footer("nothing has been started yet", "Enter starts it, Esc goes back.", keys)
    doing = f"{count(len(offers), 'thing')} can be started from this folder"
    next_ = "Enter shows what it does, and asks once more."
    return Footer(doing, next_, [("j k", "move"), ("Enter", "choose"), ("Esc", "back"), ("Q", "leave")])
