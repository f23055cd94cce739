"""What the list of runs shows besides: this machine, and two runs side by side."""

from __future__ import annotations

import pytest

from bringup.model.errors import InputError
from bringup.tui.effect import Study
from bringup.tui.home import Home, HomeApp
from bringup.tui.scan import Key, Scan
from bringup.tui.study import found_out
from bringup.view.examination import Examination
from bringup.view.frame import Size
from bringup.view.summary import plain
from tests.tui.picture_guides import LOOKED, compared
from tests.tui.picture_set import line
from tests.tui.scenes import dirty, good

CART = Size(80, 24)


def home(*names: str, runs: int = 2) -> Home:
    one = Home(tuple(line(number) for number in range(runs)))
    press(one, *names)
    return one


def press(one: Home, *names: str) -> None:
    for name in names:
        one.press(Key(name, name if len(name) == 1 else None))


def text(one: Home, size: Size = CART) -> str:
    return "\n".join(plain(row) for row in one.rows(size))


def wanted(one: Home) -> Study | None:
    assert one.aside is not None
    return one.aside.wanted


def test_it_offers_what_can_be_looked_at() -> None:
    shown = text(home("colon"))
    assert "doctor" in shown
    assert "compare RUN" in shown


def test_the_doctor_looks_at_this_machine() -> None:
    one = home("colon", *"doctor", "enter")
    assert wanted(one) == Study("doctor")
    assert "looking at this machine" in text(one)
    assert one.aside is not None and one.aside.study is not None
    one.aside.take(one.aside.study, LOOKED, "")
    press(one, "j")
    assert "Debian package: lldpd." in text(one)
    press(one, "escape")
    assert one.aside is None


def test_another_run_is_compared_with_the_chosen_one() -> None:
    one = home("j", "colon", *"compare 2026", "enter")
    assert wanted(one) == Study("compare", f"2026 {one.shown[1].run_id}")
    assert one.aside is not None and one.aside.study is not None
    one.aside.take(one.aside.study, compared(good(), dirty(), "9"), "")
    assert "-4.8 dB" in text(one)
    press(one, "d", "G")
    assert "run: program was another" in text(one)


@pytest.mark.parametrize("typed", ["compare", "compare ", "doctor now", "delete", ""])
def test_what_is_nothing_to_look_at_is_said_and_nothing_is_found_out(typed: str) -> None:
    one = home("colon", *typed, "enter")
    assert wanted(one) is None
    assert "NEXT  Type a name" not in text(one)


def test_without_a_run_there_is_nothing_to_compare_with() -> None:
    one = home("colon", *"compare 1", "enter", runs=0)
    assert wanted(one) is None
    assert "no run is chosen" in text(one)


def test_letters_go_into_the_field_and_nowhere_else() -> None:
    one = home("colon", "Q", "slash", "j")
    assert not one.leave
    assert one.aside is not None and one.aside.typed == "Qj"
    one.scanned(Scan("~", whole=True, strange=0))
    assert one.aside.typed == "Qj~"


def test_an_answer_to_an_earlier_question_is_dropped() -> None:
    one = home("colon", *"doctor", "enter")
    assert one.aside is not None
    first = one.aside.study
    assert first is not None
    press(one, "enter")
    one.aside.take(first, LOOKED, "")
    assert one.aside.found is None


async def test_what_can_not_be_found_out_is_said() -> None:
    def refuse(what: str, about: str) -> Examination:
        raise InputError("there is no run '1'")

    assert await found_out(refuse, Study("compare", "1 2")) == (None, "there is no run '1'")
    assert (await found_out(None, Study("doctor")))[0] is None


async def test_the_list_of_runs_finds_it_out_beside_its_loop() -> None:
    asked: list[tuple[str, str]] = []

    def find_out(what: str, about: str) -> Examination:
        asked.append((what, about))
        return LOOKED

    app = HomeApp(lambda: (line(1),), find_out=find_out)
    async with app.run_test(size=CART) as pilot:
        await pilot.press("colon")
        while app.home.aside is None:  # the gate holds a key back until nothing follows it
            await pilot.pause(0.05)
        await pilot.press(*"doctor", "enter")
        await app.workers.wait_for_complete()
        assert asked == [("doctor", "")]
        assert "Install bringup again." in text(app.home)


@pytest.mark.parametrize("size", [CART, Size(60, 20), Size(200, 60), Size(10, 3), Size(1, 1)], ids=str)
def test_it_fills_each_size(size: Size) -> None:
    for names in (("colon",), ("colon", *"doctor", "enter"), ("colon", *"compare 1", "enter")):
        rows = home(*names).rows(size)
        assert len(rows) <= size.height
        assert all(sum(len(words) for words, _ in row) == size.width for row in rows)
