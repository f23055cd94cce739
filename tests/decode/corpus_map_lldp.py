"""The facts of lldpd's formats in the words of the corpus: a port's neighbour as [system, port]."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded, Neighbor
from tests.decode.corpus import View

FORMAT_OF = {
    "net show lldp json": "lldp.json0",
    "lldpcli -f json0 show neighbors": "lldp.json0",
    "lldpctl": "lldp.text",
}


def _neighbors(decoded: Decoded) -> tuple[Neighbor, ...]:
    facts: dict[str, Any] = dict(decoded.facts)
    found: tuple[Neighbor, ...] = facts.get("neighbors", ())
    return found


def _view(decoded: Decoded) -> dict[str, object]:
    view: dict[str, object] = {"neighbours": len(_neighbors(decoded))}
    by_port: dict[str, list[Neighbor]] = {}
    for neighbor in _neighbors(decoded):
        by_port.setdefault(neighbor.local_port, []).append(neighbor)
    for port, seen in by_port.items():
        named = [[each.system_name.value, each.port_id.value] for each in seen]
        described = [[*pair, each.port_description.value] for pair, each in zip(named, seen, strict=True)]
        view[port] = named[0] if len(seen) == 1 else described
        view[f"{port}_chassis"] = seen[0].chassis_id.value
    return view


VIEWS: dict[str, View] = {"lldp.json0": _view, "lldp.text": _view}
