"""Loads answers: what a person says beforehand to the asks of a headless run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bringup.input.document import Document, read_document
from bringup.input.positions import Key
from bringup.input.problem import Problem, give_up, nearest
from bringup.input.validate import validated
from bringup.model.answer import Answers
from bringup.model.playbook import Playbook


def load_answers(path: Path, *, playbook: Playbook | None = None) -> Answers:
    """The answers at `path`; with a playbook, each must belong to an ask or an action of it.

    Raises:
        InputError: with every problem found.
    """
    document, problems = read_document(path, "answers")
    answers = None
    if document is not None:
        answers, found = validated(Answers, document)
        problems += found
        problems += _twice(document)
        if playbook is not None:
            problems += _unknown(document, playbook)
    if problems or answers is None:
        raise give_up(problems)
    return answers


def _twice(document: Document) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[Key, ...]] = {}
    for path, answer in document.tables("answer"):
        key = (str(answer.get("step")), str(answer.get("subject")))
        before = first.setdefault(key, path)
        if before != path:
            wrong = f"line {document.line(before)} answers the same"
            yield document.problem((*path, "step"), wrong, "give one answer, or one for each `subject`")


def _unknown(document: Document, playbook: Playbook) -> Iterator[Problem]:
    steps = {f"{stage.name}/{step.id}": step for stage in playbook.stage for step in stage.step}
    asks = [name for name, step in steps.items() if step.ask is not None or step.action is not None]
    for path, answer in document.tables("answer"):
        name = answer.get("step")
        if not isinstance(name, str):
            continue
        if name not in steps:
            wrong = f"{playbook.name} has no step {name!r}"
            yield document.problem((*path, "step"), wrong, nearest(name, asks, "it asks nothing"))
        elif name not in asks:
            wrong = f"{name} is a check, which asks nothing"
            yield document.problem((*path, "step"), wrong, nearest(name, asks, "it asks nothing"))
