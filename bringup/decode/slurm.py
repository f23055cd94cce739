"""Slurm: nodes and partitions, as `sinfo` in columns, `scontrol show partition`, JSON and JSON lines.

A table of `sinfo` may have one name over two columns (the short and the long state), and a row may have
another number of cells than the head: such a row is left out and told of, never shifted; only blank cells
behind the last name are taken for the separator that they are. A node has a row for each of its partitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bringup.decode.json_field import Json, as_object, objects_in, read_count, text_in
from bringup.decode.json_lines import first_object, objects_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, refuse_error_text, text_of, whole_lines

MAX_LINES, MAX_LINE_CHARS = 50_000, 50_000
_HOST, _STATE = ("HOSTNAMES", "NODELIST", "NODE_ADDR"), "STATE"
_PARTITION = "PartitionName="
MAX_COLUMNS = 400


def _parse_sinfo(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    lines = [line for line in whole_lines(text, longest=MAX_LINE_CHARS) if line.strip()]
    if lines[0].count("|") > MAX_COLUMNS:
        raise Damaged(f"more than {MAX_COLUMNS} columns")
    head = [cell.strip() for cell in lines[0].split("|")]
    hosts, states = (
        [at for at, name in enumerate(head) if name in _HOST],
        [at for at, name in enumerate(head) if name == _STATE],
    )
    if not hosts or not states:
        raise Damaged("the head names no column of hosts, or none of states")
    rows: list[list[str]] = []
    odd: list[str] = []
    for number, line in enumerate(lines[1:], 1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(head):
            odd.append(f"row {number} has {len(cells)} cells under {len(head)} names")
        while len(cells) > len(head) and not cells[-1]:
            cells.pop()
        if len(cells) == len(head):
            rows.append(cells)
    if len(lines) < 2:
        raise Nothing("the table has no row")
    if not rows:
        raise Damaged(f"no row fits the head; {odd[0]}")
    nodes = _nodes((row[hosts[0]], [row[at] for at in states]) for row in rows)
    return Found(
        facts={"nodes": nodes, "rows": len(lines) - 1, "rows_read": len(rows)}, warnings=(*warnings, *odd)
    )


def _nodes(told: Iterable[tuple[str, list[str]]]) -> Json:
    """Node -> the states that any of its rows gives it, and how many rows it has."""
    found: Json = {}
    for name, states in told:
        if not name:
            raise Damaged("a row without a node")
        node = as_object(found.setdefault(name, {"states": [], "rows": 0}), name)
        known, rows = node["states"], node["rows"]
        assert isinstance(known, list) and isinstance(rows, int)
        node["rows"] = rows + 1
        node["states"] = [*known, *(state for state in dict.fromkeys(states) if state and state not in known)]
    return found


def _parse_partitions(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    found: Json = {}
    for pairs in _blocks(whole_lines(text, longest=MAX_LINE_CHARS)):
        name = pairs.get("PartitionName", "")
        if not name or name in found:
            raise Damaged("a partition without a name, or one that stands there twice")
        if "State" not in pairs or "TotalNodes" not in pairs:
            raise Damaged(f"partition {name[:60]} lacks its state or its nodes: the text may be cut")
        found[name] = {
            **{key: pairs.get(key) for key in ("State", "Default", "Nodes")},
            **{key: _count(pairs.get(key)) for key in ("TotalNodes", "TotalCPUs")},
            "tres": dict(_pairs(pairs.get("TRES", ""), ",")),
        }
    if not found:
        raise Nothing("no partition is told")
    return Found(facts={"partitions": found}, warnings=warnings)


def _blocks(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The pairs of each partition: on one line (`-o`), or on the lines up to the next name."""
    pairs: dict[str, str] = {}
    for line in lines:
        for key, told in _pairs(line, None):
            if key == "PartitionName" and pairs:
                yield pairs
                pairs = {}
            if key in pairs:
                raise Damaged(f"{key[:40]} stands twice in one partition")
            pairs[key] = told
            if len(pairs) > MAX_COLUMNS:
                raise Damaged(f"more than {MAX_COLUMNS} fields in one partition")
    if pairs:
        yield pairs


def _pairs(text: str, separator: str | None) -> Iterator[tuple[str, str]]:
    for part in text.split(separator):
        key, equals, told = part.partition("=")
        if not equals and part:
            raise Damaged(f"{part[:60]!r} is no KEY=VALUE")
        if part:
            yield key, told


def _count(text: str | None) -> int | None:
    """A count, which Slurm may shorten (`12K`): then it is not known to the last digit, and none."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 18 else None


def _parse_json(data: bytes) -> Found:
    whole = as_object(json_of(data), "the reply")
    if objects_in(whole, "errors"):
        raise Damaged(f"Slurm answers with an error: {text_in(objects_in(whole, 'errors')[0], 'error')}")
    listed = objects_in(whole, "nodes") if "nodes" in whole else [whole]
    if not listed:
        raise Nothing("no node is listed")
    nodes: Json = {}
    for held in listed:
        name = text_in(held, "name") or text_in(held, "hostname")
        if name is None or name in nodes:
            raise Damaged("a node without a name, or one that stands there twice")
        nodes[name] = _json_node(held)
    meta = as_object(whole.get("meta") or {}, "meta")
    slurm = as_object(meta.get("Slurm") or meta.get("slurm") or {}, "Slurm")
    return Found(facts={"nodes": nodes, "release": text_in(slurm, "release")})


def _json_node(held: Json) -> Json:
    state = held.get("state")
    states = [state] if isinstance(state, str) else state
    if not isinstance(states, list) or not states or not all(isinstance(one, str) for one in states):
        raise Damaged("a node without a state")
    return {
        "states": states,
        "cpus": read_count(held, "cpus").value,
        "memory_mib": read_count(held, "real_memory").value,
        "gres": text_in(held, "gres"),
        "reason": text_in(held, "reason"),
    }


def _parse_lines(data: bytes) -> Found:
    lines, warnings = objects_of(data)
    told = []
    for held in lines:
        name, state = text_in(held, "n"), text_in(held, "s")
        if name is None or state is None:
            raise Damaged("a row without a node or a state")
        told.append((name, [state]))
    nodes = _nodes(told)
    torn = [name for name, node in nodes.items() if len(as_object(node, name)["states"]) > 1]  # type: ignore[arg-type]
    return Found(
        facts={"nodes": nodes, "rows": len(lines)},
        warnings=(*warnings, *(f"{name} has several states" for name in torn)),
    )


def _is_json(head: bytes) -> int:
    start = head.lstrip()[:1]
    if start != b"{":
        return 0
    if b'"Slurm OpenAPI' in head or (b'"slurmrestd' in head and b'"nodes"' in head):
        return 85
    return 70 if b'"alloc_idle_cpus"' in head or (b'"alloc_cpus"' in head and b'"boards"' in head) else 0


def _is_sinfo(head: bytes) -> bool:
    first = head.lstrip().split(b"\n", 1)[0]
    return b"|" in first and b"STATE" in first and b"NODE" in first


NODES = dict[str, dict[str, object]]
FORMATS = (
    Format(
        name="slurm.sinfo",
        title="Slurm: sinfo with columns between bars",
        sniff=_is_sinfo,
        parse=_parse_sinfo,
        facts={"nodes": NODES, "rows": int, "rows_read": int},
    ),
    Format(
        name="slurm.partitions",
        title="Slurm: scontrol show partition",
        sniff=lambda head: head.lstrip().startswith(_PARTITION.encode()),
        parse=_parse_partitions,
        facts={"partitions": dict[str, dict[str, object]]},
    ),
    Format(
        name="slurm.nodes-json",
        title="Slurm: nodes as JSON (sinfo --json, REST)",
        sniff=_is_json,
        parse=_parse_json,
        facts={"nodes": NODES, "release": str | None},
    ),
    Format(
        name="slurm.sinfo-lines",
        title="Slurm: sinfo as JSON lines of n, s, p",
        sniff=lambda head: 70 if {"n", "s", "p", "cstate"} <= first_object(head).keys() else 0,
        parse=_parse_lines,
        facts={"nodes": NODES, "rows": int},
    ),
)
