"""APC rack PDUs of the rPDU2 family, over SNMP. Meaning of the tables: `bringup.decode.snmp_apc`.

An outlet is switched by its control object, and whether it has switched is read from its status object, by
the action's probe: PDUs take their time, and the control object reads back what was asked, not what is.
"""

from __future__ import annotations

from typing import Literal

from bringup.decode import snmp_apc
from bringup.decode.snmp_system import SYSTEM
from bringup.driver.registry import Platform
from bringup.driver.snmp_reading import facts_from, walked
from bringup.model.errors import InputError, NoData
from bringup.model.facts import Environment, Identity, Outlet
from bringup.model.inventory import Device
from bringup.transport.base import Links

MAX_OUTLET = 4 * 48
"""Four PDUs in a chain, of 48 outlets at most."""
_NO_RPDU2 = "Is it an rPDU2 (AP8xxx, AP7xxxB, APDU)? `snmpwalk` of 1.3.6.1.4.1.318.1.1.26 shows what it has."


class ApcPduDriver:
    """Reads and switches one PDU."""

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def identity(self) -> Identity:
        """Its own identity table, never the inventory.

        Raises:
            NoData: the agent is no APC rack PDU, or it says nothing of itself.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), (SYSTEM, snmp_apc.IDENT), device=name)
        found = facts_from(mib, snmp_apc.identity, device=name, what="identity")
        if found.serial.value is None and found.model.value is None:
            raise NoData(f"{name}: the agent tells neither a serial nor a model", _NO_RPDU2)
        return found

    async def outlets(self) -> tuple[Outlet, ...]:
        """State by the status objects alone. Agents without the rPDU2 tables are asked for the older ones,
        which on some models hold names and no state.

        Raises:
            NoData: the PDU lists no outlet.
        """
        name, snmp = self._device.name, await self._links.snmp()
        try:
            mib = await walked(snmp, (snmp_apc.OUTLET_STATUS, snmp_apc.OUTLET_METER), device=name)
        except NoData:
            mib = await walked(snmp, snmp_apc.OLD_OUTLET_TABLES, device=name)
        found = facts_from(mib, snmp_apc.outlets, device=name, what="outlets")
        if not found:
            raise NoData(f"{name}: the PDU lists no switched outlet", _NO_RPDU2)
        return found

    async def environment(self) -> Environment:
        """Temperature probes that are plugged in.

        Raises:
            NoData: there is none.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), (snmp_apc.SENSOR_STATUS,), device=name)
        found = facts_from(mib, snmp_apc.environment, device=name, what="probes")
        if not found.sensors:
            raise NoData(f"{name}: no temperature probe is plugged in", "Leave the step out for this PDU.")
        return found

    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None:
        """Set the outlet's control object, once, and nothing else.

        Raises:
            InputError: no PDU has such an outlet.
            Refused: the agent would not (community without write right, no such outlet).
        """
        if not 1 <= index <= MAX_OUTLET:
            raise InputError(f"{index} is no outlet number", f"Outlets count from 1 to {MAX_OUTLET}.")
        snmp = await self._links.snmp()
        await snmp.set_integer(f"{snmp_apc.OUTLET_CONTROL}.{index}", snmp_apc.SWITCH_COMMAND[to])


PLATFORM = Platform(
    name="apc-pdu",
    title="APC rack PDU, rPDU2 (SNMP)",
    transports=("snmp",),
    open=ApcPduDriver,
)
