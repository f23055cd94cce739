"""The small screens with a field: the palette, a name to type in full, what can't be done, what was done, and
the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bringup.model.cause import Cause
from bringup.tui import palette
from bringup.tui.keys import Binding
from bringup.view.fit import exactly, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import Cell, Row, Tier
from bringup.view.scene import Scene, rack_name
from bringup.view.text import visible

CANNOT = (
    "skip it, with a reason",
    "ask for help",
    "waive it, with a signature",
    "note a photo of it",
    "go back",
)
DONE = ("I did it: measure again", "not now")
DONE_IN_DEMO = (*DONE, "let the simulated technician do it, then measure again")
GUIDED = "guide me: one plug at a time, each seen by the run"
ESCAPE = (("Enter", "confirm"), ("Esc", "back"))


class Pending(NamedTuple):
    """A command that waits for a name typed in full."""

    entry: palette.Entry
    words: dict[str, str]


def choices(scene: Scene, cause: Cause | None = None) -> tuple[str, ...]:
    """What can be said of a remedy. In a demo a hand can be lent; moves of plugs have a guide."""
    run = scene.state.run
    listed = DONE_IN_DEMO if run is not None and run.simulated else DONE
    return (*listed, GUIDED) if cause is not None and cause.moves else listed


def commands(typed: str) -> tuple[list[Row], Footer]:
    rows: list[Row] = [((" : ", "title"), *_field(typed)), ()]
    for entry in palette.matching(typed):
        takes = " ".join(word.upper() for word in entry.takes)
        rows.append(((f"   {f'{entry.name} {takes}':<20}", "title"), (f"  {entry.meaning}", "dim")))
    return rows, Footer("every action by name", "Type a name, then Enter.", ESCAPE)


def name_in_full(scene: Scene, pending: Pending | None, typed: str) -> tuple[list[Row], Footer]:
    """Says what will change, and on what (console design, 4)."""
    footer = Footer("not sent yet", "Nothing is sent before the whole name and Enter.", ESCAPE)
    if pending is None:
        return [], footer
    told = "  ".join(f"{name}={value}" for name, value in pending.words.items())
    rows: list[Row] = [
        ((f" {pending.entry.name} {visible(told)}", "bad"),),
        ((f" {pending.entry.meaning}", "plain"),),
        (),
        ((f" To do it, type {visible(rack_name(scene), 40)} and Enter: ", "warn"), *_field(typed)),
    ]
    return rows, footer


def cannot(about: str, typed: str) -> tuple[list[Row], Footer]:
    next_ = "Type the number, for 1 with the reason behind it, then Enter."
    title = f"What can't be done here?   {about}"
    return numbered(title, CANNOT, typed), Footer("the question stays open", next_, ESCAPE)


def done(scene: Scene, cause: Cause | None, typed: str, width: int = 80) -> tuple[list[Row], Footer]:
    words = cause.remedy_words if cause is not None else "it is gone: Esc goes back"
    footer = Footer("nothing is measured before you say so", "Type the number, then Enter.", ESCAPE)
    return numbered(words, choices(scene, cause), typed, width - 2), footer


def numbered(title: str, items: Sequence[str], typed: str, width: int = 78) -> list[Row]:
    rows: list[Row] = [((f" {line}", "title"),) for line in wrapped(visible(title, 400), width)]
    rows.append(())
    for number, words in enumerate(items, 1):
        rows.append(((f"   {number}", "title"), (f"  {words}", "plain")))
    return [*rows, (), (("  > ", "title"), *_field(typed))]


def _field(typed: str) -> tuple[Cell, Cell]:
    return (visible(typed), "plain"), ("_", "ask")


def keys(
    bindings: Sequence[Binding], title: str, size: Size, tier: Tier, cursor: int = 0
) -> tuple[list[Row], Footer]:
    """One line each, in two columns where they are wide enough; what does not fit is scrolled to."""
    shown: dict[str, list[str]] = {}
    for binding in bindings:
        names = shown.setdefault(binding.meaning, [])
        if binding.shown not in names:
            names.append(binding.shown)
    lines: list[Row] = [
        ((f"  {' '.join(names):<10}", "title"), (f" {meaning}", "plain")) for meaning, names in shown.items()
    ]
    columns = 2 if size.width >= 80 and len(lines) > size.height else 1
    tall = (len(lines) + columns - 1) // columns
    top = max(0, min(cursor, tall - size.height))
    parts = [lines[number * tall : (number + 1) * tall] for number in range(columns)]
    cells = [exactly(part, size.width // columns, tall, tier) for part in parts]
    rows: list[Row] = [sum(row, ()) for row in zip(*cells, strict=True)]
    next_ = "Esc goes back." if tall <= size.height else "j and k move through the list, Esc goes back."
    return rows[top : top + size.height], Footer(f"the keys of: {title}", next_, [("Esc", "back")])
