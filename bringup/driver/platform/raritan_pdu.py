"""Raritan rack PDUs (PX2, PX3 and later), over SNMP. Meaning of the tables: `bringup.decode.snmp_raritan`.

An outlet is switched by one set of its switching operation; whether it has switched is read from its state,
by the action's probe. Of a chain of PDUs only the first is read and switched.
"""

from __future__ import annotations

from typing import Literal

from bringup.decode import snmp_raritan
from bringup.driver.registry import Platform
from bringup.driver.snmp_pdu import PduTables, SnmpPdu
from bringup.driver.snmp_reading import facts_from, walked
from bringup.model.errors import InputError, NoData
from bringup.model.facts import Environment

MAX_OUTLET = 64
"""More than any unit of these has."""


class RaritanPduDriver(SnmpPdu):
    """Reads and switches one PDU."""

    tables = PduTables(
        identity_tables=snmp_raritan.IDENTITY_TABLES,
        identity=snmp_raritan.identity,
        outlet_tables=snmp_raritan.OUTLET_TABLES,
        outlets=snmp_raritan.outlets,
        inlet_tables=snmp_raritan.INLET_TABLES,
        inlets=snmp_raritan.inlets,
        hint="Is it a PX2 or later? `snmpwalk` of 1.3.6.1.4.1.13742.6 shows what it has.",
    )

    async def environment(self) -> Environment:
        """Temperature probes that are plugged in.

        Raises:
            NoData: there is none.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), snmp_raritan.PROBE_TABLES, device=name)
        found = facts_from(mib, snmp_raritan.environment, device=name, what="probes")
        if not found.sensors:
            raise NoData(f"{name}: no temperature probe is plugged in", "Leave the step out for this PDU.")
        return found

    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None:
        """Set the outlet's switching operation, once, and nothing else.

        Raises:
            InputError: no PDU has such an outlet.
            Refused: the agent would not (no write right, no such outlet, an unswitched model).
        """
        if not 1 <= index <= MAX_OUTLET:
            raise InputError(f"{index} is no outlet number", f"Outlets count from 1 to {MAX_OUTLET}.")
        snmp = await self._links.snmp()
        oid = f"{snmp_raritan.OUTLET_CONTROL}.{snmp_raritan.FIRST_PDU}.{index}"
        await snmp.set_integer(oid, snmp_raritan.SWITCH_COMMAND[to])


PLATFORM = Platform(
    name="raritan-pdu",
    title="Raritan rack PDU, PX2 and later (SNMP)",
    transports=("snmp",),
    open=RaritanPduDriver,
)
