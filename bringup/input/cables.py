"""The cable list: a CSV of `a_device,a_port,b_device,b_port,medium,length_m,label`; `part` and `polarity` may
stand in two more columns.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import msgspec

from bringup.input.document import read_text
from bringup.input.problem import PROBLEM_CAP, Problem, nearest
from bringup.model.inventory import Cable

COLUMNS = ("a_device", "a_port", "b_device", "b_port", "medium", "length_m", "label")
NEEDED = COLUMNS[:4]
MORE = ("part", "polarity")
"""Columns that a list may have: what is told to whoever has the cable in hand."""


class Placed(msgspec.Struct, frozen=True):
    """A cable and where it is written. `field` is empty for a row of a CSV."""

    cable: Cable
    file: str
    line: int
    field: str = ""

    def problem(self, column: str, wrong: str, right: str) -> Problem:
        field = f"{self.field}.{column}" if self.field else column
        return Problem(self.file, self.line, field, wrong, right)


def read_cables(path: Path) -> tuple[list[Placed], list[Problem]]:
    """All rows that can be read, and what is wrong with the others; line numbers are those of the file."""
    text = read_text(path)
    if isinstance(text, Problem):
        return [], [text]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    placed: list[Placed] = []
    problems: list[Problem] = []
    try:
        header = next(rows, [])
        names = [name.strip() for name in header]
        problems += _header(path, names)
        if problems:
            return [], problems
        before = rows.line_num
        for row in rows:
            line, before = before + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            cable, found = _row(path, line, names, row)
            problems += found
            if len(problems) >= PROBLEM_CAP:
                break
            if cable is not None:
                placed.append(Placed(cable, str(path), line))
    except csv.Error as error:
        line = max(rows.line_num, 1)
        wrong, right = (
            f"is no CSV: {error}",
            "quotes around a cell are doubled inside it and closed on its line",
        )
        problems.append(Problem(str(path), line, "", wrong, right))
    return placed, problems


def _header(path: Path, names: list[str]) -> list[Problem]:
    right = f"the first line is {','.join(COLUMNS)}"
    problems = [
        Problem(str(path), 1, name or "header", "no such column", nearest(name, (*COLUMNS, *MORE)))
        for name in names
        if name not in COLUMNS + MORE
    ]
    problems += [
        Problem(str(path), 1, name, "this column stands twice", right)
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    problems += [
        Problem(str(path), 1, name, "this column is missing", right) for name in NEEDED if name not in names
    ]
    return problems


def _row(path: Path, line: int, names: list[str], row: list[str]) -> tuple[Cable | None, list[Problem]]:
    if len(row) != len(names):
        wrong = f"has {len(row)} cells where the header has {len(names)}"
        return None, [
            Problem(str(path), line, "", wrong, "one cell for each column; a comma inside one needs quotes")
        ]
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=True)}
    problems = [
        Problem(str(path), line, name, "is empty", "name both ends of each cable")
        for name in NEEDED
        if not cells[name]
    ]
    problems += [
        Problem(str(path), line, name, f"{cells[name][:40]!a} holds control characters", "leave them out")
        for name in ("medium", "label", *MORE)
        if not cells.get(name, "").replace("\n", " ").isprintable()
    ]
    length_m: float | None = None
    if cells.get("length_m"):
        length_m = _number(cells["length_m"])
        if length_m is None:
            wrong = f"{cells['length_m'][:40]!r} is no length"
            problems.append(
                Problem(str(path), line, "length_m", wrong, "give metres, such as 2.5, or nothing")
            )
    if problems:
        return None, problems
    texts = {name: cell for name, cell in cells.items() if name != "length_m"}
    return Cable(**texts, length_m=length_m), []


def _number(text: str) -> float | None:
    """Metres, or None where the text is none."""
    try:
        metres = float(text)
    except ValueError:
        return None
    return metres if math.isfinite(metres) and metres >= 0 else None
