"""The shape of a kind of fault."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec

from bringup.lab.world import World
from bringup.model.errors import InputError

Memo = dict[str, Any]
"""What `mend` needs to put things right, as plain JSON."""


class FaultKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of fault and what a bring-up must make of it.

    `usual` lists the subjects that the seed picks from, where `stage` and `step` hold; `allowed` all that it
    can happen to. `masks`: what lies behind the subject can't be seen while the fault is there. `args` says
    what VALUE means, if anything.
    """

    name: str
    about: str
    subject_kind: str
    stage: str
    step: str
    verdict: str
    remedy: str
    usual: Callable[[World], list[str]]
    allowed: Callable[[World], list[str]]
    apply: Callable[[World, str, str | None, random.Random], Memo]
    mend: Callable[[World, str, Memo], None]
    reason: str | None = None
    masks: bool = False
    args: dict[str, str] = {}

    def record(self) -> dict[str, Any]:
        """As `lab faults --format json` prints it."""
        keys = (
            "name",
            "about",
            "args",
            "subject_kind",
            "stage",
            "step",
            "verdict",
            "reason",
            "remedy",
            "masks",
        )
        return {key: getattr(self, key) for key in keys}


def number(name: str, value: str | None, default: float, low: float, high: float) -> float:
    """VALUE as a number. Raises: InputError."""
    if value is None:
        return default
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not low <= found <= high:
        raise InputError(f"{name}={value} is out of range", f"VALUE is a number from {low:g} to {high:g}.")
    return found


def word(name: str, value: str | None, default: str, words: tuple[str, ...]) -> str:
    """VALUE as one of `words`. Raises: InputError."""
    if value is None:
        return default
    if value not in words:
        raise InputError(f"{name}={value} means nothing", f"VALUE is one of {', '.join(words)}.")
    return value


def no_value(name: str, value: str | None) -> None:
    """Raises: InputError where a VALUE was given."""
    if value is not None:
        raise InputError(f"{name} takes no value", f"Leave out ={value}.")
