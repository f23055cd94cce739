"""OpenConfig interfaces: state, speed, FEC and its counters; and LLDP neighbours.

Source: openconfig-interfaces, openconfig-if-ethernet 2.18, openconfig-lldp 1.1.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.openconfig_tree import Tree, count, entries, identity, node_at, number, word
from bringup.decode.result import Nothing
from bringup.model.facts import FecCounters, Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

_ADMIN = MappingProxyType({"UP": value(True), "DOWN": value(False), "TESTING": value(False)})
_OPER = MappingProxyType(
    {
        "UP": value(True),
        **dict.fromkeys(("DOWN", "TESTING", "DORMANT", "NOT_PRESENT", "LOWER_LAYER_DOWN"), value(False)),
    }
)
_FEC = MappingProxyType({"FEC_DISABLED": "none", "FEC_FC": "fc", "FEC_RS528": "rs528"})
_RS544 = "FEC_RS544"
_SPEED = re.compile(r"SPEED_([0-9]{1,5})(MB|GB)")


def interfaces(tree: Tree) -> list[tuple[str, Tree]]:
    """(name, entry) of every interface.

    Raises:
        Nothing: there is none.
    """
    found = list(entries(tree, "interfaces", "interface"))
    if not found:
        raise Nothing("the target tells of no interface")
    return found


def ports_of(tree: Tree) -> tuple[Port, ...]:
    """Every interface that has a state.

    Raises:
        Nothing: there is none.
    """
    found = tuple(_port(name, entry) for name, entry in interfaces(tree) if node_at(entry, "state"))
    if not found:
        raise Nothing("no interface has a state")
    return found


def _port(name: str, entry: Tree) -> Port:
    state, ethernet = node_at(entry, "state"), node_at(entry, "ethernet", "state")
    changed_ns = count(state, "last-change")
    return Port(
        name=name,
        admin_up=_enumerated(state, "admin-status", _ADMIN),
        oper_up=_enumerated(state, "oper-status", _OPER),
        speed_gbps=_speed(ethernet),
        fec_mode=_fec_mode(identity(ethernet, "fec-mode")),
        mtu=count(state, "mtu"),
        mac=word(ethernet, "mac-address"),
        flap_count=count(node_at(state, "counters"), "carrier-transitions"),
        last_change_unix_s=value(changed_ns.value / 1e9) if isinstance(changed_ns.value, int) else changed_ns,
    )


def _enumerated(state: Tree, name: str, words: MappingProxyType[str, Read]) -> Read:
    told = identity(state, name)
    return ABSENT if told is None else words.get(told, NOT_AVAILABLE)


def _speed(ethernet: Tree) -> Read:
    """What was negotiated, where it is told; else the port's speed."""
    told = [identity(ethernet, name) for name in ("negotiated-port-speed", "port-speed")]
    for name in told:
        match = _SPEED.fullmatch(name or "")
        if match:
            return value(float(match[1]) / (1000.0 if match[2] == "MB" else 1.0))
    return NOT_AVAILABLE if any(told) else ABSENT


def _fec_mode(told: str | None) -> Read:
    """RS(544,514) has several forms (interleaved, low latency): they are one code."""
    if told is None:
        return ABSENT
    if told.startswith(_RS544):
        return value("rs544")
    return value(_FEC[told]) if told in _FEC else NOT_AVAILABLE


def fec_of(tree: Tree) -> tuple[FecCounters, ...]:
    """The counters of every interface that counts any codewords or tells a bit error ratio.

    Raises:
        Nothing: no interface does.
    """
    found: list[FecCounters] = []
    for name, entry in interfaces(tree):
        ethernet = node_at(entry, "ethernet", "state")
        counters = node_at(ethernet, "counters")
        corrected = count(counters, "fec-corrected-blocks")
        made = FecCounters(
            port=name,
            corrected_codewords=corrected,
            uncorrectable_codewords=count(counters, "fec-uncorrectable-blocks"),
            symbol_errors=_symbols(count(counters, "in-symbol-error"), corrected),
            pre_fec_ber=number(ethernet, "pre-fec-ber"),
            flap_count=count(node_at(entry, "state", "counters"), "carrier-transitions"),
            cleared_unix_s=_seconds(count(node_at(entry, "state", "counters"), "last-clear")),
        )
        if not (made.corrected_codewords is made.uncorrectable_codewords is made.pre_fec_ber is ABSENT):
            found.append(made)
    if not found:
        raise Nothing("no interface tells of FEC")
    return tuple(found)


def _seconds(told: Read) -> Read:
    """Nanoseconds since 1970 as seconds."""
    return value(told.value / 1e9) if isinstance(told.value, int) and told.value > 0 else ABSENT


def _symbols(symbols: Read, corrected: Read) -> Read:
    """Symbol errors before correction, where `in-symbol-error` counts these.

    A corrected codeword has at least one wrong symbol. A smaller count is that of symbol errors behind the
    decoder, which are none on a bad link too: it must never stand in for a bit error ratio.
    """
    if not isinstance(symbols.value, int):
        return symbols
    if not isinstance(corrected.value, int) or symbols.value < corrected.value:
        return UNSUPPORTED
    return symbols


def neighbors_of(tree: Tree) -> tuple[Neighbor, ...]:
    """LLDP neighbours; none where LLDP runs on interfaces and hears nobody.

    Raises:
        Nothing: LLDP runs on no interface.
    """
    listening = list(entries(tree, "lldp", "interfaces", "interface"))
    if not listening:
        raise Nothing("the target tells of no interface on which LLDP runs")
    return tuple(
        _neighbor(port, node_at(entry, "state"))
        for port, interface in listening
        for _, entry in entries(interface, "neighbors", "neighbor")
    )


LONGEST_TTL_S = 65535.0
"""The largest time to live that a frame can state (IEEE 802.1AB, two octets): no entry lives longer."""


def _age_of_entry(told: Read) -> Read:
    """Seconds since the last frame. Some targets put a date there, which is no age."""
    return told if isinstance(told.value, int | float) and 0 <= told.value <= LONGEST_TTL_S else ABSENT


def _neighbor(port: str, state: Tree) -> Neighbor:
    return Neighbor(
        local_port=port,
        system_name=word(state, "system-name"),
        chassis_id=word(state, "chassis-id"),
        port_id=word(state, "port-id"),
        port_description=word(state, "port-description"),
        age_s=number(state, "last-update"),
        heard_ago_s=_age_of_entry(number(state, "last-update")),
    )
