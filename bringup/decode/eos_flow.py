"""EOS: what is told of lossless traffic: pause frames (as text, eAPI's format `text`), priorities, and the
watchdog.

`show priority-flow-control counters` prints `Port RxPfc TxPfc`, all priorities together. The watchdog's
counters leave out what never happened: a port or queue that is not there was never stuck. Which priorities
are lossless stands in the configuration. Ports are short in tables (`Et1/1`), and long here. Source: public
clients of these commands, and configurations as vendors' guides print them.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import named_objects, object_in, read_count
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    json_of,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.decode.result import (
    read_count as count_of,
)
from bringup.model.facts_flow import FlowControl

_HEAD = re.compile(r"Port +RxPfc +TxPfc", re.IGNORECASE)
_ROW = re.compile(r"(Et(?:hernet)?[0-9/]{1,12}) +([0-9,]{1,25}|-|N/A) +([0-9,]{1,25}|-|N/A)")
_RULER_CHARS = 200
_OTHER_ROW = re.compile(r"(?:Ma|Po|Vl|Re|Pe|Un)[A-Za-z]*[0-9/.]{1,12} +\S+ +\S+")
_INTERFACE = re.compile(r"interface ([A-Za-z-]{1,40}[0-9/.]{0,20})")
_ON = re.compile(r"priority-flow-control (?:mode )?on")
_PRIORITY = re.compile(r"priority-flow-control priority ([0-7]) no-drop")
_REFUSED = re.compile(r"^% .{1,160}", re.MULTILINE)


def long_name(port: str) -> str:
    """`Ethernet1/1` of `Et1/1`."""
    return f"Ethernet{port.removeprefix('Ethernet').removeprefix('Et')}"


def _lines(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    text, warnings = text_of(data)
    refuse_error_text(text)
    if refused := _REFUSED.search(text[:4096]):
        raise Damaged(f"the switch says {refused[0][:120]!r}")
    return [line.strip() for line in whole_lines(text)], warnings


def _parse_counters(data: bytes) -> Found:
    lines, warnings = _lines(data)
    at = next((number for number, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    if at is None or any(lines[:at]):
        raise Damaged("the text does not begin with `Port RxPfc TxPfc`")
    found: dict[str, FlowControl] = {}
    for line in lines[at + 1 :]:
        row = _ROW.fullmatch(line)
        if row is None:
            ruler = line == lines[at + 1] and set(line) <= set("- ") and len(line) < _RULER_CHARS
            if line and not ruler and not _OTHER_ROW.fullmatch(line):
                raise Damaged(f"a line is no row: {line[:60]!r}")
            continue
        port = long_name(row[1])
        if port in found:
            raise Damaged(f"{port[:40]} stands there twice")
        found[port] = FlowControl(
            port=port, rx_pause_frames=count_of(row[2]), tx_pause_frames=count_of(row[3])
        )
    if not found:
        raise Nothing("the table has no rows")
    return Found(facts={"flow": tuple(found.values())}, warnings=warnings)


def _parse_configured(data: bytes) -> Found:
    """Sections of the running configuration: lossless are the priorities of a port on which PFC is on."""
    held = json_of(data)
    if not isinstance(held, dict) or "cmds" not in held:
        raise Damaged("the reply has no cmds")
    enabled: dict[str, object] = {}
    for line, section in named_objects(object_in(held, "cmds")):
        interface = _INTERFACE.fullmatch(line)
        if interface is None:
            continue
        commands = list(object_in(section, "cmds"))
        told = sorted({match[1] for each in commands if (match := _PRIORITY.fullmatch(each))})
        on = any(_ON.fullmatch(each) for each in commands)
        enabled[interface[1]] = ",".join(told) if told and on else "none"
    if not enabled:
        raise Nothing("no interface has priority flow control configured")
    return Found(facts={"enabled": enabled})


def _parse_watchdog(data: bytes) -> Found:
    held = json_of(data)
    if not isinstance(held, dict) or "interfaces" not in held:
        raise Damaged("the reply has no interfaces")
    storms: dict[str, object] = {}
    for port, entry in named_objects(object_in(held, "interfaces")):
        if "txQueues" not in entry:
            raise Damaged(f"{port[:40]} has no txQueues")
        counts = [read_count(queue, "stuckCount") for _, queue in named_objects(object_in(entry, "txQueues"))]
        if any(each.value is None for each in counts):
            raise Damaged(f"a queue of {port[:40]} tells no stuckCount")
        storms[port] = sum(each.value for each in counts if isinstance(each.value, int))
    return Found(facts={"storms": storms, "whole": True})


PFC_COUNTERS = Format(
    name="eos.text-pfc-counters",
    title="EOS: show priority-flow-control counters (text)",
    sniff=lambda head: 90 if re.match(rb"\s*Port +RxPfc +TxPfc", head) else 0,
    parse=_parse_counters,
    facts={"flow": tuple[FlowControl, ...]},
)
PFC_CONFIGURED = Format(
    name="eos.pfc-configured",
    title="EOS: show running-config section priority-flow-control",
    sniff=lambda head: 90 if b'"cmds"' in head and b'"priority-flow-control ' in head else 0,
    parse=_parse_configured,
    facts={"enabled": dict[str, str]},
)
PFC_WATCHDOG = Format(
    name="eos.pfc-watchdog",
    title="EOS: show priority-flow-control counters watchdog",
    sniff=lambda head: 90 if b'"txQueues"' in head and b'"stuckCount"' in head else 0,
    parse=_parse_watchdog,
    facts={"storms": dict[str, int], "whole": bool},
)
FORMATS = (PFC_COUNTERS, PFC_CONFIGURED, PFC_WATCHDOG)
