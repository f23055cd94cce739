"""Answers to asks, written before a run."""

from __future__ import annotations

from pydantic import Field

from bringup.model.inventory import Written

SCHEMA = "bringup.answers/1"


class Answer(Written):
    """`step` is `STAGE/STEP`; without `subject` it answers for each subject that has no own answer."""

    step: str
    subject: str | None = None
    value: str
    by: str


class Answers(Written):
    schema_: str = Field(default=SCHEMA, alias="schema")
    answer: tuple[Answer, ...] = ()

    def find(self, stage: str, step: str, subject: str) -> Answer | None:
        """The answer for one subject: its own, else the step's."""
        mine = [each for each in self.answer if each.step == f"{stage}/{step}"]
        own = [each for each in mine if each.subject == subject]
        general = [each for each in mine if each.subject is None]
        return next(iter(own + general), None)
