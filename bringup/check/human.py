"""Asks: what only hands and eyes can do. An answer is judged like a measurement."""

from __future__ import annotations

from pydantic import Field

from bringup.model.catalogue import Requires, Spec
from bringup.model.inventory import Written
from bringup.model.units import QUANTITIES


class AskArgs(Written):
    """`text` is one plain instruction or question."""

    text: str


class ChooseArgs(AskArgs):
    """One of `choices`; `passes` lists those that are good."""

    choices: tuple[str, ...] = Field(min_length=2)
    passes: tuple[str, ...] = Field(min_length=1)


class MeasureArgs(AskArgs):
    """A number that a person reads off an instrument, judged by the limits of `quantity`."""

    quantity: str

    def model_post_init(self, context: object) -> None:
        if self.quantity not in QUANTITIES:
            raise ValueError(f"{self.quantity!r} is no quantity")


class AttestArgs(AskArgs):
    """A signed statement, in a role such as installer or buyer."""

    role: str = "technician"


def _ask(name: str, title: str, about: str, args: type[Written], requires: str = "answer") -> Spec:
    return Spec(
        name=name,
        kind="ask",
        title=title,
        about=about,
        over="device" if name == "scan" else "run",
        args=args,
        device_of="none",
        requires=(Requires(requires),) if requires else (),
    )


SPECS = (
    _ask(
        "instruct",
        "Do this",
        "A person does something and says that it is done.",
        AskArgs,
    ),
    _ask("confirm", "Confirm", "A person looks and answers yes or no.", AskArgs),
    _ask("choose", "Choose", "A person picks one of several answers.", ChooseArgs),
    _ask(
        "scan",
        "Scan",
        "A person scans the serial of a device; it must be the expected one.",
        AskArgs,
        "serial",
    ),
    _ask(
        "measure",
        "Measure",
        "A person reads a number off an instrument.",
        MeasureArgs,
        "",
    ),
    _ask(
        "attest",
        "Sign",
        "A person signs a statement about the run with their SSH key.",
        AttestArgs,
    ),
)
