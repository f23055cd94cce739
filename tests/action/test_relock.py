"""Every case of a test that bounces a port ends as it must, and leaves the port open."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bringup.action.bounce import POLL_S
from bringup.check.light_up import TRAINING_S, TRIES, budget_s
from bringup.check.relock import Errors, factor
from bringup.model.facts import Optic
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Verdict
from tests.action.cases_relock import TABLES
from tests.check.trial import Case, Table, run_cases

ALONE = [(table, one) for table in TABLES for one in table.cases]
LINE_BPS = 400e9 * 1.0625


@pytest.mark.parametrize(("table", "one"), ALONE, ids=[f"{table.check} {one.name}" for table, one in ALONE])
async def test_every_case_of_a_bounced_port_ends_as_it_must(table: Table, one: Case, tmp_path: Path) -> None:
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    assert ran.ended == {one.name: one.expected}
    if "UNKNOWN" not in one.expected and "deaf" not in one.name:
        assert not ran.state.altered


def seen(ber: float, seconds: float = 15.0) -> Errors:
    """So many errors as that ratio gives in a window."""
    bits = LINE_BPS * seconds
    return Errors(round(ber * bits), bits)


def test_two_locks_differ_by_what_chance_can_not_explain_and_no_more() -> None:
    read = factor([seen(1e-9), seen(1e-8), seen(1e-9)])
    assert read is not None and isinstance(read.value, float)
    assert 9.0 < read.value < 10.0


def test_the_same_ratio_at_each_lock_is_a_factor_of_one() -> None:
    read = factor([seen(1e-9), seen(1.02e-9), seen(0.98e-9)])
    assert read is not None and read.value == 1.0


def test_three_errors_against_none_prove_nothing() -> None:
    bits = 1e11
    read = factor([Errors(0, bits), Errors(3, bits)])
    assert read is not None and read.value == 1.0


def test_what_is_better_than_anybody_can_use_does_not_count() -> None:
    read = factor([seen(1e-13, 1e4), seen(9e-11, 1e4)])
    assert read is not None and read.value == 1.0


def test_a_window_of_too_few_bits_shows_nothing() -> None:
    assert factor([Errors(0, 1e9), Errors(0, 1e9)]) == NOT_AVAILABLE


@pytest.mark.parametrize("windows", [[], [seen(1e-9)], [seen(1e-9), None], [None, seen(1e-8), seen(1e-9)]])
def test_a_lock_that_was_not_measured_makes_no_factor(windows: list[Errors | None]) -> None:
    assert factor(windows) is None


async def test_each_lock_is_told_by_itself_with_the_time_that_it_took(tmp_path: Path) -> None:
    (table,) = [each for each in TABLES if each.check == "link.relock"]
    (one,) = [each for each in table.cases if each.name == "silently worse after the second lock"]
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    (step,) = ran.state.steps.values()
    told = {(each.subject.partition("#")[2], each.quantity): each.value for each in step.measurements}
    assert [told.get((f"lock-{number}", "lock_far_ber")) for number in range(4)] == [
        pytest.approx(ber, rel=0.1) for ber in (1e-9, 1e-9, 1e-8, 1e-9)
    ]
    assert [("lock-0", "relock_up_s") in told, ("lock-1", "relock_up_s") in told] == [False, True]
    least, first = told[("lock-1", "relock_up_least_s")], told[("lock-1", "relock_up_s")]
    assert isinstance(least, float) and isinstance(first, float)
    assert 0.0 <= least < first <= 10.0
    failed = {each.quantity for each in step.judgements if each.verdict is Verdict.FAIL}
    assert failed == {"relock_far_ber_factor"}


async def test_each_state_of_a_link_is_timed_from_the_opening_of_its_port(tmp_path: Path) -> None:
    (table,) = [each for each in TABLES if each.check == "link.bring_up"]
    (one,) = [each for each in table.cases if each.name == "within what both modules advertise"]
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    (step,) = ran.state.steps.values()
    told = {each.quantity: each.value for each in step.measurements}
    times = [told["first_light_s"], told["link_up_s"], told["fec_lock_s"]]
    assert times == sorted(times, key=float) and 0.0 < float(str(times[0])) < float(str(times[1])) <= 10.0
    assert told["link_up_budget_s"] == (10.0 + TRAINING_S) * TRIES + POLL_S
    sequence = str(told["state_sequence"])
    assert [part.rpartition(" ")[0].rpartition(" ")[0] for part in sequence.split(", ")][
        -1
    ] == "neighbour named"


@pytest.mark.parametrize("told", [(ABSENT,), (value(0.0),), (value(5.0), ABSENT), (value("5 s"),), ()])
def test_without_the_word_of_every_module_there_is_no_budget(told: tuple[Read, ...]) -> None:
    modules = [Optic(port="1", light_up_max_s=read) for read in told]
    assert budget_s(*modules) is None
    assert budget_s(*modules, None) is None


def test_the_slower_module_counts() -> None:
    modules = [Optic(port="1", light_up_max_s=value(number)) for number in (1.0, 60.0)]
    assert budget_s(*modules) == (60.0 + TRAINING_S) * TRIES
