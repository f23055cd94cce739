"""Below 60x20 there is no screen, and still a question that can be answered."""

from __future__ import annotations

from bringup.tui.effect import Send
from bringup.tui.scan import Key
from bringup.view.frame import Size
from tests.tui.scenes import Clock, asked, console, dirty, keys, scene, text

SMALL = Size(40, 8)
WALK = asked("Is the blank fitted?")
CLEAN = asked("Which polish?", "choose", choices=("APC", "UPC"), question="optics/clean@leaf-1")


def test_the_question_that_is_shown_is_the_one_that_the_answer_goes_to() -> None:
    one, clock = console(scene(dirty(), CLEAN, WALK))
    one.open_ask(WALK.question)
    assert "Is the blank fitted?" in text(one, SMALL)
    assert "Which polish?" not in text(one, SMALL)
    clock.s += 10
    (sent,) = keys(one, "y", "e", "s", "enter")
    assert isinstance(sent, Send)
    assert sent.arguments["question"] == WALK.question


def test_no_field_is_drawn_where_nothing_can_be_typed() -> None:
    one, _ = console(scene(dirty(), WALK))
    assert "Is the blank fitted?" in text(one, SMALL)
    assert "Space opens it" in text(one, SMALL)
    assert "> " not in text(one, SMALL)


def test_an_enter_that_came_too_early_is_told() -> None:
    one, _ = console(scene(dirty(), WALK))
    keys(one, "space")
    assert one.press(Key("enter", None)) == []
    assert "Enter once more confirms" in " ".join(text(one, SMALL).split())


def test_a_long_question_leaves_room_for_the_answer() -> None:
    one, _ = console(scene(dirty(), asked("Look at it. " * 60)))
    keys(one, "space", "n", "o")
    for size in (Size(12, 4), Size(40, 6), Size(59, 19)):
        assert "> no" in text(one, size).splitlines()


def test_nothing_is_raised_at_one_cell() -> None:
    for made in (scene(dirty()), scene(dirty(), WALK)):
        one, _ = console(made)
        assert isinstance(one._now_s, Clock)
        keys(one, "space", "x")
        for size in (Size(0, 0), Size(1, 1), Size(2, 1), Size(1, 30), Size(59, 1)):
            assert len(one.rows(size)) == size.height
