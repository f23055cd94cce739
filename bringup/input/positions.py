"""Where each key of a TOML file stands: `tomllib` tells values only, and an error needs its line.

This reads the shape of a file (headers, keys, arrays, inline tables), not its values; what is no TOML ends
the index there, and `tomllib` says why. It also keeps deep nesting and endless dotted keys away from
`tomllib`, whose recursion and tuple copying they would exhaust.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

DEPTH_CAP = 64
KEY_CAP = 300_000
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<space>[ \t\r]+)"
    r"|(?P<mark>[\[\]{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\"'\#]+)",
    re.DOTALL,
)

Key = str | int
Path = tuple[Key, ...]


class TooMuch(Exception):
    """More than any file of ours needs: nested deeper than `DEPTH_CAP`, or more keys than `KEY_CAP`."""

    def __init__(self, line: int, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.line = line
        self.wrong = wrong
        self.right = right


class _Stop(Exception):
    """Here the text stops being TOML."""


class Positions:
    """Path of a key, such as `("device", 0, "ssh", "user")` -> its line."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines

    def line(self, path: Path) -> int:
        """The line of that key, else of the nearest table around it, else 1."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return 1

    def knows(self, path: Path) -> bool:
        return path in self._lines


def find_positions(text: str) -> Positions:
    """Index `text`.

    Raises:
        TooMuch: it is larger than any file of ours.
    """
    index = _Index(text.replace("\r\n", "\n"))
    try:
        index.document()
    except _Stop:
        pass  # tomllib will name the error; what came before it is indexed
    return Positions(index.lines)


class _Index:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = self._scan(text)
        self._kind, self._text, self._line = "newline", "\n", 1
        self._counts: dict[Path, int] = {}

    @staticmethod
    def _scan(text: str) -> Iterator[tuple[str, str, int]]:
        line, at = 1, 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise _Stop
            kind, found = match.lastgroup or "", match.group()
            if kind not in ("space", "comment"):
                yield kind, found, line
            line += found.count("\n")
            at = match.end()
        yield "end", "", line

    def _next(self) -> None:
        try:
            self._kind, self._text, self._line = next(self._tokens)
        except StopIteration:
            raise _Stop from None

    def _too_deep(self) -> TooMuch:
        wrong = f"nested deeper than {DEPTH_CAP} levels"
        return TooMuch(self._line, wrong, "no such file needs that: flatten it")

    def _is(self, mark: str) -> bool:
        return self._kind == "mark" and self._text == mark

    def _take(self, mark: str) -> None:
        if not self._is(mark):
            raise _Stop
        self._next()

    def _skip_newlines(self) -> None:
        while self._kind == "newline":
            self._next()

    def document(self) -> None:
        self._next()
        table: Path = ()
        while True:
            self._skip_newlines()
            if self._kind == "end":
                return
            table = self._header() if self._is("[") else self._pair(table)
            if self._kind not in ("newline", "end"):
                raise _Stop

    def _header(self) -> Path:
        line = self._line
        self._take("[")
        many = self._is("[")
        if many:
            self._next()
        parts = self._key()
        self._take("]")
        if many:
            self._take("]")
        path = self._resolve(parts[:-1])
        path = (*path, parts[-1])
        if many:
            self._note(path, line)
            number = self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, number)
        elif path in self._counts:
            path = (*path, self._counts[path])
        self._note(path, line)
        return path

    def _resolve(self, parts: list[str]) -> Path:
        """A table's path, where a list of tables means its last one so far."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        if len(self.lines) > KEY_CAP:
            wrong = f"holds more than {KEY_CAP} values"
            raise TooMuch(line, wrong, "split it: a cable list may be a file of its own")

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._is("."):
            self._next()
            parts.append(self._key_part())
            if len(parts) > DEPTH_CAP:
                raise self._too_deep()
        return parts

    def _key_part(self) -> str:
        if self._kind not in ("bare", "string"):
            raise _Stop
        text, quoted = self._text, self._kind == "string"
        self._next()
        if not quoted:
            return text
        try:
            return str(tomllib.loads(f"key = {text}")["key"])
        except ValueError:
            raise _Stop from None

    def _pair(self, table: Path, depth: int = 0) -> Path:
        """One `key = value`; returns the table that it stands in."""
        line = self._line
        path = (*table, *self._key())
        self._take("=")
        self._note(path, line)
        self._value(path, depth + len(path) - len(table))
        return table

    def _value(self, path: Path, depth: int) -> None:
        if depth > DEPTH_CAP:
            raise self._too_deep()
        if self._is("["):
            self._array(path, depth)
        elif self._is("{"):
            self._inline_table(path, depth)
        elif self._kind == "string":
            self._next()
        else:
            if self._kind != "bare" and not self._is("."):
                raise _Stop
            while self._kind == "bare" or self._is("."):
                self._next()

    def _array(self, path: Path, depth: int) -> None:
        self._take("[")
        self._skip_newlines()
        number = 0
        while not self._is("]"):
            self._note((*path, number), self._line)
            self._value((*path, number), depth + 1)
            number += 1
            self._skip_newlines()
            if not self._is("]"):
                self._take(",")
            self._skip_newlines()
        self._take("]")

    def _inline_table(self, path: Path, depth: int) -> None:
        self._take("{")
        self._skip_newlines()
        while not self._is("}"):
            self._pair(path, depth)
            self._skip_newlines()
            if not self._is("}"):
                self._take(",")
            self._skip_newlines()
        self._take("}")
