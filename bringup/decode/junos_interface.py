"""Junos `show interfaces extensive` and `show lldp neighbors [interface X]`, as XML or JSON.

Junos prints FEC counters of 0 for ports that have no FEC: they count only where a FEC mode is told, and the
port is up. A port id that is a number is the far switch's own index: the name of its port is then only in the
description. Source: recorded replies, and field names as public readers use them.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.junos_tree import Node, tree_of
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    FactValue,
    Found,
    Nothing,
    counter,
    is_missing,
    read_number,
    read_word,
)
from bringup.model.facts import FecCounters, Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_SPEED = re.compile(r"([0-9]{1,4}(?:\.[0-9])?)([GMgm])bps")
FEC_MODES = MappingProxyType(
    {
        "NONE": "none",
        "FEC74": "fc",
        "FEC91": "rs528",
        "FEC108": "rs528",
        "FEC119": "rs544",
        "FEC134": "rs544",
    }
)
"""Clauses of IEEE 802.3, by which Junos names the modes."""


def _parse_interfaces(data: bytes) -> Found:
    tree = tree_of(data)
    if not any(True for _ in tree.every("interface-information")):
        raise Damaged("the reply has no interface-information")
    ports: list[Port] = []
    counters: list[FecCounters] = []
    bundles: dict[str, object] = {}
    for interface in tree.every("physical-interface"):
        port = _port(interface)
        ports.append(port)
        counters.append(_fec(interface, port))
        bundle = next((node.text.strip() for node in interface.every("ae-bundle-name")), None)
        if bundle:
            bundles[port.name] = bundle.partition(".")[0]
    if not ports:
        raise Nothing("the switch lists no interface")
    if len({port.name for port in ports}) != len(ports):
        raise Damaged("an interface stands there twice")
    facts: dict[str, FactValue] = {"ports": tuple(ports), "fec_counters": tuple(counters)}
    return Found(facts=facts | {"bundle_of": bundles})


def _port(node: Node) -> Port:
    name = node.told("name")
    if not name:
        raise Damaged("an interface has no name")
    up = _is_up(node.told("oper-status"))
    mode = node.told("ethernet-fec-mode", "enabled_fec_mode")
    speed, fec, down = _speed_gbps(node.told("speed")), _fec_mode(mode), up.value is False
    return Port(
        name=name,
        admin_up=_is_up(node.told("admin-status")),
        oper_up=up,
        speed_gbps=speed if up.value is True else NOT_AVAILABLE,
        fec_mode=fec if up.value is True else NOT_AVAILABLE,
        speed_set_gbps=speed if down else ABSENT,
        fec_set=fec if down else ABSENT,
        mtu=_mtu(node.told("mtu")),
        mac=read_word(node.told("current-physical-address")),
        flap_count=_count(node.told("output-error-list", "carrier-transitions")),
    )


def _is_up(told: str | None) -> Read:
    if told is None:
        return ABSENT
    return value(told == "up") if told in ("up", "down") else NOT_AVAILABLE


def _speed_gbps(told: str | None) -> Read:
    if told is None:
        return ABSENT
    match = _SPEED.fullmatch(told)
    return value(float(match[1]) / (1000 if match[2] in "Mm" else 1)) if match else NOT_AVAILABLE


def _fec_mode(told: str | None) -> Read:
    if told is None:
        return ABSENT
    mode = FEC_MODES.get(told.upper())
    return NOT_AVAILABLE if mode is None else value(mode)


def _mtu(told: str | None) -> Read:
    return _count(told) if told is not None and told.isascii() and told.isdigit() else NOT_AVAILABLE


def _count(told: str | None) -> Read:
    if told is None or not told:
        return ABSENT
    return NOT_AVAILABLE if is_missing(told) else value(counter(told))


def _fec(node: Node, port: Port) -> FecCounters:
    statistics = node.one("ethernet-fec-statistics")
    mode = node.told("ethernet-fec-mode", "enabled_fec_mode")
    if statistics is None:
        return FecCounters(port=port.name, flap_count=port.flap_count)
    if port.oper_up.value is not True or mode is None or mode.upper() == "NONE":
        return FecCounters(
            port=port.name,
            corrected_codewords=NOT_AVAILABLE,
            uncorrectable_codewords=NOT_AVAILABLE,
            pre_fec_ber=NOT_AVAILABLE,
            flap_count=port.flap_count,
        )
    ber = read_number(statistics.told("pre-fec-ber"))
    if isinstance(ber.value, float) and not 0.0 <= ber.value <= 1.0:
        raise Damaged(f"the pre-FEC BER of {port.name} is no ratio")
    return FecCounters(
        port=port.name,
        corrected_codewords=_count(statistics.told("fec_ccw_count")),
        uncorrectable_codewords=_count(statistics.told("fec_nccw_count")),
        pre_fec_ber=ber,
        flap_count=port.flap_count,
    )


def _parse_lacp(data: bytes) -> Found:
    tree = tree_of(data)
    if not any(True for _ in tree.every("lacp-interface-information-list")):
        raise Damaged("the reply has no lacp-interface-information-list")
    states: dict[str, object] = {}
    for node in tree.every("lag-lacp-protocol"):
        name, state = node.told("name"), node.told("lacp-mux-state")
        if not name or state is None or name in states:
            raise Damaged("a member without its name or its state, or one that stands there twice")
        states[name] = state
    return Found(facts={"states": states})


def _parse_lldp(data: bytes) -> Found:
    tree = tree_of(data)
    if not any(True for _ in tree.every("lldp-neighbors-information")):
        raise Damaged("the reply has no lldp-neighbors-information")
    neighbors: list[Neighbor] = []
    details: list[object] = []
    for node in tree.every("lldp-neighbor-information"):
        port = node.told("lldp-local-interface") or node.told("lldp-local-port-id")
        if not port:
            raise Damaged("a neighbour without our port")
        neighbors.append(_neighbor(port, node))
        details.append(_details(node))
    if not neighbors:
        raise Nothing("the switch hears no neighbour")
    return Found(facts={"neighbors": tuple(neighbors), "details": details})


def _neighbor(port: str, node: Node) -> Neighbor:
    age = node.told("lldp-age")
    return Neighbor(
        local_port=port,
        system_name=read_word(node.told("lldp-remote-system-name")),
        chassis_id=read_word(node.told("lldp-remote-chassis-id")),
        port_id=read_word(node.told("lldp-remote-port-id")),
        port_description=read_word(node.told("lldp-remote-port-description")),
        heard_ago_s=ABSENT if age is None else value(float(counter(age))),
    )


def _details(node: Node) -> Json:
    ttl = node.told("lldp-ttl")
    addresses = node.all("lldp-remote-management-address")
    return {
        "port_id_type": node.told("lldp-remote-port-id-subtype"),
        "chassis_id_type": node.told("lldp-remote-chassis-id-subtype"),
        "management_address": addresses[0].text.strip() if addresses else None,
        "ttl_s": None if ttl is None else counter(ttl),
    }


INTERFACES = Format(
    name="junos.interfaces",
    title="Junos: show interfaces extensive | display xml or json",
    sniff=lambda head: (
        80
        if b"interface-information" in head and b"oper-status" in head and b"physical-interface" in head
        else 0
    ),
    parse=_parse_interfaces,
    facts={
        "ports": tuple[Port, ...],
        "fec_counters": tuple[FecCounters, ...],
        "bundle_of": dict[str, str],
    },
)
LLDP = Format(
    name="junos.lldp",
    title="Junos: show lldp neighbors [interface X] | display xml or json",
    sniff=lambda head: 90 if b"lldp-neighbors-information" in head else 0,
    parse=_parse_lldp,
    facts={"neighbors": tuple[Neighbor, ...], "details": list[dict[str, str | int | None]]},
)
LACP = Format(
    name="junos.lacp",
    title="Junos: show lacp interfaces | display xml or json",
    sniff=lambda head: 90 if b"lacp-interface-information-list" in head else 0,
    parse=_parse_lacp,
    facts={"states": dict[str, str]},
)
FORMATS = (INTERFACES, LLDP, LACP)
