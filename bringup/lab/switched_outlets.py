"""What a PDU's agent does with a command to an outlet, whatever the make calls it."""

from __future__ import annotations

from typing import NamedTuple

from bringup.lab.snmp_mib import Oid, SetRefused, Value
from bringup.lab.world import World


class Commands(NamedTuple):
    """Where they are written, all but the outlet's index, and the numbers of the three."""

    column: Oid
    on: int
    off: int
    cycle: int


class SwitchedOutlets:
    """The writable part of one PDU of the world."""

    commands: Commands

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def check_set(self, oid: Oid, value: Value) -> None:
        """Only an outlet's command can be set.

        Raises:
            SetRefused: notWritable, wrongType or wrongValue.
        """
        indexes = {outlet.index for outlet in self._world.device(self._device).outlets}
        if oid[:-1] != self.commands.column or oid[-1] not in indexes:
            raise SetRefused("notWritable")
        if value.kind != "integer":
            raise SetRefused("wrongType")
        if value.value not in self.commands[1:]:
            raise SetRefused("wrongValue")

    def apply_set(self, oid: Oid, value: Value) -> None:
        """Give the outlet its command. What becomes of it shows in its state."""
        if value.value == self.commands.cycle:
            self._world.cycle_outlet(self._device, oid[-1])
        else:
            self._world.set_outlet(self._device, oid[-1], value.value == self.commands.on)
