"""Results of scopes and loss test sets as text: a table (CSV or tab-separated), or lines of `NAME: VALUE`.

No standard says how an instrument writes them down, so columns are known by their names, whatever stands
between the letters, and each row must say a plain PASS or FAIL. A result of an end face counts only where the
file names the standard that it was judged by, IEC 61300-3-35.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, FactValue, Found, Nothing, text_of, whole_lines
from bringup.model.facts_fibre import EndFace, FibreLoss
from bringup.model.measurement import NOT_AVAILABLE, Read, value

MOST_LINES, LONGEST_LINE = 20_000, 4_000
STANDARD = re.compile(r"61300-3-35")
_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("result", "status", "passfail", "overallresult", "overall", "verdict"), "result"),
        **dict.fromkeys(("testresult", "analysisresult", "inspectionresult"), "result"),
        **dict.fromkeys(("fibre", "fiber", "fibreid", "fiberid", "fibrenumber", "fibernumber"), "fibre"),
        **dict.fromkeys(
            ("fibreno", "fiberno", "lane", "connector", "connectorid", "port", "cableid"), "fibre"
        ),
        **dict.fromkeys(("standard", "profile", "testprofile", "criteria", "threshold"), "standard"),
        **dict.fromkeys(("date", "datetime", "timestamp", "taken", "testdate", "inspectiondate"), "taken"),
        **dict.fromkeys(("loss", "lossdb", "insertionloss", "insertionlossdb", "ildb"), "loss"),
        **dict.fromkeys(("attenuation", "attenuationdb"), "loss"),
        **dict.fromkeys(("wavelength", "wavelengthnm"), "wavelength"),
    }
)
_VERDICTS: Mapping[str, str] = MappingProxyType(
    {"pass": "pass", "passed": "pass", "fail": "fail", "failed": "fail"}
)
_FIBRE_LINE = re.compile(r"fib(?:re|er) ?(\d{1,3})", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)(?: ?dB)?")
_WAVELENGTH = re.compile(r"(\d{3,4}(?:\.\d{1,3})?)(?: ?nm)?")
MOST_DB = 60.0
Rows = list[tuple[int, dict[str, str]]]


def _name(cell: str) -> str:
    return _COLUMNS.get("".join(letter for letter in cell.lower() if letter.isalnum()), "")


def _rows(data: bytes) -> tuple[Rows, str, tuple[str, ...]]:
    """Rows by column, with their lines; and the whole text."""
    text, warnings = text_of(data, max_lines=MOST_LINES)
    lines = whole_lines(text, longest=LONGEST_LINE)
    if "\x00" in text:
        raise Damaged("it is no text")
    table = _table(text)
    return (table if table is not None else _told(lines)), text, warnings


def _table(text: str) -> Rows | None:
    """None where no line names columns."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    between = (
        "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
    )
    try:
        held = list(csv.reader(io.StringIO(text), delimiter=between, strict=True))
    except csv.Error as error:
        raise Damaged(f"no whole table: {error}") from None
    for at, cells in enumerate(held[:5]):
        names = [_name(cell) for cell in cells]
        known = [name for name in names if name]
        if len(known) > 1 and {"result", "loss"} & set(known):
            if len(set(known)) != len(known):
                raise Damaged(f"line {at + 1} names a column twice")
            return [
                (number, _cells(number, names, row))
                for number, row in enumerate(held[at + 1 :], at + 2)
                if any(cell.strip() for cell in row)
            ]
    return None


def _cells(number: int, names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    if len(row) != len(names):
        raise Damaged(f"line {number} has {len(row)} cells under {len(names)} names")
    return {name: cell.strip() for name, cell in zip(names, row, strict=True) if name}


def _told(lines: Sequence[str]) -> Rows:
    """One row out of lines `NAME: VALUE`, or one for each `Fiber N: PASS`; no name may come twice."""
    whole: dict[str, str] = {}
    fibres: Rows = []
    for number, line in enumerate(lines, 1):
        key, colon, said = line.partition(":")
        if not colon:
            continue
        single = _FIBRE_LINE.fullmatch(key.strip())
        if single is not None and said.strip().lower() in _VERDICTS:
            fibres.append((number, {"fibre": single[1], "result": said.strip()}))
            continue
        name = _name(key)
        if name and name in whole:
            raise Damaged(f"line {number} says {key.strip()[:40]!a} again")
        if name:
            whole[name] = said.strip()
    if "result" in whole or "loss" in whole:
        fibres.append((len(lines), whole))
    return fibres


def _verdict(row: Mapping[str, str], number: int) -> str:
    said = _VERDICTS.get(row.get("result", "").lower())
    if said is None:
        raise Damaged(f"line {number} says neither PASS nor FAIL")
    return said


def _once(fibres: Sequence[tuple[str, str]]) -> None:
    """Raises `Damaged` where one fibre is told of twice: which of them holds is not known."""
    seen: set[tuple[str, str]] = set()
    for each in fibres:
        if each in seen:
            raise Damaged(f"fibre {each[0][:40]!a} is told of twice")
        seen.add(each)


def _taken(rows: Rows) -> Read:
    """The oldest date of all rows, where none can be misread: ISO 8601 with its zone."""
    found: list[float] = []
    for _, row in rows:
        if not row.get("taken"):
            continue
        try:
            at = datetime.fromisoformat(row["taken"])
        except ValueError:
            return NOT_AVAILABLE
        if at.tzinfo is None or at.year < 1990:
            return NOT_AVAILABLE
        found.append(at.timestamp())
    return value(min(found)) if found else NOT_AVAILABLE


def _parse_end_face(data: bytes) -> Found:
    rows, text, warnings = _rows(data)
    if not rows:
        raise Nothing("it tells of no end face")
    if any("loss" in row for _, row in rows):
        raise Damaged("it tells of loss, not of end faces")
    if STANDARD.search(text) is None:
        raise Damaged("it does not say that it was judged by IEC 61300-3-35")
    faces = tuple(
        EndFace(fibre=row.get("fibre", ""), result=value(_verdict(row, number))) for number, row in rows
    )
    _once([(face.fibre, "") for face in faces])
    result = "fail" if any(face.result.value == "fail" for face in faces) else "pass"
    facts: dict[str, FactValue] = {"end_faces": faces, "result": result, "taken_unix_s": _taken(rows).value}
    return Found(facts=facts, warnings=warnings)


def _parse_loss(data: bytes) -> Found:
    rows, _, warnings = _rows(data)
    if not rows:
        raise Nothing("it tells of no loss")
    told = tuple(_loss(row, number) for number, row in rows)
    _once([(each.fibre, str(each.wavelength_nm.value)) for each in told])
    worst = max(each.loss_db.value for each in told if isinstance(each.loss_db.value, float))
    facts: dict[str, FactValue] = {"losses": told, "worst_loss_db": worst, "taken_unix_s": _taken(rows).value}
    return Found(facts=facts, warnings=warnings)


def _loss(row: Mapping[str, str], number: int) -> FibreLoss:
    found = _NUMBER.fullmatch(row.get("loss", ""))
    if found is None or float(found[1]) > MOST_DB:
        raise Damaged(f"line {number} has no loss in dB that a meter can show; below zero: set its reference")
    wave = _WAVELENGTH.fullmatch(row.get("wavelength", ""))
    if row.get("wavelength") and wave is None:
        raise Damaged(f"line {number} has no wavelength in nm")
    return FibreLoss(
        fibre=row.get("fibre", ""),
        wavelength_nm=value(float(wave[1])) if wave is not None else NOT_AVAILABLE,
        loss_db=value(float(found[1])),
        result=value(_verdict(row, number)) if row.get("result") else NOT_AVAILABLE,
    )


def _head_names(head: bytes) -> set[str]:
    """Columns that the first lines name, or lines of `NAME: VALUE`."""
    lines = head[:8192].decode("utf-8", errors="replace").split("\n")[:40]
    names = {_name(cell) for line in lines[:5] for cell in re.split(r"[,;\t]", line)}
    return names | {_name(line.partition(":")[0]) for line in lines if ":" in line}


def _is_end_face(head: bytes) -> int:
    return 60 if b"61300-3-35" in head and "result" in _head_names(head) and not _is_loss(head) else 0


def _is_loss(head: bytes) -> int:
    names = _head_names(head)
    return 55 if {"loss", "wavelength"} <= names else 0


FORMATS = (
    Format(
        name="fibre.end-face",
        title="Results of a fibre scope: pass or fail by IEC 61300-3-35",
        sniff=_is_end_face,
        parse=_parse_end_face,
        facts={"end_faces": tuple[EndFace, ...], "result": str, "taken_unix_s": float | None},
    ),
    Format(
        name="fibre.loss",
        title="Results of a loss test set: dB for each fibre and wavelength",
        sniff=_is_loss,
        parse=_parse_loss,
        facts={"losses": tuple[FibreLoss, ...], "worst_loss_db": float, "taken_unix_s": float | None},
    ),
)
