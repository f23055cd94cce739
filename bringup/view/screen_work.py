"""What people have to do: questions and remedies, grouped by cause, then by place (field rules 17 to 19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bringup.model.cause import Cause
from bringup.model.event import Asked
from bringup.model.subject import ends
from bringup.view.fit import between, chosen, count, fit, page
from bringup.view.frame import Footer, Size
from bringup.view.mark import ASK, WAITING, Cell, Row
from bringup.view.people import claimed
from bringup.view.place import device_of, place
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

FAR_FROM = 80
"""On narrower screens a row says of its own end alone who has it."""


class Item(msgspec.Struct, frozen=True):
    """One thing to do: a question that waits, or a remedy at a place. `what` is taken by who works on it: the
    question's id, or the place's subject. `far` is the other end of the same cable, if there is one.
    """

    group: str
    words: str
    place: str
    what: str
    subject: str
    question: str = ""
    far: str = ""


def items(scene: Scene) -> tuple[Item, ...]:
    """Questions first, for the run waits for them; then remedies, the cause that explains most first. Within
    a group in the order in which one walks; the same work at the same place stands once.
    """
    groups: dict[str, dict[str, Item]] = {}
    causes = sorted(scene.causes, key=lambda each: -each.count)
    for item in (*_asked(scene), *(each for cause in causes for each in _work(scene, cause))):
        groups.setdefault(item.group, {}).setdefault(item.what, item)
    return tuple(item for group in groups.values() for item in group.values())


def _asked(scene: Scene) -> Iterator[Item]:
    for each in sorted(scene.state.asks, key=lambda each: _walk(scene, each.subject)):
        yield Item(
            group=f"asked by {each.stage}/{each.step}",
            words=each.text,
            place=place(scene.inventory, each.subject),
            what=each.question,
            subject=each.subject,
            question=each.question,
        )


def _work(scene: Scene, cause: Cause) -> Iterator[Item]:
    """Each place of a cause is one piece of work: the two ends of a cable may be two people's."""
    group = cause.remedy_words or cause.remedy or cause.title
    far_ends = scene.inventory.far_ends
    for stop in cause.walk:
        far = far_ends.get(stop.subject, "")
        yield Item(group, cause.title, stop.place, stop.subject, stop.subject, far=far)
    if not cause.walk:
        found = tuple(
            dict.fromkeys(end.partition("#")[0] for subject in cause.subjects for end in ends(subject))
        )
        # The cause's own words for its places are fuller, where there are as many.
        own = dict(zip(found, cause.places, strict=False)) if len(cause.places) == len(found) else {}
        for end in sorted(found, key=lambda each: _walk(scene, each)):
            where = own.get(end) or place(scene.inventory, end)
            yield Item(group, cause.title, where, end, end, far=far_ends.get(end, ""))


def _walk(scene: Scene, subject: str) -> tuple[str, str, int, str]:
    """The order in which one walks: rack, side, units from the top."""
    device = device_of(scene.inventory, ends(subject)[0])
    if device is None:
        return "", "", 1, subject
    unit = device.unit
    return device.rack or "", device.side or "", -unit if unit is not None else 1, subject


def picked(scene: Scene, look: Look) -> Item | None:
    """The item that the cursor stands on."""
    todo = items(scene)
    return todo[min(look.cursor, len(todo) - 1)] if todo else None


def scanned(scene: Scene, text: str) -> int | None:
    """The number of the first piece of work that a scanned label is about: a port's or device's name, a
    cable's label. None where there is none.
    """
    word = text.strip().casefold()
    named = {word}
    for cable in scene.inventory.cable:
        if cable.label and cable.label.casefold() == word:
            named |= {cable.a.casefold(), cable.b.casefold()}
    for number, item in enumerate(items(scene)):
        told = {item.subject.casefold(), *(end.casefold() for end in ends(item.subject))}
        if named & (told | {end.partition("/")[0] for end in told}):
            return number
    return None


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
            rows.append(_head(scene, [each for each in todo if each.group == group], size.width))
        row = _row(scene, item, size.width)
        if number == cursor:
            at = len(rows)
            row = chosen(fit(row, size.width, scene.tier))
        rows.append(row)
    return list(page(rows, at, size.height)[1])


def _head(scene: Scene, group: Sequence[Item], width: int) -> Row:
    taken = sum(bool(claimed(scene, item.what)) for item in group)
    told = f"  {len(group)}, {taken} taken" if taken else f"  {len(group)}"
    return ((f" {visible(group[0].group, width - len(told) - 2)}", "title"), (told, "dim"))


def _row(scene: Scene, item: Item, width: int) -> Row:
    """Who works on it stands at the right, where nothing cuts it: it decides where one goes."""
    glyph: Cell = ASK.cell(scene.tier) if item.question else (f"{WAITING.glyph(scene.tier)}     ", "dim")
    row: Row = (("  ", "plain"), glyph, (f" {visible(item.place, 400)}", "plain"))
    if item.question:
        row = (*row, (f"  {visible(item.words, 400)}", "dim"))
    who = claimed(scene, item.what)
    far = claimed(scene, item.far) if item.far and width >= FAR_FROM else ""
    told = [visible(who, 30), f"far end: {visible(far, 30)}" if far else ""]
    right = "  ".join(filter(None, told))
    return between(row, ((f"  {right} ", "running"),), width, scene.tier) if right else row


def footer(scene: Scene, look: Look) -> Footer:
    todo = items(scene)
    asked = sum(bool(item.question) for item in todo)
    doing = f"{count(asked, 'question')}, {count(len(todo) - asked, 'place')} to work at"
    item = picked(scene, look)
    if item is None:
        return Footer(
            "nothing is to be done", "Nothing to do now. Esc goes back to the run.", [("Esc", "back")]
        )
    who = claimed(scene, item.what)
    if scene.watching:
        next_ = "Enter shows it. You are only watching." if item.question else "You are only watching."
    elif who and who != "yours":
        next_ = f"{visible(who, 30)} works on this one. Take another, in any order."
    elif item.question:
        next_ = "Enter opens the question. T takes it: others see that it is yours."
    else:
        next_ = "T takes it; do the work; r on the failure reads it again."
    keys = [("j k", "move"), ("Enter", "open"), ("T", "take"), ("f", "failures"), ("Esc", "back")]
    return Footer(doing, next_, [key for key in keys if not (scene.watching and key[0] == "T")])


def nearest(asks: Sequence[Asked]) -> Asked | None:
    """The question that has waited longest."""
    return min(asks, key=lambda each: each.seq, default=None)
