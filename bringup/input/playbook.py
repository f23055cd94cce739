"""Loads playbooks: what to do, in which order."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, JsonValue

from bringup.input.document import read_document
from bringup.input.duration import Duration, PositiveDuration, seconds
from bringup.input.playbook_rules import playbook_faults
from bringup.input.problem import give_up
from bringup.input.validate import validated
from bringup.model.catalogue import Catalogue
from bringup.model.inventory import Written
from bringup.model.playbook import (
    DEFAULT_DEADLINE_S,
    DEFAULT_EVERY_S,
    SCHEMA,
    Accept,
    Playbook,
    Selector,
    Stage,
    Step,
)


class StepFile(Written):
    """A step as it is written: durations with their unit, exactly one of `check`, `action`, `ask`.

    With `if_any` it is left out where nothing matches `on`.
    """

    id: str | None = None
    check: str | None = None
    action: str | None = None
    ask: str | None = None
    on: Selector = Selector()
    if_any: bool = False
    with_: dict[str, JsonValue] = Field(default_factory=dict, alias="with")
    deadline: PositiveDuration | None = None
    until: PositiveDuration | None = None
    every: PositiveDuration | None = None
    settle: Duration | None = None
    window: PositiveDuration | None = None

    def step(self) -> Step:
        """With durations in seconds and the default id: the name of what it does."""
        given = {"check": self.check, "action": self.action, "ask": self.ask}
        return Step(
            id=self.id or self.check or self.action or self.ask or "",
            **given,
            on=self.on,
            if_any=self.if_any,
            **{"with": self.with_},
            deadline_s=_seconds(self.deadline, DEFAULT_DEADLINE_S),
            until_s=seconds(self.until) if self.until is not None else None,
            every_s=_seconds(self.every, DEFAULT_EVERY_S),
            settle_s=_seconds(self.settle, 0.0),
            window_s=seconds(self.window) if self.window is not None else None,
        )


class StageFile(Written):
    """`needs` left out means: the stage above."""

    name: str
    title: str = ""
    needs: tuple[str, ...] | None = None
    gate: bool = False
    step: tuple[StepFile, ...] = ()


class PlaybookFile(Written):
    """`envelope` lists names or paths; a later one overrides. `accept` names the unit of acceptance."""

    schema_: str = Field(default=SCHEMA, alias="schema")
    name: str
    version: str = ""
    envelope: tuple[str, ...] = ("base",)
    contract: bool = False
    accept: Accept | None = None
    stage: tuple[StageFile, ...] = ()


def load_playbook(path: Path, *, catalogue: Catalogue | None = None) -> Playbook:
    """The playbook at `path`.

    Args:
        catalogue: what checks, actions and asks there are, and what `with` each takes; None: unchecked.

    Raises:
        InputError: with every problem found.
    """
    document, problems = read_document(path, "playbook")
    written = None
    if document is not None:
        written, found = validated(PlaybookFile, document)
        problems += found
        problems += playbook_faults(document, catalogue)
    if problems or written is None:
        raise give_up(problems)
    return Playbook(
        name=written.name,
        version=written.version,
        envelope=written.envelope,
        contract=written.contract,
        accept=written.accept,
        stage=tuple(
            Stage(
                name=stage.name,
                title=stage.title,
                needs=stage.needs,
                gate=stage.gate,
                step=tuple(step.step() for step in stage.step),
            )
            for stage in written.stage
        ),
    )


def _seconds(text: str | None, otherwise: float) -> float:
    return otherwise if text is None else seconds(text)
