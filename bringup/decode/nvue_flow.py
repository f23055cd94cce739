"""NVUE (Cumulus Linux): pause frames by priority, what RoCE traffic met on a port, and for which priorities
PFC is in force.

`nv show interface PORT counters qos pfc-stats`, `… qos roce counters` and `… qos roce status`, all as JSON;
the port is in none of them. Source: NVUE reference and Cumulus Linux's pages on RoCE.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, named_objects, object_in
from bringup.decode.nvue_field import object_of, whole, word
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts_flow import FlowControl, Pause
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_YES, _NO = frozenset({"yes", "enabled", "enable", "on"}), frozenset({"no", "disabled", "disable", "off"})
_PRIORITY_LIST = re.compile(r"[0-7](?:,[0-7])*")


def _parse_pauses(data: bytes) -> Found:
    pauses: list[Pause] = []
    for name, entry in named_objects(object_of(data)):
        if name not in "01234567" or len(name) != 1:
            raise Damaged(f"{name[:40]!r} is no priority")
        pauses.append(
            Pause(
                priority=int(name),
                rx_frames=whole(entry.get("rx-pause-frames"), "rx-pause-frames"),
                tx_frames=whole(entry.get("tx-pause-frames"), "tx-pause-frames"),
            )
        )
    if not pauses:
        raise Nothing("the port tells no pause frames")
    pauses.sort(key=lambda pause: pause.priority)
    return Found(facts={"flow": FlowControl(port="", pauses=tuple(pauses))})


def _part(told: Json, *path: str) -> Json:
    for key in path:
        told = object_in(told, key)
    return told


def _parse_roce(data: bytes) -> Found:
    """Discards of both ways: what came in and found no buffer, and what could not be queued."""
    told = object_of(data)
    if not {"rx-stats", "tx-stats"} <= told.keys():
        raise Damaged("the reply has not both rx-stats and tx-stats")
    received = whole(_part(told, "rx-stats", "rx-roce-stats").get("no-buffer-discard"), "no-buffer-discard")
    sent = _part(told, "tx-stats", "tx-roce-stats").get("unicast-no-buffer-discard")
    marked = _part(told, "tx-stats", "tx-ecn-stats").get("ecn-marked-packets")
    flow = FlowControl(
        port="",
        drops=_sum(received, whole(sent, "unicast-no-buffer-discard")),
        ecn_marked_packets=whole(marked, "ecn-marked-packets"),
    )
    if flow.drops == ABSENT and flow.ecn_marked_packets == ABSENT:
        raise Nothing("the port tells nothing of RoCE traffic")
    return Found(facts={"flow": flow})


def _sum(first: Read, second: Read) -> Read:
    if isinstance(first.value, int) and isinstance(second.value, int):
        return value(first.value + second.value)
    return first if first.value is None else second


def _parse_status(data: bytes) -> Found:
    told = object_of(data)
    pfc = object_in(told, "pfc")
    if "pfc-priority" not in pfc:
        raise Nothing("the port has no priority flow control for RoCE")
    ways = [_flag(word(pfc.get(key))) for key in ("rx-enabled", "tx-enabled")]
    return Found(facts={"flow": FlowControl(port="", enabled=_enabled(pfc["pfc-priority"], ways))})


def _enabled(held: object, ways: list[Read]) -> Read:
    """Priorities that are lossless both ways; `none` where either way is off."""
    if any(way.value is False for way in ways):
        return value("none")
    told = str(held) if isinstance(held, int) and not isinstance(held, bool) else word(held).value
    if told is None or any(way.value is not True for way in ways):
        return NOT_AVAILABLE
    text = str(told).replace(" ", "")
    if not _PRIORITY_LIST.fullmatch(text):
        raise Damaged(f"{text[:40]!r} are no priorities")
    return value(text)


def _flag(read: Read) -> Read:
    told = str(read.value).lower() if read.value is not None else None
    if told is None:
        return read
    return value(told in _YES) if told in _YES | _NO else NOT_AVAILABLE


PFC_STATS = Format(
    name="nvue.pfc-stats",
    title="Cumulus: nv show interface PORT counters qos pfc-stats -o json (the port is left blank)",
    sniff=lambda head: 90 if b'"rx-pause-frames"' in head and b'"tx-pause-frames"' in head else 0,
    parse=_parse_pauses,
    facts={"flow": FlowControl},
)
ROCE_COUNTERS = Format(
    name="nvue.roce-counters",
    title="Cumulus: nv show interface PORT qos roce counters -o json (the port is left blank)",
    sniff=lambda head: 90 if b'"rx-roce-stats"' in head or b'"tx-roce-stats"' in head else 0,
    parse=_parse_roce,
    facts={"flow": FlowControl},
)
ROCE_STATUS = Format(
    name="nvue.roce-status",
    title="Cumulus: nv show interface PORT qos roce status -o json (the port is left blank)",
    sniff=lambda head: 90 if b'"pfc-priority"' in head else 0,
    parse=_parse_status,
    facts={"flow": FlowControl},
)
FORMATS = (PFC_STATS, ROCE_COUNTERS, ROCE_STATUS)
