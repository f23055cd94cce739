"""Outliers among peers: named where they are, and where nothing can be said nothing is said."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.model.envelope import Limit
from bringup.model.measurement import DARK, NOT_AVAILABLE, Measurement, Read, measured
from bringup.model.verdict import Reason, Standing, Verdict
from bringup.peers import FEWEST, judge_peers

BER = Limit(
    measure="pre_fec_ber_upper",
    peer_mad=5.0,
    peers="medium",
    peer_factor=5.0,
    peer_from=3e-9,
    side="above",
    source="a test",
    standing=Standing.SITE,
)
WARM = Limit(
    measure="temperature_c",
    peer_mad=5.0,
    peers="role",
    peer_floor=8.0,
    source="a test",
    standing=Standing.SITE,
)
HEALTHY = (8.0e-10, 1.1e-9, 1.2e-9, 8.9e-10, 1.3e-9, 1.0e-9, 1.2e-9, 1.1e-9)


def told(values: Sequence[float | str | Read], limit: Limit = BER) -> list[Measurement]:
    return [measured(f"leaf-1/Ethernet{at}", limit.measure, value) for at, value in enumerate(values)]


def bad(values: Sequence[float | str | Read], limit: Limit = BER) -> list[int]:
    found = judge_peers(told(values, limit), limit)
    return [int(one.subject.partition("Ethernet")[2]) for one in found if one.verdict is Verdict.FAIL]


def test_the_one_that_silently_corrects_ten_times_as_much_is_named() -> None:
    assert bad((*HEALTHY[:7], 1e-8)) == [7]
    (said,) = [one for one in judge_peers(told((*HEALTHY[:7], 1e-8)), BER) if one.verdict is Verdict.FAIL]
    assert said.note == "8.7 times above the median 1.15e-09 of 8 peers"
    assert said.limit == "like its peers of one medium, within 5 MAD or a factor of 5"
    assert said.standing is Standing.SITE


def test_healthy_ports_are_like_each_other() -> None:
    assert {one.verdict for one in judge_peers(told(HEALTHY), BER)} == {Verdict.PASS}


def test_harmless_differences_among_very_uniform_peers_are_none() -> None:
    assert bad((*[5.00e-9] * 15, 1.2e-8)) == []


def test_what_is_no_worse_than_nobody_minds_is_no_outlier() -> None:
    assert bad((*[1e-13] * 7, 2.9e-9)) == []
    assert bad((*[1e-13] * 7, 3.1e-9)) == [7]


def test_better_than_its_peers_is_not_bad_where_only_worse_is() -> None:
    assert bad((*HEALTHY[:7], 1e-14)) == []


def test_peers_that_are_spread_over_decades_name_none_within_them() -> None:
    assert bad((1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-9, 1e-10)) == []


def test_a_warm_module_among_cool_ones_is_named_and_so_is_a_cold_one() -> None:
    cool = (41.0, 42.0, 43.5, 42.2, 41.1, 43.0, 42.7)
    assert bad((*cool, 55.0), WARM) == [7]
    assert bad((*cool, 30.0), WARM) == [7]
    assert bad((*cool, 49.0), WARM) == []


def test_under_eight_peers_nothing_is_said_where_another_limit_judges() -> None:
    other = Limit(measure="pre_fec_ber_upper", max=1e-5, source="a test", standing=Standing.SITE)
    assert judge_peers(told((*HEALTHY[:6], 1e-8)), BER, [other]) == ()


def test_under_eight_peers_the_only_limit_leaves_it_unknown() -> None:
    found = judge_peers(told((*HEALTHY[:6], 1e-8)), BER)
    assert {(one.verdict, one.reason) for one in found} == {(Verdict.UNKNOWN, Reason.NO_DATA)}
    assert len(found) == FEWEST - 1


@pytest.mark.parametrize("nothing", [DARK, NOT_AVAILABLE, "1e-8", -1.0])
def test_what_is_no_number_is_no_peer(nothing: Read | str | float) -> None:
    assert len(judge_peers(told((*HEALTHY, nothing)), BER)) == len(HEALTHY)
    assert {one.verdict for one in judge_peers(told((*HEALTHY[:7], nothing)), BER)} == {Verdict.UNKNOWN}


def test_a_site_limit_that_no_contract_has_adopted_is_marginal_under_one() -> None:
    found = judge_peers(told((*HEALTHY[:7], 1e-8)), BER, contract=True)
    assert {one.verdict for one in found if one.subject.endswith("7")} == {Verdict.MARGINAL}


@settings(deadline=None)
@given(st.lists(st.floats(1e-15, 1e-3), min_size=FEWEST, max_size=40), st.randoms(use_true_random=False))
def test_who_is_an_outlier_does_not_depend_on_the_order(values: list[float], dice: object) -> None:
    shuffled = list(values)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sorted(values[at] for at in bad(values)) == sorted(shuffled[at] for at in bad(shuffled))


@settings(deadline=None)
@given(st.lists(st.floats(1e-15, 1e-3), min_size=FEWEST, max_size=40))
def test_never_more_than_half_are_outliers(values: list[float]) -> None:
    assert len(bad(values)) <= math.ceil(len(values) / 2)
