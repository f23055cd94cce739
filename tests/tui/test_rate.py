"""How often a frame is painted, and what a slow terminal changes."""

from __future__ import annotations

import io
import time
from itertools import pairwise
from pathlib import Path

import pytest

from bringup.tui.driver import Timed
from bringup.tui.pulse import Pulse
from bringup.tui.rate import GOOD_S, LEAST_FRAMES_A_S, SLOW_WRITE_S, Link, Rate, link_of
from tests.tui.records import World, app, folder_of
from tests.tui.test_app import opened

TICK_S = 1 / 15


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def frames_in(clock: Clock, rate: Rate, seconds: float, *, watching: bool = False) -> int:
    """How many of the ticks of that time may paint."""
    painted = 0
    for _ in range(round(seconds / TICK_S)):
        clock.s += TICK_S
        painted += rate.due(TICK_S, watching=watching)
    return painted


@pytest.mark.parametrize(
    ("link", "watching", "most"),
    [
        ("local", False, 15),
        ("remote", False, 5),
        ("serial", False, 2),
        ("local", True, 10),
        ("remote", True, 10),
        ("serial", True, 2),
    ],
)
def test_each_kind_of_terminal_has_its_rate(link: Link, watching: bool, most: float) -> None:
    clock = Clock()
    painted = frames_in(clock, Rate(link, now_s=clock), 10, watching=watching)
    assert 0.7 * most * 10 <= painted <= most * 10 + 1


@pytest.mark.parametrize(
    ("environment", "terminal", "link"),
    [
        ({"TERM": "xterm-256color"}, "/dev/pts/3", "local"),
        ({"TERM": "linux"}, "/dev/tty1", "local"),
        ({"TERM": "xterm", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "/dev/pts/3", "remote"),
        ({"TERM": "screen", "SSH_TTY": "/dev/pts/0"}, "", "remote"),
        ({"TERM": "linux"}, "/dev/ttyS0", "serial"),
        ({"TERM": "xterm"}, "/dev/ttyUSB1", "serial"),
        ({"TERM": "vt220", "SSH_CONNECTION": "x"}, "/dev/pts/1", "serial"),
    ],
)
def test_the_kind_of_terminal_is_told_by_its_device_and_by_the_shell(
    environment: dict[str, str], terminal: str, link: Link
) -> None:
    assert link_of(environment, terminal) == link


def test_three_slow_writes_in_a_row_halve_the_rate_and_row_one_says_so() -> None:
    clock = Clock()
    rate = Rate(now_s=clock)
    for seconds in (0.11, 0.12, 0.05, 0.2, 0.2):
        rate.wrote(seconds)
    assert rate.frames_a_s() == 15
    assert rate.words == ""
    rate.wrote(0.11)
    assert rate.frames_a_s() == 7.5
    assert rate.words == "SLOW TERMINAL 7.5/s"
    assert frames_in(clock, rate, 10) <= 76


def test_the_rate_never_falls_below_its_least() -> None:
    rate = Rate("serial", now_s=Clock())
    for _ in range(60):
        rate.wrote(1.0)
    assert rate.frames_a_s() == LEAST_FRAMES_A_S


def test_a_terminal_that_keeps_up_again_gets_its_rate_back() -> None:
    clock = Clock()
    rate = Rate(now_s=clock)
    for _ in range(6):
        rate.wrote(0.3)
    assert rate.frames_a_s() == 3.75
    clock.s += GOOD_S + 1
    rate.due(TICK_S)
    assert rate.frames_a_s() == 7.5
    clock.s += GOOD_S + 1
    rate.due(TICK_S)
    assert rate.words == ""


def test_no_frame_is_painted_while_the_terminal_has_not_taken_the_last() -> None:
    clock = Clock()
    rate = Rate(now_s=clock)
    rate.began()
    assert frames_in(clock, rate, 2) == 0
    rate.ended(0.01)
    clock.s += TICK_S
    assert rate.due(TICK_S)


def test_after_most_of_the_screen_was_painted_two_frames_are_left_out() -> None:
    clock = Clock()
    rate = Rate(now_s=clock)
    painted = 0
    for _ in range(150):
        clock.s += TICK_S
        if rate.due(TICK_S):
            painted += 1
            rate.painted(0.9)
    assert 40 <= painted <= 51


def test_what_is_written_is_timed_until_it_is_flushed() -> None:
    told: list[float] = []

    class Heard(Rate):
        def wrote(self, seconds: float) -> None:
            told.append(seconds)

    file = io.StringIO()
    timed = Timed(file, Heard(now_s=Clock()))
    timed.write("a")
    timed.write("b")
    assert told == []
    timed.flush()
    timed.write("c")
    timed.flush()
    assert file.getvalue() == "abc"
    assert timed.writes == 3
    assert len(told) == 2 and all(0 <= each < 60 for each in told)


def test_a_write_that_was_slow_by_itself_is_told_though_no_flush_follows() -> None:
    told: list[float] = []

    class Heard(Rate):
        def wrote(self, seconds: float) -> None:
            told.append(seconds)

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            began_s = time.monotonic()
            while time.monotonic() - began_s <= SLOW_WRITE_S:
                pass
            return super().write(text)

    timed = Timed(Slow(), Heard(now_s=Clock()))
    timed.write("a")
    timed.write("b")
    assert len(told) == 2 and min(told) > SLOW_WRITE_S


async def test_a_slow_terminal_stands_in_row_one(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        for _ in range(3):
            one.rate.wrote(0.2)
        await opened(pilot, one, "SLOW TERMINAL 7.5/s")


async def test_a_runner_that_is_gone_is_looked_for_after_1_2_4_to_15_seconds() -> None:
    clock, looks = Clock(), []
    alive = True

    def lives() -> bool:
        looks.append(clock.s)
        return alive

    pulse = Pulse(lives, now_s=clock)
    await pulse.look()
    assert (pulse.looked, pulse.lost_s) == (True, None)
    alive = False
    while len(looks) < 9:
        clock.s += 0.5
        await pulse.look()
    assert [later - sooner for sooner, later in pairwise(looks[1:])] == [
        1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0,
    ]  # fmt: skip
    assert (pulse.lost_s or 0.0) > 59
    alive = True
    clock.s += 15
    await pulse.look()
    assert (pulse.lost_s, pulse.next_look_s) == (None, 1.0)


async def test_a_disk_that_can_not_be_read_is_no_runner() -> None:
    def lives() -> bool:
        raise OSError("stale file handle")

    pulse = Pulse(lives, now_s=Clock())
    await pulse.look()
    assert pulse.lost_s == 0.0
