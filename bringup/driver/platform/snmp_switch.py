"""Any switch, router or host that speaks SNMP, by standard MIBs alone. It changes nothing."""

from __future__ import annotations

from bringup.decode import snmp_bridge, snmp_interface, snmp_sensor, snmp_switch
from bringup.decode.snmp_system import SYSTEM
from bringup.driver.registry import Platform
from bringup.driver.snmp_reading import facts_from, walked
from bringup.model.errors import NoData
from bringup.model.facts import Attached, Environment, Identity, Neighbor, Optic, Port
from bringup.model.inventory import Device
from bringup.transport.base import Links

IDENTITY_TABLES = (
    SYSTEM,
    snmp_switch.ENTITY_CLASS,
    snmp_switch.ENTITY_RELEASE,
    snmp_switch.ENTITY_SERIAL,
    snmp_switch.ENTITY_MAKER,
    snmp_switch.ENTITY_MODEL,
)
NEIGHBOR_TABLES = (snmp_interface.LLDP_LOCAL, snmp_interface.LLDP_REMOTE)


class SnmpSwitchDriver:
    """Reads one agent."""

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def identity(self) -> Identity:
        """Name, description and uptime; model, release and serial where the agent tells them.

        Raises:
            NoData: the agent has no system group.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), IDENTITY_TABLES, device=name)
        found = facts_from(mib, snmp_switch.identity_of, device=name, what="identity")
        if found.description.value is None and found.hostname.value is None:
            raise NoData(
                f"{name}: the agent tells neither its name nor what it is",
                "May this community or user see the system group (1.3.6.1.2.1.1)?",
            )
        return found

    async def ports(self) -> tuple[Port, ...]:
        """Every interface, by ifName.

        Raises:
            NoData: the agent has no interface table.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), snmp_interface.IF_COLUMNS, device=name)
        return facts_from(mib, snmp_interface.ports_of, device=name, what="interfaces")

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """LLDP neighbours; none where LLDP has local ports and hears nobody.

        Raises:
            NoData: the agent has no LLDP-MIB.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), NEIGHBOR_TABLES, device=name)
        return facts_from(mib, snmp_interface.neighbors_of, device=name, what="LLDP neighbours")

    async def attached(self) -> tuple[Attached, ...]:
        """Who was heard on which port, by the forwarding tables and by LLDP.

        Raises:
            NoData: the switch has heard nobody, or tells of nobody.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), snmp_bridge.TABLES, device=name)
        found = facts_from(mib, snmp_bridge.attached_of, device=name, what="forwarding tables")
        if not found:
            raise NoData(
                f"{name}: neither its forwarding tables nor LLDP name anybody",
                "May this community or user see BRIDGE-MIB (1.3.6.1.2.1.17) and LLDP-MIB (1.0.8802.1.1.2)?",
            )
        return found

    async def environment(self) -> Environment:
        """Temperatures and fan speeds.

        Raises:
            NoData: the agent has no sensor, or only those of modules.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), snmp_sensor.TABLES, device=name)
        found = facts_from(mib, snmp_sensor.environment_of, device=name, what="sensors")
        if not found.sensors and not found.fans:
            raise NoData(
                f"{name}: the agent tells of no temperature or fan", "Leave the step out for this device."
            )
        return found

    async def optics(self) -> tuple[Optic, ...]:
        """Modules that have monitors.

        Raises:
            NoData: no sensor is said to be a module's.
        """
        name = self._device.name
        mib = await walked(await self._links.snmp(), snmp_sensor.TABLES, device=name)
        found = facts_from(mib, snmp_sensor.optics_of, device=name, what="modules")
        if not found:
            raise NoData(
                f"{name}: the agent tells of no optical module", "Leave the step out for this device."
            )
        return found


PLATFORM = Platform(
    name="snmp-switch",
    title="Any switch by standard MIBs (SNMP)",
    transports=("snmp",),
    open=SnmpSwitchDriver,
)
