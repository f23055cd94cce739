"""Cable lists that are tables: our own CSV, `z_` ends, NVIDIA's point-to-point sheets, SONiC's links.

A point-to-point sheet may have a row of groups above its header, and an InfiniBand one repeats its names:
there the first half of the columns is one end, and the second the other. Source: the columns of each tool.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bringup.cabling.link import NOT_SEEN, CableList, End, Link, RowFault, end_of

COLUMNS = ("a_device", "a_port", "b_device", "b_port", "medium", "length_m", "label")
NEEDED = COLUMNS[:4]
FAULT_CAP, LONGEST_CELL = 300, 400
HEADER_WITHIN = 5
"""A header stands in one of so many first rows."""
Rows = Iterable[tuple[int, Sequence[str]]]
_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in COLUMNS},
        "z_device": "b_device",
        "z_port": "b_port",
        "a-node name": "a_device",
        "a-node": "a_device",
        "a-port": "a_port",
        "z-node name": "b_device",
        "z-node": "b_device",
        "z-port": "b_port",
        "startdevice": "a_device",
        "startport": "a_port",
        "enddevice": "b_device",
        "endport": "b_port",
        "type": "medium",
        "cable type": "medium",
        "length": "length_m",
        "cable length": "length_m",
        "cable label": "label",
        "cable id": "label",
    }
)
_TWICE: Mapping[str, str] = MappingProxyType(
    {"name": "device", "node name": "device", "port": "port", "hca/port": "port", "hca": "port"}
)


def read_table(rows: Rows, *, found: bool = False) -> CableList:
    """All links of a table, and what is wrong with its other rows. Found lists alone may have open ends."""
    listed = [(line, [cell.strip() for cell in cells]) for line, cells in rows if any(map(str.strip, cells))]
    for at, (_, cells) in enumerate(listed[:HEADER_WITHIN]):
        columns = header(cells)
        if columns is not None:
            return _read(listed[at + 1 :], columns, len(cells), found)
    line = listed[0][0] if listed else 1
    return CableList(
        faults=(RowFault(line, "header", "no row names both ends", f"the first line is {','.join(COLUMNS)}"),)
    )


def header(cells: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what; None where the four that are needed are not there, or one stands twice."""
    names = [" ".join(cell.lower().split()) for cell in cells]
    columns: dict[str, int] = {}
    for at, name in enumerate(names):
        means = _KNOWN.get(name)
        if means is not None and means in columns and name in COLUMNS:
            return None
        if means is not None:
            columns.setdefault(means, at)
    if all(name in columns for name in NEEDED):
        return columns
    sides: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        if name in _TWICE:
            sides.setdefault(_TWICE[name], []).append(at)
    if sorted(sides) == ["device", "port"] and all(len(places) == 2 for places in sides.values()):
        return columns | {
            f"{side}_{what}": places[at] for what, places in sides.items() for at, side in enumerate("ab")
        }
    return None


def _read(
    rows: Sequence[tuple[int, list[str]]], columns: Mapping[str, int], width: int, found: bool
) -> CableList:
    links: list[Link] = []
    faults: list[RowFault] = []
    for line, cells in rows:
        if len(faults) >= FAULT_CAP:
            break
        if len(cells) < width or any(cells[width:]):
            wrong = f"has {len(cells)} cells where the header has {width}"
            faults.append(RowFault(line, "", wrong, "one cell for each column; a comma in one needs quotes"))
            continue
        named = {name: cells[at] for name, at in columns.items()}
        bad = _cell_faults(line, named, found)
        faults += bad
        if not bad:
            links.append(_link(line, named))
    if not links and not faults:
        faults.append(RowFault(0, "", "the list has no link", "one row for each cable"))
    return CableList(tuple(links), tuple(faults))


def _cell_faults(line: int, named: Mapping[str, str], found: bool) -> list[RowFault]:
    if _is_plain(named):
        return []
    faults = [
        RowFault(line, name, f"{cell[:40]!a} holds control characters, or too many", "leave them out")
        for name, cell in named.items()
        if not cell.isprintable() or len(cell) > LONGEST_CELL
    ]
    if not found:
        faults += [
            RowFault(line, name, "names no end", "name both ends of each cable")
            for name in NEEDED
            if named[name].lower() in NOT_SEEN
        ]
    elif all(end is None for end in _ends(named)):
        faults.append(RowFault(line, "a_device", "neither end is named", "name the end that was seen"))
    length = named.get("length_m", "")
    if length and metres(length) is None:
        faults.append(
            RowFault(
                line, "length_m", f"{length[:40]!a} is no length", "give metres, such as 2.5, or nothing"
            )
        )
    return faults


def _is_plain(named: Mapping[str, str]) -> bool:
    """Whether a row is good at first sight, as nearly all are."""
    text = "".join(named.values())
    return (
        text.isprintable()
        and len(text) <= LONGEST_CELL
        and not named.get("length_m")
        and all(named[name] for name in NEEDED)
        and not (NOT_SEEN & {named[name].lower() for name in NEEDED})
    )


def _ends(named: Mapping[str, str]) -> tuple[End | None, End | None]:
    return end_of(named["a_device"], named["a_port"]), end_of(named["b_device"], named["b_port"])


def _link(line: int, named: Mapping[str, str]) -> Link:
    a, b = _ends(named)
    length = named.get("length_m", "")
    return Link(
        a,
        b,
        medium=named.get("medium", ""),
        length_m=metres(length) if length else None,
        label=named.get("label", ""),
        line=line,
    )


def metres(text: str) -> float | None:
    """A length as it stands in a table: `2.5`, `2.5m`, `2.5 m`; None where it is none."""
    try:
        length = float(text.strip().removesuffix("m").rstrip())
    except ValueError:
        return None
    return length if math.isfinite(length) and length >= 0 else None
