"""From measurements to the verdict on a planned subject: what counts for it, and what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bringup.check.base import At
from bringup.engine.judging import Judging, belongs
from bringup.model.catalogue import Requires, Spec
from bringup.model.envelope import Limit
from bringup.model.inventory import Inventory
from bringup.model.measurement import DARK, Measurement, measured
from bringup.model.plan import Expected, Task
from bringup.model.verdict import Reason, Verdict
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_session import IS_REACHABLE, REACH, both_answer, limit

NEAR, FAR = "leaf-1/Ethernet0", "leaf-2/Ethernet1"
INVENTORY = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [device("leaf-1"), device("leaf-2"), device("node-1", role="node")],
        "port": [{"device": "leaf-2", "name": "Ethernet1", "lanes": 2}],
        "cable": [{"a_device": "leaf-1", "a_port": "Ethernet0", "b_device": "leaf-2", "b_port": "Ethernet1"}],
    }
)
RX = limit("rx_power_dbm", min=-5.9)


def task(subjects: tuple[str, ...], *expected: tuple[str, str, Limit | None]) -> Task:
    return Task(
        stage="a",
        step="s",
        does="x",
        device=subjects[0],
        subjects=subjects,
        expected=tuple(
            Expected(subject, quantity, (bound,) if bound else ()) for subject, quantity, bound in expected
        ),
        prerequisites={},
        args=None,
        deadline_s=1,
        until_s=None,
        every_s=1,
        settle_s=0,
        window_s=None,
    )


def outcome(one: Task, *measurements: Measurement) -> tuple[Verdict, Reason | None]:
    found = Judging(INVENTORY).outcomes(measurements, [one])[one.subjects[0]]
    return found.verdict, found.reason


@pytest.mark.parametrize(
    ("measured_on", "planned", "counts"),
    [
        (NEAR, NEAR, True),
        (f"{NEAR}#lane-1", NEAR, True),
        (f"{NEAR}#lane-1", "leaf-1", True),
        (f"{NEAR}#lane-1", f"{NEAR}<->{FAR}", True),
        ("leaf-1/Ethernet01", NEAR, False),
        ("leaf-1/Ethernet0/1", NEAR, False),
        ("leaf-1", NEAR, False),
        ("leaf-11/Ethernet0", "leaf-1", False),
    ],
)
def test_what_counts_for_a_subject_is_itself_its_parts_and_its_ends(
    measured_on: str, planned: str, counts: bool
) -> None:
    assert belongs(measured_on, planned) is counts


def test_one_bad_lane_is_a_bad_port() -> None:
    lanes = [(f"{NEAR}#lane-{n}", "rx_power_dbm", RX) for n in (1, 2)]
    good, bad = (measured(lanes[n][0], "rx_power_dbm", level) for n, level in ((0, -2.0), (1, -9.0)))
    assert outcome(task((NEAR,), *lanes), good, bad) == (Verdict.FAIL, None)


def test_a_lane_that_was_not_told_is_no_data_however_good_the_others_are() -> None:
    lanes = [(f"{NEAR}#lane-{n}", "rx_power_dbm", RX) for n in (1, 2)]
    assert outcome(task((NEAR,), *lanes), measured(lanes[0][0], "rx_power_dbm", -2.0)) == (
        Verdict.UNKNOWN,
        Reason.NO_DATA,
    )


def test_nothing_asked_and_nothing_told_is_unknown() -> None:
    assert outcome(task((NEAR,)))[0] is Verdict.UNKNOWN


def test_a_value_without_a_limit_is_no_limit_and_another_look_can_not_help() -> None:
    one = task((NEAR,), (NEAR, "oper_up", None))
    found = Judging(INVENTORY).outcomes([measured(NEAR, "oper_up", True)], [one])[NEAR]
    assert (found.verdict, found.reason, found.hopeless) == (Verdict.UNKNOWN, Reason.NO_LIMIT, True)


@pytest.mark.parametrize(
    ("far_dbm", "expected"),
    [
        ((), (Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)),
        ((0.5, 0.4), (Verdict.FAIL, None)),
        ((0.5,), (Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)),
        ((0.5, DARK), (Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)),
        ((0.5, -30.0), (Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)),
    ],
)
def test_a_dark_receiver_is_a_fault_only_where_every_far_lane_is_proven_lit(
    far_dbm: tuple[Any, ...], expected: tuple[Verdict, Reason | None]
) -> None:
    lane = f"{NEAR}#lane-1"
    far = [measured(f"{FAR}#lane-{n}", "tx_power_dbm", level) for n, level in enumerate(far_dbm, 1)]
    one = task((NEAR,), (lane, "rx_power_dbm", RX))
    assert outcome(one, measured(lane, "rx_power_dbm", DARK), *far) == expected


def test_a_neighbours_light_proves_nothing() -> None:
    lane = f"{NEAR}#lane-1"
    one = task((NEAR,), (lane, "rx_power_dbm", RX))
    other = measured("leaf-2/Ethernet11#lane-1", "tx_power_dbm", 0.5)
    assert outcome(one, measured(lane, "rx_power_dbm", DARK), other)[1] is Reason.FAR_END_NOT_LIT


def test_members_of_a_group_must_agree_and_other_groups_do_not_matter() -> None:
    same = limit("os_version", same_across="role")
    tasks = [task((name,), (name, "os_version", same)) for name in ("leaf-1", "leaf-2", "node-1")]
    told = {"leaf-1": "202411.1", "leaf-2": "202411.2", "node-1": "22.04"}
    found = Judging(INVENTORY).outcomes(
        [measured(name, "os_version", os) for name, os in told.items()], tasks
    )
    assert {name: str(each.verdict) for name, each in found.items()} == {
        "leaf-1": "FAIL",
        "leaf-2": "FAIL",
        "node-1": "PASS",
    }


@pytest.mark.parametrize(
    ("subject", "quantity", "reason"),
    [
        ("leaf-1/", "reachable", "unparsable"),
        ("a<->b<->", "reachable", "unparsable"),
        ("leaf-1", "no_such", "crashed"),
    ],
)
async def test_a_measurement_that_no_record_can_hold_ends_that_task_and_not_the_run(
    stand: Stand, subject: str, quantity: str, reason: str
) -> None:
    async def odd(at: At) -> AsyncIterator[Measurement]:
        yield measured(subject, quantity, True)

    both_answer(stand)
    needs = (Requires("reachable"),)
    stand.specs = (
        Spec(name="test.odd", kind="check", title="", about="", over="device", run=odd, requires=needs),
    )
    stand.limits = (IS_REACHABLE,)
    state = await stand.run(
        {"name": "a", "step": [{"check": "test.odd", "on": {"device": "leaf-1"}}]},
        {"name": "b", "needs": [], "step": [REACH]},
    )
    assert verdicts(state)["a/test.odd@leaf-1"] == f"UNKNOWN {reason}"
    assert verdicts(state)["b/management.reach@leaf-1"] == "PASS"
