"""A topology file of `ibnetdiscover`: channel adapters and switches, and the links between their ports.

A node that announces ports and lists none is of a file that was cut: what hangs on it is not known, so such a
file tells no topology. Source: the tool's own output; the form is described in its manual page.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of, whole_lines

_NODE = re.compile(r'(Ca|Switch|Rt)\s+(\d{1,4})\s+"([HSR]-[0-9a-f]{1,16})"\s*(?:#\s*(.{0,300}))?')
_NAME = re.compile(r'"([^"]{0,200})"')
_PORT = re.compile(
    r'\[(\d{1,4})\](?:\([0-9a-f]{1,16}\))?\s+"([HSR]-[0-9a-f]{1,16})"\[(\d{1,4})\]([^\n]{0,300})'
)
_WIDTH = re.compile(r"\b(\d{1,2}x[A-Z]{3,4}\d{0,2})\b")
_HEADER = re.compile(r"(?:vendid|devid|sysimgguid|caguid|switchguid|rtguid)=.{1,100}")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    nodes: dict[str, Json] = {}
    ends: dict[tuple[str, int], tuple[str, int, str | None]] = {}
    here = ""
    for number, raw in enumerate(whole_lines(text), 1):
        line = raw.strip()
        if node := _NODE.fullmatch(line):
            here = node[3]
            if here in nodes:
                raise Damaged(f"line {number}: {here} stands there twice")
            name = _NAME.search(node[4] or "")
            nodes[here] = {
                "kind": node[1],
                "ports": int(node[2]),
                "name": name[1] if name else None,
                "linked": 0,
            }
        elif port := _PORT.fullmatch(line):
            width = _WIDTH.search(port[4])
            end = here, int(port[1])
            if not here or end in ends:
                raise Damaged(f"line {number}: a port without a node, or one that stands there twice")
            ends[end] = port[2], int(port[3]), width[1] if width else None
        elif line and not line.startswith("#") and not _HEADER.fullmatch(line):
            raise Damaged(f"line {number} is no part of a topology")
    if not nodes:
        raise Nothing("no node is listed")
    return _found(nodes, ends, warnings)


def _found(
    nodes: dict[str, Json],
    ends: dict[tuple[str, int], tuple[str, int, str | None]],
    warnings: tuple[str, ...],
) -> Found:
    links = [
        {"a": a, "a_port": a_port, "b": b, "b_port": b_port, "width_speed": width}
        for (a, a_port), (b, b_port, width) in ends.items()
        if (a, a_port) <= (b, b_port) or (b, b_port) not in ends
    ]
    facts: Json = {
        "nodes": nodes,
        "channel_adapters": sum(node["kind"] == "Ca" for node in nodes.values()),
        "switches": sum(node["kind"] == "Switch" for node in nodes.values()),
        "links": links,
    }
    alone = [name for name in nodes if not any(a == name for a, _ in ends)]
    if alone:
        known = {key: facts[key] for key in ("channel_adapters", "switches")}
        names = {name: nodes[name]["name"] for name in alone}
        raise Damaged(
            f"{alone[0]} lists no port: the file may be cut",
            {**known, "links": len(links), "without_ports": dict(names)},  # type: ignore[dict-item]
        )
    unknown = next((b for b, _, _ in ends.values() if b not in nodes), None)
    if unknown is not None:
        raise Damaged(f"a link leads to {unknown}, which is not listed: the file may be cut")
    one_sided = sum(ends.get((b, b_port), ("", 0))[:2] != end for end, (b, b_port, _) in ends.items())
    odd = (f"{one_sided} links are told by one end alone",) if one_sided else ()
    for node in nodes.values():
        node.pop("linked")
    return Found(facts=facts, warnings=(*warnings, *odd))  # type: ignore[arg-type]


FORMATS = (
    Format(
        name="ib.netdiscover",
        title="ibnetdiscover: a topology file",
        sniff=lambda head: b"# Topology file: generated on" in head,
        parse=_parse,
        facts={
            "nodes": dict[str, dict[str, object]],
            "channel_adapters": int,
            "switches": int,
            "links": list[dict[str, object]],
        },
    ),
)
