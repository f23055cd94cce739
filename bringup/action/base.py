"""The shape of an action. The engine drives it: guard, identity, intent, apply, probe; and after a crash,
probe again.

An action never retries and never judges. `probe` must be conclusive wherever the device makes that possible:
it is what stands between a crash and doing something dangerous twice.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from bringup.action.feeding import Bindings
from bringup.action.safety import Doubt
from bringup.check.base import At
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement, Scalar

Outcome = Literal["done", "not_done", "unknown"]
State = dict[str, Scalar | None]


class Alteration(msgspec.Struct, frozen=True):
    """Something left other than a working rack has it (field rule 11): what, how to put it back in words, and
    the action that does it (empty where nobody knows how it was, so that a person must see to it).
    """

    what: str
    undo: str
    action: str = ""
    arguments: dict[str, Scalar] = {}


class Action(Protocol):
    """`subject` is one planned subject. `target` is the device that is talked to; `affects` what else will
    drop. What most actions have alike is in `Plain`.

    `settles_s`: how long the change may take to show, in world time, where the step has no `until` of its
    own. `final`: when `arrived` says that it is not done, waiting can't help. `finishes_after_s`: the world
    time between `apply` and `finish`, where there is something to finish. `only_adds`: nothing can lose power
    or light by it. `one_first`: the next subject of a step waits until the one before it is good.
    """

    probe_words: str
    settles_s: float | None
    final: bool
    finishes_after_s: float | None
    only_adds: bool
    one_first: bool

    def take(self, args: Any) -> None:
        """The step's arguments, before anything else is asked."""
        ...

    def recall(self, arguments: dict[str, Scalar]) -> None:
        """What the list of altered things knows of what this action puts back, before anything is read."""
        ...

    def also(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """Other devices than the target that are changed with it: they are locked too."""
        ...

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        """What is altered while the change is under way, and put back by its end: a timer that is armed."""
        ...

    def unsettles(self) -> tuple[str, ...]:
        """The alterations of the same subject that are no longer true once this begins."""
        ...

    def why(self) -> str | None:
        """In words, why it was not done, where the action itself knows."""
        ...

    def target(self, inventory: Inventory, subject: str) -> str:
        """The device whose connection carries the change (a PDU, a BMC, a switch)."""
        ...

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """Every subject that will lose power or light by it (field rule 6)."""
        ...

    def undo(self, before: State) -> str | None:
        """In words: what puts it back, or None when there is nothing to put back."""
        ...

    def alters(self, before: State) -> tuple[Alteration, ...]:
        """What is left other than a working rack has it, once this is done: a port shut, an outlet off."""
        ...

    def restores(self) -> tuple[str, ...]:
        """The alterations (`Alteration.what`) of the same subject that this puts back."""
        ...

    def outlets(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The outlets whose load it changes: their groups do one such thing at a time (field rule 4)."""
        ...

    async def before(self, at: At, subject: str) -> State:
        """A reading of what will be changed."""
        ...

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """What must be so before it is done, read just before; what no reading tells.

        Raises:
            Unsafe: it must not be done.
        """
        ...

    async def witness(self, at: At, subject: str) -> dict[str, float]:
        """What is looked at before and after, beside the change itself, for what it shows. Raises nothing."""
        ...

    def shows(
        self, inventory: Inventory, subject: str, before: dict[str, float], after: dict[str, float]
    ) -> dict[str, str]:
        """Outlet -> the device that it was seen to feed, or `not DEVICE`."""
        ...

    def already(self, at: At, before: State) -> bool:
        """Whether the wanted state is there, so that nothing is done."""
        ...

    async def identify(self, at: At, subject: str) -> State:
        """What proves, on the same connection, that this is the device meant, to be compared."""
        ...

    async def apply(self, at: At, subject: str) -> None: ...

    async def finish(self, at: At, subject: str) -> bool:
        """The second half of a change, under the same lock, when the first has had time to take effect. False
        where it is not time yet: it is called again.
        """
        ...

    async def arrived(self, at: At, subject: str) -> Outcome:
        """Whether the device is now as it was asked to be: read after a change that was surely sent."""
        ...

    def found(self) -> tuple[Measurement, ...]:
        """What a test that is an action has measured: judged with its outcome."""
        ...

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """After a crash: whether the change was ever made, found out by reading alone."""
        ...


class Plain:
    """What an action has where it says nothing else: no arguments, nothing altered, nothing put back."""

    settles_s: float | None = None
    final = False
    finishes_after_s: float | None = None
    only_adds = False
    one_first = False

    def take(self, args: Any) -> None:
        return

    def recall(self, arguments: dict[str, Scalar]) -> None:
        return

    def also(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return ()

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        return ()

    def unsettles(self) -> tuple[str, ...]:
        return ()

    def alters(self, before: State) -> tuple[Alteration, ...]:
        return ()

    def restores(self) -> tuple[str, ...]:
        return ()

    def why(self) -> str | None:
        return None

    async def finish(self, at: At, subject: str) -> bool:
        return True

    def found(self) -> tuple[Measurement, ...]:
        return ()

    def outlets(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return ()

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        return ()

    async def witness(self, at: At, subject: str) -> dict[str, float]:
        return {}

    def shows(
        self, inventory: Inventory, subject: str, before: dict[str, float], after: dict[str, float]
    ) -> dict[str, str]:
        return {}

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return ()
