"""What hands have to do, as a work list and not a queue: by remedy, then by place and side (rule 17).

One item is one cause: a fibre with both its ends, a supply with its outlet. Work at both ends is one item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.subject import ends, parse_subject
from bringup.view.mark import CUTS, Role, Row, Tier
from bringup.view.text import visible

ITEMS_SHOWN = 12
LEAST = 2
"""One item is told with its cause already."""


class Place(msgspec.Struct, frozen=True):
    """Where a hand goes."""

    rack: str
    side: str
    unit: int | None
    subject: str

    @property
    def order(self) -> tuple[str, str, int, str]:
        """That in which one walks: rack, side, then units from the top."""
        return self.rack, self.side, -self.unit if self.unit is not None else 1, self.subject

    @property
    def words(self) -> str:
        return f"U{self.unit} {self.subject}" if self.unit is not None else self.subject


class Item(msgspec.Struct, frozen=True):
    """One piece of work: where it begins, and the other places that belong to it."""

    place: Place
    also: tuple[Place, ...] = ()

    @property
    def words(self) -> str:
        if not self.also:
            return self.place.words
        more = f" and {len(self.also) - 1} more" if len(self.also) > 1 else ""
        return f"{self.place.words}, with {self.also[0].words}{more}"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of work at one side of one rack: what one person takes on, with one set of tools."""

    remedy: str
    words: str
    rack: str
    side: str
    items: tuple[Item, ...]

    @property
    def where(self) -> str:
        units = [item.place.unit for item in self.items if item.place.unit is not None]
        span = ""
        if units:
            span = f"U{min(units)}" + (f"-U{max(units)}" if max(units) > min(units) else "")
        return ", ".join(filter(None, (" ".join(filter(None, (self.rack, self.side))), span))) or "somewhere"


def work_list(causes: Sequence[Cause], inventory: Inventory) -> tuple[Batch, ...]:
    """Batches in the order of their causes; the same work at the same places stands once."""
    words: dict[str, str] = {}
    found: dict[str, dict[Item, None]] = {}
    for cause in causes:
        for first, *others in _pieces(cause, inventory):
            words.setdefault(cause.remedy, cause.remedy_words)
            found.setdefault(cause.remedy, {})[Item(first, tuple(others))] = None
    return tuple(
        Batch(remedy=remedy, words=words[remedy], rack=rack, side=side, items=items)
        for remedy, work in found.items()
        for (rack, side), items in _by_side(sorted(work, key=lambda item: item.place.order)).items()
    )


def _pieces(cause: Cause, inventory: Inventory) -> Iterator[tuple[Place, ...]]:
    """The places of each piece of work: of a walk one a stop, with the far end; else all of the cause's."""
    if not cause.remedy:
        return
    for stop in cause.walk:
        far = inventory.far_ends.get(stop.subject)
        both = (stop.subject, far) if far is not None else (stop.subject,)
        yield tuple(_place(inventory, end) for end in both)
    if not cause.walk and cause.subjects:
        every = (_place(inventory, end) for subject in cause.subjects for end in ends(subject))
        yield tuple(dict.fromkeys(every))


def _by_side(items: Sequence[Item]) -> dict[tuple[str, str], tuple[Item, ...]]:
    found: dict[tuple[str, str], tuple[Item, ...]] = {}
    for item in items:
        key = (item.place.rack, item.place.side)
        found[key] = (*found.get(key, ()), item)
    return found


def _place(inventory: Inventory, subject: str) -> Place:
    try:
        device = inventory.devices.get(parse_subject(subject).device)
    except ValueError:
        device = None
    if device is None:
        return Place("", "", None, subject)
    return Place(device.rack or "", device.side or "", device.unit, subject)


def work_rows(batches: Sequence[Batch], *, width: int, tier: Tier = "unicode") -> Iterator[Row]:
    """The list, where there is more to do than one thing."""
    count = sum(len(batch.items) for batch in batches)
    if count < LEAST:
        return

    def line(words: str, role: Role) -> Row:
        return ((visible(words, width, cut=CUTS[tier]), role),)

    yield ()
    yield line(f"work list: {count}, in any order", "title")
    for batch in batches:
        yield line(f"  {batch.where}: {len(batch.items)} x [{batch.remedy}] {batch.words}", "advice")
        for item in batch.items[:ITEMS_SHOWN]:
            yield line(f"      {item.words}", "plain")
        if len(batch.items) > ITEMS_SHOWN:
            yield line(f"      and {len(batch.items) - ITEMS_SHOWN} more", "dim")
    yield line("  then: `bringup resume RUN --retest failed`", "dim")
