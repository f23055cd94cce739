"""Shows a plan: stages, steps, subjects, and each limit with its source and standing. Touches nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from bringup.cli._prepare import Inputs
    from bringup.model.envelope import Limit
    from bringup.model.plan import Task


def print_plan(inputs: Inputs, form: str, out: TextIO) -> None:
    """Write the plan as text, or as one JSON object (also under `jsonl`)."""
    if form == "text":
        _text(inputs, out)
        return
    stages = [
        {
            "stage": stage.name,
            "needs": list(stage.needs),
            "gate": stage.gate,
            "tasks": [_record(inputs, task) for task in stage.tasks],
        }
        for stage in inputs.plan.stages
    ]
    out.write(json.dumps({"playbook": inputs.plan.playbook, "stages": stages}) + "\n")


def _record(inputs: Inputs, task: Task) -> dict[str, Any]:
    spec = inputs.catalogue[task.does]
    return {
        "step": task.step,
        "does": task.does,
        "kind": spec.kind,
        "dangerous": spec.dangerous,
        "reads": str(spec.nature),
        "device": task.device,
        "subjects": list(task.subjects),
        "limits": [
            {
                "subject": expected.subject,
                "quantity": expected.quantity,
                "limit": limit.words,
                "source": limit.source,
                "standing": str(limit.standing),
            }
            for expected in (*task.expected, *task.also)
            for limit in expected.limits
        ],
        "no_limit": [
            f"{expected.subject} {expected.quantity}" for expected in task.expected if not expected.limits
        ],
    }


def _text(inputs: Inputs, out: TextIO) -> None:
    out.write(f"plan: {inputs.plan.playbook} on {inputs.inventory_path}\n")
    out.write(f"{len(inputs.plan.planned)} verdicts are due. Nothing was touched.\n")
    for stage in inputs.plan.stages:
        gate = ", gate" if stage.gate else ""
        needs = f" (needs {', '.join(stage.needs)}{gate})" if stage.needs else gate
        out.write(f"\n{stage.name}{needs}\n")
        for step in dict.fromkeys(task.step for task in stage.tasks):
            _step_text(inputs, [task for task in stage.tasks if task.step == step], out)


def _step_text(inputs: Inputs, tasks: list[Task], out: TextIO) -> None:
    spec = inputs.catalogue[tasks[0].does]
    danger = ", dangerous: needs an approval" if spec.dangerous else ""
    reads = f", reads are {spec.nature}" if spec.kind == "check" else ""
    out.write(f"  {tasks[0].step}: {spec.title} ({spec.kind} {spec.name}{reads}{danger})\n")
    for task in tasks:
        out.write(f"    {', '.join(task.subjects)}\n")
    for (quantity, words, source, standing), subjects in _limits(tasks).items():
        out.write(f"      {quantity} {words}  [{standing}] {source}  ({len(subjects)} subjects)\n")
    for quantity in sorted({each.quantity for task in tasks for each in task.expected if not each.limits}):
        out.write(f"      {quantity} has NO LIMIT: it will be UNKNOWN no_limit\n")


def _limits(tasks: list[Task]) -> dict[tuple[str, str, str, str], list[str]]:
    """Equal limits once, with the subjects that they apply to."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for task in tasks:
        for expected in (*task.expected, *task.also):
            for limit in expected.limits:
                found.setdefault(_key(expected.quantity, limit), []).append(expected.subject)
    return found


def _key(quantity: str, limit: Limit) -> tuple[str, str, str, str]:
    return quantity, limit.words, limit.source, str(limit.standing)
