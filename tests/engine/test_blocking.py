"""What stands in the way: only what a subject really needs, named by its root."""

from __future__ import annotations

from types import SimpleNamespace

from bringup.engine.blocking import blocker_of, gate_blocker, stages_before
from bringup.engine.ledger import Ledger
from bringup.model.event import StepEnded
from bringup.model.plan import Plan, PlannedStage, Task
from bringup.model.verdict import Verdict


def task(stage: str, step: str, *subjects: str, needs: dict[str, tuple[str, ...]] | None = None) -> Task:
    return Task(
        stage=stage,
        step=step,
        does="x",
        device="",
        subjects=subjects,
        expected=(),
        prerequisites=needs or {subject: (subject,) for subject in subjects},
        args=SimpleNamespace(),
        deadline_s=1,
        until_s=None,
        every_s=1,
        settle_s=0,
        window_s=None,
    )


def stage(name: str, *tasks: Task, needs: tuple[str, ...] = (), gate: bool = False) -> PlannedStage:
    return PlannedStage(name=name, title="", needs=needs, gate=gate, tasks=tasks)


def ledger(**verdicts: Verdict | tuple[Verdict, str]) -> Ledger:
    """Verdicts of step `s` of stage `one`, by subject (`_` for `-`); with the cause where there is one."""
    made = Ledger()
    for seq, (subject, told) in enumerate(verdicts.items(), 10):
        verdict, cause = told if isinstance(told, tuple) else (told, None)
        made.note(
            StepEnded(
                stage="one",
                step="s",
                subject=subject.replace("_", "-"),
                attempt=1,
                verdict=verdict,
                cause=cause,
            ),
            seq,
        )
    return made


ONE = stage("one", task("one", "s", "leaf-1", "leaf-2"))
TWO = stage("two", task("two", "t", "leaf-1", "leaf-2"), needs=("one",))
APART = stage("apart", task("apart", "u", "leaf-1"))
THREE = stage("three", task("three", "v", "leaf-1"), needs=("two",))
PLAN = Plan(playbook="p", stages=(ONE, TWO, APART, THREE))


def blocked(subject: str, of: PlannedStage, by: Ledger, plan: Plan = PLAN) -> tuple[int, str] | None:
    found = blocker_of(plan, of, of.tasks[0], subject, by)
    return None if found is None else (found.seq, found.cause)


def test_only_the_subject_that_failed_is_blocked() -> None:
    by = ledger(leaf_1=Verdict.FAIL, leaf_2=Verdict.PASS)
    assert blocked("leaf-1", TWO, by) == (10, "leaf-1")
    assert blocked("leaf-2", TWO, by) is None


def test_unknown_blocks_and_what_is_good_enough_does_not() -> None:
    for verdict in Verdict:
        by = ledger(leaf_1=verdict)
        expected = verdict in (Verdict.UNKNOWN, Verdict.FAIL)
        assert (blocked("leaf-1", TWO, by) is not None) is expected


def test_a_need_reaches_through_other_stages_but_not_to_one_that_is_apart() -> None:
    by = ledger(leaf_1=Verdict.FAIL)
    assert stages_before(PLAN, THREE) == {"two", "one"}
    assert blocked("leaf-1", THREE, by) == (10, "leaf-1")
    assert blocked("leaf-1", APART, by) is None


def test_the_root_is_blamed_not_what_passed_it_on() -> None:
    by = ledger(leaf_1=(Verdict.UNKNOWN, "pdu-1"))
    assert blocked("leaf-1", TWO, by) == (10, "pdu-1")


def test_an_earlier_step_of_the_same_stage_blocks_and_a_later_one_does_not() -> None:
    first, second = task("one", "s", "leaf-1"), task("one", "t", "leaf-1")
    both = stage("one", first, second)
    plan = Plan(playbook="p", stages=(both,))
    by = ledger(leaf_1=Verdict.FAIL)
    assert blocker_of(plan, both, second, "leaf-1", by) is not None
    assert blocker_of(plan, both, first, "leaf-1", by) is None


def test_what_has_no_verdict_blocks_nothing() -> None:
    assert blocked("leaf-1", TWO, Ledger()) is None


def test_a_gate_stops_everything_after_it() -> None:
    gate = stage("one", task("one", "s", "leaf-1"), gate=True)
    after = stage("two", task("two", "t", "leaf-2"), needs=("one",))
    apart = stage("apart", task("apart", "u", "leaf-2"))
    plan = Plan(playbook="p", stages=(gate, after, apart))
    by = ledger(leaf_1=Verdict.UNKNOWN)
    found = gate_blocker(plan, after, by)
    assert found is not None and (found.seq, found.cause) == (10, "leaf-1")
    assert "leaf-1 is UNKNOWN at one/s" in found.message
    assert gate_blocker(plan, gate, by) is None
    assert gate_blocker(plan, apart, by) is None
    assert gate_blocker(PLAN, TWO, by) is None
