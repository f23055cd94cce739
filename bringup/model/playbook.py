"""What to do, in which order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from bringup.model.inventory import Written

SCHEMA = "bringup.playbook/1"
DEFAULT_DEADLINE_S = 30.0
DEFAULT_EVERY_S = 2.0


Accept = Literal["node", "rack"]
"""What is accepted or rejected as one (field rule 25): a host with its BMC, outlets and links, or a rack."""


class Selector(Written):
    """Which subjects a step is about: every key given must match; a list means any of.

    `far_role` is the role of the device at the other end of the cable, for what is about ports and cables.
    """

    role: str | tuple[str, ...] | None = None
    platform: str | tuple[str, ...] | None = None
    device: str | tuple[str, ...] | None = None
    port: str | tuple[str, ...] | None = None
    medium: str | tuple[str, ...] | None = None
    far_role: str | tuple[str, ...] | None = None


class Step(Written):
    """One check, action or ask. Durations are seconds here; a person writes `20s`, `2m`.

    `if_any`: where nothing matches `on` the step is left out; of others that is a mistake.
    """

    id: str
    check: str | None = None
    action: str | None = None
    ask: str | None = None
    on: Selector = Selector()
    if_any: bool = False
    with_: dict[str, JsonValue] = Field(default_factory=dict, alias="with")
    deadline_s: float = DEFAULT_DEADLINE_S
    until_s: float | None = None
    every_s: float = DEFAULT_EVERY_S
    settle_s: float = 0.0
    window_s: float | None = None

    @property
    def does(self) -> str:
        """The name in the catalogue."""
        return self.check or self.action or self.ask or ""


class Stage(Written):
    """`needs` None means: the stage above."""

    name: str
    title: str = ""
    needs: tuple[str, ...] | None = None
    gate: bool = False
    step: tuple[Step, ...] = ()


class Playbook(Written):
    schema_: str = Field(default=SCHEMA, alias="schema")
    name: str
    version: str = ""
    envelope: tuple[str, ...] = ("base",)
    contract: bool = False
    accept: Accept | None = None
    stage: tuple[Stage, ...] = ()
