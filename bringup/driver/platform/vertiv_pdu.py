"""Vertiv and Geist rack PDUs with an IMD, over SNMP. Meaning of the tables: `bringup.decode.snmp_vertiv`.

An outlet is switched by one set of its control object; whether it has switched is read from its state.
"""

from __future__ import annotations

from typing import Literal

from bringup.decode import snmp_vertiv
from bringup.driver.registry import Platform
from bringup.driver.snmp_pdu import PduTables, SnmpPdu
from bringup.model.errors import InputError

MAX_OUTLET = 64
"""More than any unit of these has."""


class VertivPduDriver(SnmpPdu):
    """Reads and switches one PDU."""

    tables = PduTables(
        identity_tables=snmp_vertiv.IDENTITY_TABLES,
        identity=snmp_vertiv.identity,
        outlet_tables=snmp_vertiv.OUTLET_TABLES,
        outlets=snmp_vertiv.outlets,
        inlet_tables=snmp_vertiv.INLET_TABLES,
        inlets=snmp_vertiv.inlets,
        hint="Is it a PDU with an IMD? `snmpwalk` of 1.3.6.1.4.1.21239.5.2 shows what it has.",
    )

    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None:
        """Set the outlet's control object, once, and nothing else.

        Raises:
            InputError: no PDU has such an outlet.
            Refused: the agent would not (no write right, no such outlet, an unswitched model).
        """
        if not 1 <= index <= MAX_OUTLET:
            raise InputError(f"{index} is no outlet number", f"Outlets count from 1 to {MAX_OUTLET}.")
        snmp = await self._links.snmp()
        await snmp.set_integer(f"{snmp_vertiv.OUTLET_CONTROL}.{index}", snmp_vertiv.SWITCH_COMMAND[to])


PLATFORM = Platform(
    name="vertiv-pdu",
    title="Vertiv or Geist rack PDU with IMD (SNMP)",
    transports=("snmp",),
    open=VertivPduDriver,
)
