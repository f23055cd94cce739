"""A management switch as standard MIBs show it.

The system group; IF-MIB ifTable and ifXTable; ENTITY-MIB with the chassis; LLDP-MIB, local and remote;
BRIDGE-MIB base ports and fdb, Q-BRIDGE-MIB fdb of VLAN 1. The address of whoever is plugged into a port is in
the fdb as soon as the port has a link. Only devices whose software speaks LLDP (switches, servers) are
neighbours: PDUs and BMCs say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from bringup.lab.management import Attached
from bringup.lab.snmp_mib import Oid, SetRefused, Value, gauge, integer, octets, timeticks
from bringup.lab.state import Device
from bringup.lab.world import World

MIB_2: Oid = (1, 3, 6, 1, 2, 1)
IF_ENTRY: Oid = (*MIB_2, 2, 2, 1)
IFX_ENTRY: Oid = (*MIB_2, 31, 1, 1, 1)
ENTITY: Oid = (*MIB_2, 47, 1, 1, 1, 1)
BASE_PORT: Oid = (*MIB_2, 17, 1, 4, 1)
FDB: Oid = (*MIB_2, 17, 4, 3, 1)
Q_FDB: Oid = (*MIB_2, 17, 7, 1, 2, 2, 1)
LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 4, 1, 32473, 48, 1)
"""Under the enterprise number kept for documentation (RFC 5612)."""

ETHERNET_CSMACD, UP, DOWN, LEARNED, CHASSIS, VLAN = 6, 1, 2, 3, 3, 1
CHASSIS_IS_MAC, PORT_IS_MAC, PORT_IS_IFNAME = 4, 3, 5
SPEAKERS = ("sonic", "eos", "linux")


class ManagementSwitch:
    """One management switch of the world as an SNMP device; nothing can be set."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def mib(self) -> Mapping[Oid, Value]:
        """Every instance, now."""
        device = self._world.device(self._device)
        rows = self._system(device) | _chassis(device) | _lldp_local(device)
        for each in self._world.attached(self._device):
            rows |= _interface(device, each)
            if each.up and each.device is not None:
                rows |= _forwarding(each, each.device) | _neighbor(each, each.device)
        return rows

    def check_set(self, oid: Oid, value: Value) -> None:
        """Raises: SetRefused, always."""
        raise SetRefused("notWritable")

    def apply_set(self, oid: Oid, value: Value) -> None:
        """Never called: `check_set` allows nothing."""

    def _system(self, device: Device) -> dict[Oid, Value]:
        scalars = (
            (1, octets(f"{device.vendor} {device.model}, {len(device.sockets)} ports 1000BASE-T")),
            (2, Value("oid", SYS_OBJECT_ID)),
            (3, timeticks(self._world.uptime_s(device.name))),
            (4, octets("")),
            (5, octets(device.hostname)),
            (6, octets("")),
            (7, integer(2)),
        )
        rows = {(*MIB_2, 1, column, 0): value for column, value in scalars}
        rows[(*MIB_2, 2, 1, 0)] = integer(len(device.sockets))
        rows[(*MIB_2, 17, 1, 1, 0)] = octets(_octets_of(device.chassis_id))
        rows[(*MIB_2, 17, 1, 2, 0)] = integer(len(device.sockets))
        return rows


def _columns(entry: Oid, index: tuple[int, ...], values: Mapping[int, Value]) -> dict[Oid, Value]:
    return {(*entry, column, *index): value for column, value in values.items()}


def _octets_of(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def _chassis(device: Device) -> dict[Oid, Value]:
    texts = {2: device.model, 7: "Chassis", 10: device.os_version, 11: device.serial}
    texts |= {8: device.hardware_revision, 12: device.vendor, 13: device.model}
    return _columns(ENTITY, (1,), {column: octets(text) for column, text in texts.items()}) | _columns(
        ENTITY, (1,), {4: integer(0), 5: integer(CHASSIS)}
    )


def _interface(switch: Device, each: Attached) -> dict[Oid, Value]:
    socket, index = each.socket, (each.socket.index,)
    mac = _octets_of(switch.chassis_id)[:-1] + bytes([socket.index])
    rows = _columns(
        IF_ENTRY,
        index,
        {
            1: integer(socket.index),
            2: octets(f"GigabitEthernet {socket.name}"),
            3: integer(ETHERNET_CSMACD),
            4: integer(1500),
            5: gauge(socket.speed_mbps * 1e6 if each.up else 0),
            6: octets(mac),
            7: integer(UP if socket.admin_up else DOWN),
            8: integer(UP if each.up else DOWN),
        },
    )
    rows |= _columns(
        IFX_ENTRY,
        index,
        {1: octets(socket.name), 15: gauge(socket.speed_mbps if each.up else 0), 18: octets("")},
    )
    rows |= _columns(BASE_PORT, index, {1: integer(socket.index), 2: integer(socket.index)})
    local = {2: integer(PORT_IS_IFNAME), 3: octets(socket.name), 4: octets(f"GigabitEthernet {socket.name}")}
    return rows | _columns((*LLDP, 3, 7, 1), index, local)


def _forwarding(each: Attached, device: Device) -> dict[Oid, Value]:
    if device.jack is None:
        return {}
    mac, port = _octets_of(device.jack.mac), integer(each.socket.index)
    learned = integer(LEARNED)
    return _columns(FDB, tuple(mac), {1: octets(mac), 2: port, 3: learned}) | _columns(
        Q_FDB, (VLAN, *mac), {2: port, 3: learned}
    )


def _lldp_local(device: Device) -> dict[Oid, Value]:
    local = {
        1: integer(CHASSIS_IS_MAC),
        2: octets(_octets_of(device.chassis_id)),
        3: octets(device.hostname),
        4: octets(f"{device.vendor} {device.model}"),
    }
    return {(*LLDP, 3, column, 0): value for column, value in local.items()}


def _neighbor(each: Attached, device: Device) -> dict[Oid, Value]:
    """lldpd on servers names a port by its MAC address, switches by its name."""
    if device.jack is None or device.platform not in SPEAKERS or not device.booted:
        return {}
    by_mac = device.platform == "linux"
    name = octets(_octets_of(device.jack.mac)) if by_mac else octets(device.jack.name)
    values = {
        4: integer(CHASSIS_IS_MAC),
        5: octets(_octets_of(device.chassis_id)),
        6: integer(PORT_IS_MAC if by_mac else PORT_IS_IFNAME),
        7: name,
        8: octets(device.jack.name),
        9: octets(device.hostname),
        10: octets(f"{device.vendor} {device.model}"),
    }
    return _columns((*LLDP, 4, 1, 1), (0, each.socket.index, 1), values)
