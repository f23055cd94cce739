"""lldpd's neighbours as plain `lldpctl` (or `lldpcli show neighbors`) prints them: blocks between rulers.

A whole output ends with a ruler. LLDP-MED repeats keys of the chassis, so a key counts only in its own
section.
"""

from __future__ import annotations

import re

from bringup.decode.lldp_json0 import age_s
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, read_word, refuse_error_text, text_of, whole_lines
from bringup.model.facts import Neighbor
from bringup.model.measurement import ABSENT, Read

_RULER = re.compile(r"-{20,}")
_HEAD = re.compile(r"Interface: +(\S+), via: (\S+)(?:, RID: [0-9]+)?, Time: (.+)")
_SECTIONS = frozenset({"Chassis", "Port"})
_ID_TYPES = ("mac", "ifname", "local", "ip", "ifalias", "unhandled")


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line.rstrip() for line in whole_lines(text)]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) < 3 or not _RULER.fullmatch(lines[0]) or lines[1] != "LLDP neighbors:":
        raise Damaged("the text does not begin with lldpctl's heading")
    if not _RULER.fullmatch(lines[-1]):
        raise Damaged("the last ruler is missing: the text may be cut")
    blocks: list[list[str]] = [[]]
    for line in lines[2:]:
        if line.startswith("-") and _RULER.fullmatch(line):
            blocks.append([])
        else:
            blocks[-1].append(line)
    neighbors = tuple(_neighbor(block) for block in blocks if block)
    if not neighbors:
        raise Nothing("lldpd sees no neighbour")
    return Found(facts={"neighbors": neighbors}, warnings=warnings)


def _neighbor(block: list[str]) -> Neighbor:
    head = _HEAD.fullmatch(block[0])
    if head is None:
        raise Damaged(f"a block does not begin with its interface: {block[0][:60]!r}")
    fields: dict[tuple[str, str], str] = {}
    section = ""
    for line in block[1:]:
        if line.startswith("    "):
            if section in _SECTIONS:
                key, _, rest = line.strip().partition(":")
                fields.setdefault((section, key), rest.strip())
        elif line.startswith("  ") and not line.startswith("   "):
            section = line.strip().partition(":")[0]
        elif line:
            raise Damaged(f"a line is no field: {line[:60]!r}")
    if not {part for part, _ in fields} >= _SECTIONS:
        raise Damaged("a neighbour without chassis or port: the text may be cut")
    return Neighbor(
        local_port=head[1],
        system_name=read_word(fields.get(("Chassis", "SysName"))),
        chassis_id=_identifier(fields.get(("Chassis", "ChassisID"))),
        port_id=_identifier(fields.get(("Port", "PortID"))),
        port_description=read_word(fields.get(("Port", "PortDescr"))),
        age_s=age_s(head[3]),
    )


def _identifier(text: str | None) -> Read:
    """`ifname swp5` without its type."""
    kind, _, rest = (text or "").partition(" ")
    if not rest:
        return ABSENT
    if kind not in _ID_TYPES:
        raise Damaged(f"{kind[:20]!r} is no type of identifier")
    return read_word(rest)


TEXT = Format(
    name="lldp.text",
    title="lldpd: lldpctl",
    sniff=lambda head: 90 if b"LLDP neighbors:" in head[:400] else 0,
    parse=_parse,
    facts={"neighbors": tuple[Neighbor, ...]},
)
FORMATS = (TEXT,)
