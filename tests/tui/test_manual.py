"""The manual's page on the console says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from bringup.cli.main import LOOKS
from bringup.tui.keys import BINDINGS
from bringup.tui.screens import SCREENS
from bringup.tui.theme import CHOICES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "console.md"
ROW = re.compile(r"^\| (.+?) +\| (.+?) +\|$", re.MULTILINE)


def rows() -> dict[str, str]:
    return {words: keys for keys, words in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def test_the_page_names_every_key_with_its_one_meaning() -> None:
    shown: dict[str, list[str]] = {}
    for binding in BINDINGS:
        names = shown.setdefault(binding.meaning, [])
        names += [f"`{binding.shown}`"] if f"`{binding.shown}`" not in names else []
    page = rows()
    for meaning, names in shown.items():
        assert page.get(meaning) == " ".join(names), f"| {' '.join(names)} | {meaning} |"


def test_the_page_has_a_line_for_every_screen() -> None:
    told = {name for keys in rows().values() for name in keys.split(", ")}
    assert {screen.title or screen.name for screen in SCREENS.values()} <= told


def test_the_page_names_every_option_of_the_looks() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(option in text for option in LOOKS)
    assert ", ".join(CHOICES) in text
