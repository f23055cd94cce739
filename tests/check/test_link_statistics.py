"""What a window of link errors proves: the numbers against textbook ones, worked out here."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from bringup.model.judgement import Judgement
from bringup.model.measurement import value
from tests.check.cases_link import BEFORE, CLEAN, ERRORS, NEAR, UP, errors_world, since, up
from tests.check.trial import Table, World, run_worlds

WINDOW_S = 120.0
BITS = 400e9 * 1.0625 * WINDOW_S
"""106.25 Gb/s carry 100: 5.1e13 bits pass in the window."""
CODEWORD_BITS = 544 * 10


async def bound_of(folder: Path, world: World, window_s: float = WINDOW_S) -> tuple[Judgement, ...]:
    """How the bit error ratio of the near end was judged."""
    table = Table(check=ERRORS.check, world=errors_world, reads=(), cases=(), step={"window_s": window_s})
    state = await run_worlds(folder, table, [world])
    (step,) = state.steps.values()
    return tuple(
        each
        for each in step.judgements
        if each.quantity == "pre_fec_ber_upper" and each.subject == f"leaf/{NEAR}"
    )


def number(found: tuple[Judgement, ...]) -> float:
    (told,) = {each.value for each in found}
    assert isinstance(told, float)
    return told


def poisson_at_most(count: int, mean: float) -> float:
    """P(X <= count), term by term."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


@pytest.mark.parametrize("errors", [0, 1, 10, 100, 1000])
@pytest.mark.parametrize("counted", ["symbol_errors", "corrected_bits"])
async def test_the_bound_is_the_mean_at_which_so_few_errors_are_seen_once_in_twenty(
    counted: str, errors: int, tmp_path: Path
) -> None:
    world = errors_world("leaf", **since({counted: 7}, {counted: 7 + errors}))
    bound = number(await bound_of(tmp_path, world))
    assert poisson_at_most(errors, bound * BITS) == pytest.approx(0.05, rel=1e-6)
    assert bound * BITS > errors


async def test_without_an_error_the_bound_is_three_over_the_bits_that_passed(tmp_path: Path) -> None:
    bound = number(await bound_of(tmp_path, errors_world("leaf", last=BEFORE)))
    assert bound == pytest.approx(-math.log(0.05) / BITS, rel=1e-9)
    assert bound == pytest.approx(3 / BITS, rel=0.002)


@pytest.mark.parametrize(
    ("errors", "verdicts"),
    [
        # 1e-7 of 5.1e13 bits are 5,100,000; 1.645 standard deviations below it is the most that proves it
        (5_095_000, ["PASS", "PASS"]),
        (5_097_500, ["PASS", "MARGINAL"]),
        # 1e-5 are 510,000,000
        (509_960_000, ["PASS", "MARGINAL"]),
        (509_970_000, ["PASS", "FAIL"]),
        # 2.4e-4, up to which random errors are corrected, are 12,240,000,000
        (12_239_000_000, ["PASS", "FAIL"]),
        (12_239_990_000, ["FAIL", "FAIL"]),
    ],
)
async def test_the_bound_is_judged_and_not_the_ratio(
    errors: int, verdicts: list[str], tmp_path: Path
) -> None:
    """By the standard's limit and by the site's, whose bar is a hundredth of it."""
    world = errors_world("leaf", **since({"symbol_errors": 0}, {"symbol_errors": errors}))
    found = await bound_of(tmp_path, world)
    assert [
        each.verdict for each in sorted(found, key=lambda each: str(each.standing), reverse=True)
    ] == verdicts


@pytest.mark.parametrize(
    ("window_s", "verdict"),
    [
        (5e-9, "UNKNOWN"),  # 2125 bits: three over them is 1.4e-3, more than any limit
        (5e-8, "UNKNOWN"),  # 1.4e-4 would do for the standard's limit, not for the site's
        (5e-7, "UNKNOWN"),
        (1e-6, "MARGINAL"),  # 7e-6
        (1e-4, "PASS"),  # 7e-8
    ],
)
async def test_a_window_too_short_to_prove_the_limit_is_unknown_though_no_error_was_seen(
    window_s: float, verdict: str, tmp_path: Path
) -> None:
    found = await bound_of(tmp_path, errors_world("leaf", last=BEFORE), window_s)
    assert max(found, key=lambda each: each.verdict.severity).verdict == verdict
    if verdict == "UNKNOWN":
        unknown = [each for each in found if each.verdict == "UNKNOWN"]
        assert all(each.reason == "no_data" and "times longer" in (each.note or "") for each in unknown)


@pytest.mark.parametrize("ratio", [1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 5e-4])
async def test_the_bound_from_codewords_alone_lies_just_above_the_ratio_that_made_them(
    ratio: float, tmp_path: Path
) -> None:
    codewords = BITS / CODEWORD_BITS
    touched = round(codewords * -math.expm1(CODEWORD_BITS * math.log1p(-ratio)))
    counted = since({"corrected_codewords": 0}, {"corrected_codewords": touched})
    bound = number(await bound_of(tmp_path, errors_world("leaf", **counted)))
    # At the worst of these ratios nearly all codewords are touched: six times the count's own uncertainty.
    uncertain = 6 * 1.645 / math.sqrt(touched)
    assert ratio < bound < ratio * (1 + uncertain + ratio)


async def test_a_port_that_runs_slower_than_stated_has_passed_fewer_bits(tmp_path: Path) -> None:
    stated: dict[str, Any] = {"last": CLEAN}
    fast = await bound_of(tmp_path / "fast", errors_world("leaf", **stated))
    slow_port = (UP, (up(NEAR, speed_gbps=value(100.0)),))
    slow = await bound_of(tmp_path / "slow", errors_world("leaf", ports=slow_port, **stated))
    assert number(slow) == pytest.approx(4 * number(fast))


async def test_a_port_that_claims_to_run_faster_than_stated_proves_no_more(tmp_path: Path) -> None:
    told = await bound_of(tmp_path / "told", errors_world("leaf"))
    fast_port = (UP, (up(NEAR, speed_gbps=value(1e308)),))
    claimed = await bound_of(tmp_path / "claimed", errors_world("leaf", ports=fast_port))
    assert number(claimed) == number(told)
