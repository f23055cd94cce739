"""nvbandwidth: copy bandwidths and latencies of a node, as text (v0.6) and as JSON (v0.5).

A test that was started and gave no sum has not passed; a waived test was not run. Sums are in GB/s, but those
of latency tests in ns: the unit stands in the line that describes the matrix. In JSON the cells of a matrix
are texts.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, as_object, object_in, objects_in, real, text_in
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    json_of,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)

MAX_LINES, MAX_LINE_CHARS = 20_000, 10_000
_RUNNING = re.compile(r"Running ([\w-]{1,100})\.")
_SUM = re.compile(r"SUM ([\w-]{1,100}) (\S{1,40})")
_UNIT = re.compile(r"\((GB/s|ns)\)\s*$")
_DEVICE = re.compile(r"Device (\d{1,4}): (.{1,200}?) \(([0-9A-Fa-f:.]{1,32})\)")
_VERSION = re.compile(r"nvbandwidth Version: (\S{1,40})")
_DRIVER = re.compile(r"Driver Version: (\S{1,40})")
_NOTE = "NOTE: The reported results may not reflect"
ROUNDING = 0.006
"""Each cell is printed with two decimals."""


class _Test:
    """One test while its lines are read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: list[float] = []
        self.unit: str | None = None
        self.total: float | None = None

    def told(self) -> Json:
        return {
            "name": self.name,
            "status": "Passed" if self.total is not None and self.unit else None,
            "sum": self.total,
            "unit": self.unit,
        }


def _parse_text(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    version, driver = (
        _VERSION.search(text[:4000]),
        _DRIVER.search(re.sub("CUDA Driver Version", "", text[:4000])),
    )
    if version is None:
        raise Damaged("it does not say which version of nvbandwidth ran")
    tests: list[_Test] = []
    waived = 0
    for line in whole_lines(text, longest=MAX_LINE_CHARS):
        stripped = line.strip()
        if stripped.startswith("Waived:"):
            waived += 1
        elif started := _RUNNING.fullmatch(stripped):
            tests.append(_Test(started[1]))
        elif tests and stripped:
            _line_of(tests[-1], stripped)
    if not tests and not waived:
        raise Nothing("no test was run")
    ended = _NOTE in text
    listed = [test.told() for test in tests]
    odd = [test.name for test in tests if test.total is None]
    wrong = [test.name for test in tests if test.total is not None and not _adds_up(test)]
    return Found(
        facts={
            "version": version[1],
            "driver": driver[1] if driver else None,
            "devices": [
                {"index": int(m[1]), "name": m[2], "pci": m[3]} for m in _DEVICE.finditer(text[:16_000])
            ],
            "tests": list(listed),
            "waived": waived,
            "complete": ended and not odd and not wrong,
        },
        warnings=(
            *warnings,
            *(f"{name}: started, and no sum" for name in odd),
            *(f"{name}: the sum is not that of its cells" for name in wrong),
            *(() if ended else ("the closing note is missing: the run did not end, or the text was cut",)),
        ),
    )


def _line_of(test: _Test, line: str) -> None:
    """A description, a row of the matrix, or the sum."""
    if line.startswith((_NOTE, "Performance can vary")):
        return
    total = _SUM.fullmatch(line)
    if total:
        if total[1] != test.name or test.total is not None:
            raise Damaged(f"a sum of {total[1][:40]} stands under {test.name[:40]}")
        test.total = float(number(total[2]))
        return
    unit = _UNIT.search(line)
    if unit and test.unit is None:
        test.unit = unit[1]
        return
    cells = line.split()
    if test.unit and test.total is None and len(cells) > 1 and cells[0].isdecimal() and "." in line:
        test.cells += [float(number(cell)) for cell in cells[1:] if cell != "N/A"]


def _adds_up(test: _Test) -> bool:
    assert test.total is not None
    return abs(sum(test.cells) - test.total) <= ROUNDING * max(1, len(test.cells)) if test.cells else False


def _parse_json(data: bytes) -> Found:
    whole = as_object(json_of(data), "the reply")
    told = object_in(whole, "nvbandwidth")
    cases = objects_in(told, "testcases")
    if not told or not cases:
        raise Nothing("no test was run")
    if text_in(told, "error"):
        raise Damaged(f"nvbandwidth says: {text_in(told, 'error')}")
    tests = [_case(case) for case in cases]
    odd = [str(test["name"]) for test in tests if test["status"] not in ("Passed", "Waived")]
    return Found(
        facts={
            "version": text_in(told, "version") or text_in(told, "git_version"),
            "driver": text_in(told, "Driver Version"),
            "devices": [],
            "tests": list(tests),
            "waived": sum(test["status"] == "Waived" for test in tests),
            "complete": not odd,
        },
        warnings=tuple(f"{name}: neither passed nor waived" for name in odd),
    )


def _case(case: Json) -> Json:
    name, status = text_in(case, "name"), text_in(case, "status")
    if name is None or status is None:
        raise Damaged("a test without a name or a status")
    unit = _UNIT.search(text_in(case, "bandwidth_description") or "")
    total = real(case.get("sum"), "sum").value
    if status == "Passed" and (total is None or unit is None):
        raise Damaged(f"{name[:60]}: passed, and no sum or unit")
    return {"name": name, "status": status, "sum": total, "unit": unit[1] if unit else None}


_FACTS: dict[str, object] = {
    "version": str | None,
    "driver": str | None,
    "devices": list[dict[str, object]],
    "tests": list[dict[str, object]],
    "waived": int,
    "complete": bool,
}
FORMATS = (
    Format(
        name="nvbandwidth",
        title="nvbandwidth: text",
        sniff=lambda head: b"nvbandwidth Version:" in head,
        parse=_parse_text,
        facts=_FACTS,
    ),
    Format(
        name="nvbandwidth.json",
        title="nvbandwidth -j: JSON",
        sniff=lambda head: 90 if re.search(rb'"nvbandwidth"\s*:\s*\{', head) else 0,
        parse=_parse_json,
        facts=_FACTS,
    ),
)
