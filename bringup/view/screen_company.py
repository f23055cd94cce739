"""Who is at the run: the person at the rack with what they see, the others, and who works on what (console
design, 3.13).
"""

from __future__ import annotations

from collections.abc import Iterator

from bringup.model.people import Present
from bringup.view.fit import exactly, rule, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.people import is_mine, name_of, present_words
from bringup.view.place import place
from bringup.view.scene import Look, Scene
from bringup.view.screen_ask import WORDS
from bringup.view.screen_run import event_row
from bringup.view.text import visible

HEAD_CELLS = 14
SEEN_LINES = 3
CLAIMS_SHOWN = 6
NOTES_SHOWN = 3
EVENTS_LEAST = 3


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    rows = [*_people(scene, size), *_seen(scene, size), *_claims(scene, size), *_notes(scene, size)]
    room = max(EVENTS_LEAST, size.height - len(rows) - 1)
    rows = rows[: size.height - EVENTS_LEAST - 1]
    rows.append(rule(size.width, scene.tier, "EVIDENCE, newest first"))
    for event in reversed(scene.recent):
        if room <= 0:
            break
        row = event_row(scene, event, size.width)
        if row is not None:
            rows.append(row)
            room -= 1
    return exactly(rows, size.width, size.height, scene.tier)


def at_rack(scene: Scene) -> Present | None:
    """Whoever does the work: not attached, the first who came."""
    return next((each for each in scene.people if not each.attached), None)


def _people(scene: Scene, size: Size) -> Iterator[Row]:
    if scene.state.closed is not None:
        yield ((" AT THE RACK", "title"), ("  the run is closed: nobody", "dim"))
        return
    if not scene.people:
        yield ((" AT THE RACK", "title"), ("  not known: no runner tells who is there", "dim"))
        return
    first = at_rack(scene)
    if first is None:
        yield ((" AT THE RACK", "title"), ("  nobody's console is open there", "dim"))
    heads = {True: " AT THE RACK", False: " ALSO HERE"}
    shown = ""
    for each in sorted(scene.people, key=lambda one: one is not first):
        head = heads[each is first]
        words = f"you: {present_words(each)}" if each.number == scene.you else present_words(each)
        for number, line in enumerate(wrapped(visible(words, 400), size.width - HEAD_CELLS - 1)):
            left = head if number == 0 and head != shown else ""
            yield ((f"{left:<{HEAD_CELLS}}", "title"), (line, "plain"))
        shown = head


def _seen(scene: Scene, size: Size) -> Iterator[Row]:
    """What the person at the rack has before them."""
    first = at_rack(scene)
    if first is None or first.number == scene.you:
        return
    yield rule(size.width, scene.tier, "WHAT THE RACK SEES")
    ask = next((each for each in scene.state.asks if each.question == first.about), None)
    if first.screen != "ask" or ask is None:
        yield ((f" {visible(first.screen or 'run', 40)} {visible(first.about, 200)}", "plain"),)
        return
    yield (
        (f" ? {WORDS.get(ask.form, ask.form).upper()}", "ask"),
        (f"   {visible(place(scene.inventory, ask.subject), 200)}", "title"),
    )
    for line in wrapped(visible(ask.text, 400), size.width - 2)[:SEEN_LINES]:
        yield ((f" {line}", "plain"),)


def _claims(scene: Scene, size: Size) -> Iterator[Row]:
    claims = scene.state.claims
    if not claims:
        return
    yield rule(size.width, scene.tier, "WHO WORKS ON WHAT")
    for claim in claims[-CLAIMS_SHOWN:]:
        who = "you" if is_mine(scene, claim) else visible(name_of(claim), 30)
        yield ((f" {claim.at[11:19]}Z ", "dim"), (f"{who}  ", "running"), (visible(claim.what, 200), "plain"))
    if len(claims) > CLAIMS_SHOWN:
        yield ((f" and {len(claims) - CLAIMS_SHOWN} more", "dim"),)


def _notes(scene: Scene, size: Size) -> Iterator[Row]:
    notes = [each for each in scene.state.notes if each.to == "rack"]
    if not notes:
        return
    yield rule(size.width, scene.tier, "NOTES TO THE RACK")
    for note in notes[-NOTES_SHOWN:]:
        yield ((f" {note.at[11:19]}Z {visible(note.by, 30)}: ", "dim"), (visible(note.text, 200), "plain"))


def footer(scene: Scene, look: Look) -> Footer:
    doing = "your keys move only your own view"
    keys = [("f", "failures"), ("m", "matrix"), ("J", "journal"), ("Esc", "back")]
    if scene.state.closed is not None:
        return Footer("the run is closed", "Esc goes back; J reads the record.", keys)
    if scene.watching:
        next_ = "Watch only: this run was not started with --share."
        return Footer(doing, next_, keys)
    keys = [(">", "note to the rack"), ("A", "work list"), *keys]
    return Footer(doing, "> writes a line to the rack; the work list shares the work.", keys)
