"""A live link on the screen: words that are read at arm's length, and nothing that a device can bend."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Gauge, Live, LiveLane, Phase
from bringup.view.block import block
from bringup.view.fit import spaced, width_of
from bringup.view.link_live import (
    STEPS,
    UNSTEPPED,
    Drawing,
    advice,
    bells,
    big_word,
    line_of,
    link_rows,
)
from bringup.view.mark import Tier
from bringup.view.progress import Progress
from bringup.view.summary import plain
from tests.view.live_links import (
    BAD,
    HELD,
    LOST,
    MOMENTS,
    NEAR,
    OUT,
    PLUGGED,
    WRONG,
    end,
    lanes,
    live,
    watched,
)

SIZES = ((60, 15), (80, 19), (120, 35), (200, 55))
ESC = "\x1b"
HOSTILE = f"{ESC}[2J{ESC}]0;owned\x07[bold red]x[/] \u202e\u200b 漢 e\u0301 \x9b31m"


def drawn(*history: Live, width: int = 80, height: int = 19, **more: Any) -> str:
    rows = link_rows(Drawing(history=history, **more), width, height)
    return "\n".join(plain(row) for row in rows)


@pytest.mark.parametrize("phase", Phase)
def test_the_big_word_is_at_most_34_cells_in_every_phase(phase: Phase) -> None:
    for step in range(len(STEPS)):
        assert len(spaced(big_word(live(phase), step))) <= 34


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        (BAD, "U N P L U G"),
        (OUT, "I N S P E C T"),
        (PLUGGED, "H A N D S   O F F"),
        (HELD, "G O O D"),
        (WRONG, "W R O N G   P O R T"),
        (LOST, "L O S T"),
    ],
)
def test_each_moment_has_its_word(moment: Live, word: str) -> None:
    assert word in drawn(moment)


def test_from_100_columns_the_word_has_three_rows() -> None:
    wide, narrow = drawn(PLUGGED, width=120, height=35), drawn(PLUGGED)
    assert "H A N D S" not in wide and wide.count("█") > narrow.count("█") + 20
    assert "H A N D S" in drawn(PLUGGED, width=120, height=35, tier="ascii")


@pytest.mark.parametrize("phase", Phase)
def test_every_word_has_its_large_letters(phase: Phase) -> None:
    for step in range(len(STEPS)):
        lines = block(big_word(live(phase), step))
        assert lines is not None and len({len(line) for line in lines}) == 1 and len(lines[0]) < 90
    assert block("42") is None and block("") is None


def test_field_14_the_steps_while_the_fibre_is_out_are_inspect_clean_inspect_plug() -> None:
    words = [big_word(OUT, step) for step in range(4)]
    assert words == ["inspect", "clean", "inspect", "plug in"]
    assert "both end faces" in advice(OUT, 0) and "only what is dirty" in advice(OUT, 1)
    assert "until it clicks" in advice(OUT, 3)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("tier", ["unicode", "cp437", "ascii"])
def test_nothing_is_wider_or_higher_than_there_is_room_for_the_panes(
    moment: Live, width: int, height: int, tier: Tier
) -> None:
    rows = link_rows(Drawing(history=(moment,), tier=tier), width, height)
    assert len(rows) <= height
    panes = [row for row in rows if "THIS END" in plain(row) or "PASS" in plain(row)]
    assert panes and all(width_of(row) == width for row in panes)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_lasers_may_be_on_and_never_safe(moment: Live) -> None:
    picture = drawn(moment, width=60, height=15)
    assert "LASERS MAY BE ON: VIDEO PROBE ONLY" in picture
    assert "SAFE" not in picture.upper() + advice(moment).upper()


def test_lasers_that_were_dark_when_they_were_read_are_still_not_safe() -> None:
    dark = Gauge(quantity="tx_power_dbm", reading=Reading.DARK, verdict=Verdict.FAIL)
    off = tuple(msgspec.structs.replace(each, tx=dark) for each in lanes(None, None))
    moment = live(Phase.UNPLUGGED, ends=(end(NEAR, *off), end("leaf-2/Ethernet0", *off)))
    picture = drawn(moment)
    assert "VIDEO PROBE ONLY" in picture and "nothing holds it off" in picture and "SAFE" not in picture


def test_the_limit_and_what_is_marginal_are_drawn_into_every_bar() -> None:
    rows = drawn(BAD).splitlines()
    bars = [row.partition("│")[0] + row[row.index("│") :] for row in rows if "PASS" in row or "FAIL" in row]
    assert len(bars) == 4 and all(row.count(":") >= 2 and row.count("│") >= 3 for row in bars)


def test_a_lane_is_a_glyph_a_word_and_a_number() -> None:
    picture = drawn(BAD)
    assert "-10.1" in picture and "✗ FAIL" in picture and "✓ PASS" in picture
    assert "X FAIL" in drawn(BAD, tier="ascii")


@pytest.mark.parametrize(
    ("gauge", "shown"),
    [
        (Gauge(quantity="rx_power_dbm", reading=Reading.DARK, verdict=Verdict.FAIL), "dark"),
        (Gauge(quantity="rx_power_dbm", reading=Reading.NOT_AVAILABLE, verdict=Verdict.UNKNOWN), "n/a"),
        (Gauge(quantity="rx_power_dbm", reading=Reading.UNSUPPORTED, verdict=Verdict.UNKNOWN), "never"),
        (Gauge(quantity="rx_power_dbm", reading=Reading.ABSENT, verdict=Verdict.UNKNOWN), "none"),
        (Gauge(quantity="rx_power_dbm", reading=Reading.VALUE, value=0.0, verdict=Verdict.PASS), "0.0"),
        (None, "-"),
    ],
)
def test_five_readings_are_five_words_and_none_is_blank(gauge: Gauge | None, shown: str) -> None:
    moment = live(Phase.NOT_MEASURED, LiveLane(index=1, rx=gauge))
    row = next(row for row in drawn(moment).splitlines() if row.startswith(" 1"))
    assert row.split()[1] == shown


def test_hands_off_counts_to_the_hold_time_and_says_what_is_still_bad() -> None:
    assert "measuring 12 of 30 s, lane 3 still low" in drawn(PLUGGED)
    assert "plugged 12 s ago" in drawn(PLUGGED)
    assert "18 s" in advice(PLUGGED)


def test_the_states_of_the_link_are_told_with_the_time_that_each_took() -> None:
    assert "States light after 0 s, link after 3 s, link at both ends after 4 s" in drawn(PLUGGED)
    assert "States none" in drawn(OUT)


def test_nobody_is_told_to_wait_for_less_than_the_next_sample() -> None:
    slow = end(NEAR, *lanes(-2.0), every_s=60.0)
    moment = live(Phase.HANDS_OFF, ends=(slow,), far_end=None, plugged_s=20.0, measured_s=20.0, newest_s=20.0)
    assert "40 s" in advice(moment)


def test_a_run_told_as_text_has_a_line_for_each_new_phase() -> None:
    progress = Progress()
    rows = [progress.rows(event) for event in watched(BAD, BAD, OUT, PLUGGED, PLUGGED, HELD)]
    assert [len(each) for each in rows] == [1, 0, 1, 1, 0, 1]
    assert "UNPLUG (lane 3 still low)" in plain(rows[0][0])


def test_field_14_a_pass_is_provisional_and_says_by_what_it_becomes_a_verdict() -> None:
    assert "PROVISIONAL" in drawn(HELD) and "marginal" in drawn(HELD)
    assert "r measures it again" in advice(HELD)


def test_where_no_key_steps_on_all_of_the_work_is_told_at_once() -> None:
    assert "U N P L U G G E D" in drawn(OUT, step=UNSTEPPED)
    told = advice(OUT, UNSTEPPED)
    assert told.index("probe") < told.index("clean") < told.index("plug in")
    assert plain(line_of(OUT)).startswith("UNPLUGGED")


def test_field_12_no_fibre_work_is_proposed_where_it_is_not_the_light() -> None:
    moment = live(Phase.NOT_GOOD, trouble="link down")
    assert big_word(moment) == "not good" and "No fibre work" in advice(moment)
    dark = live(Phase.NO_LIGHT)
    assert "no fibre work" in advice(dark)


def test_field_19_the_wrong_port_says_where_to_put_it_back() -> None:
    assert "Put it back into leaf-1/Ethernet8" in advice(WRONG) and NEAR in advice(WRONG)
    assert "leaf-1/Ethernet8" in drawn(WRONG)


def test_the_best_level_counts_from_where_it_was_reset() -> None:
    looks = [
        live(Phase.HANDS_OFF, *lanes(dbm), look=number) for number, dbm in enumerate((-3.0, -9.0, -7.0), 1)
    ]
    one = live(Phase.HANDS_OFF, msgspec.structs.replace(lanes(-7.0)[0], best_dbm=-2.5), look=3)
    assert "now -7.0  best -2.5" in drawn(*looks[:2], one), "what the watch itself has seen since the plug"
    assert "now -7.0  best -7.0" in drawn(*looks, since=1)


@pytest.mark.parametrize(
    ("before", "now", "times"),
    [
        (None, BAD, 1),
        (BAD, OUT, 1),
        (OUT, PLUGGED, 0),
        (PLUGGED, HELD, 2),
        (BAD, WRONG, 3),
        (BAD, LOST, 3),
        (HELD, HELD, 0),
    ],
)
def test_once_a_person_is_needed_twice_a_pass_held_three_times_stop(
    before: Live | None, now: Live, times: int
) -> None:
    assert bells(before, now) == times


def test_a_far_end_that_nobody_names_is_said_and_not_left_out() -> None:
    moment = live(Phase.NOT_GOOD, far_end=None, ends=(end(NEAR, *lanes(-9.0)),))
    assert "names no far end" in drawn(moment)


def test_an_end_that_does_not_answer_says_so_with_since_when() -> None:
    assert "no answer: timeout, 41 s" in drawn(LOST)


def test_no_limit_is_said() -> None:
    moment = live(Phase.NOT_MEASURED, ends=(end(NEAR, *lanes(-2.0), low_dbm=None, marginal_dbm=None),))
    assert "no limit is known" in drawn(moment)


def test_device_text_does_nothing_to_the_screen() -> None:
    odd = LiveLane(index=1, rx=Gauge(quantity="rx_power_dbm", reading=Reading.VALUE, value=HOSTILE))
    one = end(NEAR, odd, module=HOSTILE, error=HOSTILE, told=HOSTILE, low_dbm=-5.9)
    moment = live(Phase.WRONG_PORT, wrong=HOSTILE, trouble=HOSTILE, far_end=HOSTILE, ends=(one, one))
    moment = msgspec.structs.replace(moment, subject=f"leaf-1/{HOSTILE}")
    for width, height in SIZES:
        picture = drawn(moment, width=width, height=height)
        assert (
            ESC not in picture and "\u202e" not in picture and "\x07" not in picture and "漢" not in picture
        )
    assert ESC not in plain(line_of(moment))


def test_a_look_is_one_line_where_nothing_can_be_redrawn() -> None:
    line = plain(line_of(PLUGGED))
    assert line.startswith("HANDS OFF (lane 3 still low)  held 0 of 30 s") and "3:-6.4" in line
