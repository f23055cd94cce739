"""InfiniBand topologies as text: blocks of ibdiagnet's topology file, lines of `ibnetdiscover -p`.

Both tell each link from both of its ends. A port of `-p` without a partner has no link, so nothing was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bringup.cabling.link import CableList, End, Link, RowFault

_SYSTEM = re.compile(r"(\S{1,64})\s+(\S{1,200})")
_LINK = re.compile(r"(\S{1,64})\s+-(\S{1,40})->\s+(\S{1,64})\s+(\S{1,200})\s+(\S{1,64})")
_PORT = re.compile(
    r"(?:CA|SW|RT)\s+\d{1,6}\s+(\d{1,4})\s+0x[0-9a-f]{1,16}\s+(?:\d{1,2}x)\s+(\S{1,10})"
    r"(?:\s+-\s+(?:CA|SW|RT)\s+\d{1,6}\s+(\d{1,4})\s+0x[0-9a-f]{1,16})?\s+(.{1,500})"
)
_NAMES = re.compile(r"\( '([^']{1,200})' - '([^']{1,200})' \)")


def is_port_list(head: str) -> bool:
    """Whether the first line is one of `ibnetdiscover -p`."""
    return re.match(r"\s*(?:CA|SW|RT)\s+\d+\s+\d+\s+0x[0-9a-f]+\s", head) is not None


def is_topology(head: str) -> bool:
    return re.search(r"^\s+\S+\s+-\S{1,40}->\s+\S+\s+\S+\s+\S+\s*$", head, re.MULTILINE) is not None


def read_topology(text: str) -> CableList:
    """Blocks `TYPE NAME`, and under each its ports, indented."""
    here = ""
    told: list[tuple[int, End, End]] = []
    faults: list[RowFault] = []
    for number, raw in _lines(text):
        if not raw[:1].isspace():
            system = _SYSTEM.fullmatch(raw.strip())
            here = system[2] if system else ""
            if system is None:
                faults.append(RowFault(number, "", f"{raw[:40]!a} is no system", "TYPE NAME"))
            continue
        link = _LINK.fullmatch(raw.strip())
        if link is None or not here:
            faults.append(
                RowFault(number, "", f"{raw.strip()[:40]!a} is no port of a system", "P1 -4x-100G-> …")
            )
            continue
        told.append((number, End(here, link[1]), End(link[4], link[5])))
    return _once(told, faults)


def read_port_list(text: str) -> CableList:
    """A line a port."""
    told: list[tuple[int, End, End]] = []
    faults: list[RowFault] = []
    dark = 0
    for number, raw in _lines(text):
        port = _PORT.fullmatch(raw.strip())
        if port is None:
            faults.append(RowFault(number, "", f"{raw.strip()[:40]!a} is no port", "CA LID PORT GUID …"))
        elif port[3] is None:
            dark += 1
        else:
            names = _NAMES.fullmatch(port[4].strip())
            if names is None:
                faults.append(
                    RowFault(number, "", "the names of both ends can't be told apart", "( 'A' - 'B' )")
                )
                continue
            told.append((number, End(names[1], port[1]), End(names[2], port[3])))
    made = _once(told, faults)
    notes = (f"{dark} ports have no link",) if dark else ()
    return CableList(made.links, made.faults, notes)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip() and not raw.lstrip().startswith("#"):
            yield number, raw


def _once(told: list[tuple[int, End, End]], faults: list[RowFault]) -> CableList:
    """Each link once, however many of its ends told it."""
    seen: dict[frozenset[End], Link] = {}
    for number, a, b in told:
        seen.setdefault(frozenset((a, b)), Link(a, b, line=number))
    if not seen and not faults:
        faults.append(RowFault(0, "", "the list has no link", "a topology names links"))
    return CableList(tuple(seen.values()), tuple(faults))
