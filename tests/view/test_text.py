"""What a device may put on a screen: one line of harmless cells."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.model.verdict import Reading
from bringup.view.text import amount, lines, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ethernet1/1", "Ethernet1/1"),
        ("12.5 °C ± 3", "12.5 °C ± 3"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("safe\u202eexe.txt", "safe\\u202eexe.txt"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("e\u0301", "e\\u0301"),
        ("漢字", "\\u6f22\\u5b57"),
        ("\U0001f600", "\\U0001f600"),
        ("\U0001f1e9\U0001f1ea", "\\U0001f1e9\\U0001f1ea"),
        ("\u05d0\u0661", "\\u05d0\\u0661"),
        ("\u1160\u3164\uffa0", "\\u1160\\u3164\\uffa0"),
        ("a\u00a0b\u2028", "a\\xa0b\\u2028"),
        ("\udc80", "\\udc80"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
    ],
)
def test_what_could_do_harm_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(), max_size=60), st.integers(0, 40))
def test_nothing_but_plain_cells_remains_and_never_too_many(text: str, width: int) -> None:
    shown = visible(text, width)
    assert len(shown) <= width
    for character in shown:
        assert unicodedata.category(character)[0] not in "CM"
        assert unicodedata.east_asian_width(character) not in "WF"
        assert unicodedata.bidirectional(character) not in (
            "R",
            "AL",
            "AN",
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "RLI",
        )
    shown.encode("utf-8")


def test_what_does_not_fit_is_cut_and_says_so() -> None:
    assert visible("abcdef", 6) == "abcdef"
    assert visible("abcdefg", 6) == "abcde…"
    assert visible("abcdefg", 6, cut="~") == "abcde~"
    assert visible("ab\x1b\x1b", 5) == "ab…"
    assert visible("abc", 0) == ""


def test_an_endless_line_costs_no_more_than_the_screen_holds() -> None:
    assert len(visible("x" * 10_000_000, 80)) == 80


def test_many_lines_are_counted() -> None:
    assert lines("a\r\nb\x1b\nc\nd\n\n", 10, 2) == ("a", "b\\x1b", "(2 more lines)")
    assert lines("", 10, 2) == ()


@pytest.mark.parametrize(
    ("value", "unit", "reading", "words"),
    [
        (-7.25, "dBm", Reading.VALUE, "-7.25 dBm"),
        (0, "", Reading.VALUE, "0"),
        (3.2e-8, "", Reading.VALUE, "3.20e-08"),
        (123456789, "", Reading.VALUE, "123456789"),
        (True, "", Reading.VALUE, "yes"),
        ("MT\x1b1", "", Reading.VALUE, "MT\\x1b1"),
        (None, "dBm", Reading.DARK, "dark"),
        (None, "dBm", Reading.UNSUPPORTED, "not supported"),
    ],
)
def test_an_amount_reads_as_people_say_it(
    value: float | str | None, unit: str, reading: Reading, words: str
) -> None:
    assert amount(value, unit, reading) == words
