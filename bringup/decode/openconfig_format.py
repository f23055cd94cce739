"""OpenConfig data as JSON: the data tree of a gNMI Get, or updates as our transcripts keep them.

A tree is read with module prefixes or without, and its lists as RFC 7951 arrays or as maps by their key.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, as_object
from bringup.decode.openconfig_component import modules, optics_of
from bringup.decode.openconfig_interface import fec_of, neighbors_of, ports_of
from bringup.decode.openconfig_tree import Tree, entries, grow, identity, node_at, number
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of
from bringup.model.facts import FecCounters, Neighbor, Optic, Port

_TOPS = ("interfaces", "components", "lldp")


def tree_in(data: bytes) -> Tree:
    """The tree in `data`.

    Raises:
        Damaged: no JSON, or no OpenConfig.
    """
    if data.lstrip()[:1] not in (b"{", b"["):
        refuse_error_text(text_of(data)[0])
    top = json_of(data)
    tree: Tree = {}
    if isinstance(top, list):
        for update in top:
            held = as_object(update, "an update")
            path = held.get("path")
            if not isinstance(path, str) or "value" not in held:
                raise Damaged("an update has no path or no value")
            grow(tree, path, held["value"])
    else:
        grow(tree, "/", top)
    if not tree.keys() & set(_TOPS):
        raise Damaged("the JSON has neither interfaces nor components nor LLDP")
    return tree


def _parse_component(data: bytes) -> Found:
    tree = tree_in(data)
    return Found(
        facts={
            "optics": optics_of(tree),
            "details": {name: _shown(entry) for name, entry in modules(tree).items()},
        }
    )


def _shown(entry: Tree) -> Json:
    """What a target tells of a module beyond the facts: its form, and each channel's powers as they came."""
    state = node_at(entry, "transceiver", "state")
    channels = {
        index: {
            name: {kind: number(statistics, kind).value for kind in ("instant", "avg", "min", "max")}
            for name in ("input-power", "output-power")
            if isinstance(statistics := node_at(channel, "state").get(name), dict)
        }
        for index, channel in entries(entry, "transceiver", "physical-channels", "channel")
    }
    return {
        "form_factor": identity(state, "form-factor"),
        "connector": identity(state, "connector-type"),
        "channels": channels,
    }


def _parse_interface(data: bytes) -> Found:
    tree = tree_in(data)
    ports = ports_of(tree)
    try:
        counters = fec_of(tree)
    except Nothing:
        counters = ()
    return Found(facts={"ports": ports, "fec_counters": counters})


def _parse_lldp(data: bytes) -> Found:
    neighbors = neighbors_of(tree_in(data))
    if not neighbors:
        raise Nothing("LLDP runs and hears nobody")
    return Found(facts={"neighbors": neighbors})


def _sniffer(top: str) -> re.Pattern[bytes]:
    name = top.encode()
    member = rb'^\s*\{\s*"(?:[a-z0-9-]+:)?' + name + rb'"\s*:\s*[\[{]'
    return re.compile(member + rb'|"path"\s*:\s*"/(?:[a-z0-9-]+:)?' + name + rb"\b")


_COMPONENTS, _INTERFACES, _LLDP = _sniffer("components"), _sniffer("interfaces"), _sniffer("lldp")
COMPONENT = Format(
    name="openconfig.component",
    title="OpenConfig: /components, optical modules",
    sniff=lambda head: 70 if _COMPONENTS.search(head) else 0,
    parse=_parse_component,
    facts={"optics": tuple[Optic, ...], "details": dict[str, dict[str, object]]},
)
INTERFACE = Format(
    name="openconfig.interface",
    title="OpenConfig: /interfaces, with FEC counters",
    sniff=lambda head: 60 if _INTERFACES.search(head) and b"openconfig" in head else 0,
    parse=_parse_interface,
    facts={"ports": tuple[Port, ...], "fec_counters": tuple[FecCounters, ...]},
)
LLDP = Format(
    name="openconfig.lldp",
    title="OpenConfig: /lldp",
    sniff=lambda head: 65 if _LLDP.search(head) else 0,
    parse=_parse_lldp,
    facts={"neighbors": tuple[Neighbor, ...]},
)
FORMATS = (COMPONENT, INTERFACE, LLDP)
