"""mlxlink's tables: title, key, text. As a terminal prints them, or as JSON with the same titles and keys.

In JSON a list is `{"values": [...]}`; as text it has commas. Keys hold colons and brackets, and are padded.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import as_object
from bringup.decode.result import Damaged, json_of, refuse_error_text, text_of, whole_lines

MAX_LINE_CHARS = 2000
Sections = dict[str, dict[str, str]]
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,10}m")
_FIELD = re.compile(r"(\S.{0,60}?)\s*: ?(.*)")
_SPACED_FIELD = re.compile(r"(\S.{0,60}?)\s+: ?(.*)")
_PLAIN_FIELD = re.compile(r"([A-Z][A-Za-z0-9]{0,14}(?: [A-Za-z0-9(),\[\]/]{1,14}){0,3}) {2,60}: ?([^\n]*)")
"""What most fields are: a few words, the blanks that pad them, a colon. No title has a colon."""
_TITLE = re.compile(r"[A-Z][A-Za-z0-9 ()/]{2,60}")


def sections_of(data: bytes) -> tuple[Sections, tuple[str, ...]]:
    """The tables by title, and what the tool complained of.

    Raises:
        Damaged: neither form, or the tool says that it failed.
    """
    return _of_json(data) if data.lstrip()[:1] == b"{" else _of_text(data)


def _of_json(data: bytes) -> tuple[Sections, tuple[str, ...]]:
    whole = as_object(json_of(data), "the reply")
    status = as_object(whole.get("status", {}), "status")
    code, message = status.get("code", 0), status.get("message", "")
    if code not in (0, "0") or isinstance(code, bool):
        raise Damaged(f"mlxlink failed: {str(message)[:160]!r}")
    output = as_object(as_object(whole.get("result"), "result").get("output"), "output")
    sections = {
        title: {key: _plain(told, key) for key, told in as_object(part, title).items()}
        for title, part in output.items()
        if isinstance(part, dict)
    }
    return sections, ()


def _plain(told: object, key: str) -> str:
    """A value as the text form prints it; a list with commas."""
    if isinstance(told, dict) and set(told) <= {"values", "range"} and "values" in told:
        told = told["values"]
    if isinstance(told, list) and all(isinstance(each, str) for each in told):
        return ",".join(told)
    if isinstance(told, int | float) and not isinstance(told, bool):
        return str(told)
    if not isinstance(told, str | dict) or len(str(told)) > MAX_LINE_CHARS:
        raise Damaged(f"{key[:60]!r} is neither a text nor a list of them")
    return told.strip() if isinstance(told, str) else "N/A"


def _of_text(data: bytes) -> tuple[Sections, tuple[str, ...]]:
    text, warnings = text_of(data)
    lines = [line.rstrip() for line in whole_lines(_COLOUR.sub("", text), longest=MAX_LINE_CHARS)]
    sections: Sections = {}
    here: dict[str, str] | None = None
    complaints: list[str] = []
    in_errors = False
    for at, line in enumerate(lines):
        if here is not None and (plain := _PLAIN_FIELD.fullmatch(line)) and plain[1] not in here:
            here[plain[1]] = plain[2].lstrip()
            continue
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if line.startswith("-E-"):
            raise Damaged(f"mlxlink failed: {line[3:120].strip()!r}")
        if not line or (set(line) == {"-"} and at and _TITLE.fullmatch(lines[at - 1])):
            continue
        if _TITLE.fullmatch(line) and len(following) >= 3 and set(following) == {"-"}:
            in_errors = line == "Errors"
            if line in sections:
                raise Damaged(f"the table {line!r} stands there twice")
            here = None if in_errors else sections.setdefault(line, {})
        elif in_errors or line.startswith("-W-"):
            complaints.append(line.removeprefix("-W-").strip()[:160])
        else:
            _add(here, line)
    return sections, (*warnings, *complaints[:20])


def _add(here: dict[str, str] | None, line: str) -> None:
    match = _SPACED_FIELD.fullmatch(line)
    if match is None:  # keys are padded, but a long one may not be; an error message is not
        refuse_error_text(line)
        match = _FIELD.fullmatch(line)
    if here is None or match is None:
        raise Damaged(f"{line[:60]!r} is no field of a table")
    if match[1] in here:
        raise Damaged(f"{match[1][:60]!r} occurs twice in one table")
    here[match[1]] = match[2].strip()
