"""lldpd's own interfaces as `lldpcli -f json0 show interfaces` prints them: where it listens.

Seen from lldpd 1.0.16: an entry for each interface that it works on, with its name and `status` (`RX and TX`,
`RX only`, `TX only`, `disabled`); none of them has `via`, which an entry of a neighbour has.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of

_RECEIVES = frozenset({"RX and TX", "RX only"})
_STATUS = _RECEIVES | {"TX only", "disabled"}


def _objects(held: object, what: str) -> list[dict[str, object]]:
    if not isinstance(held, list) or not all(isinstance(entry, dict) for entry in held):
        raise Damaged(f"{what} is no list of objects: is this plain json instead of json0?")
    return held


def _status(entry: dict[str, object]) -> str:
    for held in _objects(entry.get("status", []), "'status'"):
        told = held.get("value")
        if told not in _STATUS:
            raise Damaged(f"{str(told)[:40]!r} is no status of an interface")
        return str(told)
    raise Damaged("an interface has no status: are these neighbours?")


def _parse(data: bytes) -> Found:
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    top = json_of(data)
    if not isinstance(top, dict) or "lldp" not in top:
        raise Damaged("the JSON has no 'lldp'")
    listening: list[object] = []
    for holder in _objects(top["lldp"], "'lldp'"):
        for entry in _objects(holder.get("interface", []), "'interface'"):
            name = entry.get("name")
            if not isinstance(name, str) or not name or "via" in entry:
                raise Damaged("an interface has no name, or is a neighbour's")
            if _status(entry) in _RECEIVES:
                listening.append(name)
    if not listening:
        raise Nothing("lldpd listens on no interface")
    return Found(facts={"listening_ports": listening})


INTERFACES = Format(
    name="lldp.json0-interfaces",
    title="lldpd: lldpcli -f json0 show interfaces",
    sniff=lambda head: (
        85
        if re.search(rb'^\s*\{\s*"lldp"\s*:\s*\[', head) and b'"status"' in head and b'"via"' not in head
        else 0
    ),
    parse=_parse,
    facts={"listening_ports": list[str]},
)
FORMATS = (INTERFACES,)
