"""How far the work at a port is, from its readings alone: what hands did is never asked, nor guessed."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.engine.hands import Glance, Hands
from bringup.model.verdict import Verdict
from bringup.model.watch import Phase

HOLD_S = 30.0


def lit(verdict: Verdict = Verdict.PASS, **more: Any) -> Glance:
    return Glance(gone=False, verdict=verdict, **more)


def out(**more: Any) -> Glance:
    return Glance(gone=True, verdict=Verdict.FAIL, **more)


class Bench:
    """A port looked at each second, whose samples are as old as `age_s`."""

    def __init__(self, hold_s: float = HOLD_S) -> None:
        self.now_s = 1000.0
        self.hands = Hands(hold_s, self.now_s)

    def look(self, glance: Glance, seconds: int = 1, age_s: float = 0.0) -> Phase:
        import msgspec

        for _ in range(seconds):
            self.now_s += 1.0
            at_s = self.now_s - age_s
            told = msgspec.structs.replace(
                glance, sampled_s=at_s, light_s=at_s if glance.light_s is None else glance.light_s
            )
            self.hands.take(self.now_s, told)
        return self.hands.phase


def test_field_14_the_walk_is_not_good_unplugged_hands_off_good() -> None:
    port = Bench()
    assert port.look(lit(Verdict.FAIL)) is Phase.NOT_GOOD
    assert port.look(out(), 20) is Phase.UNPLUGGED
    assert port.look(lit(Verdict.FAIL), 3) is Phase.HANDS_OFF, "the link is still coming up"
    assert port.look(lit(), 30) is Phase.HANDS_OFF
    assert port.look(lit(), 1) is Phase.GOOD
    assert port.hands.held_s == HOLD_S


def test_field_14_only_samples_newer_than_the_plug_count() -> None:
    port = Bench(hold_s=5.0)
    port.look(lit(Verdict.FAIL))
    port.look(out(), 3)
    plugged_s = port.now_s + 1.0
    port.look(lit(light_s=plugged_s))
    assert port.hands.plugged_s == plugged_s
    assert port.look(lit(light_s=plugged_s), 4, age_s=60.0) is Phase.HANDS_OFF
    assert port.hands.held_s == 0.0, "what was sampled a minute before the plug says nothing"
    assert port.look(lit(light_s=plugged_s), 20, age_s=60.0) is Phase.NOT_MEASURED


def test_field_14_it_is_held_by_what_was_sampled_and_not_by_what_the_clock_says() -> None:
    port = Bench(hold_s=5.0)
    one = port.now_s
    for _ in range(20):
        port.now_s += 1.0
        port.hands.take(port.now_s, lit(sampled_s=one, light_s=one))
    assert port.hands.phase is not Phase.GOOD and port.hands.held_s == 0.0


def test_field_14_one_bad_look_begins_the_holding_anew() -> None:
    port = Bench(hold_s=10.0)
    assert port.look(lit(), 10) is Phase.HANDS_OFF
    assert port.look(lit(Verdict.FAIL)) is Phase.NOT_GOOD
    assert port.look(lit(), 10) is Phase.HANDS_OFF
    assert port.look(lit(), 1) is Phase.GOOD


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.FAIL])
def test_field_14_what_stays_bad_or_unknown_after_the_plug_is_said_so_once_the_time_is_up(
    verdict: Verdict,
) -> None:
    port = Bench()
    port.look(out(far_sends=True))
    assert port.look(lit(verdict), 30) is Phase.HANDS_OFF
    wanted = Phase.NOT_GOOD if verdict is Verdict.FAIL else Phase.NOT_MEASURED
    assert port.look(lit(verdict), 2) is wanted


@pytest.mark.parametrize("far_sends", [None, False])
def test_field_02_dark_without_a_far_end_proven_on_is_no_light_and_never_unplugged(
    far_sends: bool | None,
) -> None:
    assert Bench().look(out(far_sends=far_sends), 40) is Phase.NO_LIGHT


def test_a_module_that_is_out_is_unplugged_whatever_the_far_end_sends() -> None:
    assert Bench().look(out(absent=True)) is Phase.UNPLUGGED


def test_a_device_that_does_not_answer_is_lost_and_holds_nothing() -> None:
    port = Bench(hold_s=5.0)
    assert port.look(lit(), 6) is Phase.GOOD
    assert port.look(lit(answers=False)) is Phase.LOST
    assert port.hands.held_s == 0.0
    assert port.look(lit(), 5) is Phase.HANDS_OFF
    assert port.look(lit(), 1) is Phase.GOOD


def test_a_port_that_says_nothing_is_read_on_and_never_good() -> None:
    nothing = Glance(gone=None, verdict=Verdict.PASS)
    port = Bench(hold_s=2.0)
    assert port.look(nothing, 10) is Phase.READING
    port.look(lit())
    assert port.look(nothing, 10) is Phase.NOT_MEASURED


def test_field_19_another_port_that_goes_down_stops_the_work_until_it_is_back() -> None:
    port = Bench(hold_s=5.0)
    port.look(lit(Verdict.FAIL))
    assert port.look(lit(Verdict.FAIL, wrong="leaf-1/Ethernet8"), 3) is Phase.WRONG_PORT
    assert port.look(lit(Verdict.FAIL)) is Phase.NOT_GOOD


def test_a_port_that_was_never_touched_is_good_once_it_has_held() -> None:
    port = Bench()
    assert port.look(lit(Verdict.MARGINAL), 30) is Phase.HANDS_OFF
    assert port.look(lit(Verdict.MARGINAL)) is Phase.GOOD
    assert port.hands.plugged_s is None
