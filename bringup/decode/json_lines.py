"""One JSON object a line: how several formats are written."""

from __future__ import annotations

import msgspec

from bringup.decode.json_field import Json
from bringup.decode.result import Damaged, Nothing, json_of, text_of, too_many_values, whole_lines

MAX_OBJECTS = 50_000


def objects_of(data: bytes, *, last_may_lack_end: bool = False) -> tuple[list[Json], tuple[str, ...]]:
    """Every line's object, and warnings. Blank lines are skipped.

    Args:
        last_may_lack_end: whether a last line without a newline is whole if it is JSON (an object that was
            cut is none).

    Raises:
        Damaged: a line is no whole JSON object.
        Nothing: there is none.
    """
    if too_many_values(data):
        raise Damaged("more values than any tool tells")
    text, warnings = text_of(data, max_lines=MAX_OBJECTS)
    lines = text.split("\n") if last_may_lack_end else whole_lines(text)
    found: list[Json] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        held = json_of(line.encode())
        if not isinstance(held, dict):
            raise Damaged(f"line {number} is no JSON object")
        found.append(held)
    if not found:
        raise Nothing("there is no line")
    return found, warnings


def first_object(head: bytes) -> Json:
    """The object on the first line; an empty one where there is none. For telling formats apart."""
    try:
        held = msgspec.json.decode(head.lstrip().split(b"\n", 1)[0])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return {}
    return held if isinstance(held, dict) else {}
