"""Interfaces (RFC 2863) and LLDP neighbours (IEEE 802.1AB LLDP-MIB) of any agent.

An interface is named by its ifName; ifDescr, which may be the text of a PCI device, is used where it has
none. LLDP counts local ports by itself, not by ifIndex; its remote table is indexed by a time mark first,
which changes, so rows are known by their last two sub-ids.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.result import Damaged
from bringup.decode.snmp_record import Mib, as_word
from bringup.model.facts import Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

IF_TABLE = "1.3.6.1.2.1.2.2.1"
IF_DESCR, IF_MTU, IF_MAC = f"{IF_TABLE}.2", f"{IF_TABLE}.4", f"{IF_TABLE}.6"
IF_ADMIN, IF_OPER = f"{IF_TABLE}.7", f"{IF_TABLE}.8"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
IF_HIGH_SPEED = "1.3.6.1.2.1.31.1.1.1.15"
IF_COLUMNS = (IF_DESCR, IF_MTU, IF_MAC, IF_ADMIN, IF_OPER, IF_NAME, IF_HIGH_SPEED)
LLDP_LOCAL = "1.0.8802.1.1.2.1.3.7.1"
LLDP_REMOTE = "1.0.8802.1.1.2.1.4.1.1"

_ADMIN = MappingProxyType({1: value(True), 2: value(False), 3: value(False)})
_OPER = MappingProxyType({1: value(True), **dict.fromkeys((2, 3, 5, 6, 7), value(False))})
_MAC_OCTETS = 6
_CHASSIS_MAC, _PORT_MAC = 4, 3


def interface_names(mib: Mib) -> dict[tuple[int, ...], str]:
    """ifIndex -> the name of that interface."""
    names, descriptions = mib.texts(IF_NAME), mib.texts(IF_DESCR)
    indexes = sorted(names.keys() | descriptions.keys())
    return {
        index: names.get(index) or descriptions.get(index) or f"if-{'.'.join(map(str, index))}"
        for index in indexes
    }


def ports_of(mib: Mib) -> tuple[Port, ...]:
    """Every row of the interface table, also of interfaces that are no ports.

    Raises:
        Damaged: a column is of a wrong type.
    """
    admin, oper = mib.integers(IF_ADMIN), mib.integers(IF_OPER)
    mtu, speed, mac = mib.integers(IF_MTU), mib.integers(IF_HIGH_SPEED), mib.octets(IF_MAC)
    return tuple(
        Port(
            name=name,
            admin_up=_state(admin.get(index), _ADMIN),
            oper_up=_state(oper.get(index), _OPER),
            speed_gbps=_speed(speed.get(index)),
            mtu=ABSENT if index not in mtu else value(mtu[index]),
            mac=_mac(mac.get(index)),
        )
        for index, name in interface_names(mib).items()
    )


def _state(code: int | None, states: MappingProxyType[int, Read]) -> Read:
    return ABSENT if code is None else states.get(code, NOT_AVAILABLE)


def _speed(mbps: int | None) -> Read:
    """0 stands for an interface that has no speed (RFC 2863)."""
    if mbps is None:
        return ABSENT
    return value(mbps / 1000) if mbps > 0 else NOT_AVAILABLE


def _mac(octets: bytes | None) -> Read:
    if not octets:
        return ABSENT
    return value(octets.hex(":")) if len(octets) == _MAC_OCTETS else NOT_AVAILABLE


def neighbors_of(mib: Mib) -> tuple[Neighbor, ...]:
    """Every remote system, in the order of local ports.

    Raises:
        Damaged: an index has not three parts, or two rows are the same neighbour.
    """
    rows: dict[tuple[int, int], tuple[int, ...]] = {}
    for index, _ in mib.column(f"{LLDP_REMOTE}.5"):
        if len(index) != 3:
            raise Damaged("the index of a remote system has not three parts")
        rows[index[1:3]] = index
    local = _local_ports(mib)
    kinds = mib.integers(f"{LLDP_REMOTE}.4"), mib.integers(f"{LLDP_REMOTE}.6")
    ids = mib.octets(f"{LLDP_REMOTE}.5"), mib.octets(f"{LLDP_REMOTE}.7")
    descriptions, names = mib.texts(f"{LLDP_REMOTE}.8"), mib.texts(f"{LLDP_REMOTE}.9")
    return tuple(
        Neighbor(
            local_port=local.get((port,), f"local-port-{port}"),
            system_name=as_word(names.get(index)),
            chassis_id=_lldp_id(ids[0].get(index), kinds[0].get(index) == _CHASSIS_MAC),
            port_id=_lldp_id(ids[1].get(index), kinds[1].get(index) == _PORT_MAC),
            port_description=as_word(descriptions.get(index)),
        )
        for (port, _), index in sorted(rows.items())
    )


def _local_ports(mib: Mib) -> dict[tuple[int, ...], str]:
    """LLDP's own port number -> name: the id, but where that is a MAC, the description."""
    kinds, ids = mib.integers(f"{LLDP_LOCAL}.2"), mib.texts(f"{LLDP_LOCAL}.3")
    descriptions = mib.texts(f"{LLDP_LOCAL}.4")
    return {
        index: (descriptions.get(index) if kinds.get(index) == _PORT_MAC else None) or held
        for index, held in ids.items()
        if held or descriptions.get(index)
    }


def _lldp_id(octets: bytes | None, is_mac: bool) -> Read:
    """An id as text; a MAC in six octets with colons. A MAC sent as text stays as it is."""
    if octets is None:
        return ABSENT
    if is_mac and len(octets) == _MAC_OCTETS:
        return value(octets.hex(":"))
    return as_word(octets.decode("utf-8", errors="replace").strip(" \t\r\n\0"))
