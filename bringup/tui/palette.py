"""Every action by name: what `:` offers. Destructive ones need words typed in full."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """`takes` names the words after it. `typed` is what must be typed in full before it is done. `opens` is a
    screen that it shows instead of sending anything.
    """

    name: str
    takes: tuple[str, ...]
    meaning: str
    typed: str = ""
    opens: str = ""


ENTRIES = (
    Entry("pause", (), "start nothing new; what runs ends"),
    Entry("continue", (), "go on after a pause"),
    Entry("note", ("text",), "write a line into the record"),
    Entry("claim", ("what",), "take a question or a place, so that others see it"),
    Entry("release", ("what",), "give it back"),
    Entry("attach", ("port", "file"), "a scope's, loss test set's or OTDR's file for a cable's end"),
    Entry("retest", ("step",), "measure again: STAGE/STEP or STAGE/STEP@SUBJECT"),
    Entry("skip", ("step", "why"), "UNKNOWN skipped, with a reason"),
    Entry("replace", ("old", "new", "why"), "a part by its serials: what is expected is another now", "rack"),
    Entry("put-back", (), "undo everything that is left altered", "rack"),
    Entry("close", (), "end the run: nothing can be measured after it", "rack"),
    Entry("swap", (), "guide for crossed cables, one plug at a time", opens="swap"),
    Entry("put", (), "a cable in hand: where it goes, and where it went", opens="put"),
    Entry("soak", (), "numbers that were read again and again, and their trends", opens="soak"),
    Entry("compare", ("run",), "this run against another one: its id", opens="compare"),
    Entry("doctor", (), "what works on this machine, and what to install", opens="doctor"),
    Entry("abort", ("why",), "stop the run; what was not measured is UNKNOWN", "rack"),
)


def matching(typed: str) -> tuple[Entry, ...]:
    """What begins like the first word that was typed."""
    word = typed.split(" ", 1)[0].lower()
    return tuple(entry for entry in ENTRIES if entry.name.startswith(word))


def parsed(typed: str) -> tuple[Entry, dict[str, str]] | str:
    """The entry and its words, or what is wrong with them."""
    name, _, rest = typed.strip().partition(" ")
    entry = next((each for each in ENTRIES if each.name == name.lower()), None)
    if entry is None:
        return f"no action is called {name!r}"
    words = rest.strip()
    if not entry.takes:
        return (entry, {}) if not words else f"{entry.name} takes no more words"
    if not words:
        return f"{entry.name} takes {' and '.join(entry.takes)}"
    each = words.split(None, len(entry.takes) - 1)
    if len(each) < len(entry.takes):
        return f"{entry.name} takes {' and '.join(entry.takes)}"
    return entry, dict(zip(entry.takes, each, strict=True))
