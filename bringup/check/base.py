"""What a check is given, and the shape that every check has.

A check is an async generator `run(at)`. It reads through `at.read` (one read a device and a round, shared by
all tasks of a step: the device's load matters more than ours), yields `Measurement`s, and lets every
`DeviceError` pass: the engine turns it into UNKNOWN with its reason. A quantity that a device does not tell
is simply not yielded; the engine finds it missing, because what must be there comes from the plan.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bringup.model.inventory import Device, Inventory, Port
from bringup.model.measurement import Measurement

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

    async def window(self) -> None:
        """Wait for the step's window."""
        ...

    async def change(self, device: str, capability: type, method: str, *arguments: object) -> None:
        """Change a device: what only actions may do. Every reading taken before is forgotten."""
        ...


Check = Callable[[At], AsyncIterator[Measurement]]


def expected_device(at: At, name: str) -> Device:
    """The device of that name in the inventory."""
    return at.inventory.devices[name]


def expected_port(at: At, subject: str) -> Port | None:
    """What the inventory says of a port, if anything."""
    return at.inventory.ports.get(subject)
