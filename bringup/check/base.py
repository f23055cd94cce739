"""What a check is given, and the shape that every check has.

A check is an async generator `run(at)`. It reads through `at.read` (one read a device and a round, shared by
all tasks of a step: the device's load matters more than ours), yields `Measurement`s, and lets every
`DeviceError` pass: the engine turns it into UNKNOWN with its reason. A quantity that a device does not tell
is simply not yielded; the engine finds it missing, because what must be there comes from the plan. A device
that tells one thing twice has told nothing: `the_one`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bringup.model.errors import Unparsable
from bringup.model.event import EvidenceAttached
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import LONGEST_TEXT, Measurement, Scalar
from bringup.model.subject import LINK, Subject, parse_subject

Facts = TypeVar("Facts")


class Sample(msgspec.Struct, Generic[Facts], frozen=True):
    """Facts, when they were read (seconds of the engine's clock, mid-request), and how long the read took."""

    facts: Facts
    at_s: float
    took_s: float
    wall_unix_s: float


class At(Protocol):
    """Where a check runs: its subjects, its arguments, and the way to the devices."""

    @property
    def inventory(self) -> Inventory: ...

    @property
    def subjects(self) -> tuple[str, ...]:
        """The planned subjects that are still to be measured."""
        ...

    @property
    def args(self) -> Any: ...

    def can(self, device: str, capability: type) -> bool:
        """Whether the driver of `device` has `capability`."""
        ...

    async def read(
        self,
        device: str,
        capability: type,
        method: str,
        moment: str = "now",
        arguments: tuple[str | float, ...] = (),
    ) -> Sample[Any]:
        """What `method` of `capability` tells, read at most once a round for each `moment` and `arguments`.

        Raises:
            DeviceError: the read failed; `NoData` when the platform has no such capability.
        """
        ...

    def attached(self, end: str) -> tuple[EvidenceAttached, ...]:
        """Files of instruments that were attached to an end of a cable in this run, in their order."""
        ...

    def unmated_since(self, end: str, seq: int) -> bool:
        """Whether the plug at an end was seen to come out after that event."""
        ...

    def first_read(self, subject: str, quantity: str) -> Scalar | None:
        """What a lane was first read with in this run, by the module that is in its cage now; a module's
        serial number as it was last read. None where it was not read before (`bringup.model.baseline`).
        """
        ...

    def wall_unix_s(self) -> float:
        """What this machine's clock says."""
        ...

    async def window(self, share: float = 1.0) -> None:
        """Wait for the step's window, or for that share of it."""
        ...

    async def change(self, device: str, capability: type, method: str, *arguments: object) -> None:
        """Change a device: what only actions may do. Every reading taken before is forgotten."""
        ...


Check = Callable[[At], AsyncIterator[Measurement]]


def expected_device(at: At, name: str) -> Device:
    """The device of that name in the inventory."""
    return at.inventory.devices[name]


def the_one(found: Sequence[Facts], subject: str) -> Facts | None:
    """The only one of `found`, what a device lists under the name of `subject`; None where it lists none.

    Raises:
        Unparsable: it lists several, and nobody can say which of them holds.
    """
    if len(found) > 1:
        raise Unparsable(
            f"{parse_subject(subject).device}: lists {subject} {len(found)} times",
            "Compare the device's own table, kept as evidence, with what it should hold.",
        )
    return found[0] if found else None


def part_named(device: str, name: str) -> str:
    """The subject of a part that a device names in words of its own: a fan, a sensor, a component.

    `#` and the arrow of a link mean something in a subject, and a part has a name: what a device prints must
    neither end a run nor pose as something else.
    """
    harmless = name[:LONGEST_TEXT].replace(LINK, "<=>").replace("#", "no.")
    return str(Subject(device, harmless if harmless.strip() else "unnamed"))
