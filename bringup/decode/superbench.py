"""SuperBench: the summary of its data diagnosis (JSON, or JSON lines), and the samples of its monitor.

The summary lists defective nodes alone: a node that is not in it was found good, or was not looked at. So an
empty summary says nothing, and no node in it is ever said to be good. Figures are variances from a baseline.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json, as_object, real, text_in
from bringup.decode.json_lines import first_object, objects_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of

_CATEGORY = ("diagnosis/category", "Category")
_DETAILS = ("diagnosis/issue_details", "Defective Details")
_PER_GPU = re.compile(r"(gpu_[a-z_]{1,40}):(\d{1,3})")


def _parse_diagnosis(data: bytes) -> Found:
    warnings: tuple[str, ...] = ()
    if data.lstrip()[:1] == b"[":
        held = json_of(data)
        rows = [as_object(row, "a row") for row in held] if isinstance(held, list) else []
    else:
        rows, warnings = objects_of(data, last_may_lack_end=True)
    if not rows:
        raise Nothing("no node is listed: which were looked at is not told")
    listed: list[object] = [_defect(row) for row in rows]
    return Found(facts={"defective": listed}, warnings=warnings)


def _defect(row: Json) -> Json:
    node = text_in(row, "index") or text_in(row, "Index")
    category, details = (
        next((text for key in keys if (text := text_in(row, key)) is not None), None)
        for keys in (_CATEGORY, _DETAILS)
    )
    if node is None or category is None:
        raise Damaged("a row without a node or a category")
    return {
        "node": node,
        "category": category,
        "details": details,
        "variances": {
            key: real(value, key).value for key, value in row.items() if ":" in key and _is_number(value)
        },
    }


def _is_number(held: object) -> bool:
    return isinstance(held, int | float) and not isinstance(held, bool)


def _parse_monitor(data: bytes) -> Found:
    samples, warnings = objects_of(data)
    times = [text_in(sample, "time") for sample in samples]
    if None in times:
        raise Damaged("a sample without a time")
    gpus: dict[str, Json] = {}
    for sample in samples:
        for key, value in sample.items():
            match = _PER_GPU.fullmatch(key)
            if match is not None:
                read = real(value, key).value
                gpus.setdefault(match[2], {}).setdefault(match[1], [])
                series = gpus[match[2]][match[1]]
                assert isinstance(series, list)
                series.append(read)
    gaps = sum(len(sample) != len(samples[0]) for sample in samples)
    return Found(
        facts={
            "samples": len(samples),
            "first": times[0],
            "last": times[-1],
            "gpus": {
                index: dict(told) for index, told in sorted(gpus.items(), key=lambda item: int(item[0]))
            },
        },
        warnings=(*warnings, *((f"{gaps} samples tell other things than the first",) if gaps else ())),
    )


def _is_diagnosis(head: bytes) -> int:
    if head.lstrip()[:1] == b"[":
        return 80 if b'"diagnosis/category"' in head else 0
    first = first_object(head)
    return 80 if any(key in first for key in _CATEGORY) and ("index" in first or "Index" in first) else 0


def _is_monitor(head: bytes) -> int:
    first = first_object(head)
    return 80 if "time" in first and any(_PER_GPU.fullmatch(key) for key in first) else 0


FORMATS = (
    Format(
        name="superbench.diagnosis",
        title="SuperBench: summary of its data diagnosis",
        sniff=_is_diagnosis,
        parse=_parse_diagnosis,
        facts={"defective": list[dict[str, object]]},
    ),
    Format(
        name="superbench.monitor",
        title="SuperBench: samples of its monitor",
        sniff=_is_monitor,
        parse=_parse_monitor,
        facts={"samples": int, "first": str, "last": str, "gpus": dict[str, dict[str, list[float | None]]]},
    ),
)
