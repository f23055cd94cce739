"""The watch screen: live where the runner watches, the record's readings elsewhere; no key sends anything."""

from __future__ import annotations

import string

from bringup.model.cause import Cause
from bringup.model.event import Recovered, TakenOver
from bringup.model.watch import Phase
from bringup.tui.effect import Bell, Hand, Send
from bringup.tui.scan import Key
from bringup.view.frame import Size
from tests.tui.scenes import console, dirty, good, keys, scene, text
from tests.view.live_links import BAD, HELD, LOST, NEAR, OUT, PLUGGED, WRONG, lanes, live, watched


def test_where_nobody_watches_the_last_readings_of_the_run_stand_there() -> None:
    one, _ = console(scene(dirty()))
    keys(one, "f", "w")
    assert "as last read by the run" in text(one) and one.look.about == NEAR


def test_what_the_runner_sees_is_shown_as_it_comes() -> None:
    one, _ = console(scene(dirty()))
    keys(one, "f", "w")
    one.show(scene(dirty(), *watched(BAD)))
    assert "U N P L U G" in text(one)
    one.show(scene(dirty(), *watched(BAD, OUT)))
    assert "I N S P E C T" in text(one)
    one.show(scene(dirty(), *watched(BAD, OUT, PLUGGED)))
    assert "H A N D S   O F F" in text(one)
    one.show(scene(dirty(), *watched(BAD, OUT, PLUGGED, HELD)))
    assert "G O O D   PROVISIONAL" in text(one)


def test_a_watch_that_has_ended_shows_nothing_as_if_it_were_now() -> None:
    over = live(Phase.ENDED, look=91)
    one, _ = console(scene(dirty(), *watched(BAD, HELD, over)))
    keys(one, "f", "w")
    assert "as last read by the run" in text(one)


def test_what_another_runner_saw_before_it_died_is_not_now() -> None:
    for since in (Recovered(), TakenOver(holder="another")):
        one, _ = console(scene(dirty(), *watched(BAD, HELD), since))
        keys(one, "f", "w")
        assert "as last read by the run" in text(one)


def test_a_run_without_a_runner_shows_no_look_as_if_it_were_now() -> None:
    one, _ = console(scene(dirty(), *watched(BAD, HELD), live="LOST 00:41"))
    keys(one, "f", "w")
    assert "PROVISIONAL" not in text(one) and "as last read" not in text(one)


def test_the_port_stays_the_same_when_another_one_fails_meanwhile() -> None:
    one, _ = console(scene(good()))
    keys(one, "w")
    before = one.look.about
    one.show(scene(dirty()))
    assert before and one.look.about == before


def test_brackets_go_to_the_ports_beside_it_and_back() -> None:
    one, _ = console(scene(dirty()))
    keys(one, "f", "w")
    keys(one, "right_square_bracket")
    other = one.look.about
    keys(one, "left_square_bracket")
    assert other != NEAR and one.look.about == NEAR


def test_enter_steps_on_while_the_fibre_is_out_and_the_steps_begin_anew_with_the_next_time() -> None:
    one, _ = console(scene(dirty(), *watched(BAD, OUT)))
    keys(one, "f", "w")
    words = []
    for _ in range(5):
        words.append(next(word for word in ("I N S P E C T", "C L E A N", "P L U G") if word in text(one)))
        assert keys(one, "enter") == []
    assert words == ["I N S P E C T", "C L E A N", "I N S P E C T", "P L U G", "P L U G"]
    one.show(scene(dirty(), *watched(BAD, OUT, PLUGGED)))
    one.show(scene(dirty(), *watched(BAD, OUT, PLUGGED, OUT)))
    assert "I N S P E C T" in text(one)


def test_a_new_phase_rings_once_twice_or_three_times_and_not_with_the_sound_off() -> None:
    one, _ = console(scene(dirty(), *watched(BAD)))
    keys(one, "f", "w")
    looks = [BAD]
    for moment, times in ((OUT, 1), (PLUGGED, 0), (HELD, 2), (WRONG, 3), (BAD, 1), (LOST, 3)):
        looks.append(moment)
        rung = one.show(scene(dirty(), *watched(*looks)))
        assert rung == ([Bell(times)] if times else [])
    keys(one, "b")
    assert one.show(scene(dirty(), *watched(*looks, OUT))) == []


def test_what_was_said_before_gives_way_to_what_is_to_be_done_now() -> None:
    one, _ = console(scene(dirty(), *watched(BAD)))
    keys(one, "f", "w")
    one.say("done by the simulated technician")
    one.show(scene(dirty(), *watched(BAD, HELD)))
    assert "r measures it again" in text(one) and "technician" not in text(one)


def test_0_forgets_the_best_value() -> None:
    earlier = live(Phase.NOT_GOOD, *lanes(-6.0), look=1)
    later = live(Phase.NOT_GOOD, *lanes(-9.0), look=2)
    one, _ = console(scene(dirty(), *watched(earlier, later)))
    keys(one, "f", "w", "0")
    newest = live(Phase.NOT_GOOD, *lanes(-8.0), look=3)
    one.show(scene(dirty(), *watched(earlier, later, newest)))
    assert "now -8.0  best -8.0" in text(one)


def test_no_letter_sends_anything_from_a_live_watch() -> None:
    for letter in string.printable.strip():
        one, _ = console(scene(dirty(), *watched(BAD), simulated=True))
        keys(one, "f", "w")
        effects = one.press(Key(letter, letter))
        assert not [each for each in effects if isinstance(each, Send | Hand)], letter


def test_in_a_demo_enter_lends_the_simulated_hand_and_elsewhere_it_does_not() -> None:
    one, _ = console(scene(dirty(), *watched(BAD), simulated=True))
    keys(one, "f", "w")
    assert "simulated hand" in text(one)
    (hand,) = keys(one, "enter")
    assert isinstance(hand, Hand) and isinstance(hand.cause, Cause)
    assert any(NEAR in subject for subject in hand.cause.subjects)
    for elsewhere in (
        scene(dirty(), *watched(BAD)),
        scene(dirty(), *watched(BAD), simulated=True, watching=True),
    ):
        one, _ = console(elsewhere)
        keys(one, "f", "w")
        assert "simulated hand" not in text(one) and keys(one, "enter") == []


def test_r_asks_for_enter_before_it_measures_again() -> None:
    one, _ = console(scene(dirty(), *watched(HELD)))
    assert keys(one, "f", "w", "r") == [] and "Enter" in text(one)
    again = keys(one, "enter")
    assert again and {each.verb for each in again if isinstance(each, Send)} == {"retest"}


def test_it_fits_down_to_60_by_20() -> None:
    for moment in (BAD, OUT, PLUGGED, HELD, WRONG, LOST):
        one, _ = console(scene(dirty(), *watched(moment)))
        keys(one, "f", "w")
        picture = text(one, Size(60, 20))
        assert "LASERS MAY BE ON: VIDEO PROBE ONLY" in picture and "PASS" in picture


def test_a_look_in_the_journal_says_where_the_work_stands() -> None:
    one, _ = console(scene(dirty(), *watched(BAD)))
    keys(one, "J")
    assert f"{NEAR}  not good  lane 3 still low" in text(one)
