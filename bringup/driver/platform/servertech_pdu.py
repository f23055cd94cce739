"""Server Technology Sentry CDUs and PRO PDUs, over SNMP. Meaning of the tables:
`bringup.decode.snmp_servertech`.

Outlets are told by three letters and digits (AA1: tower, infeed, outlet); their number here is made of these
three alone, so that it does not depend on what else a reply holds. Which of the two generations a device is,
its own tables say; before switching that is read again.
"""

from __future__ import annotations

from typing import Literal

from bringup.decode import snmp_servertech
from bringup.driver.registry import Platform
from bringup.driver.snmp_pdu import PduTables, SnmpPdu
from bringup.driver.snmp_reading import facts_from, walked
from bringup.model.errors import InputError


class ServertechPduDriver(SnmpPdu):
    """Reads and switches one PDU."""

    tables = PduTables(
        identity_tables=snmp_servertech.IDENTITY_TABLES,
        identity=snmp_servertech.identity,
        outlet_tables=snmp_servertech.OUTLET_TABLES,
        outlets=snmp_servertech.outlets,
        inlet_tables=snmp_servertech.INLET_TABLES,
        inlets=snmp_servertech.inlets,
        hint="Is it a Sentry CDU or PRO PDU? `snmpwalk` of 1.3.6.1.4.1.1718 shows what it has.",
    )

    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None:
        """Set the outlet's control action, once, and nothing else.

        Raises:
            InputError: no PDU has such an outlet, or this one does not list it.
            Refused: the agent would not (no write right, an unswitched model).
        """
        name, place = self._device.name, snmp_servertech.place_of(index)
        if place is None:
            raise InputError(f"{index} is no outlet number", "AA1 is 1, AB1 is 101, BA1 is 10001.")
        snmp = await self._links.snmp()
        mib = await walked(snmp, snmp_servertech.STATE_TABLES, device=name)
        control = facts_from(
            mib, lambda read: snmp_servertech.control_of(read, place), device=name, what="outlets"
        )
        if control is None:
            raise InputError(f"{name} lists no outlet {index}", f"`bringup probe {name} outlets` lists them.")
        await snmp.set_integer(control, snmp_servertech.SWITCH_COMMAND[to])


PLATFORM = Platform(
    name="servertech-pdu",
    title="Server Technology Sentry CDU or PRO PDU (SNMP)",
    transports=("snmp",),
    open=ServertechPduDriver,
)
