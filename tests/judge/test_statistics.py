"""Textbook values: chi-square tables for the Poisson bounds, the binomial distribution for RS(544,514)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup import statistics


@pytest.mark.parametrize(
    ("count", "bound"),
    [(0, 2.996), (1, 4.744), (2, 6.296), (3, 7.754), (5, 10.513), (10, 16.962), (100, 118.08)],
)
def test_the_one_sided_upper_bound_is_the_textbook_one(count: int, bound: float) -> None:
    assert statistics.poisson_upper(count) == pytest.approx(bound, abs=0.006)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (3, 0.619, 8.767), (10, 4.795, 18.390)],
)
def test_the_two_sided_interval_is_garwoods(count: int, low: float, high: float) -> None:
    found = statistics.poisson_interval(count)
    assert found.low == pytest.approx(low, abs=0.001)
    assert found.high == pytest.approx(high, abs=0.001)


@given(st.integers(0, 1_000))
def test_the_bound_lies_above_the_count_and_grows_with_it(count: int) -> None:
    assert count < statistics.poisson_upper(count) < statistics.poisson_upper(count + 1)
    assert statistics.poisson_lower(count) <= count


def test_the_bound_of_a_huge_count_is_quick_and_joins_the_exact_one() -> None:
    edge = statistics.EXACT_UP_TO
    assert statistics.poisson_upper(edge + 1) - statistics.poisson_upper(edge) == pytest.approx(1.0, abs=0.01)
    assert statistics.poisson_upper(10**15) / 10**15 == pytest.approx(1.0, abs=1e-6)


def test_no_error_seen_proves_three_over_n() -> None:
    assert statistics.ber_upper(0, 1e9) == pytest.approx(3e-9, rel=0.002)
    assert statistics.ber_upper(4, 1e9) > 4e-9


@pytest.mark.parametrize(("limit", "seconds"), [(1e-12, 28.2), (1e-8, 0.00282), (1e-15, 7.83 * 3600)])
def test_a_limit_needs_its_window_on_a_lane_of_106_gigabit(limit: float, seconds: float) -> None:
    assert statistics.window_to_prove_s(limit, 106.25e9) == pytest.approx(seconds, rel=0.01)


def test_three_events_against_none_prove_nothing() -> None:
    assert not statistics.windows_differ(3, 1e9, 0, 1e9)
    assert statistics.windows_differ(30, 1e9, 0, 1e9)
    assert statistics.windows_differ(100, 1e9, 100, 1e11)


@pytest.mark.parametrize(
    ("ber", "probability"),
    [(5e-4, 2.8e-8), (2.4e-4, 8.2e-13), (1e-4, 1.4e-18), (5e-5, 2.7e-23), (1e-5, 2e-34), (1e-6, 2e-50)],
)
def test_a_codeword_is_lost_as_the_binomial_says(ber: float, probability: float) -> None:
    assert statistics.uncorrectable_probability(ber) == pytest.approx(probability, rel=0.15)


def test_the_ends_of_the_scale_are_certain() -> None:
    assert statistics.uncorrectable_probability(0.0) == 0.0
    assert statistics.uncorrectable_probability(1.0) == 1.0
    assert statistics.uncorrectable_probability(0.5) == pytest.approx(1.0)


@given(st.floats(1e-12, 0.4), st.floats(1.01, 2.0))
def test_more_errors_never_lose_fewer_codewords(ber: float, factor: float) -> None:
    assert statistics.uncorrectable_probability(ber * factor) >= statistics.uncorrectable_probability(ber)
    assert math.isclose(statistics.mean_symbol_errors(1e-4), 0.544, rel_tol=0.01)


def test_lost_codewords_on_a_clean_line_are_not_noise() -> None:
    assert statistics.uncorrectable_not_noise(1, 9.9e-5)
    assert not statistics.uncorrectable_not_noise(1, 2e-4)
    assert not statistics.uncorrectable_not_noise(0, 1e-9)


@pytest.mark.parametrize("count", [-1, -10])
def test_a_negative_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        statistics.poisson_upper(count)


def test_no_window_proves_zero() -> None:
    with pytest.raises(ValueError, match="zero"):
        statistics.bits_to_prove(0.0)
    with pytest.raises(ValueError, match="proves nothing"):
        statistics.ber_upper(0, 0)
