"""The log of NVIDIA's Fabric Manager: `[time] [LEVEL] [tid N] text`, with lines that go on."""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, text_of

_LINE = re.compile(
    r"\[([A-Z][a-z]{2} [0-9]{1,2} [0-9]{4} [0-9:]{8})\] \[([A-Z]{4,8})\] \[tid [0-9]{1,8}\] (.{0,2000})"
)
_SWITCH_ERROR = re.compile(
    r"NVSwitch (non-fatal|fatal) error ([0-9]{1,6}) on fid ([0-9]{1,4}) on NVSwitch pci bus id"
    r" ([0-9A-Fa-f:.]{7,20}) physical id ([0-9]{1,4}) port ([0-9]{1,4})"
)
BAD = frozenset({"ERROR", "CRITICAL", "FATAL"})
MAX_ERRORS = 10_000


def _parse(data: bytes) -> Found:
    """`errors` are the lines at ERROR or worse, those of a switch with their parts.

    Raises:
        Damaged: no line is one of this log.
    """
    text, warnings = text_of(data)
    *lines, last = text.split("\n")
    errors: list[object] = []
    counts: dict[str, object] = {}
    stamped = 0
    for line in (*lines, *([last] if last.strip() else ())):
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            continue
        stamped += 1
        level = match[2]
        before = counts.get(level, 0)
        counts[level] = before + 1 if isinstance(before, int) else 1
        if level in BAD and len(errors) < MAX_ERRORS:
            errors.append(_error(match[1], level, match[3]))
    if not stamped:
        raise Damaged("no line of a Fabric Manager log")
    return Found(
        facts={"lines": len(lines) + bool(last.strip()), "levels": counts, "errors": errors},
        warnings=warnings,
    )


def _error(at: str, level: str, text: str) -> dict[str, object]:
    found: dict[str, object] = {"at": at, "level": level, "text": text.strip()}
    switch = _SWITCH_ERROR.search(text)
    if switch is not None:
        found |= {
            "fatal": switch[1] == "fatal",
            "code": int(switch[2]),
            "fid": int(switch[3]),
            "pci_address": switch[4],
            "physical_id": int(switch[5]),
            "port": int(switch[6]),
        }
    return found


FABRIC_MANAGER = Format(
    name="nvidia.fabric-manager",
    title="NVIDIA: log of the Fabric Manager",
    sniff=lambda head: 80 if any(map(_matches, head.split(b"\n", 5)[:5])) else 0,
    parse=_parse,
    facts={"lines": int, "levels": dict[str, object], "errors": list[object]},
)


def _matches(line: bytes) -> bool:
    return _LINE.fullmatch(line[:3000].decode("utf-8", errors="replace").rstrip()) is not None


FORMATS = (FABRIC_MANAGER,)
