"""`ethtool -S IF` and `ethtool -I --show-fec IF`.

Source: output of ethtool 5 and 6. "None" among FEC encodings is a mode, not a missing value. The lanes that
`--show-fec` counts from 0 are PCS lanes of the port, given here in order.
"""

from __future__ import annotations

import re

import msgspec

from bringup.decode.registry import Format
from bringup.decode.result import (
    MAX_INTEGER,
    Damaged,
    Found,
    Nothing,
    counter,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import FecCounters
from bringup.model.measurement import ABSENT, Read, value

_STATISTIC = re.compile(r"[ \t]+(\S(?:.{0,118}\S)?): ([0-9]{1,25})")
_INDENT = "     "
_FEC_HEAD = re.compile(r" ?FEC parameters for (\S{1,64}):")
_CONFIGURED = re.compile(r"(?:Supported/)?Configured FEC encodings?: (.{1,120})")
_ACTIVE = re.compile(r"Active FEC encodings?: (.{1,120})")
_COUNT = re.compile(r" {0,4}(corrected_blocks|uncorrectable_blocks|corrected_bits): ([0-9,]{1,30})")
_LANE = re.compile(r" {2,8}Lane ([0-9]{1,3}): ([0-9,]{1,30})")
_ENCODINGS = frozenset({"Auto", "None", "Off", "RS", "BaseR", "LLRS"})
_FEC_STATISTICS = {
    "rx_corrected_bits_phy": "corrected_bits",
    "rx_symbol_err_phy": "symbol_errors",
    "link_down_events_phy": "flap_count",
}


def _parse_statistics(data: bytes) -> Found:
    text, warnings = text_of(data)
    if "no stats available" in text[:200].lower():
        raise Nothing("the driver has no statistics")
    if not text.startswith("NIC statistics:"):
        refuse_error_text(text)
        raise Damaged("the text does not begin with `NIC statistics:`")
    whole, _, last = text.rpartition("\n")
    if last:  # a number without its line's end may lack digits
        warnings += ("the last line has no end and is left out",)
    body = whole.partition("\n")[2]
    counters = _plain_counters(body)
    if counters is None:
        counters, repeats = _counters(body.split("\n") if body else [])
        warnings += repeats
    if not counters:
        raise Damaged("there is a heading and no counter: the text may be cut")
    found = {field: counters[name] for name, field in _FEC_STATISTICS.items() if name in counters}
    reads = {field: value(count) for field, count in found.items() if isinstance(count, int)}
    return Found(facts={"fec": FecCounters(port="", **reads), "counters": counters}, warnings=warnings[:20])


def _counters(lines: list[str]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Line by line, whatever a name is made of; and what occurs twice.

    Raises:
        Damaged: a line is no counter.
    """
    counters: dict[str, object] = {}
    repeats: list[str] = []
    for line in lines:
        match = _STATISTIC.fullmatch(line)
        if match is None:
            raise Damaged(f"a line is no counter: {line.strip()[:60]!r}")
        if match[1] in counters:
            repeats.append(f"the counter {match[1][:60]!r} occurs twice; the first is taken")
            continue
        counters[match[1]] = counter(match[2])
    return counters, tuple(repeats)


def _plain_counters(text: str) -> dict[str, object] | None:
    """The same in a tenth of the time where every line is a plain name and digits, and no name occurs twice:
    as JSON, which two replacements make of such lines. None where they are anything else: a mark that means
    something in JSON, blanks in a name, fewer names than lines.

    An adapter has thousands of these counters, and a window reads them twice.
    """
    if not text.startswith(_INDENT) or not text.isascii() or '"' in text or "\\" in text:
        return None
    body = text.encode()
    made = body[len(_INDENT) :].replace(b": ", b'":').replace(b"\n" + _INDENT.encode(), b',"')
    try:
        counters = msgspec.json.decode(b'{"' + made + b"}", type=dict[str, int])
    except msgspec.DecodeError:
        return None
    whole = len(counters) == body.count(b"\n") + 1 and " " not in "".join(counters)
    numbers = counters.values()
    return dict(counters) if whole and min(numbers) >= 0 and max(numbers) <= MAX_INTEGER else None


def _encodings(text: str) -> list[str]:
    words = text.split()
    unknown = [word for word in words if word not in _ENCODINGS]
    if unknown:
        raise Damaged(f"{unknown[0][:40]!r} is no FEC encoding")
    return words


def _mode(active: list[str]) -> Read:
    """The closed list's word where one encoding is active; `RS` stays undecided here, as the lane rate
    decides."""
    if active in (["None"], ["Off"]):
        return value("none")
    return value("fc") if active == ["BaseR"] else ABSENT


def _parse_fec(data: bytes) -> Found:
    text, warnings = text_of(data)
    lines = whole_lines(text)
    if any("not supported" in line.lower() for line in lines[:3]):
        raise Nothing(f"ethtool says: {lines[0].strip()[:80]}")
    refuse_error_text(text)
    head = _FEC_HEAD.fullmatch(lines[0])
    if head is None or len(lines) < 3:
        raise Damaged("the text does not begin with `FEC parameters for …`, or is cut")
    configured, active = _CONFIGURED.fullmatch(lines[1]), _ACTIVE.fullmatch(lines[2])
    if configured is None or active is None:
        raise Damaged("the configured or the active encoding is missing")
    totals, lanes = _counts(lines[3:])
    modes = _encodings(active[1])
    found = FecCounters(
        port=head[1],
        corrected_codewords=totals.get("corrected_blocks", ABSENT),
        uncorrectable_codewords=totals.get("uncorrectable_blocks", ABSENT),
        corrected_bits=totals.get("corrected_bits", ABSENT),
    )
    details: dict[str, object] = {
        "configured": _encodings(configured[1]),
        "active": modes,
        "mode": _mode(modes).value,
        "lanes": lanes,
    }
    return Found(facts={"fec": found, "details": details}, warnings=warnings)


def _counts(lines: list[str]) -> tuple[dict[str, Read], dict[str, list[int]]]:
    totals: dict[str, Read] = {}
    lanes: dict[str, list[int]] = {}
    last = ""
    if lines and lines[0].strip() != "Statistics:":
        raise Damaged(f"a line is no field: {lines[0].strip()[:60]!r}")
    for line in lines[1:]:
        total, lane = _COUNT.fullmatch(line), _LANE.fullmatch(line)
        if total is not None and total[1] not in totals:
            last = total[1]
            totals[last] = value(counter(total[2]))
        elif lane is not None and last and int(lane[1]) == len(lanes.get(last, ())):
            lanes.setdefault(last, []).append(counter(lane[2]))
        elif line.strip():
            raise Damaged(f"a line is no count: {line.strip()[:60]!r}")
    if lines and not ({"corrected_blocks", "uncorrectable_blocks"} <= totals.keys()):
        raise Damaged("the statistics are not all there: the text may be cut")
    return totals, lanes


STATISTICS = Format(
    name="ethtool.statistics",
    title="ethtool -S IF (the port is not in the output: it is left blank)",
    sniff=lambda head: 90 if head.startswith(b"NIC statistics:") else 0,
    parse=_parse_statistics,
    facts={"fec": FecCounters, "counters": dict[str, int]},
)
FEC = Format(
    name="ethtool.fec",
    title="ethtool -I --show-fec IF",
    sniff=lambda head: 90 if b"FEC parameters for " in head[:40] else 0,
    parse=_parse_fec,
    facts={"fec": FecCounters, "details": dict[str, object]},
)
FORMATS = (STATISTICS, FEC)
