"""What hands have to do, as a work list and not a queue: by remedy, then by place and side (rule 17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.subject import ends, parse_subject
from bringup.view.mark import CUTS, Role, Row, Tier
from bringup.view.text import visible

PLACES_SHOWN = 12
LEAST = 2
"""One place is told with its cause already."""


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


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of work at one side of one rack: what one person claims, with one set of tools."""

    remedy: str
    words: str
    rack: str
    side: str
    places: tuple[Place, ...]

    @property
    def where(self) -> str:
        units = [place.unit for place in self.places if place.unit is not None]
        span = ""
        if units:
            span = f"U{min(units)}" + (f"-U{max(units)}" if max(units) > min(units) else "")
        return ", ".join(filter(None, (" ".join(filter(None, (self.rack, self.side))), span))) or "somewhere"


def work_list(causes: Sequence[Cause], inventory: Inventory) -> tuple[Batch, ...]:
    """Batches in the order of their causes; a place that several causes name for one remedy stands once."""
    words: dict[str, str] = {}
    found: dict[str, dict[Place, None]] = {}
    for cause in causes:
        if cause.remedy:
            words.setdefault(cause.remedy, cause.remedy_words)
            places = found.setdefault(cause.remedy, {})
            places |= {_place(inventory, end): None for subject in cause.subjects for end in ends(subject)}
    return tuple(
        Batch(remedy=remedy, words=words[remedy], rack=rack, side=side, places=batch)
        for remedy, places in found.items()
        for (rack, side), batch in _by_side(sorted(places, key=lambda place: place.order)).items()
    )


def _by_side(places: Sequence[Place]) -> dict[tuple[str, str], tuple[Place, ...]]:
    found: dict[tuple[str, str], tuple[Place, ...]] = {}
    for place in places:
        key = (place.rack, place.side)
        found[key] = (*found.get(key, ()), place)
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
    count = sum(len(batch.places) for batch in batches)
    if count < LEAST:
        return

    def line(words: str, role: Role) -> Row:
        return ((visible(words, width, cut=CUTS[tier]), role),)

    yield ()
    yield line(f"work list: {count} places, in any order", "title")
    for batch in batches:
        yield line(f"  {batch.where}: {len(batch.places)} x [{batch.remedy}] {batch.words}", "advice")
        for place in batch.places[:PLACES_SHOWN]:
            yield line(f"      {place.words}", "plain")
        if len(batch.places) > PLACES_SHOWN:
            yield line(f"      and {len(batch.places) - PLACES_SHOWN} more", "dim")
    yield line("  then: `bringup resume RUN --retest failed`", "dim")
