"""A plan: which step runs on which subjects, by which limits, and what it waits for. `bringup.plan` makes
it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bringup.model.envelope import Limit
from bringup.model.subject import ancestors


class Expected(msgspec.Struct, frozen=True):
    """One (measured subject, quantity) that must be there, and every limit that it is judged by."""

    subject: str
    quantity: str
    limits: tuple[Limit, ...]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One step on one device (or link, or the run): read once, verdicts for each of `subjects`.

    `prerequisites` maps each subject to the subjects whose bad verdict, in a stage that this one needs,
    blocks it. `args` is the validated model of the step's `with`. `also` holds limits on quantities that
    nobody requires but a check may report on a planned subject, `for_parts` those on parts of one
    (`leaf-1/fan-2` is a part of `leaf-1`).
    """

    stage: str
    step: str
    does: str
    device: str
    subjects: tuple[str, ...]
    expected: tuple[Expected, ...]
    prerequisites: dict[str, tuple[str, ...]]
    args: Any
    deadline_s: float
    until_s: float | None
    every_s: float
    settle_s: float
    window_s: float | None
    also: tuple[Expected, ...] = ()
    for_parts: tuple[Expected, ...] = ()

    def limits_for(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        """Every limit that a measurement is judged by, required or not."""
        for expected in (*self.expected, *self.also):
            if expected.quantity == quantity and expected.subject == subject:
                return expected.limits
        outer = ancestors(subject)[1:]
        for expected in self.for_parts:
            if expected.quantity == quantity and expected.subject in outer:
                return expected.limits
        return ()

    def requires(self, subject: str, quantity: str) -> bool:
        """Whether that measurement must be there."""
        return any(each.subject == subject and each.quantity == quantity for each in self.expected)


class PlannedStage(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    needs: tuple[str, ...]
    gate: bool
    tasks: tuple[Task, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Stages in an order in which each comes after what it needs."""

    playbook: str
    stages: tuple[PlannedStage, ...]

    @property
    def planned(self) -> tuple[tuple[str, str, str], ...]:
        """Every (stage, step, subject) that must end with a verdict."""
        return tuple(
            (task.stage, task.step, subject)
            for stage in self.stages
            for task in stage.tasks
            for subject in task.subjects
        )

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks, in the plan's order."""
        return tuple(task for stage in self.stages for task in stage.tasks)
