"""`perfquery`, with or without `-x`: the counters of InfiniBand ports, and the state of a port by `ibstat`.

Data is counted in words of four bytes. The counters without `-x` are 4 to 32 bits wide and stay at their
largest value: one that stands there is told in a warning, and tells no difference. Source: infiniband-diags;
InfiniBand Architecture Specification, PortCounters.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    FactValue,
    Found,
    counter,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import FecCounters
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 200
MAX_PORTS = 4096
_HEAD = re.compile(
    r"# Port (extended )?counters: Lid (\d{1,5}) port (\d{1,3})(?: \(CapMask: 0x[0-9a-fA-F]{1,8}"
    r"(?: CapMask2: 0x[0-9a-fA-F]{1,8})?\))?"
)
_COUNTER = re.compile(r"([A-Za-z][A-Za-z0-9]{2,50}):\.{3,60}(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})")
_MASKS = ("PortSelect", "CounterSelect")
_WIDE = frozenset(
    {
        "PortUnicastXmitPkts",
        "PortUnicastRcvPkts",
        "PortMulticastXmitPkts",
        "PortMulticastRcvPkts",
        "QP1Dropped",
    }
)
"""Beside those of `_LARGEST`."""
_LARGEST = MappingProxyType(
    {
        "SymbolErrorCounter": 2**16 - 1,
        "LinkErrorRecoveryCounter": 2**8 - 1,
        "LinkDownedCounter": 2**8 - 1,
        "PortRcvErrors": 2**16 - 1,
        "PortRcvRemotePhysicalErrors": 2**16 - 1,
        "PortRcvSwitchRelayErrors": 2**16 - 1,
        "PortXmitDiscards": 2**16 - 1,
        "PortXmitConstraintErrors": 2**8 - 1,
        "PortRcvConstraintErrors": 2**8 - 1,
        "LocalLinkIntegrityErrors": 2**4 - 1,
        "ExcessiveBufferOverrunErrors": 2**4 - 1,
        "VL15Dropped": 2**16 - 1,
        "PortXmitWait": 2**32 - 1,
        "PortXmitData": 2**32 - 1,
        "PortRcvData": 2**32 - 1,
        "PortXmitPkts": 2**32 - 1,
        "PortRcvPkts": 2**32 - 1,
    }
)
LAST = ("QP1Dropped", "PortXmitWait", "PortRcvPkts", "PortMulticastRcvPkts")
"""What ends a block on the releases that are known; another last line is a block that was cut."""


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data)
    blocks: list[tuple[re.Match[str], dict[str, int]]] = []
    for at, line in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        if not line.strip():
            continue
        head, told = _HEAD.fullmatch(line), _COUNTER.fullmatch(line)
        if head:
            blocks.append((head, {}))
        elif told and blocks and told[1] not in blocks[-1][1]:
            blocks[-1][1][told[1]] = int(told[2], 16) if told[2].startswith("0x") else counter(told[2])
        else:
            refuse_error_text(line)
            raise Damaged(f"line {at} is no counter of its own: {line[:60]!r}")
    if not 1 <= len(blocks) <= MAX_PORTS:
        raise Damaged("the text does not begin with a port, or has too many")
    return _found(blocks, warnings)


def _found(blocks: list[tuple[re.Match[str], dict[str, int]]], warnings: tuple[str, ...]) -> Found:
    ports: list[object] = []
    counters: list[FecCounters] = []
    complaints = list(warnings)
    for head, told in blocks:
        name = f"{head[2]}/{head[3]}"
        if not told or next(reversed(told)) not in LAST:
            raise Damaged(f"the counters of port {name} are not all there: the text may be cut")
        if tuple(told)[:2] != _MASKS or told["PortSelect"] != int(head[3]):
            raise Damaged(f"what is told is not of port {name}")
        others = [key for key in told if key not in _LARGEST and key not in _WIDE]
        unknown = [key for key in others if key not in _MASKS and key != "CounterSelect2"]
        complaints += [f"port {name}: the counter {key} is not known" for key in unknown][:5]
        full = _stuck(told) if not head[1] else frozenset()
        complaints += [f"port {name}: {each} stands at its largest value" for each in sorted(full)][:20]
        plain: Json = {key: count for key, count in told.items() if key not in others}
        ports.append({"lid": int(head[2]), "port": int(head[3]), "extended": bool(head[1])} | plain)
        counters.append(
            FecCounters(
                port=name,
                symbol_errors=_read(told, "SymbolErrorCounter", full),
                flap_count=_read(told, "LinkDownedCounter", full),
            )
        )
    if len({entry.port for entry in counters}) != len(counters):
        raise Damaged("a port stands there twice")
    facts: dict[str, FactValue] = {"ports": ports, "fec_counters": tuple(counters)}
    return Found(facts=facts, warnings=tuple(complaints[:50]))


def _stuck(told: dict[str, int]) -> frozenset[str]:
    return frozenset(key for key, count in told.items() if count >= _LARGEST.get(key, 2**64))


def _read(told: dict[str, int], key: str, full: frozenset[str]) -> Read:
    if key not in told:
        return ABSENT
    return NOT_AVAILABLE if key in full else value(told[key])


PERFQUERY = Format(
    name="ib.perfquery",
    title="InfiniBand: perfquery [-x]",
    sniff=lambda head: 90 if re.match(rb"\s*# Port (?:extended )?counters: Lid ", head) else 0,
    parse=_parse,
    facts={"ports": list[dict[str, object]], "fec_counters": tuple[FecCounters, ...]},
)
FORMATS = (PERFQUERY,)
