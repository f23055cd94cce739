"""Memory bandwidth: STREAM on CPUs, a STREAM of GPUs (SuperBench), the bandwidth matrix of Intel's MLC.

STREAM says at its end whether its results are right; without that line nobody has said so, and the figures
are those of a run that may have computed nonsense. The GPU's second figure is the percentage of its peak.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, number, refuse_error_text, text_of, whole_lines

MAX_LINES, MAX_LINE_CHARS = 50_000, 4_000
_KERNEL = re.compile(r"(Copy|Scale|Add|Triad):\s+(\S{1,30})\s+(\S{1,30})\s+(\S{1,30})\s+(\S{1,30})")
_THREADS = re.compile(r"^Number of Threads (requested|counted) = (\d{1,6})[ \t]*$", re.MULTILINE)
_VALID, _INVALID = "Solution Validates", "Failed Validation"
_GPU_ROW = re.compile(
    r"STREAM_(COPY|SCALE|ADD|TRIAD)_(\w{1,20})_gpu_(\d{1,3})_buffer_(\d{1,18})_block_(\d{1,6})\s+(\S{1,30})\s+(\S{1,30})"
)
_CHECKED = re.compile(r"^Check data: (Yes|No)[ \t]*$", re.MULTILINE)
_MLC = re.compile(r"Intel\(R\) Memory Latency Checker - (\S{1,20})")
_MLC_NODES = re.compile(r"Numa node((?:\s+\d{1,4})+)")
_KERNELS = ("Copy", "Scale", "Add", "Triad")


def _parse_stream(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    rows = {
        match[1].lower(): match for line in text.split("\n") if (match := _KERNEL.fullmatch(line.strip()))
    }
    if len(rows) != len(_KERNELS):
        raise Damaged(f"{len(rows)} of {len(_KERNELS)} kernels are listed: the text may be cut")
    if _VALID not in text and _INVALID not in text:
        raise Damaged(
            "it does not say whether the results are right: the run did not end, or the text was cut"
        )
    threads = {match[1]: int(match[2]) for match in _THREADS.finditer(text)}
    return Found(
        facts={
            "best_rate_mbyte_s": {name: float(number(match[2])) for name, match in rows.items()},
            "threads": threads.get("counted"),
            "threads_requested": threads.get("requested"),
            "validates": _INVALID not in text,
        },
        warnings=(*warnings, *(("its own check of the results failed",) if _INVALID in text else ())),
    )


def _parse_gpu(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    lines = text.split("\n")
    rows: list[object] = []
    seen: set[tuple[str, ...]] = set()
    for at, line in enumerate(lines):
        if not line.startswith("STREAM_"):
            continue
        match = _GPU_ROW.fullmatch(line.strip())
        if match is None or match.groups()[:5] in seen:
            raise Damaged(f"line {at + 1} is no whole row, or one that stands there twice")
        if at == len(lines) - 1 and not re.fullmatch(r"\d{1,3}\.\d\d", match[7]):
            raise Damaged("the last row may be cut")
        seen.add(match.groups()[:5])
        rows.append(_gpu_row(match))
    if not rows:
        raise Nothing("no kernel was measured")
    checked = _CHECKED.search(text)
    shapes = {(row["gpu"], row["kernel"], row["block"]) for row in rows if isinstance(row, dict)}
    ragged = len(shapes) != len({shape[0] for shape in shapes}) * len({shape[1:] for shape in shapes})
    return Found(
        facts={
            "rows": rows,
            "validated": checked is not None and checked[1] == "Yes",
            "complete": not ragged,
        },
        warnings=(*warnings, *(("not every GPU has every row",) if ragged else ())),
    )


def _gpu_row(match: re.Match[str]) -> Json:
    return {
        "kernel": match[1].lower(),
        "precision": match[2],
        "gpu": int(match[3]),
        "buffer_bytes": int(match[4]),
        "block": int(match[5]),
        "bandwidth_gbyte_s": float(number(match[6])),
        "of_peak_pct": float(number(match[7])),
    }


def _parse_mlc(data: bytes) -> Found:
    text, warnings = text_of(data, max_lines=MAX_LINES)
    refuse_error_text(text)
    version, lines = _MLC.search(text[:4000]), whole_lines(text, longest=MAX_LINE_CHARS)
    if version is None:
        raise Damaged("it does not say which version ran")
    begin = next((at for at, line in enumerate(lines) if _MLC_NODES.fullmatch(line.strip())), None)
    if begin is None or "Bandwidths are in MB/sec" not in text:
        raise Nothing("it holds no matrix of bandwidths in MB/s")
    nodes = lines[begin].split()[2:]
    matrix: list[object] = []
    for line in lines[begin + 1 : begin + 1 + len(nodes)]:
        cells = line.split()
        if len(cells) != len(nodes) + 1 or cells[0] != nodes[len(matrix)]:
            raise Damaged("a row of the matrix has another width than its head")
        matrix.append([float(number(cell)) for cell in cells[1:]])
    if len(matrix) != len(nodes):
        raise Damaged(f"{len(matrix)} of {len(nodes)} rows of the matrix are there: the text may be cut")
    return Found(facts={"version": version[1], "bandwidth_mbyte_s": matrix}, warnings=warnings)


FORMATS = (
    Format(
        name="stream",
        title="STREAM (CPU memory bandwidth)",
        sniff=lambda head: b"STREAM version $Revision" in head,
        parse=_parse_stream,
        facts={
            "best_rate_mbyte_s": dict[str, float],
            "threads": int | None,
            "threads_requested": int | None,
            "validates": bool,
        },
    ),
    Format(
        name="superbench.gpu-stream",
        title="SuperBench gpu_stream",
        sniff=lambda head: re.search(rb"^STREAM_[A-Z]{3,5}_\w{1,20}_gpu_\d", head, re.MULTILINE) is not None,
        parse=_parse_gpu,
        facts={"rows": list[dict[str, object]], "validated": bool, "complete": bool},
    ),
    Format(
        name="mlc.bandwidth-matrix",
        title="Intel Memory Latency Checker: --bandwidth_matrix",
        sniff=lambda head: b"Intel(R) Memory Latency Checker" in head,
        parse=_parse_mlc,
        facts={"version": str, "bandwidth_mbyte_s": list[list[float]]},
    ),
)
