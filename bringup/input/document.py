"""One TOML file: read with a cap, parsed, its schema line checked, every key's line known."""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bringup.input.bounded import read_bounded
from bringup.input.positions import Key, Positions, TooMuch, find_positions
from bringup.input.problem import Problem, first

LARGEST = 2**53
FILE_CAP_BYTES = 16 * 1024 * 1024
KINDS = ("inventory", "playbook", "envelope", "answers")
_AT = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)$")
_ADVICE = (
    ("Expected '=' after", "write `name = value`"),
    ("Invalid value", 'text stands in double quotes: `name = "value"`'),
    ("Cannot overwrite", "give each key once; tables of a list begin with `[[name]]`"),
    ("Cannot declare", "give each table once; tables of a list begin with `[[name]]`"),
    ("Cannot mutate", "an inline table `{...}` can't be added to later: write it in one place"),
    ("Unterminated", "close the quotes"),
    ("Unclosed", "close the bracket"),
    ("Illegal character", 'a text ends on its line with `"`; longer ones stand between three of them'),
    ("Expected newline", "one `name = value` a line; a value of several words needs quotes"),
    ("Unescaped '\\' in", "write `\\\\` for a backslash, or use single quotes"),
    ("Invalid initial character", "names are letters, digits, `-` and `_`; other names need quotes"),
)


class Document:
    """A parsed file. `data` holds what it says; `shown` is its name in messages."""

    def __init__(self, path: Path, data: dict[str, Any], positions: Positions) -> None:
        self.path = path
        self.shown = str(path)
        self.data = data
        self.positions = positions

    def problem(self, path: Sequence[Key], wrong: str, right: str, *, shown: str | None = None) -> Problem:
        """Something wrong with the value at `path`."""
        field = self.field(path) if shown is None else shown
        return Problem(self.shown, self.positions.line(tuple(path)), field, wrong, right)

    def line(self, path: Sequence[Key]) -> int:
        return self.positions.line(tuple(path))

    def field(self, path: Sequence[Key]) -> str:
        """`("device", 0, "ssh", "user")` -> `device[leaf-1].ssh.user`; items without a name count from 1."""
        words: list[str] = []
        value: Any = self.data
        for key in path:
            value = _child(value, key)
            if isinstance(key, int):
                title = next(
                    (each for each in map(_titles(value).get, ("name", "id")) if isinstance(each, str)),
                    str(key + 1),
                )
                words[-1] += f"[{title}]"
            else:
                words.append(key)
        return ".".join(words)

    def value(self, path: Sequence[Key]) -> Any:
        """What stands at `path`, or None."""
        value: Any = self.data
        for key in path:
            value = _child(value, key)
        return value

    def tables(self, *path: Key) -> list[tuple[tuple[Key, ...], dict[str, Any]]]:
        """Path and content of each table of a list of tables; what is none is left out (validation tells)."""
        value = self.value(path)
        if not isinstance(value, list):
            return []
        return [((*path, number), item) for number, item in enumerate(value) if isinstance(item, dict)]


def _child(value: Any, key: Key) -> Any:
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _titles(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def read_text(path: Path) -> str | Problem:
    """The file's text, or why there is none."""
    try:
        raw = read_bounded(path, FILE_CAP_BYTES)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return Problem(str(path), 1, "", f"can't be read: {why}", "check the path and its permissions")
    except ValueError:  # a NUL in the path
        return Problem(repr(str(path)), 1, "", "is no file name", "check the path")
    if len(raw) > FILE_CAP_BYTES:
        wrong = f"larger than {FILE_CAP_BYTES // 1024 // 1024} MiB"
        return Problem(str(path), 1, "", wrong, "split it: `cables` may be a file of its own")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(str(path), line, "", "is not UTF-8 text", "save the file as UTF-8")


def read_document(path: Path, kind: str) -> tuple[Document | None, list[Problem]]:
    """Read a file that should be of `kind` ("inventory", ...). No document where the syntax is wrong."""
    text = read_text(path)
    if isinstance(text, Problem):
        return None, [text]
    try:
        positions = find_positions(text)
        data = tomllib.loads(text)
    except TooMuch as error:
        return None, [Problem(str(path), error.line, "", error.wrong, error.right)]
    except RecursionError:
        return None, [Problem(str(path), 1, "", "nested too deeply", "no such file needs that: flatten it")]
    except ValueError as error:  # tomllib's own, and those of int() and datetime inside it
        return None, [_syntax(path, text, str(error))]
    document = Document(path, data, positions)
    return document, [*_schema(document, kind), *first(_odd_values(document, (), data))]


def _syntax(path: Path, text: str, message: str) -> Problem:
    found = _AT.search(message)
    line = int(found[1]) if found is not None and found[1] else text.rstrip("\n").count("\n") + 1
    if found is None:
        line = 1
    words = _AT.sub("", message).strip()
    words = words[:1].lower() + words[1:]
    right = next((advice for start, advice in _ADVICE if message.startswith(start)), "mend the TOML here")
    return Problem(str(path), line, "", f"is no TOML: {words}", right)


def _schema(document: Document, kind: str) -> list[Problem]:
    wanted = f"bringup.{kind}/1"
    given = document.data.get("schema")
    right = f'write `schema = "{wanted}"`'
    if given == wanted:
        return []
    if given is None:
        return [Problem(document.shown, 1, "schema", "is missing", f"{right} as the first line")]
    known = [f"bringup.{each}/1" for each in KINDS]
    if given in known:
        other = str(given).removeprefix("bringup.").removesuffix("/1")
        return [document.problem(("schema",), f"this is of the kind {other!r}, not {kind!r}", right)]
    if not isinstance(given, str):
        return [document.problem(("schema",), "must be text", right)]
    return [document.problem(("schema",), f"{given[:60]!r} is not known here", right)]


def _odd_values(document: Document, path: tuple[Key, ...], value: Any) -> Iterator[Problem]:
    """TOML has dates, infinities and NaN; no file of ours does."""
    if isinstance(value, dict):
        items: list[tuple[Key, Any]] = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        yield from _odd_scalar(document, path, value)
        return
    for key, item in items:
        yield from _odd_values(document, (*path, key), item)


def is_odd(value: Any) -> bool:
    """Whether a value is of those that no file of ours holds."""
    return (
        isinstance(value, datetime.date | datetime.time)
        or (isinstance(value, float) and not math.isfinite(value))
        or (isinstance(value, int) and not isinstance(value, bool) and abs(value) >= LARGEST)
    )


def _odd_scalar(document: Document, path: tuple[Key, ...], value: Any) -> list[Problem]:
    if isinstance(value, datetime.date | datetime.time):
        return [document.problem(path, "is a date or time", f'put it in quotes: "{value}"')]
    if isinstance(value, float) and not math.isfinite(value):
        return [
            document.problem(path, f"{value} is no number to measure by", "leave it out, or give a number")
        ]
    if is_odd(value):
        return [document.problem(path, "is too large a number", "whole numbers stay below 2^53")]
    return []
