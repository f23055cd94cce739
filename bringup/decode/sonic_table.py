"""Reads the "simple" tables that SONiC's commands print: header lines, a ruler of dashes, one line a row.

The ruler fixes every column's place, so a cell may hold blanks, and a row that was cut or mangled shows.
What can't show is a table that lacks whole rows at its end: who must be in it is told by the inventory.
"""

from __future__ import annotations

import re
from operator import itemgetter

from bringup.decode.result import Damaged, Nothing, refuse_error_text, text_of, whole_lines

_RULER = re.compile(r" *-{2,}(?: {2,}-{2,})*")
_PREAMBLE = re.compile(r"(?:Last cached time was .{1,60})?$")

Row = dict[str, str]


def read_table(
    data: bytes, required: tuple[str, ...], *, header_lines: int = 1
) -> tuple[list[Row], list[str]]:
    """The rows of the one table in `data`, cells stripped, keyed by header; and warnings.

    Raises:
        Damaged: no table, a cut or mangled row, a header that is not this table's, text that belongs to no
        table. Nothing: a whole table without rows.
    """
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = whole_lines(text)
    return rows_of(lines, required, header_lines=header_lines), list(warnings)


def rows_of(lines: list[str], required: tuple[str, ...], *, header_lines: int = 1) -> list[Row]:
    """The rows of the table in `lines`; see `read_table`."""
    at = next((number for number, line in enumerate(lines) if _RULER.fullmatch(line)), None)
    if at is None or at < header_lines:
        raise Damaged("there is no table: no ruler of dashes below a header")
    spans = _spans(lines[at])
    headers = _headers(lines[at - header_lines : at], spans)
    missing = [name for name in required if name not in headers]
    if missing:
        raise Damaged(f"the table lacks the column {missing[0]!r}")
    for line in lines[: at - header_lines]:
        if not _PREAMBLE.fullmatch(line.strip()):
            raise Damaged(f"text before the table: {line.strip()[:60]!r}")
    body = [line for line in lines[at + 1 :] if line and not line.isspace()]
    rows = _rows(body, spans, headers)
    if not rows:
        raise Nothing("the table has no rows")
    return rows


def unique(rows: list[Row], key: str) -> list[Row]:
    """`rows` again.

    Raises:
        Damaged: two rows have the same `key`, or one has none.
    """
    names = {row[key] for row in rows}
    if len(names) != len(rows) or "" in names:
        raise Damaged(f"two rows of the table have the same {key}, or one has none")
    return rows


def _spans(ruler: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer("-+", ruler)]


def _headers(lines: list[str], spans: list[tuple[int, int]]) -> list[str]:
    cells = [_cells(line, spans) for line in lines]
    headers = [" ".join(part for part in column if part) for column in zip(*cells, strict=True)]
    if len(set(headers)) != len(headers):
        raise Damaged("two columns of the table have the same name")
    return headers


def _rows(lines: list[str], spans: list[tuple[int, int]], headers: list[str]) -> list[Row]:
    """Each line's cells under their headers. Between the columns there are blanks alone: that is looked at
    for a line as a whole, and cell by cell only where it does not hold.
    """
    columns = [slice(start, end) for start, end in spans]
    edges = [0, *(end for _, end in spans)]
    between = [slice(end, start) for end, (start, _) in zip(edges, spans, strict=False)]
    gaps = itemgetter(*between, slice(edges[-1], None))
    found: list[Row] = []
    for line in lines:
        cells = [line[column].strip() for column in columns]
        if "".join(gaps(line)).strip():
            _cells(line, spans)
        if not cells[-1]:
            raise Damaged(f"a row of the table is cut: {line.strip()[:60]!r}")
        found.append(dict(zip(headers, cells, strict=True)))
    return found


def _cells(line: str, spans: list[tuple[int, int]]) -> list[str]:
    edge = 0
    for start, end in spans:
        if line[edge:start].strip():
            raise Damaged(f"a line does not fit the table's columns: {line.strip()[:60]!r}")
        edge = end
    if line[edge:].strip():
        raise Damaged(f"a line is longer than the table: {line.strip()[:60]!r}")
    return [line[start:end].strip() for start, end in spans]
