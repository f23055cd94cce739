"""lldpd's neighbours as `lldpcli -f json0 show neighbors` prints them.

In json0 everything is a list, and every value is `[{"value": …}]`, so that one neighbour and many have the
same shape. Two neighbours on one interface are two entries with the same name: both are kept.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, read_word, refuse_error_text, text_of
from bringup.model.facts import Neighbor
from bringup.model.measurement import ABSENT, Read, value

_AGE = re.compile(r"([0-9]{1,6}) days?, ([0-9]{2}):([0-9]{2}):([0-9]{2})")


def age_s(text: str) -> Read:
    """lldpd's age of an entry (`0 day, 00:02:35`) in seconds.

    Raises:
        Damaged: it is none.
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise Damaged(f"{text[:40]!r} is no age")
    days, hours, minutes, seconds = (int(part) for part in match.groups())
    return value(float(((days * 24 + hours) * 60 + minutes) * 60 + seconds))


def _list(parent: dict[str, object], key: str) -> list[dict[str, object]]:
    """The objects in the list under `key`; none where there is no such key."""
    held = parent.get(key, [])
    if not isinstance(held, list) or not all(isinstance(entry, dict) for entry in held):
        raise Damaged(f"{key!r} is no list of objects: is this plain json instead of json0?")
    return held


def _text(parent: list[dict[str, object]], key: str) -> Read:
    for holder in parent:
        for entry in _list(holder, key):
            held = entry.get("value")
            if not isinstance(held, str):
                raise Damaged(f"{key!r} has no text")
            return read_word(held)
    return ABSENT


def _neighbor(entry: dict[str, object]) -> Neighbor:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise Damaged("an interface has no name")
    if "status" in entry and "via" not in entry:
        raise Damaged("these are lldpd's own interfaces, not its neighbours")
    chassis, port = _list(entry, "chassis"), _list(entry, "port")
    age = entry.get("age")
    if age is not None and not isinstance(age, str):
        raise Damaged("an age is no text")
    return Neighbor(
        local_port=name,
        system_name=_text(chassis, "name"),
        chassis_id=_text(chassis, "id"),
        port_id=_text(port, "id"),
        port_description=_text(port, "descr"),
        age_s=ABSENT if age is None else age_s(age),
    )


def _parse(data: bytes) -> Found:
    found = _parse_any(data)
    if not found.facts["neighbors"]:
        raise Nothing("; ".join(("lldpd sees no neighbour", *found.warnings)))
    return found


def _parse_any(data: bytes) -> Found:
    """As `_parse`, and no neighbour at all is a table, too."""
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    top = json_of(data)
    if not isinstance(top, dict) or "lldp" not in top:
        raise Damaged("the JSON has no 'lldp'")
    neighbors: list[Neighbor] = []
    others = 0
    for holder in _list(top, "lldp"):
        for entry in _list(holder, "interface"):
            if entry.get("via", "LLDP") == "LLDP":
                neighbors.append(_neighbor(entry))
            else:
                others += 1
    warnings = (f"{others} neighbours over other protocols are left out",) if others else ()
    return Found(facts={"neighbors": tuple(neighbors)}, warnings=warnings)


JSON0 = Format(
    name="lldp.json0",
    title="lldpd: lldpcli -f json0 show neighbors",
    sniff=lambda head: (
        80 if head.lstrip()[:1] == b"{" and re.search(rb'^\s*\{\s*"lldp"\s*:\s*\[', head) else 0
    ),
    parse=_parse,
    facts={"neighbors": tuple[Neighbor, ...]},
)
TABLE = Format(
    name="lldp.json0",
    title="the same, where a table without a neighbour is a whole one",
    sniff=lambda head: 0,
    parse=_parse_any,
    facts=JSON0.facts,
)
"""For drivers, which also ask whether lldpd listens: then nobody is an answer. Empty output is none."""
FORMATS = (JSON0,)
