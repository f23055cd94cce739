"""What a module says of itself, and what nobody says of it: neither passes for more than it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.check.acceptance_room import given, off_median, one_assembly, path_loss_db, room
from bringup.model.facts import Threshold
from bringup.model.measurement import DARK, NOT_AVAILABLE, Read, value
from bringup.model.media import family_of, medium_lanes
from bringup.model.verdict import Reason, Standing
from tests.check.cases_optic_acceptance import ACCEPTANCE, EXTERNAL, limits
from tests.check.trial import run_cases


async def test_without_a_users_profile_the_light_of_an_external_laser_is_recorded_and_not_judged(
    tmp_path: Path,
) -> None:
    ran = await run_cases(tmp_path, EXTERNAL)
    assert ran.ended == {one.name: one.expected for one in EXTERNAL.cases} | {
        name: verdict for name, verdict in ran.ended.items() if name.startswith("optics ")
    }
    step = next(step for step in ran.state.steps.values() if "no-public-limit" in step.key.subject)
    light = [each for each in step.judgements if each.quantity.endswith("power_dbm")]
    assert len(light) == 8 and {each.reason for each in light} == {Reason.NO_LIMIT}


async def test_field_16_limits_of_a_module_itself_have_the_standing_of_its_vendor(tmp_path: Path) -> None:
    ran = await run_cases(tmp_path, ACCEPTANCE)
    standings = {
        each.standing
        for step in ran.state.steps.values()
        for each in step.judgements
        if each.quantity.endswith(("_alarm_room_db", "_alarm_room_ma", "_alarm_room_c")) and each.limit
    }
    assert standings == {Standing.VENDOR}


@pytest.mark.parametrize(
    ("medium", "family", "lanes"),
    [
        ("400GBASE-DR4", "optic", 4),
        ("800GBASE-DR8", "optic", 8),
        ("400GBASE-FR4", "optic", 4),
        ("800G-2xFR4", "optic", 8),
        ("400GBASE-SR4", "optic", 4),
        ("800GBASE-SR8", "optic", 8),
        ("800G-DR8-LPO", "linear", 8),
        ("100G-DR1-LPO", "linear", 1),
        ("400G-AOC", "sealed", None),
        ("400GBASE-CR4", "copper", 4),
        ("DAC", "copper", None),
        ("400G-ACC", "copper", None),
        ("200G-OCI", "external", 4),
        ("200G-OCI-MSA-GEN1", "external", 4),
        ("", "optic", None),
    ],
)
def test_each_medium_has_its_family_and_its_lanes(medium: str, family: str, lanes: int | None) -> None:
    assert (family_of(medium), medium_lanes(medium)) == (family, lanes)


OWN = limits("rx_power_dbm", -8.0, 5.0)


@pytest.mark.parametrize(("level", "left"), [(-1.0, 6.0), (-8.0, 0.0), (-9.5, -1.5), (5.5, -0.5)])
def test_room_is_the_way_to_the_nearer_alarm(level: float, left: float) -> None:
    assert room(value(level), OWN) == value(left)


@pytest.mark.parametrize("nothing", [DARK, NOT_AVAILABLE, value("-1"), value(True)])
def test_what_is_no_number_has_no_room(nothing: Read) -> None:
    assert room(nothing, OWN) == NOT_AVAILABLE


@pytest.mark.parametrize(
    "told",
    [
        (),
        (OWN, OWN),
        (limits("rx_power_dbm", 0.0, 0.0),),
        (limits("rx_power_dbm", 5.0, -8.0),),
        (Threshold(quantity="rx_power_dbm", low_alarm=value(-8.0)),),
        (Threshold(quantity="rx_power_dbm", low_alarm=value("-8"), high_alarm=value(5.0)),),
        (limits("tx_power_dbm", -8.0, 5.0),),
    ],
)
def test_limits_that_are_none_are_not_taken_for_some(told: tuple[Threshold, ...]) -> None:
    assert given(told, "rx_power_dbm") is None


def test_a_median_of_two_lanes_or_of_untold_ones_says_nothing() -> None:
    assert off_median([value(60.0), value(90.0)]) == (None, None)
    assert off_median([value(60.0), value(60.0), NOT_AVAILABLE]) == (None, None, None)
    assert off_median([value(0.0)] * 3) == (None, None, None)
    assert off_median([value(60.0), value(60.0), value(78.0)]) == (value(0.0), value(0.0), value(0.3))


def test_one_letter_alone_is_no_serial_that_two_ends_share() -> None:
    assert one_assembly(value("A"), value("B")) == value(False)


def test_losses_are_told_where_both_ends_told_all_their_lanes() -> None:
    assert path_loss_db([value(0.5), value(0.0)], [value(-1.0), value(-2.5)]) == value(2.5)
    assert path_loss_db([value(0.5), DARK], [value(-1.0), value(-2.5)]) is None
    assert path_loss_db([value(0.5)], [value(-1.0), value(-2.5)]) is None
