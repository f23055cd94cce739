"""A CSV with a header, read with caps; every row knows its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bringup.input.document import read_text
from bringup.input.problem import PROBLEM_CAP, Problem

ROW_CAP = 200_000
_LAYOUT = str.maketrans("\n\r\t", "   ")


class Row(msgspec.Struct, frozen=True):
    """One row: its cells by column, without spaces around them. `line` is where it begins."""

    file: str
    line: int
    cells: dict[str, str]

    def problem(self, column: str, wrong: str, right: str) -> Problem:
        return Problem(self.file, self.line, column, wrong, right)


class Sheet(msgspec.Struct, frozen=True):
    """Columns in the order of the file, and rows; blank lines are left out."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


HeaderRule = Callable[[Sequence[str]], Sequence[tuple[str, str, str]]]


def read_sheet(path: Path, header_faults: HeaderRule) -> tuple[Sheet, list[Problem]]:
    """All rows that can be read, and what is wrong with the others.

    `header_faults` sees the columns and tells (column, wrong, right); with any, no row is read.
    """
    text = read_text(path)
    if isinstance(text, Problem):
        return Sheet(str(path), (), ()), [text]
    return parse_sheet(text, str(path), header_faults)


def parse_sheet(text: str, file: str, header_faults: HeaderRule) -> tuple[Sheet, list[Problem]]:
    """As `read_sheet`, of a text."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    problems: list[Problem] = []
    columns: list[str] = []
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        problems += [Problem(file, 1, *fault) for fault in _header(columns, header_faults)]
        if not problems:
            _rows(reader, file, columns, rows, problems)
    except csv.Error as error:
        right = "quotes around a cell are doubled inside it and closed"
        problems.append(Problem(file, max(reader.line_num, 1), "", f"is no CSV: {error}", right))
    return Sheet(file, tuple(columns), tuple(rows)), problems


def _header(columns: list[str], header_faults: HeaderRule) -> list[tuple[str, str, str]]:
    if not any(columns):
        return [("header", "the file has no header", "the first line names the columns")]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    return [
        *((name, "this column stands twice", "name each column once") for name in twice),
        *header_faults(columns),
    ]


def _rows(
    reader: csv._reader,  # type: ignore[name-defined]  # the type has no public name
    file: str,
    columns: list[str],
    rows: list[Row],
    problems: list[Problem],
) -> None:
    before = reader.line_num
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            wrong = f"has {len(cells)} cells where the header has {len(columns)}"
            right = "one cell for each column; a comma inside one needs quotes"
            problems.append(Problem(file, line, "", wrong, right))
        elif len(rows) >= ROW_CAP:
            problems.append(Problem(file, line, "", f"more than {ROW_CAP} rows", "split the file"))
        else:
            named = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if name}
            bad = [name for name, cell in named.items() if not cell.translate(_LAYOUT).isprintable()]
            problems += [
                Problem(file, line, name, f"{named[name][:40]!a} holds control characters", "leave them out")
                for name in bad
            ]
            if not bad:
                rows.append(Row(file, line, named))
        if len(problems) >= PROBLEM_CAP or len(rows) > ROW_CAP:
            return
