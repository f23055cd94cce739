"""Junos: pause frames of each priority, out of the text of `show interfaces extensive`.

The switch itself is asked for the lines that matter alone (`| match`): a port's first line, and its eight
rows `Priority :  N   RECEIVED   SENT`. Source: recorded text of that command on QFX switches.
"""

from __future__ import annotations

import re

from bringup.decode.junos_tree import refuse_error
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, counter, text_of, whole_lines
from bringup.model.facts_flow import FlowControl, Pause
from bringup.model.measurement import value

_PORT = re.compile(r"Physical interface: ([A-Za-z0-9/:.-]{1,40})(?:,.{0,200})?")
_ROW = re.compile(r"[ \t]+Priority :[ \t]+([0-7])[ \t]+([0-9]{1,20})[ \t]+([0-9]{1,20})[ \t]*")
PRIORITIES = 8


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error(text)
    pauses: dict[str, list[Pause]] = {}
    port = ""
    for line in whole_lines(text):
        if head := _PORT.fullmatch(line):
            port = head[1]
            if port in pauses:
                raise Damaged(f"{port} stands there twice")
            pauses[port] = []
        elif row := _ROW.fullmatch(line):
            if not port or int(row[1]) != len(pauses[port]):
                raise Damaged("the rows of a port do not count up from priority 0")
            pauses[port].append(
                Pause(
                    priority=int(row[1]),
                    rx_frames=value(counter(row[2])),
                    tx_frames=value(counter(row[3])),
                )
            )
        elif line.strip():
            raise Damaged(f"a line is neither a port nor a priority: {line.strip()[:60]!r}")
    if any(len(rows) not in (0, PRIORITIES) for rows in pauses.values()):
        raise Damaged("a port has not all of its priorities: the text may be cut")
    if not any(pauses.values()):
        raise Nothing("no port tells pause frames by priority")
    flow = tuple(FlowControl(port=port, pauses=tuple(rows)) for port, rows in pauses.items() if rows)
    return Found(facts={"flow": flow}, warnings=warnings)


TEXT_PFC = Format(
    name="junos.text-pfc",
    title='Junos: show interfaces extensive | match "Physical interface:|Priority :"',
    sniff=lambda head: (
        90 if re.match(rb"\s*(?:Physical interface: [^\n]*\n)+[ \t]+Priority :[ \t]+0[ \t]", head) else 0
    ),
    parse=_parse,
    facts={"flow": tuple[FlowControl, ...]},
)
FORMATS = (TEXT_PFC,)
