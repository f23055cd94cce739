"""Screens of what is found out beside the run: trends, a comparison, this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.model.errors import InputError
from bringup.tui.console import Console
from bringup.tui.effect import Hand, Send, Study
from bringup.tui.outside import Outside
from bringup.tui.study import study
from bringup.view.comparison import Comparison, compare
from bringup.view.examination import Examination, Finding
from bringup.view.frame import Size
from bringup.view.scene import Scene
from tests.diagnosis.record import C1, Record
from tests.tui.picture_guides import LOOKED
from tests.tui.records import World
from tests.tui.scenes import ESC, HOSTILE, console, dirty, good, keys, scene, text
from tests.tui.trends import LANE, OTHER, reading, soaked

SIZES = [Size(80, 24), Size(60, 20), Size(120, 40), Size(200, 60), Size(59, 19), Size(20, 5), Size(1, 1)]
STUDIED = ("compare one", "doctor")


def opened(name: str, shown: Scene | None = None) -> Console:
    one, _ = console(shown)
    keys(one, "colon", *name, "enter")
    return one


def compared() -> Comparison:
    return compare(scene(good()).state, scene(dirty()).state)


def outside(world: World, find: object) -> Outside:
    import msgspec

    return msgspec.structs.replace(world.outside(), study=find)


@pytest.mark.parametrize("name", STUDIED)
def test_opening_it_asks_for_what_it_shows_and_sends_nothing(name: str) -> None:
    one, _ = console()
    effects = keys(one, "colon", *name, "enter")
    what, _, about = name.partition(" ")
    assert effects == [Study(what, about)]
    assert not [each for each in effects if isinstance(each, Send | Hand)]


@pytest.mark.parametrize("name", [*STUDIED, "soak", "swap"])
def test_who_only_watches_opens_it_too(name: str) -> None:
    assert opened(name, scene(watching=True)).look.screen == name.partition(" ")[0]


async def test_what_is_found_out_stands_on_the_screen_that_asked() -> None:
    one = opened("doctor")
    await study(one, outside(World(), lambda what, about: LOOKED), Study("doctor"))
    assert "Install bringup again." in text(one)


async def test_what_comes_after_the_screen_was_left_is_dropped() -> None:
    one = opened("doctor")
    keys(one, "escape")
    await study(one, outside(World(), lambda what, about: LOOKED), Study("doctor"))
    assert one.look.found is None


async def test_a_run_that_is_not_there_is_said_in_words() -> None:
    def refuse(what: str, about: str) -> Examination:
        raise InputError(f"no run is called {about}")

    one = opened("compare one")
    await study(one, outside(World(), refuse), Study("compare", "one"))
    assert "no run is called one" in text(one)
    assert "nothing is compared" in text(one)


async def test_a_console_that_can_find_out_nothing_says_so() -> None:
    one = opened("doctor")
    await study(one, World().outside(), Study("doctor"))
    assert "can't be found out from here" in text(one)


def test_enter_looks_again() -> None:
    one = opened("doctor")
    one.change(found=LOOKED)
    assert keys(one, "enter") == [Study("doctor")]
    assert one.look.found is None


def test_what_was_found_stands_when_one_comes_back() -> None:
    one = opened("doctor")
    one.change(found=LOOKED)
    keys(one, "f")
    assert keys(one, "escape") == []
    assert "Install bringup again." in text(one)


def test_the_doctor_has_a_word_and_advice_for_each_finding() -> None:
    one = opened("doctor")
    one.change(found=LOOKED)
    assert "✗ MISSING" in text(one)
    keys(one, "j")
    assert "Debian package: lldpd." in text(one)
    keys(one, "G")
    # What is good needs no advice.
    assert "Free some space." not in text(one)


def test_a_comparison_shows_differences_first_and_the_rest_by_d() -> None:
    one = opened("compare one")
    one.change(found=compared())
    shown = text(one)
    assert "1 worse, 0 better" in shown
    assert "not comparable" in shown
    assert "-4.8 dB" in shown
    before = one.rows(Size(80, 24))
    keys(one, "d")
    assert one.look.everything
    keys(one, "d")
    assert one.rows(Size(80, 24)) == before


def test_soak_says_that_no_load_runs_and_invents_no_number() -> None:
    shown = text(opened("soak", scene(good())))
    assert "NO SOAK LOAD RUNS" in shown
    assert "No number was read more than once" in shown


def test_a_falling_number_says_when_it_reaches_its_limit() -> None:
    shown = text(opened("soak", soaked()))
    assert "loses 1.2 an hour" in shown
    assert "h to its limit" in shown


def test_a_number_that_was_not_judged_has_no_verdict() -> None:
    one = opened("soak", soaked())
    line = next(row for row in text(one).splitlines() if "-3.9" in row)
    assert "WAIT" in line and "PASS" not in line
    assert "judged last: -1.5 PASS" in text(one)


def test_without_a_runner_every_trend_is_stale() -> None:
    shown = text(opened("soak", soaked(live="LOST 00:41")))
    assert shown.count("STALE") == 3
    assert "PASS" not in shown.partition("judged last")[0]


def test_w_watches_the_port_of_the_chosen_number() -> None:
    one = opened("soak", soaked())
    keys(one, "w")
    assert (one.look.screen, one.look.about) == ("watch", C1[0])


def test_o_puts_what_is_nearest_to_its_limit_first_or_all_in_the_order_of_their_reading() -> None:
    one = opened("soak", soaked())
    assert text(one).index(LANE) < text(one).index(OTHER)
    keys(one, "o")
    assert text(one).index(OTHER) < text(one).index(LANE)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_each_of_them_fills_each_size(size: Size) -> None:
    many = tuple(Finding(f"{number}", number % 2 == 0, HOSTILE, HOSTILE) for number in range(40))
    for name, found in (("compare one", compared()), ("doctor", Examination(many)), ("soak", None)):
        one = opened(name, soaked())
        one.change(found=found)
        for names in ((), ("j",), ("G",)):
            keys(one, *names)
            rows = one.rows(size)
            assert [sum(len(words) for words, _ in row) for row in rows] == [size.width] * size.height


def test_hostile_names_move_no_cursor() -> None:
    record = Record()
    record.step("management", "identity", "leaf-1", [("leaf-1", "serial", HOSTILE)])
    other = Record()
    other.step("management", "identity", "leaf-1", [("leaf-1", "serial", "x")])
    found = compare(scene(record).state, scene(other).state, verified=(HOSTILE, HOSTILE))
    bad = reading(1, 1.0, HOSTILE, HOSTILE), reading(2, 2.0, HOSTILE, HOSTILE)
    screens = (("compare one", found), ("doctor", Examination((Finding(HOSTILE, None, HOSTILE, HOSTILE),))))
    for name, study_ in (*screens, ("soak", None)):
        one = opened(name, scene(record, *bad))
        one.change(found=study_, everything=True)
        for size in (Size(80, 24), Size(200, 60)):
            shown = text(one, size)
            for strange in (ESC, "\x07", "\x9b", "\u202e", "\u200b", "\ud800", "漢", "\u0301"):
                assert strange not in shown


def test_the_doctor_of_the_console_is_that_of_the_command(tmp_path: Path) -> None:
    from bringup.cli.doctor import examine, here

    found = examine(tmp_path)
    assert {each.what for each in found.findings} == {each.what for each in here(tmp_path)}
    order = [{False: 0, None: 1, True: 2}[each.good] for each in found.findings]
    assert order == sorted(order)
