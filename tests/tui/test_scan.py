"""The gate: what a scanner types reaches no binding, at any speed that scanners have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.tui.scan import GAP_S, HOLD_S, Gate, Key, Out, Scan

CODE = "fJmQ:R07"


def burst(
    gate: Gate, code: str, between_s: float, *, end: str | None = "enter", at_s: float = 10.0
) -> list[Out]:
    """What comes out of a scanner's keys, the gate's clock ticking as the console lets it."""
    out: list[Out] = []
    now = 10.0
    for letter in code:
        out += gate.press(Key(letter, letter), now)
        until = now + between_s
        while now + 0.01 < until:
            now += 0.01
            out += gate.tick(now)
        now = until
    if end is not None:
        out += gate.press(Key(end, None), now)
    return [*out, *gate.tick(now + 1.0)]


@pytest.mark.parametrize("between_ms", [0, 2, 10, 20, 30])
@pytest.mark.parametrize("end", ["enter", "tab"])
def test_a_burst_with_its_terminator_is_one_scan_and_no_key(between_ms: int, end: str) -> None:
    assert burst(Gate(), CODE, between_ms / 1000, end=end) == [Scan(CODE, True, 0)]


@pytest.mark.parametrize("between_ms", [0, 2, 10, 20, 30])
def test_a_burst_without_terminator_is_told_as_incomplete(between_ms: int) -> None:
    assert burst(Gate(), CODE, between_ms / 1000, end=None) == [Scan(CODE, False, 0)]


def test_a_person_types_keys() -> None:
    out = burst(Gate(), "fJ", 0.3, end="enter")
    assert out == [Key("f", "f"), Key("J", "J"), Key("enter", None)]


def test_a_lone_key_waits_no_longer_than_the_hold() -> None:
    gate = Gate()
    assert gate.press(Key("f", "f"), 1.0) == []
    assert gate.tick(1.0 + HOLD_S / 2) == []
    assert gate.tick(1.0 + HOLD_S + 0.001) == [Key("f", "f")]
    assert not gate.waits


@pytest.mark.parametrize("name", ["up", "escape", "enter", "tab", "pagedown"])
def test_keys_without_a_character_are_not_held(name: str) -> None:
    assert Gate().press(Key(name, None), 1.0) == [Key(name, None)]


def test_with_a_preamble_timing_does_not_matter() -> None:
    gate = Gate()
    out = gate.press(Key("~", "~"), 0.0)
    for number, letter in enumerate("ab"):
        out += gate.press(Key(letter, letter), 0.5 * (number + 1))
    out += gate.press(Key("enter", "\r"), 1.7)
    assert out == [Scan("ab", True, 0)]


def test_a_preamble_that_never_ends_is_given_up() -> None:
    gate = Gate()
    gate.press(Key("~", "~"), 0.0)
    gate.press(Key("a", "a"), 0.1)
    assert gate.tick(2.5) == [Scan("a", False, 0)]
    assert gate.press(Key("f", "f"), 3.0) == []
    assert gate.tick(3.1) == [Key("f", "f")]


def test_a_paste_never_reaches_a_binding() -> None:
    assert Gate().paste("fJm\x1b[2J\n") == [Scan("fJm[2J", True, 1)]


@given(st.lists(st.tuples(st.sampled_from("fJmQ~\r"), st.floats(0, 0.4)), max_size=30))
def test_nothing_is_lost_and_nothing_comes_twice(typed: list[tuple[str, float]]) -> None:
    gate, now, out = Gate(), 0.0, []
    for letter, gap in typed:
        now += gap
        name = "enter" if letter == "\r" else letter
        out += gate.press(Key(name, None if letter == "\r" else letter), now)
    out += gate.tick(now + GAP_S + 3.0)
    assert not gate.waits
    told = "".join(each.text if isinstance(each, Scan) else each.character or "" for each in out)
    assert told.replace("~", "") == "".join(letter for letter, _ in typed if letter not in "\r~")
