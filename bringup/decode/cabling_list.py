"""Cable lists that other tools write: PTM's `topology.dot` (Cumulus) and SONiC's links CSV.

Each link is a row {a_device, a_port, b_device, b_port} with what else stands there. The `KEY="…"`
lines of a DOT file are templates and defaults, not nodes; `#` outside quotes begins a comment.
"""

from __future__ import annotations

import csv
import io
import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, counter, text_of, whole_lines

MAX_LINES, MAX_LINE_CHARS = 50_000, 4_000
_WORD = r'(?:"([^"\n]{0,200})"|([\w./:-]{1,200}))'
_EDGE = re.compile(rf"{_WORD}\s*:\s*{_WORD}\s*--\s*{_WORD}\s*:\s*{_WORD}\s*(?:\[([^\]\n]{{0,2000}})\])?\s*;?")
_DEFAULT = re.compile(rf"(\w{{1,64}})\s*=\s*{_WORD}\s*;?")
_ATTRIBUTE = re.compile(rf"\s*(\w{{1,64}})\s*=\s*{_WORD}\s*(?:,|$)")
_GRAPH = re.compile(r"(?:strict\s+)?graph\s*\w{0,100}\s*\{")
_HEAD = ("StartDevice", "StartPort", "EndDevice", "EndPort")


def _uncommented(line: str) -> str:
    """A line without its comment, and without blanks around it."""
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == "#" and not quoted:
            return line[:at].strip()
    return line.strip()


def _parse_dot(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    links: list[object] = []
    defaults: Json = {}
    state = "before"
    for number, raw in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        line = _uncommented(raw)
        if not line:
            continue
        if state == "before" and _GRAPH.fullmatch(line):
            state = "inside"
        elif state == "inside" and line == "}":
            state = "after"
        elif state == "inside":
            _dot_line(line, number, links, defaults)
        else:
            raise Damaged(f"line {number} is no part of an undirected graph")
    if state != "after":
        raise Damaged("the graph is not closed: the file may be cut")
    if not links:
        raise Nothing("the graph has no link")
    return Found(facts={"links": links, "defaults": defaults}, warnings=(*warnings, *_repeats(links)))


def _dot_line(line: str, number: int, links: list[object], defaults: Json) -> None:
    edge = _EDGE.fullmatch(line)
    if edge:
        ends = [edge[at] if edge[at] is not None else edge[at + 1] for at in (1, 3, 5, 7)]
        links.append(_link(ends, number) | {"attributes": _attributes(edge[9] or "", number)})
        return
    default = _DEFAULT.fullmatch(line)
    if not default:
        raise Damaged(f"line {number} is neither a link nor a default")
    defaults[default[1]] = default[2] if default[2] is not None else default[3]


def _attributes(text: str, number: int) -> Json:
    found: Json = {}
    at = 0
    while at < len(text.rstrip()):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            raise Damaged(f"line {number}: the attributes can't be read")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        at = match.end()
    return found


def _link(ends: list[str], number: int) -> Json:
    if not all(end.strip() for end in ends):
        raise Damaged(f"line {number}: an end of the link has no name")
    return dict(zip(("a_device", "a_port", "b_device", "b_port"), ends, strict=True))


def _repeats(links: list[object]) -> tuple[str, ...]:
    """A port that ends two links, in words: one of them is wrong."""
    seen: dict[tuple[object, object], int] = {}
    for link in links:
        assert isinstance(link, dict)
        for side in ("a", "b"):
            end = link[f"{side}_device"], link[f"{side}_port"]
            seen[end] = seen.get(end, 0) + 1
    return tuple(f"{device} {port} ends {count} links" for (device, port), count in seen.items() if count > 1)


def _parse_csv(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    whole_lines(text, longest=MAX_LINE_CHARS)
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise Damaged(f"no whole CSV: {error}") from None
    if not rows or tuple(cell.strip() for cell in rows[0][:4]) != _HEAD:
        raise Damaged(f"the first line does not name {', '.join(_HEAD)}")
    head = [cell.strip() for cell in rows[0]]
    links: list[object] = [_csv_link(head, row, at) for at, row in enumerate(rows[1:], 2) if any(row)]
    if not links:
        raise Nothing("the list has no link")
    return Found(facts={"links": links}, warnings=(*warnings, *_repeats(links)))


def _csv_link(head: list[str], row: list[str], number: int) -> Json:
    if len(row) != len(head):
        raise Damaged(f"line {number} has {len(row)} cells under {len(head)} names")
    cells = {name: cell.strip() for name, cell in zip(head, row, strict=True)}
    mbps = cells.get("BandWidth")
    return _link([cells[name] for name in _HEAD], number) | {
        "speed_mbps": counter(mbps) if mbps else None,
        "vlans": cells.get("VlanID") or None,
        "vlan_mode": cells.get("VlanMode") or None,
    }


def _is_dot(head: bytes) -> bool:
    return (
        b"--" in head and re.search(rb"^(?:strict +)?graph\b[^\n]{0,100}\{", head, re.MULTILINE) is not None
    )


FORMATS = (
    Format(
        name="cabling.ptm-dot",
        title="Cable list: PTM's topology.dot",
        sniff=_is_dot,
        parse=_parse_dot,
        facts={"links": list[dict[str, object]], "defaults": dict[str, str]},
    ),
    Format(
        name="cabling.sonic-links",
        title="Cable list: SONiC's links CSV",
        sniff=lambda head: head.lstrip(b"\xef\xbb\xbf").startswith(
            b"StartDevice,StartPort,EndDevice,EndPort"
        ),
        parse=_parse_csv,
        facts={"links": list[dict[str, object]]},
    ),
)
