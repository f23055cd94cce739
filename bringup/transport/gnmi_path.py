"""gNMI paths as text and as elements: `/interfaces/interface[name=Ethernet1/1]/state`.

The text form is that of the gNMI path conventions: `\\` escapes `]` in a value, `[` and `/` in a name, and
itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Element = tuple[str, Mapping[str, str]]
"""Name and keys."""

_ORIGIN = re.compile(r"([A-Za-z][\w.-]*):(?=/|$)")


def parse_path(text: str) -> tuple[str | None, list[Element]]:
    """(origin, elements); `openconfig:/interfaces` has an origin. Raises `ValueError`, saying where."""
    origin = _ORIGIN.match(text)
    at = origin.end() if origin else 0
    elements: list[Element] = []
    while at < len(text):
        if text[at] != "/":
            raise ValueError(f"{text}: `/` belongs at character {at + 1}")
        if at == len(text) - 1:
            break
        element, at = _element(text, at + 1)
        elements.append(element)
    return (origin.group(1) if origin else None), elements


def _element(text: str, at: int) -> tuple[Element, int]:
    name, at = _until(text, at, "/[")
    if not name:
        raise ValueError(f"{text}: a name belongs at character {at + 1}")
    keys: dict[str, str] = {}
    while at < len(text) and text[at] == "[":
        key, at = _until(text, at + 1, "=]")
        if at >= len(text) or text[at] != "=" or not key:
            raise ValueError(f"{text}: `key=` belongs before character {at + 1}")
        keys[key], at = _until(text, at + 1, "]")
        if at >= len(text):
            raise ValueError(f"{text}: `]` is missing")
        at += 1
    return (name, keys), at


def _until(text: str, at: int, ends: str) -> tuple[str, int]:
    """The characters up to one of `ends`, unescaped, and where that stands."""
    found: list[str] = []
    while at < len(text) and text[at] not in ends:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        found.append(text[at])
        at += 1
    return "".join(found), at


def format_path(elements: Iterable[Element]) -> str:
    """`/` for none. Keys are in order of their names, so that a path has one text."""
    made: list[str] = []
    for name, keys in elements:
        made += "/", _escaped(name, "/[")
        if keys:
            made += (f"[{_escaped(key, '=]')}={_escaped(keys[key], ']')}]" for key in sorted(keys))
    return "".join(made) or "/"


def _escaped(text: str, special: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    for letter in special:
        if letter in text:
            text = text.replace(letter, f"\\{letter}")
    return text


def to_message(messages: Any, text: str) -> Any:
    """The `Path` message of a text. Raises `ValueError`."""
    origin, elements = parse_path(text)
    path = messages.Path(elem=[messages.PathElem(name=name, key=dict(keys)) for name, keys in elements])
    if origin is not None:
        path.origin = origin
    return path


def elements_of(*paths: Any) -> Sequence[Element]:
    """The elements of `Path` messages one after the other (prefix, then path); names of the old form, too."""
    found: list[Element] = []
    for path in paths:
        found += [(element.name, element.key) for element in path.elem]
        if not path.elem:
            found += [(name, {}) for name in path.element]
    return found
