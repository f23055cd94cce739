"""Loads answers: what a person says beforehand to the asks of a headless run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from bringup.input.document import Document, read_document
from bringup.input.positions import Key
from bringup.input.problem import Problem, give_up, nearest
from bringup.input.validate import validated
from bringup.model.answer import Answers
from bringup.model.playbook import Playbook


def load_answers(
    path: Path, *, playbook: Playbook | None = None, planned: Collection[tuple[str, str, str]] = ()
) -> Answers:
    """The answers at `path`; with a playbook, each must belong to an ask or an action of it.

    `planned` holds (stage, step, subject) of the whole plan, where that is known: an answer about a subject
    that its step does not ask about would go unheard.

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
        problems += _unheard(document, planned)
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


def _unheard(document: Document, planned: Collection[tuple[str, str, str]]) -> Iterator[Problem]:
    subjects: dict[str, list[str]] = defaultdict(list)
    for stage, step, planned_subject in planned:
        subjects[f"{stage}/{step}"].append(planned_subject)
    for path, answer in document.tables("answer"):
        name, subject = answer.get("step"), answer.get("subject")
        if (
            isinstance(name, str)
            and isinstance(subject, str)
            and subject not in subjects.get(name, [subject])
        ):
            wrong = f"{name} does not ask about {subject!r}"
            yield document.problem((*path, "subject"), wrong, nearest(subject, subjects[name]))
