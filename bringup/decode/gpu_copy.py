"""Copies between host and GPUs: CUDA's bandwidthTest, SHOC's bus-speed table (ROCm), gpu_copy of SuperBench.

A shmoo of bandwidthTest ends with its result; a table of SHOC with its note: without these a file is cut.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, number, refuse_error_text, text_of, whole_lines

MAX_LINES, MAX_LINE_CHARS = 20_000, 1_000
_CUDA_HEAD = "[CUDA Bandwidth Test] - Starting..."
_CUDA_ROW = re.compile(
    r"bandwidthTest-([\w-]{1,60}), Bandwidth = (\S{1,30}) GB/s, Time = (\S{1,30}) s, Size = (\d{1,18}) bytes"
    r", NumDevsUsed = (\d{1,4})"
)
_DEVICE = re.compile(r"\s*Device (\d{1,4}): (.{1,200})")
_RESULT = re.compile(r"Result = (\w{1,20})")
_SHOC_HEAD = ["test", "atts", "units", "median", "mean", "stddev", "min", "max"]
_SHOC_NOTE = "Note: results marked with (*) had missing values"
_COPY = re.compile(r"(\w{1,40}_(?:to|and)_\w{1,40}_by_(?:sm|dma)(?:_under_numa\d{1,3})?)\s+(\S{1,30})")


def _parse_cuda(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    rows: list[object] = []
    devices: dict[str, str] = {}
    result = None
    for line in whole_lines(text, longest=MAX_LINE_CHARS):
        if row := _CUDA_ROW.fullmatch(line.strip()):
            rows.append(
                {
                    "test": row[1],
                    "bandwidth_gbyte_s": float(number(row[2])),
                    "time_s": float(number(row[3])),
                    "size_bytes": int(row[4]),
                }
            )
        elif line.startswith("bandwidthTest-"):
            raise Damaged(f"{line[:60]!r} is no whole row")
        elif device := _DEVICE.fullmatch(line):
            devices[device[1]] = device[2].strip()
        elif ended := _RESULT.fullmatch(line.strip()):
            result = ended[1]
    if result is None:
        raise Damaged("there is no result: the run did not end, or the text was cut")
    if not rows:
        raise Nothing(f"no copy was measured; the result is {result!r}")
    return Found(facts={"devices": dict(devices), "rows": rows, "result": result}, warnings=warnings)


def _parse_shoc(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    lines = whole_lines(text, longest=MAX_LINE_CHARS)
    begin = next((at for at, line in enumerate(lines) if line.split() == _SHOC_HEAD), None)
    if begin is None or not any(line.startswith(_SHOC_NOTE) for line in lines[begin:]):
        raise Damaged("the table's head or its closing note is missing: the text may be cut")
    rows: list[object] = []
    for number_of, line in enumerate(lines[begin + 1 :], begin + 2):
        if line.startswith(_SHOC_NOTE):
            break
        cells = line.split()
        if not cells:
            continue
        if len(cells) != len(_SHOC_HEAD):
            raise Damaged(f"line {number_of} has {len(cells)} cells under {len(_SHOC_HEAD)} names")
        rows.append(_shoc_row(cells))
    if not rows:
        raise Nothing("the table is empty")
    return Found(facts={"device": lines[0].removeprefix("Device:")[:200], "rows": rows}, warnings=warnings)


def _shoc_row(cells: list[str]) -> Json:
    """A star says that values are missing: then none of the row counts."""
    numbers = [None if "*" in cell else float(number(cell)) for cell in cells[3:]]
    return {
        "test": cells[0],
        "size": cells[1],
        "unit": cells[2],
        **dict(zip(_SHOC_HEAD[3:], numbers, strict=True)),
    }


def _parse_copy(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    rates: Json = {}
    for line_number, line in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        if not line.strip():
            continue
        match = _COPY.fullmatch(line.strip())
        if match is None or match[1] in rates:
            raise Damaged(f"line {line_number} is no copy, or one that stands there twice")
        rates[match[1]] = float(number(match[2]))
    if not rates:
        raise Nothing("no copy was measured")
    return Found(facts={"bandwidth_gbyte_s": rates}, warnings=warnings)


FORMATS = (
    Format(
        name="cuda.bandwidth-test",
        title="CUDA bandwidthTest",
        sniff=lambda head: _CUDA_HEAD.encode() in head,
        parse=_parse_cuda,
        facts={"devices": dict[str, str], "rows": list[dict[str, object]], "result": str},
    ),
    Format(
        name="shoc.bus-speed",
        title="SHOC bus speed (rocm_bandwidth): a table",
        sniff=lambda head: re.search(rb"test +atts +units +median +mean", head) is not None,
        parse=_parse_shoc,
        facts={"device": str, "rows": list[dict[str, object]]},
    ),
    Format(
        name="superbench.gpu-copy",
        title="SuperBench gpu_copy",
        sniff=lambda head: (
            re.match(rb"\s*\w{1,40}_(?:to|and)_\w{1,40}_by_(?:sm|dma)\w{0,20} +[\d.]", head) is not None
        ),
        parse=_parse_copy,
        facts={"bandwidth_gbyte_s": dict[str, float]},
    ),
)
