"""The record, event by event, and whether it verifies."""

from __future__ import annotations

import json

import msgspec

from bringup.model.event import (
    Answered,
    Asked,
    CablePut,
    EvidenceAttached,
    Judged,
    Known,
    Measured,
    StepEnded,
    StepStarted,
    Unknown,
    Watched,
)
from bringup.view.fit import chosen, fit, rule, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.record_page import chosen_row, event_at, length, searching
from bringup.view.scene import Look, Scene
from bringup.view.text import amount, visible

DETAIL_ROWS = 5
READING = "reading ..."
"""In place of an event that is not fetched yet."""
STAMPED = ("seq", "epoch", "at", "mono_ns", "boot", "kind")


def matches(event: Known | Unknown, word: str) -> bool:
    """Whether the event holds the word, given in small letters."""
    return word in event.kind.lower() or word in brief(event).lower()


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    many = length(scene, look)
    rows: list[Row] = [
        ((" VERIFY ", "dim"), (visible(scene.verified, size.width - 9), "bad" if scene.alarm else "plain")),
        *both_digests(scene),
        rule(size.width, scene.tier, _how_many(scene, look)),
    ]
    if not many:
        why = f"no event holds {look.filter!r}" if look.filter else "nothing was written yet"
        return [*rows, ((f" {visible(searching(scene, look) or why)}", "dim"),)]
    cursor = chosen_row(scene, look)
    room = max(1, size.height - len(rows) - DETAIL_ROWS - 1)
    top = max(0, min(cursor - room // 2, many - room))
    for number in range(top, min(many, top + room)):
        whole = fit(_line(event_at(scene, look, number)), size.width, scene.tier)
        rows.append(chosen(whole) if number == cursor else whole)
    rows += [()] * (room - min(room, many - top))
    event = event_at(scene, look, cursor)
    rows.append(rule(size.width, scene.tier, f"EVENT {event.seq}" if event is not None else "EVENT"))
    detail = wrapped(visible(brief(event), 2000) if event is not None else READING, size.width - 2)
    return [*rows, *(((f" {line}", "plain"),) for line in detail[:DETAIL_ROWS])]


def both_digests(scene: Scene) -> list[Row]:
    """Of a record that does not verify: what was signed or recorded, and what is there."""
    said = zip(("said ", "found"), scene.digests, strict=False)
    return [((f" {word}  ", "dim"), (digest, "bad")) for word, digest in said]


def _how_many(scene: Scene, look: Look) -> str:
    if not look.filter:
        return f"{scene.state.events} EVENTS"
    found = f"{length(scene, look)} OF {scene.state.events} EVENTS"
    return f"{found}, {searching(scene, look)}" if searching(scene, look) else found


def footer(scene: Scene, look: Look) -> Footer:
    follow = "ON" if look.follow else "OFF"
    doing = f"follow {follow}" + (f", filter {visible(look.filter, 20)!r}" if look.filter else "")
    next_ = look.note or "v verifies the record again; a broken one says so above."
    keys = [
        ("j k", "move"),
        ("g G", "ends"),
        ("/", "filter"),
        ("F", "follow"),
        ("v", "verify"),
        ("y", "copy"),
    ]
    return Footer(doing, next_, [*keys, ("Esc", "back")])


def brief(event: Known | Unknown) -> str:
    """The event's own fields on one line; the stamps stand in the columns."""
    if isinstance(event, Unknown):
        return event.kind
    fields = msgspec.to_builtins(event)
    told = {
        name: value
        for name, value in fields.items()
        if name not in STAMPED and value not in (None, (), {}, [], "")
    }
    return "  ".join(f"{name}={_word(value)}" for name, value in told.items())


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, default=str)


def _line(event: Known | Unknown | None) -> Row:
    if event is None:
        return ((f" {READING}", "dim"),)
    return (
        (f" {event.seq:>6} {event.at[11:19]} ", "dim"),
        (f"{event.kind:<16} ", "title"),
        (visible(_told(event), 400), "plain"),
    )


def _told(event: Known | Unknown) -> str:
    """What tells this event from the one before it, first; all of it stands below the list."""
    match event:
        case Judged():
            value = amount(event.value, event.unit, event.reading)
            return f"{event.verdict.value:<8} {event.subject}  {event.quantity} {value}  {event.limit or ''}"
        case Measured():
            return f"{event.subject}  {event.quantity} {amount(event.value, event.unit, event.reading)}"
        case Watched():
            return f"{event.subject}  {event.live.phase.value.replace('_', ' ')}  {event.live.trouble}"
        case CablePut():
            state = event.state.value.replace("_", " ")
            return f"{event.label}  {state}  {event.subject}  {event.observed or ''}"
        case EvidenceAttached():
            return f"{event.subject}  {event.form}  {event.result or event.outcome}  {event.name}"
        case StepEnded():
            return f"{event.verdict.value:<8} {event.subject}  {event.step}  {event.reason or ''}"
        case StepStarted():
            return f"{event.subject}  {event.step}"
        case Asked():
            return f"{event.subject}  {event.text}"
        case Answered():
            return f"{event.by}: {event.value}  {event.question}"
    return brief(event)
