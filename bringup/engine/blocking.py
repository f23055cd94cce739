"""What stands in the way of a subject: a bad verdict on something it needs, in a stage or step that comes
before.
"""

from __future__ import annotations

import msgspec

from bringup.engine.ledger import Ended, Ledger
from bringup.model.plan import Plan, PlannedStage, Task


class Blocker(msgspec.Struct, frozen=True):
    """The event that explains it, the subject to blame at the root, and the words."""

    seq: int
    cause: str
    message: str


def stages_before(plan: Plan, stage: PlannedStage) -> frozenset[str]:
    """Names of all stages that `stage` needs, directly or through others."""
    by_name = {each.name: each for each in plan.stages}
    found: set[str] = set()
    waiting = list(stage.needs)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(by_name[name].needs)
    return frozenset(found)


def blocker_of(plan: Plan, stage: PlannedStage, task: Task, subject: str, ledger: Ledger) -> Blocker | None:
    """The first bad verdict, in the plan's order, on a prerequisite of `subject`; None when nothing is in
    the way.
    """
    wanted = frozenset(task.prerequisites.get(subject, ()))
    before = stages_before(plan, stage)
    for each in plan.stages:
        if each.name not in before and each.name != stage.name:
            continue
        for earlier in each.tasks:
            if each.name == stage.name and earlier.step == task.step:
                break
            for other in wanted.intersection(earlier.subjects):
                ended = ledger.ended.get((earlier.stage, earlier.step, other))
                if ended is not None and not ended.verdict.good:
                    return _blocker(ended, other, earlier)
    return None


def gate_blocker(plan: Plan, stage: PlannedStage, ledger: Ledger) -> Blocker | None:
    """A bad verdict anywhere in a gate stage that `stage` needs: it stops everything after it."""
    before = stages_before(plan, stage)
    for each in plan.stages:
        if not each.gate or each.name not in before:
            continue
        for task in each.tasks:
            for subject in task.subjects:
                ended = ledger.ended.get((each.name, task.step, subject))
                if ended is not None and not ended.verdict.good:
                    return _blocker(ended, subject, task)
    return None


def _blocker(ended: Ended, subject: str, task: Task) -> Blocker:
    return Blocker(
        seq=ended.seq,
        cause=ended.cause or subject,
        message=f"{subject} is {ended.verdict} at {task.stage}/{task.step}",
    )
