"""GPCNeT's network tests: latencies and bandwidths under patterns of traffic. Each row has its own unit."""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, number, text_of, whole_lines

MAX_LINES, MAX_LINE_CHARS = 5_000, 1_000
_VERSION = re.compile(r"Network (?:Load )?Tests v(\S{1,20})")
_ROW = re.compile(r"\|\s*([^|\n]{1,60}?)\s*\|\s*(\S{1,30})\s*\|\s*(\S{1,30})\s*\|\s*([^|\n]{1,30}?)\s*\|")
_HEAD = re.compile(r"\|\s*Name\s*\|\s*Avg\s*\|\s*99%\s*\|\s*Units\s*\|")
_RULE = re.compile(r"\+[-+]{20,}\+")
_ERROR = re.compile(r"^ERROR: ([^\n]{1,200})", re.MULTILINE)
_EXIT = re.compile(r"^[ \t]*Exit code:\s+(-?\d{1,9})[ \t]*$", re.MULTILINE)


def _parse(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    error, exit_code = _ERROR.search(text), _EXIT.search(text)
    if error or exit_code:
        status = int(exit_code[1]) if exit_code else None
        said = error[1].strip() if error else "a process failed"
        raise Damaged(f"the test failed: {said}", {"exit_code": status})
    version, lines = _VERSION.search(text[:4000]), whole_lines(text, longest=MAX_LINE_CHARS)
    begin = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line.strip())), None)
    if version is None or begin is None:
        raise Damaged("the head of the table is missing: the text may be cut")
    metrics: dict[str, object] = {}
    closed = False
    for line in (line.strip() for line in lines[begin + 1 :]):
        if _RULE.fullmatch(line):
            closed = bool(metrics)
        elif row := _ROW.fullmatch(line):
            if row[1] in metrics:
                raise Damaged(f"{row[1]} stands there twice")
            metrics[row[1]] = {"average": float(number(row[2])), "p99": float(number(row[3])), "unit": row[4]}
            closed = False
        elif line:
            raise Damaged(f"{line[:60]!r} is no row of the table")
    if not metrics:
        raise Nothing("the table has no row")
    if not closed:
        raise Damaged("the table is not closed: the test did not end, or the text was cut")
    return Found(facts={"version": version[1], "metrics": metrics}, warnings=warnings)


def _sniff(head: bytes) -> bool:
    fails = b"this application must be run on at least" in head and b"Exit code:" in head
    return fails or (b"Network" in head and b" Tests v" in head and b"MPI ranks" in head)


FORMATS = (
    Format(
        name="gpcnet",
        title="GPCNeT network tests",
        sniff=_sniff,
        parse=_parse,
        facts={"version": str, "metrics": dict[str, dict[str, object]]},
    ),
)
