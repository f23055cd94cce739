"""What the judge says of each reading, bound, margin and accuracy."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.judge import judge, judge_group, judge_missing, overall, transmitter_proven_on
from bringup.model.envelope import Limit
from bringup.model.measurement import Measurement, Scalar
from bringup.model.verdict import Reading, Reason, Standing, Verdict

LANE = "leaf-1/Ethernet0#lane-3"
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def limit(measure: str = "rx_power_dbm", standing: Standing = Standing.STANDARD, **bounds: Any) -> Limit:
    return Limit(measure=measure, source="a datasheet", standing=standing, **bounds)


def reading(value: Scalar | None, quantity: str = "rx_power_dbm", **more: Any) -> Measurement:
    kind = more.pop("reading", Reading.VALUE if value is not None else Reading.ABSENT)
    return Measurement(subject=LANE, quantity=quantity, reading=kind, value=value, **more)


def verdict(measurement: Measurement, *limits: Limit, **more: Any) -> tuple[Verdict, Reason | None]:
    return overall(judge(measurement, limits, **more))


RX = limit(min=-5.9, max=4.0, marginal=1.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5.91, Verdict.FAIL),
        (-5.9, Verdict.MARGINAL),
        (-4.9, Verdict.MARGINAL),
        (-4.89, Verdict.PASS),
        (0, Verdict.PASS),
        (3.0, Verdict.MARGINAL),
        (4.0, Verdict.MARGINAL),
        (4.01, Verdict.FAIL),
    ],
)
def test_bounds_are_inclusive_and_the_margin_is_absolute(value: float, expected: Verdict) -> None:
    assert verdict(reading(value), RX) == (expected, None)


def test_the_judgement_carries_value_limit_source_and_standing() -> None:
    (found,) = judge(reading(-7.25), [RX])
    assert (found.subject, found.quantity, found.unit, found.value) == (LANE, "rx_power_dbm", "dBm", -7.25)
    assert found.limit == ">= -5.9 and <= 4"
    assert (found.source, found.standing) == ("a datasheet", Standing.STANDARD)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, Verdict.PASS),
        (9.9e-8, Verdict.PASS),
        (1e-7, Verdict.MARGINAL),
        (1e-6, Verdict.MARGINAL),
        (1.01e-6, Verdict.FAIL),
    ],
)
def test_a_ratio_has_a_marginal_factor(value: float, expected: Verdict) -> None:
    assert (
        verdict(reading(value, "pre_fec_ber"), limit("pre_fec_ber", max=1e-6, marginal_factor=10))[0]
        is expected
    )


def test_zero_is_a_value() -> None:
    assert verdict(reading(0, "uncorrectable_codewords"), limit(max=0)) == (Verdict.PASS, None)


# --- readings ---------------------------------------------------------------------------------------------


def test_a_dark_lane_with_its_far_transmitter_proven_on_fails() -> None:
    (found,) = judge(reading(None, reading=Reading.DARK), [RX], far_end_lit=True)
    assert found.verdict is Verdict.FAIL
    assert found.reading is Reading.DARK
    assert found.limit == RX.words


@pytest.mark.parametrize("lit", [None, False])
def test_a_dark_lane_with_its_far_transmitter_not_proven_is_unknown(lit: bool | None) -> None:
    dark = reading(None, reading=Reading.DARK)
    assert verdict(dark, RX, far_end_lit=lit) == (Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)


def test_a_dark_transmitter_fails_whatever_the_far_end_does() -> None:
    dark = reading(None, "tx_power_dbm", reading=Reading.DARK)
    assert verdict(dark, limit("tx_power_dbm", min=-2.9)) == (Verdict.FAIL, None)


@pytest.mark.parametrize("kind", [Reading.ABSENT, Reading.NOT_AVAILABLE, Reading.UNSUPPORTED])
@pytest.mark.parametrize("limits", [(), (RX,)])
def test_no_answer_is_unknown_with_or_without_a_limit(kind: Reading, limits: tuple[Limit, ...]) -> None:
    assert verdict(reading(None, reading=kind), *limits) == (Verdict.UNKNOWN, Reason.NO_DATA)


@given(
    st.sampled_from([kind for kind in Reading if kind is not Reading.VALUE]),
    st.sampled_from([(), (RX,), (limit(equals=True), limit(same_across="role"))]),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
def test_a_reading_that_is_no_value_never_passes(
    kind: Reading, limits: tuple[Limit, ...], lit: bool | None, contract: bool
) -> None:
    found = judge(reading(None, reading=kind), limits, far_end_lit=lit, contract=contract)
    assert overall(found)[0].severity >= Verdict.UNKNOWN.severity


def test_a_value_older_than_two_polls_is_stale_and_one_as_old_is_not() -> None:
    assert verdict(reading(0.0, age_s=4.1), RX, poll_period_s=2.0) == (Verdict.UNKNOWN, Reason.STALE)
    assert verdict(reading(0.0, age_s=4.0), RX, poll_period_s=2.0) == (Verdict.PASS, None)
    assert verdict(reading(0.0, age_s=None), RX, poll_period_s=2.0) == (Verdict.PASS, None)
    assert verdict(reading(0.0, age_s=900.0), RX) == (Verdict.PASS, None)


def test_an_age_that_is_no_number_is_stale() -> None:
    assert verdict(reading(0.0, age_s=float("nan")), RX, poll_period_s=2.0)[1] is Reason.STALE


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_unparsable(value: float) -> None:
    assert verdict(reading(value), RX) == (Verdict.UNKNOWN, Reason.UNPARSABLE)


# --- limits -----------------------------------------------------------------------------------------------


def test_a_required_quantity_without_a_limit_is_unknown() -> None:
    (found,) = judge(reading(1.0), [])
    assert (found.verdict, found.reason, found.limit) == (Verdict.UNKNOWN, Reason.NO_LIMIT, None)


def test_a_quantity_that_nobody_requires_and_no_limit_speaks_of_is_recorded_not_judged() -> None:
    assert judge(reading(1.0), [], required=False) == ()
    assert verdict(reading(-9.0), RX, required=False)[0] is Verdict.FAIL


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("-3.2", {"min": -5.9}),
        (True, {"max": 1}),
        ("True", {"equals": True}),
        (1, {"equals": True}),
        (True, {"equals": 1}),
        (400, {"equals": "400"}),
        ("400", {"one_of": (400, 800)}),
        (202411, {"matches": "202411*"}),
    ],
)
def test_a_value_of_the_wrong_type_is_unparsable(value: Scalar, bounds: dict[str, Any]) -> None:
    assert verdict(reading(value), limit(**bounds)) == (Verdict.UNKNOWN, Reason.UNPARSABLE)


@pytest.mark.parametrize(
    ("value", "bounds", "expected"),
    [
        (True, {"equals": True}, Verdict.PASS),
        (False, {"equals": True}, Verdict.FAIL),
        (400.0, {"equals": 400}, Verdict.PASS),
        ("MT1", {"equals": "MT1"}, Verdict.PASS),
        ("mt1", {"equals": "MT1"}, Verdict.FAIL),
        ("rs528", {"one_of": ("rs544", "none")}, Verdict.FAIL),
        ("rs544", {"one_of": ("rs544", "none")}, Verdict.PASS),
        (800, {"one_of": (400, 800)}, Verdict.PASS),
        ("202411.3", {"matches": "202411.*"}, Verdict.PASS),
        ("202405.1", {"matches": "202411.*"}, Verdict.FAIL),
    ],
)
def test_equals_and_one_of_compare_like_with_like(
    value: Scalar, bounds: dict[str, Any], expected: Verdict
) -> None:
    assert verdict(reading(value), limit(**bounds)) == (expected, None)


def test_every_limit_is_judged_and_the_worst_wins() -> None:
    found = judge(reading(-7.0), [RX, limit(min=-10.0, standing=Standing.VENDOR)])
    assert [each.verdict for each in found] == [Verdict.FAIL, Verdict.PASS]
    assert overall(found)[0] is Verdict.FAIL


def test_nothing_judged_is_unknown() -> None:
    assert overall([]) == (Verdict.UNKNOWN, Reason.NO_DATA)


def test_a_site_limit_fails_but_not_under_a_contract() -> None:
    site = limit(min=-4.0, standing=Standing.SITE)
    assert verdict(reading(-5.0), site)[0] is Verdict.FAIL
    (found,) = judge(reading(-5.0), [site], contract=True)
    assert found.verdict is Verdict.MARGINAL
    assert "site limit" in (found.note or "")


@pytest.mark.parametrize("standing", [Standing.CONTRACT, Standing.STANDARD, Standing.VENDOR])
def test_every_other_standing_fails_under_a_contract(standing: Standing) -> None:
    assert verdict(reading(-5.0), limit(min=-4.0, standing=standing), contract=True)[0] is Verdict.FAIL


def test_a_contract_makes_no_unknown_better() -> None:
    site = limit(min=-4.0, standing=Standing.SITE)
    assert verdict(reading(None), site, contract=True) == (Verdict.UNKNOWN, Reason.NO_DATA)
    assert (
        verdict(reading(None, reading=Reading.DARK), site, contract=True, far_end_lit=True)[0] is Verdict.FAIL
    )


# --- accuracy ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected", "within"),
    [
        (-6.5, Verdict.FAIL, False),
        (-6.4, Verdict.FAIL, True),
        (-5.9, Verdict.MARGINAL, True),
        (-5.4, Verdict.MARGINAL, True),
        (-5.3, Verdict.PASS, False),
    ],
)
def test_accuracy_makes_an_edge_of_both_sides(value: float, expected: Verdict, within: bool) -> None:
    (found,) = judge(reading(value, accuracy=0.5), [limit(min=-5.9)])
    assert (found.verdict, found.within_accuracy) == (expected, within)
    assert ("better instrument" in (found.note or "")) is within


@pytest.mark.parametrize("accuracy", [None, 0.0, float("nan")])
def test_an_accuracy_that_is_not_stated_counts_for_nothing(accuracy: float | None) -> None:
    (found,) = judge(reading(-5.95, accuracy=accuracy), [limit(min=-5.9)])
    assert (found.verdict, found.within_accuracy) == (Verdict.FAIL, False)


def test_a_window_too_short_to_prove_the_limit_is_unknown_and_says_how_long_it_must_be() -> None:
    (found,) = judge(reading(3e-11, "pre_fec_ber_upper"), [limit(max=1e-12)], floor=3e-11)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, Reason.NO_DATA)
    assert "30.0 times longer" in (found.note or "")


# --- properties -------------------------------------------------------------------------------------------


@given(
    low=NUMBERS,
    value=NUMBERS,
    worse=st.floats(0, 1e6),
    marginal=st.none() | st.floats(0, 100),
    factor=st.none() | st.floats(0.1, 100),
    accuracy=st.none() | st.floats(0, 100),
    upside=st.booleans(),
    standing=st.sampled_from(list(Standing)),
    contract=st.booleans(),
)
def test_a_worse_value_never_has_a_better_verdict(
    low: float,
    value: float,
    worse: float,
    marginal: float | None,
    factor: float | None,
    accuracy: float | None,
    upside: bool,
    standing: Standing,
    contract: bool,
) -> None:
    bounds: dict[str, Any] = {"max" if upside else "min": low}
    bound = limit(standing=standing, marginal=marginal, marginal_factor=factor, **bounds)
    worse_value = value + worse if upside else value - worse
    before = verdict(reading(value, accuracy=accuracy), bound, contract=contract)[0]
    after = verdict(reading(worse_value, accuracy=accuracy), bound, contract=contract)[0]
    assert after.severity >= before.severity


@given(NUMBERS, NUMBERS, NUMBERS)
def test_one_more_limit_never_makes_it_better(value: float, low: float, high: float) -> None:
    one = [limit(min=low)]
    assert (
        verdict(reading(value), *one, limit(max=high))[0].severity
        >= verdict(reading(value), *one)[0].severity
    )


# --- groups -----------------------------------------------------------------------------------------------


def group(*values: Scalar | None, **more: Any) -> list[Verdict]:
    members = [
        msgspec.structs.replace(reading(value, "nic_firmware"), subject=f"node-{number}/nic")
        for number, value in enumerate(values)
    ]
    return [each.verdict for each in judge_group(members, limit(same_across="role"), **more)]


def test_a_uniform_group_passes() -> None:
    assert group("1.2", "1.2", "1.2") == [Verdict.PASS] * 3


def test_the_one_that_differs_from_the_majority_is_blamed() -> None:
    assert group("1.2", "1.3", "1.2") == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]


def test_without_a_majority_all_are_blamed() -> None:
    assert group("1.2", "1.3") == [Verdict.FAIL, Verdict.FAIL]


def test_a_member_without_a_value_is_unknown() -> None:
    assert group("1.2", None, "1.2") == [Verdict.PASS, Verdict.UNKNOWN, Verdict.PASS]


def test_one_measured_of_several_expected_has_nothing_to_agree_with() -> None:
    assert group("1.2", None) == [Verdict.UNKNOWN, Verdict.UNKNOWN]
    assert group("1.2", expected=2) == [Verdict.UNKNOWN]


def test_a_group_that_the_inventory_names_one_member_of_agrees_with_itself() -> None:
    assert group("1.2") == [Verdict.PASS]
    assert group(None) == [Verdict.UNKNOWN]


def test_yes_is_not_one() -> None:
    assert group(True, 1, 1) == [Verdict.FAIL, Verdict.PASS, Verdict.PASS]


def test_a_site_rule_of_uniformity_is_marginal_under_a_contract() -> None:
    members = [reading("1"), reading("2")]
    found = judge_group(members, limit(same_across="role", standing=Standing.SITE), contract=True)
    assert {each.verdict for each in found} == {Verdict.MARGINAL}


def test_a_limit_of_uniformity_alone_is_left_to_the_group() -> None:
    uniform = limit("nic_firmware", same_across="role")
    assert judge(reading("1.2", "nic_firmware"), [uniform]) == ()
    assert verdict(reading(None, "nic_firmware"), uniform) == (Verdict.UNKNOWN, Reason.NO_DATA)


# --- what was not told, and light ---------------------------------------------------------------------------


def test_what_was_not_told_is_unknown() -> None:
    found = judge_missing(LANE, "rx_power_dbm", [RX])
    assert (found.verdict, found.reason, found.limit) == (Verdict.UNKNOWN, Reason.NO_DATA, RX.words)


@pytest.mark.parametrize(
    ("measurement", "lit"),
    [
        (reading(-2.0, "tx_power_dbm"), True),
        (reading(-15.0, "tx_power_dbm"), False),
        (reading(None, "tx_power_dbm", reading=Reading.DARK), False),
        (reading(None, "tx_power_dbm"), None),
        (reading("on", "tx_power_dbm"), None),
        (reading(-2.0, "rx_power_dbm"), None),
        (None, None),
    ],
)
def test_only_a_sent_power_proves_a_transmitter(measurement: Measurement | None, lit: bool | None) -> None:
    assert transmitter_proven_on(measurement) is lit
