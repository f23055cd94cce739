"""Stages, steps and rows: every planned row ends with a verdict; what depends on a fault is blocked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bringup.check.base import At
from bringup.driver.capability import Identifies
from bringup.model.catalogue import Requires, Spec
from bringup.model.envelope import Limit
from bringup.model.errors import Refused, Unreachable
from bringup.model.facts import Identity
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement, measured, value
from bringup.model.verdict import Standing, Verdict
from tests.engine.stand import Stand, device, verdicts


def limit(measure: str, **bounds: object) -> Limit:
    return Limit.model_validate(
        {"measure": measure, "source": "this test", "standing": Standing.SITE, **bounds}
    )


IS_REACHABLE = limit("reachable", equals=True)
REACH = {"check": "management.reach", "on": {"role": "leaf"}}


def identity(name: str) -> Identity:
    return Identity(serial=value(f"SN-{name}"), hostname=value(name))


def both_answer(stand: Stand) -> None:
    for name in ("leaf-1", "leaf-2"):
        stand.table[(name, "identity")] = identity(name)


async def test_every_planned_row_ends_with_a_verdict(stand: Stand) -> None:
    both_answer(stand)
    stand.limits = (IS_REACHABLE,)
    state = await stand.run({"name": "a", "step": [REACH]})
    assert verdicts(state) == {
        "a/management.reach@leaf-1": "PASS",
        "a/management.reach@leaf-2": "PASS",
    }
    assert state.coverage.complete
    assert state.verdict is Verdict.PASS


async def test_a_device_that_does_not_answer_is_unknown_and_the_other_goes_on(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: connect timed out", "Look at its cable.")
    stand.limits = (IS_REACHABLE,)
    state = await stand.run({"name": "a", "step": [REACH]})
    assert verdicts(state)["a/management.reach@leaf-1"] == "UNKNOWN unreachable"
    assert verdicts(state)["a/management.reach@leaf-2"] == "PASS"
    step = state.step("a", "management.reach", "leaf-1")
    assert step is not None and step.latest is not None
    assert step.latest.cause == "leaf-1"
    assert step.latest.advice == "Look at its cable."


async def test_what_depends_on_a_fault_is_blocked_and_names_it(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Refused("leaf-1: wrong password")
    stand.limits = (IS_REACHABLE,)
    again = {**REACH, "id": "again"}
    state = await stand.run({"name": "a", "step": [REACH]}, {"name": "b", "step": [again]})
    assert verdicts(state)["b/again@leaf-1"] == "UNKNOWN blocked"
    assert verdicts(state)["b/again@leaf-2"] == "PASS"
    first, blocked = state.step("a", "management.reach", "leaf-1"), state.step("b", "again", "leaf-1")
    assert first is not None and first.latest is not None
    assert blocked is not None and blocked.latest is not None
    assert blocked.latest.because == first.latest.ended_seq
    assert blocked.latest.cause == "leaf-1"
    assert [name for name, _, _ in stand.bench.calls].count("leaf-1") == 1


async def test_a_stage_that_does_not_need_the_failed_one_is_not_blocked(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Refused("leaf-1: wrong password")
    stand.limits = (IS_REACHABLE,)
    state = await stand.run(
        {"name": "a", "step": [REACH]}, {"name": "b", "needs": [], "step": [{**REACH, "id": "again"}]}
    )
    assert verdicts(state)["b/again@leaf-1"] == "UNKNOWN refused"


async def test_a_gate_stops_everything_behind_it(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Refused("leaf-1: wrong password")
    stand.limits = (IS_REACHABLE,)
    state = await stand.run(
        {"name": "a", "gate": True, "step": [REACH]}, {"name": "b", "step": [{**REACH, "id": "again"}]}
    )
    assert verdicts(state)["b/again@leaf-2"] == "UNKNOWN blocked"


async def test_without_a_limit_nothing_passes_and_nothing_is_asked_twice(stand: Stand) -> None:
    both_answer(stand)
    state = await stand.run({"name": "a", "step": [{**REACH, "until_s": 60.0}]})
    assert set(verdicts(state).values()) == {"UNKNOWN no_limit"}
    assert len(stand.bench.calls) == 2


async def test_until_repeats_only_what_is_not_good_yet(stand: Stand) -> None:
    both_answer(stand)
    answers = [Unreachable("leaf-1: not yet"), Unreachable("leaf-1: not yet"), identity("leaf-1")]
    stand.table[("leaf-1", "identity")] = lambda: answers.pop(0)
    stand.limits = (IS_REACHABLE,)
    state = await stand.run({"name": "a", "step": [{**REACH, "until_s": 3600.0, "every_s": 1.0}]})
    assert set(verdicts(state).values()) == {"PASS"}
    assert [name for name, _, _ in stand.bench.calls].count("leaf-2") == 1
    step = state.step("a", "management.reach", "leaf-1")
    assert step is not None and len(step.attempts) == 1


async def test_a_required_quantity_that_nobody_measured_is_no_data(stand: Stand) -> None:
    async def silent(at: At) -> AsyncIterator[Measurement]:
        for subject in at.subjects:
            await at.read(subject, Identifies, "identity")
            yield measured(subject, "uptime_s", 3.0)

    both_answer(stand)
    stand.specs = (
        Spec(name="test.silent", kind="check", title="", about="", over="device", run=silent,
             requires=(Requires("reachable"),)),
    )  # fmt: skip
    stand.limits = (IS_REACHABLE,)
    state = await stand.run({"name": "a", "step": [{"check": "test.silent"}]})
    assert set(verdicts(state).values()) == {"UNKNOWN no_data"}


async def test_a_check_that_fails_by_itself_is_crashed_and_the_run_goes_on(stand: Stand) -> None:
    async def broken(at: At) -> AsyncIterator[Measurement]:
        yield measured(at.subjects[0], "reachable", True)
        raise RuntimeError("a fault of ours")

    both_answer(stand)
    stand.specs = (
        Spec(name="test.broken", kind="check", title="", about="", over="device", run=broken,
             requires=(Requires("reachable"),)),
    )  # fmt: skip
    stand.limits = (IS_REACHABLE,)
    state = await stand.run(
        {"name": "a", "step": [{"check": "test.broken"}]}, {"name": "b", "needs": [], "step": [REACH]}
    )
    assert verdicts(state)["a/test.broken@leaf-1"] == "UNKNOWN crashed"
    assert verdicts(state)["b/management.reach@leaf-1"] == "PASS"


async def test_a_read_that_never_ends_is_a_timeout_on_that_device_only(stand: Stand) -> None:
    async def forever() -> Identity:
        await asyncio.Event().wait()
        raise AssertionError

    both_answer(stand)
    stand.table[("leaf-1", "identity")] = forever
    stand.limits = (IS_REACHABLE,)
    state = await stand.run({"name": "a", "step": [{**REACH, "deadline_s": 0.05}]})
    assert verdicts(state) == {
        "a/management.reach@leaf-1": "UNKNOWN timeout",
        "a/management.reach@leaf-2": "PASS",
    }


async def test_one_table_is_read_once_for_all_subjects_of_a_step(stand: Stand) -> None:
    both_answer(stand)
    stand.limits = (IS_REACHABLE, limit("serial", equals="SN-leaf-1"))
    await stand.run({"name": "a", "step": [{"check": "management.identity", "on": {"device": "leaf-1"}}]})
    assert [method for _, method, _ in stand.bench.calls] == ["identity"]


async def test_a_stop_leaves_what_is_under_way_without_a_verdict(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: not yet")
    stand.limits = (IS_REACHABLE,)
    session = await stand.open({"name": "a", "step": [{**REACH, "until_s": 1e9, "every_s": 1.0}]})
    running = asyncio.create_task(session.run())
    await stand.bench.wait_for(4)
    stand.desk.interrupt()
    await running
    assert not session.complete
    state = await stand.state()
    assert verdicts(state) == {"a/management.reach@leaf-1": "", "a/management.reach@leaf-2": "PASS"}


async def test_an_abort_ends_what_is_left_as_aborted(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: not yet")
    stand.limits = (IS_REACHABLE,)
    session = await stand.open(
        {"name": "a", "step": [{**REACH, "until_s": 1e9, "every_s": 1.0}]},
        {"name": "b", "step": [{**REACH, "id": "again"}]},
    )
    running = asyncio.create_task(session.run())
    await stand.bench.wait_for(4)
    stand.desk.abort()
    await running
    assert session.complete
    assert verdicts(await stand.state())["b/again@leaf-1"] == "UNKNOWN aborted"


async def test_a_pause_holds_the_next_step_until_it_is_lifted(stand: Stand) -> None:
    both_answer(stand)
    stand.limits = (IS_REACHABLE,)
    session = await stand.open({"name": "a", "step": [REACH]})
    stand.desk.pause()
    running = asyncio.create_task(session.run())
    for _ in range(20):
        await asyncio.sleep(0)
    assert stand.bench.calls == []
    stand.desk.resume()
    await running
    assert session.complete


async def test_an_odd_member_of_a_group_fails_on_every_poll_though_the_others_are_not_read_again(
    stand: Stand,
) -> None:
    stand.inventory = Inventory.model_validate(
        {"schema": "bringup.inventory/1", "device": [device(f"leaf-{n}", expect={}) for n in (1, 2, 3)]}
    )
    for number, release in ((1, "1.0"), (2, "1.0"), (3, "0.9")):
        stand.table[(f"leaf-{number}", "identity")] = Identity(os_version=value(release))
    stand.limits = (limit("os_version", same_across="role"),)
    step = {"check": "management.firmware", "until_s": 300.0, "every_s": 1.0}
    state = await stand.run({"name": "a", "step": [step]})
    assert verdicts(state) == {
        "a/management.firmware@leaf-1": "PASS",
        "a/management.firmware@leaf-2": "PASS",
        "a/management.firmware@leaf-3": "FAIL",
    }
    assert [name for name, _, _ in stand.bench.calls].count("leaf-1") == 1


async def test_one_member_measured_of_several_has_shown_no_uniformity(stand: Stand) -> None:
    stand.table[("leaf-1", "identity")] = Identity(os_version=value("1.0"))
    stand.table[("leaf-2", "identity")] = Unreachable("leaf-2: connect timed out")
    stand.limits = (limit("os_version", same_across="role"),)
    state = await stand.run({"name": "a", "step": [{"check": "management.firmware"}]})
    assert verdicts(state)["a/management.firmware@leaf-1"] == "UNKNOWN no_data"


async def test_a_retest_of_one_subject_is_compared_with_the_last_reading_of_the_others(stand: Stand) -> None:
    for number, release in ((1, "1.0"), (2, "0.9")):
        stand.table[(f"leaf-{number}", "identity")] = Identity(os_version=value(release))
    stand.limits = (limit("os_version", same_across="role"),)
    session = await stand.open({"name": "a", "step": [{"check": "management.firmware"}]})
    await session.run()
    stand.book.ledger.forget(("a", "management.firmware", "leaf-2"))
    await session.run()
    assert verdicts(await stand.state())["a/management.firmware@leaf-2"] == "FAIL"
