"""Trends: arithmetic over what the record holds, and no number that it does not hold."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.view.trend import Sample, bounds, hours_left, series_of, slope_per_h, spark, worst
from tests.tui.trends import LANE, OTHER, falling, reading, readings, still


def samples(*values: float, every_s: float = 60.0) -> list[Sample]:
    return [Sample(number * every_s, "", value) for number, value in enumerate(values)]


def test_a_series_is_what_was_read_more_than_once_of_one_part() -> None:
    events = [*readings(3, falling), *readings(2, still, OTHER), reading(1, 48, "leaf-1", "temperature_c")]
    found = series_of(events, 1.0)
    assert [(each.subject, len(each.samples)) for each in found] == [(LANE, 3), (OTHER, 2)]


def test_readings_that_are_no_number_are_counted_and_not_drawn() -> None:
    (series,) = series_of([reading(1, -1.5), reading(2, None), reading(3, True), reading(4, -1.6)], 1.0)
    assert [each.value for each in series.samples] == [-1.5, -1.6]
    assert series.others == 2


@pytest.mark.parametrize("value", ["up", math.nan, math.inf])
def test_nothing_else_makes_a_series(value: Any) -> None:
    assert not series_of([reading(1, value), reading(2, value)], 1.0)


def test_there_is_no_common_clock_across_two_boots() -> None:
    before = [msgspec.structs.replace(one, boot="before") for one in readings(9, falling)]
    (series,) = series_of([*before, *readings(2, falling)], 1.0)
    assert len(series.samples) == 2


def test_a_slope_is_told_in_an_hour_of_the_world() -> None:
    (slow,) = series_of(readings(12, falling), 1.0)
    (fast,) = series_of(readings(12, falling), 100.0)
    one, other = slope_per_h(slow.samples), slope_per_h(fast.samples)
    assert one is not None and other is not None
    assert one == pytest.approx(-1.2, abs=0.05)
    assert other == pytest.approx(one / 100)


def test_fewer_than_five_readings_have_no_slope() -> None:
    assert slope_per_h(samples(1, 2, 3, 4)) is None
    assert slope_per_h(samples(1, 2, 3, 4, 5)) == pytest.approx(60.0)


@pytest.mark.parametrize(
    "values", [(5, 5, 5, 5, 5), (1, 9, 2, 8, 1, 9, 2, 8), (0, 0, 0, 0, 0, 1)], ids=["flat", "noise", "jump"]
)
def test_noise_has_no_slope(values: tuple[float, ...]) -> None:
    assert slope_per_h(samples(*values)) is None


def test_readings_at_one_moment_have_no_slope() -> None:
    assert slope_per_h(samples(1, 2, 3, 4, 5, every_s=0.0)) is None


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (">= -5.9 and <= 4", (-5.9, 4.0)),
        ("<= 0", (None, 0.0)),
        (">= 850", (850.0, None)),
        ("= rs544", (None, None)),
        ("= 400", (400.0, 400.0)),
        ("", (None, None)),
        (None, (None, None)),
        (">= nan", (None, None)),
    ],
)
def test_bounds_are_read_from_a_limit_in_words(limit: str | None, expected: tuple[Any, Any]) -> None:
    assert bounds(limit) == expected


def test_the_worst_is_what_is_nearest_to_a_bound_or_beyond_it() -> None:
    (series,) = series_of([reading(1, -1.0), reading(2, -5.0), reading(3, 3.9), reading(4, 0.0)], 1.0)
    assert worst(series, ">= -5.9 and <= 4") == 3.9
    assert worst(series, ">= -5.9") == -5.0
    assert worst(series, None) is None


@pytest.mark.parametrize(
    ("value", "slope", "limit", "expected"),
    [
        (78.0, 1.0, "<= 85", 7.0),
        (78.0, -1.0, "<= 85", None),
        (-4.9, -0.5, ">= -5.9 and <= 4", 2.0),
        (90.0, 1.0, "<= 85", None),
        (78.0, 1e-9, "<= 85", None),
        (78.0, 1.0, None, None),
    ],
)
def test_a_slope_leads_to_the_limit_that_it_goes_towards(
    value: float, slope: float, limit: str | None, expected: float | None
) -> None:
    found = hours_left(value, slope, limit)
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_a_line_of_blocks_shows_the_last_ones() -> None:
    assert spark([1, 2, 3, 4, 5, 6, 7, 8], 8, "unicode") == "▁▂▃▄▅▆▇█"
    assert spark([9, 1, 2], 2, "unicode") == "▁█"
    assert spark([5, 5, 5], 3, "unicode") == "▁▁▁"
    assert spark([0, 9], 2, "ascii") == "09"
    assert spark([1, 2], 0, "ascii") == ""


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), max_size=30), st.integers(0, 40))
def test_a_line_of_blocks_is_never_wider_than_it_may_be(values: list[float], width: int) -> None:
    assert len(spark(values, width, "ascii")) == min(len(values), width)
    assert slope_per_h(samples(*values)) is None or len(values) >= 5
