"""What people have to do: questions and remedies, grouped by cause, then by place (field rules 17 to 19)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.model.event import Asked
from bringup.model.subject import ends, parse_subject
from bringup.view.fit import chosen, count, fit, page
from bringup.view.frame import Footer, Size
from bringup.view.mark import ASK, Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible


class Item(msgspec.Struct, frozen=True):
    """One thing to do: a question that waits, or a remedy at a place. `question` is the id of the first."""

    group: str
    words: str
    place: str
    question: str = ""


def items(scene: Scene) -> tuple[Item, ...]:
    """Questions first, for the run waits for them; then remedies, the cause that explains most first."""
    found = [
        Item(f"asked by {each.stage}/{each.step}", each.text, place_of(scene, each.subject), each.question)
        for each in scene.state.asks
    ]
    for cause in sorted(scene.causes, key=lambda each: -each.count):
        places = cause.places or cause.subjects
        found += [Item(cause.remedy_words or cause.remedy, cause.title, place) for place in places]
    return tuple(found)


def place_of(scene: Scene, subject: str) -> str:
    """Where it is, as eyes see it: rack, unit, side; then its name."""
    told: list[str] = []
    for end in ends(subject):
        device = scene.inventory.devices.get(parse_subject(end).device)
        where = ""
        if device is not None:
            unit = f"U{device.unit}" if device.unit is not None else ""
            where = " ".join(filter(None, (device.rack or "", unit, device.side or "")))
        told.append(f"{where}  {end}".strip())
    return "  <->  ".join(told)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    todo = items(scene)
    if not todo:
        return [((" Nothing is waiting for a person.", "plain"),)]
    cursor = min(look.cursor, len(todo) - 1)
    rows: list[Row] = []
    at = 0
    group = ""
    for number, item in enumerate(todo):
        if item.group != group:
            group = item.group
            count = sum(each.group == group for each in todo)
            rows.append(((f" {visible(group, size.width - 8)}", "title"), (f"  {count}", "dim")))
        glyph = ASK.cell(scene.tier) if item.question else ("·     ", "dim")
        row: Row = (("  ", "plain"), glyph, (f" {visible(item.place, 400)}", "plain"))
        if item.question:
            row = (*row, (f"  {visible(item.words, 400)}", "dim"))
        if number == cursor:
            at = len(rows)
            row = chosen(fit(row, size.width, scene.tier))
        rows.append(row)
    return list(page(rows, at, size.height)[1])


def footer(scene: Scene, look: Look) -> Footer:
    todo = items(scene)
    asked = sum(bool(item.question) for item in todo)
    doing = f"{count(asked, 'question')}, {count(len(todo) - asked, 'place')} to work at"
    next_ = "Enter opens the question." if asked else "Do the work, then r on the failure reads it again."
    if not todo:
        next_ = "Nothing to do now. Esc goes back to the run."
    return Footer(doing, next_, [("j k", "move"), ("Enter", "open"), ("f", "failures"), ("Esc", "back")])


def nearest(asks: Sequence[Asked]) -> Asked | None:
    """The question that has waited longest."""
    return min(asks, key=lambda each: each.seq, default=None)
