"""`dcgmi diag` as a table: one line a test, results by word and by GPU (`Pass - All`, `Fail - GPU: 3`)."""

from __future__ import annotations

import re

import msgspec

from bringup.decode.dcgm_diag import GPU, status_of
from bringup.decode.nvidia_field import Fields
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of
from bringup.model.facts_gpu import Diagnosis, DiagnosisResult

_RULE = re.compile(r"\+[-=]{10,60}\+[-=]{10,120}\+")
_SECTION = re.compile(r"[|+]-{2,40}  ([A-Za-z]{3,40})  -{2,40}\+-{2,120}[|+]")
_ROW = re.compile(r"\| (.{1,60}?) +\| (.{0,200}?) *\|")
_RESULT = re.compile(r"(Pass|Fail|Warn|Skip|Not Run)(?: - (.+))?", re.IGNORECASE)
_GPUS = re.compile(r"GPUs?: ?([0-9]{1,4}(?:, ?[0-9]{1,4})*)")
METADATA = "Metadata"
WARNING_ROWS = ("Warning", "Error", "Info")


def _parse(data: bytes) -> Found:
    """`sections` lists the section lines in order, empty ones too.

    Raises:
        Damaged: another table, or no ruled line at the end.
        Nothing: no test is in it.
    """
    text, warned = text_of(data)
    refuse_error_text(text)
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    start = next((at for at, line in enumerate(lines[:20]) if _RULE.fullmatch(line)), None)
    if start is None or start + 1 >= len(lines) or not lines[start + 1].startswith("| Diagnostic"):
        raise Damaged("no table of a diagnosis")
    if not _RULE.fullmatch(lines[-1]) or len(lines[-1]) != len(lines[start]) or len(lines) < start + 4:
        raise Damaged("no ruled line at the end: the table may be cut")
    sections: list[object] = []
    metadata: dict[str, str] = {}
    results: list[DiagnosisResult] = []
    for line in lines[start + 3 : -1]:
        section, row = _SECTION.fullmatch(line), _ROW.fullmatch(line)
        if section is not None:
            sections.append(section[1])
        elif row is None:
            raise Damaged(f"no row of this table: {line[:60]!r}")
        elif sections and sections[-1] == METADATA:
            metadata[row[1].strip()] = row[2]
        else:
            _take(row[1].strip(), row[2], str(sections[-1]) if sections else "", results)
    if not results:
        raise Nothing("the table holds no test")
    fields = Fields("dcgmi")
    ids = metadata.get("GPU Device IDs Detected", "")
    made = Diagnosis(
        version=fields.word(metadata.get("DCGM Version")),
        driver=fields.word(metadata.get("Driver Version Detected")),
        results=tuple(results),
        device_ids=tuple(each.strip() for each in ids.split(",") if each.strip()),
    )
    tests = [section for section in sections if section != METADATA]
    return Found(facts={"diagnosis": made, "sections": tests}, warnings=warned)


def _take(name: str, told: str, category: str, results: list[DiagnosisResult]) -> None:
    if name in WARNING_ROWS or not name:
        if results:
            last = results[-1]
            results[-1] = msgspec.structs.replace(last, warnings=(*last.warnings, told))
        return
    found = _RESULT.fullmatch(told)
    status = status_of(found[1]) if found is not None else "unknown"
    gpus = _GPUS.search(found[2]) if found is not None and found[2] else None
    entities: list[int | None] = [int(each) for each in gpus[1].split(",")] if gpus else [None]
    group = GPU if gpus else None
    results += [
        DiagnosisResult(test=name, category=category, entity_group=group, entity=entity, status=status)
        for entity in entities
    ]


DIAG_TABLE = Format(
    name="dcgm.diag-table",
    title="DCGM: dcgmi diag",
    sniff=lambda head: 85 if b"| Diagnostic " in head and b"| Result " in head else 0,
    parse=_parse,
    facts={"diagnosis": Diagnosis, "sections": list[object]},
)
FORMATS = (DIAG_TABLE,)
