"""What drivers of SNMP PDUs share: which tables hold what, and how they are read. Nothing here switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bringup.decode.snmp_record import Mib
from bringup.driver.snmp_reading import facts_from, walked
from bringup.model.errors import NoData
from bringup.model.facts import Identity, Inlet, Outlet
from bringup.model.inventory import Device
from bringup.transport.base import Links


class PduTables(NamedTuple):
    """Tables to walk, and the decoder's functions that read them. `hint` is the advice where all is empty."""

    identity_tables: tuple[str, ...]
    identity: Callable[[Mib], Identity]
    outlet_tables: tuple[str, ...]
    outlets: Callable[[Mib], tuple[Outlet, ...]]
    inlet_tables: tuple[str, ...]
    inlets: Callable[[Mib], tuple[Inlet, ...]]
    hint: str


class SnmpPdu:
    """Reads one PDU."""

    tables: PduTables

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def identity(self) -> Identity:
        """What the PDU says of itself, never the inventory.

        Raises:
            NoData: the agent is no such PDU, or it says nothing of itself.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), self.tables.identity_tables, device=name)
        found = facts_from(mib, self.tables.identity, device=name, what="identity")
        if found.serial.value is None and found.model.value is None:
            raise NoData(f"{name}: the agent tells neither a serial nor a model", self.tables.hint)
        return found

    async def outlets(self) -> tuple[Outlet, ...]:
        """State by the status objects alone.

        Raises:
            NoData: the PDU lists no outlet.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), self.tables.outlet_tables, device=name)
        found = facts_from(mib, self.tables.outlets, device=name, what="outlets")
        if not found:
            raise NoData(f"{name}: the PDU lists no outlet", self.tables.hint)
        return found

    async def inlets(self) -> tuple[Inlet, ...]:
        """What the PDU draws, by inlet or phase.

        Raises:
            NoData: the PDU measures none.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), self.tables.inlet_tables, device=name)
        found = facts_from(mib, self.tables.inlets, device=name, what="inlets")
        if not found:
            raise NoData(f"{name}: the PDU measures no inlet", self.tables.hint)
        return found
