"""SONiC: what is told of lossless traffic: `show pfc counters`, `show pfc priority`, `show pfcwd config`,
`pfcwd show stats -e`, `show queue wredcounters` and `show priority-group drop counters`.

Counts carry thousands separators. `-e` lists queues without a storm too: without it an empty table may be a
cut one. Source: columns as printed by sonic-utilities' pfcstat, pfc, pfcwd, wredstat and pg-drop.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    is_missing,
    read_count,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.decode.sonic_table import Row, read_table, rows_of, unique
from bringup.model.facts_flow import FlowControl, Pause

PRIORITIES = range(8)
_HEAD = re.compile(r"[ \t]*Port (Rx|Tx)(?: +PFC[0-7]){8}[ \t]*")
_WRED_HEAD = re.compile(r"[ \t]*Port +TxQ +WredDrp/pkts.*")
_WATCHDOG_PREAMBLE = re.compile(r"(?:Changed polling interval|BIG_RED_SWITCH status)[^\n]{0,120}")
_QUEUE = re.compile(r"([A-Za-z][A-Za-z0-9/_.-]{0,40}):([0-9]{1,2})")
_STORMS = re.compile(r"([0-9,]{1,25})/([0-9,]{1,25})")
_GROUP = re.compile(r"PG([0-9]{1,2})")
_PRIORITY_LIST = re.compile(r"[0-7](?:,[0-7])*")
_DROPS_TITLE = "Ingress PG dropped packets:"


def _lines(data: bytes) -> tuple[list[str], list[str]]:
    text, warnings = text_of(data)
    refuse_error_text(text)
    return whole_lines(text), list(warnings)


def _parts(lines: list[str], head: re.Pattern[str]) -> list[list[str]]:
    """The tables of an output, each from its header on.

    Raises:
        Damaged: there is none, or there is text before the first.
    """
    at = [number for number, line in enumerate(lines) if head.fullmatch(line)]
    if not at:
        raise Damaged("there is no table: its header is missing")
    if any(line.strip() and not line.startswith("Last cached time was ") for line in lines[: at[0]]):
        raise Damaged("text before the first table")
    return [lines[start:end] for start, end in zip(at, [*at[1:], len(lines)], strict=True)]


def _parse_counters(data: bytes) -> Found:
    """Two tables, received and sent, of the same ports: where they differ, one was cut."""
    lines, warnings = _lines(data)
    tables: dict[str, list[Row]] = {}
    for part in _parts(lines, _HEAD):
        match = _HEAD.fullmatch(part[0])
        assert match is not None
        if match[1] in tables:
            raise Damaged(f"the table of {match[1]} stands there twice")
        tables[match[1]] = unique(rows_of(part, (f"Port {match[1]}",)), f"Port {match[1]}")
    received = {row["Port Rx"]: row for row in tables.get("Rx", [])}
    sent = {row["Port Tx"]: row for row in tables.get("Tx", [])}
    if not received or received.keys() != sent.keys():
        raise Damaged("the tables of Rx and Tx have not the same ports: one may be cut")
    flow = tuple(
        FlowControl(
            port=port,
            pauses=tuple(
                Pause(
                    priority=at,
                    rx_frames=read_count(row[f"PFC{at}"]),
                    tx_frames=read_count(sent[port][f"PFC{at}"]),
                )
                for at in PRIORITIES
            ),
        )
        for port, row in received.items()
    )
    return Found(facts={"flow": flow}, warnings=tuple(warnings))


def _parse_priority(data: bytes) -> Found:
    rows, warnings = read_table(data, ("Interface", "Lossless priorities"))
    unique(rows, "Interface")
    found: dict[str, object] = {}
    for row in rows:
        told = row["Lossless priorities"]
        if not is_missing(told) and not _PRIORITY_LIST.fullmatch(told):
            raise Damaged(f"{told[:40]!r} are no priorities")
        found[row["Interface"]] = "none" if is_missing(told) else told
    return Found(facts={"enabled": found}, warnings=tuple(warnings))


def _parse_watchdog(data: bytes) -> Found:
    lines, warnings = _lines(data)
    body = [line for line in lines if not _WATCHDOG_PREAMBLE.fullmatch(line.strip())]
    rows = unique(rows_of(body, ("PORT", "ACTION", "DETECTION TIME")), "PORT")
    found: dict[str, object] = {}
    for row in rows:
        detection = None if is_missing(row["DETECTION TIME"]) else counter(row["DETECTION TIME"])
        found[row["PORT"]] = {"action": row["ACTION"], "detection_ms": detection}
    return Found(facts={"watchdog": found}, warnings=tuple(warnings))


def _parse_storms(data: bytes) -> Found:
    rows, warnings = read_table(data, ("QUEUE", "STATUS", "STORM DETECTED/RESTORED"))
    unique(rows, "QUEUE")
    storms: dict[str, object] = {}
    held: list[object] = []
    for row in rows:
        queue, told = _QUEUE.fullmatch(row["QUEUE"]), _STORMS.fullmatch(row["STORM DETECTED/RESTORED"])
        if queue is None or told is None:
            raise Damaged(f"a row is of no queue, or has no count: {row['QUEUE'][:40]!r}")
        storms[row["QUEUE"]] = counter(told[1])
        if row["STATUS"].lower() == "stormed":
            held.append(row["QUEUE"])
    return Found(facts={"storms": storms, "stormed": held}, warnings=tuple(warnings))


def _parse_wred(data: bytes) -> Found:
    """One table a port, by queue. Hardware that does not count marks has `N/A` there."""
    lines, warnings = _lines(data)
    marked: dict[str, object] = {}
    for part in _parts(lines, _WRED_HEAD):
        rows = unique(rows_of(part, ("Port", "TxQ", "EcnMarked/pkts")), "TxQ")
        ports = {row["Port"] for row in rows}
        if len(ports) != 1 or any(f"{row['Port']}:{row['TxQ']}" in marked for row in rows):
            raise Damaged("a table is not of one port, or of one that was told before")
        for row in rows:
            told = row["EcnMarked/pkts"]
            marked[f"{row['Port']}:{row['TxQ']}"] = None if is_missing(told) else counter(told)
    return Found(facts={"ecn_marked": marked}, warnings=tuple(warnings))


def _parse_drops(data: bytes) -> Found:
    lines, warnings = _lines(data)
    body = [line for line in lines if line.strip() != _DROPS_TITLE]
    rows = unique(rows_of(body, ("Port", "PG0", "PG7")), "Port")
    found: dict[str, object] = {}
    for row in rows:
        groups = {int(match[1]): row[name] for name in row if (match := _GROUP.fullmatch(name))}
        found[row["Port"]] = {
            str(at): None if is_missing(told) else counter(told) for at, told in groups.items()
        }
    if not found:
        raise Nothing("the table has no rows")
    return Found(facts={"drops": found}, warnings=tuple(warnings))


PFC_COUNTERS = Format(
    name="sonic.pfc-counters",
    title="SONiC: show pfc counters",
    sniff=lambda head: 90 if re.search(rb"Port [RT]x +PFC0 +PFC1", head) else 0,
    parse=_parse_counters,
    facts={"flow": tuple[FlowControl, ...]},
)
PFC_PRIORITY = Format(
    name="sonic.pfc-priority",
    title="SONiC: show pfc priority",
    sniff=lambda head: 90 if re.search(rb"Interface +Lossless priorities", head) else 0,
    parse=_parse_priority,
    facts={"enabled": dict[str, str]},
)
PFCWD_CONFIG = Format(
    name="sonic.pfcwd-config",
    title="SONiC: show pfcwd config",
    sniff=lambda head: 90 if re.search(rb"PORT +ACTION +DETECTION TIME", head) else 0,
    parse=_parse_watchdog,
    facts={"watchdog": dict[str, dict[str, object]]},
)
PFCWD_STATS = Format(
    name="sonic.pfcwd-stats",
    title="SONiC: pfcwd show stats -e",
    sniff=lambda head: 90 if re.search(rb"QUEUE +STATUS +STORM DETECTED", head) else 0,
    parse=_parse_storms,
    facts={"storms": dict[str, int], "stormed": list[str]},
)
WRED_COUNTERS = Format(
    name="sonic.wred-counters",
    title="SONiC: show queue wredcounters",
    sniff=lambda head: 90 if re.search(rb"Port +TxQ +WredDrp/pkts", head) else 0,
    parse=_parse_wred,
    facts={"ecn_marked": dict[str, int | None]},
)
PG_DROPS = Format(
    name="sonic.pg-drops",
    title="SONiC: show priority-group drop counters",
    sniff=lambda head: 90 if _DROPS_TITLE.encode() in head else 0,
    parse=_parse_drops,
    facts={"drops": dict[str, dict[str, int | None]]},
)
FORMATS = (PFC_COUNTERS, PFC_PRIORITY, PFCWD_CONFIG, PFCWD_STATS, WRED_COUNTERS, PG_DROPS)
