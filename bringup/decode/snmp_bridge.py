"""Who hangs on which port of a switch: forwarding tables (RFC 4188 BRIDGE-MIB, RFC 4363 Q-BRIDGE-MIB), LLDP.

A forwarding table gives an address and a bridge port, which is neither an ifIndex nor a port's name: the base
port table leads from one to the other. Only learned entries (status 3) speak of somebody else: a switch lists
its own addresses, too. Port 0 is "learned, but where is not known".
"""

from __future__ import annotations

from collections.abc import Iterator

from bringup.decode.result import Damaged
from bringup.decode.snmp_interface import (
    IF_DESCR,
    IF_NAME,
    LLDP_LOCAL,
    LLDP_REMOTE,
    interface_names,
    neighbors_of,
)
from bringup.decode.snmp_record import Mib
from bringup.model.facts import Attached, Neighbor

BASE_PORT_INTERFACE = "1.3.6.1.2.1.17.1.4.1.2"
FORWARDING = "1.3.6.1.2.1.17.4.3.1"
VLAN_FORWARDING = "1.3.6.1.2.1.17.7.1.2.2.1"
PORT, STATUS = 2, 3
TABLES = (
    IF_DESCR,
    IF_NAME,
    BASE_PORT_INTERFACE,
    *(f"{table}.{column}" for table in (FORWARDING, VLAN_FORWARDING) for column in (PORT, STATUS)),
    LLDP_LOCAL,
    LLDP_REMOTE,
)
_LEARNED = 3
_MAC_OCTETS = 6


def attached_of(mib: Mib) -> tuple[Attached, ...]:
    """Every port on which anybody was heard, in the order of interfaces; others after them.

    Raises:
        Damaged: an index is none of these tables'.
    """
    interfaces = interface_names(mib)
    ports = {
        index[0]: interfaces.get((interface,), f"if-{interface}")
        for index, interface in mib.integers(BASE_PORT_INTERFACE).items()
        if len(index) == 1
    }
    macs: dict[str, dict[str, None]] = {}
    for mac, bridge_port in _learned(mib):
        macs.setdefault(ports.get(bridge_port, f"bridge-port-{bridge_port}"), {})[mac] = None
    heard: dict[str, list[Neighbor]] = {}
    for neighbor in neighbors_of(mib):
        heard.setdefault(neighbor.local_port, []).append(neighbor)
    named = [*interfaces.values(), *macs, *heard]
    return tuple(
        Attached(port=port, macs=tuple(macs.get(port, ())), neighbors=tuple(heard.get(port, ())))
        for port in dict.fromkeys(named)
        if port in macs or port in heard
    )


def _learned(mib: Mib) -> Iterator[tuple[str, int]]:
    """(address, bridge port) of every learned entry, of both tables."""
    for table, octets_before in ((FORWARDING, 0), (VLAN_FORWARDING, 1)):
        states = mib.integers(f"{table}.{STATUS}")
        for index, port in mib.integers(f"{table}.{PORT}").items():
            mac = index[octets_before:]
            if len(mac) != _MAC_OCTETS or any(octet > 0xFF for octet in mac):
                raise Damaged("the index of a forwarding entry is no MAC address")
            if port > 0 and states.get(index, _LEARNED) == _LEARNED:
                yield bytes(mac).hex(":"), port
