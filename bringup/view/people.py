"""Words and rows about people: who is at a run, where they look, who works on what."""

from __future__ import annotations

from bringup.model.people import Present

SCREENS = {"lines": "reading lines", "run": "at the run", "ask": "at question", "work": "at the work list"}


def present_words(present: Present) -> str:
    """`kim, pts/3 80x24, at question cabling/look@run since 14:02:11Z`."""
    terminal = " ".join(filter(None, (present.terminal or "no terminal", present.size)))
    where = SCREENS.get(present.screen, f"at {present.screen}")
    if present.about:
        where = f"{where} {present.about}"
    return f"{present.by}, {terminal}, {where} since {present.since}" + (
        "" if present.sends else " (watching)"
    )
