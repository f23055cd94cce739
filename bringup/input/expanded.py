"""An inventory with its ranges written out: rules see plain tables, problems name the lines they are from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from bringup.input.document import Document
from bringup.input.positions import Key
from bringup.input.problem import Problem
from bringup.input.sheet import Row

Path = tuple[Key, ...]


class Origin(msgspec.Struct, frozen=True):
    """Where a table comes from: `at` is its place in the file as written; `cells` are the fields that a row
    of the manifest fills, by their path in the table.
    """

    at: Path
    row: Row | None = None
    cells: dict[Path, str] = {}


class Source(msgspec.Struct, frozen=True):
    """Where the value of one field is written; `column` where it is a cell of a manifest."""

    file: str
    line: int
    column: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" column {self.column}" if self.column else "")


class Expanded(Document):
    """A document whose `data` has more tables than its file; `origins` tells of each by ("device", 3)."""

    def __init__(self, written: Document, data: dict[str, Any], origins: dict[Path, Origin]) -> None:
        super().__init__(written.path, data, written.positions)
        self._written = written
        self._origins = origins

    def problem(self, path: Sequence[Key], wrong: str, right: str, *, shown: str | None = None) -> Problem:
        place, origin = self._found(path)
        if origin is None:
            return self._written.problem(path, wrong, right, shown=shown)
        column = _cell(origin, place)
        if column is not None and origin.row is not None:
            return origin.row.problem(column, wrong, right)
        return self._written.problem((*origin.at, *place), wrong, right, shown=shown)

    def line(self, path: Sequence[Key]) -> int:
        place, origin = self._found(path)
        return self._written.line(path if origin is None else (*origin.at, *place))

    def field(self, path: Sequence[Key]) -> str:
        place, origin = self._found(path)
        return self._written.field(path if origin is None else (*origin.at, *place))

    def source(self, path: Sequence[Key]) -> Source:
        """Where the field at `path` of the expanded data is written."""
        place, origin = self._found(path)
        column = _cell(origin, place) if origin is not None else None
        if origin is not None and origin.row is not None and column is not None:
            return Source(origin.row.file, origin.row.line, column)
        return Source(self.shown, self.line(path))

    def fields(self, kind: str) -> Iterator[tuple[str, str, Any, Source]]:
        """(subject, field, value, where it is written) of every table of `kind`, lists as one value."""
        for path, table in self.tables(kind):
            subject = str(table.get("name", path[-1]))
            if kind == "port":
                subject = f"{table.get('device')}/{subject}"
            for place, value in _leaves(table, ()):
                yield subject, ".".join(map(str, place)), value, self.source((*path, *place))

    def _found(self, path: Sequence[Key]) -> tuple[Path, Origin | None]:
        path = tuple(path)
        return path[2:], self._origins.get(path[:2])


def _cell(origin: Origin, place: Path) -> str | None:
    return origin.cells.get(place)


def _leaves(value: dict[str, Any], place: Path) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield from _leaves(item, (*place, key))
        else:
            yield (*place, key), item
