"""Counted names: `node-{n:02}`, `Ethernet{p*8}`, `10.0.0.{n+20}`; pure.

A placeholder is `{NAME}`, with `*FACTOR`, then `+NUMBER` or `-NUMBER`, then `:WIDTH` (`:02` fills with zeros)
where the name stands for a number. What is no placeholder has no braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bringup.input.problem import nearest

Value = int | str
INTEGER_KEYS = frozenset({"unit", "outlet", "port", "lanes"})
"""Keys whose text, when it is one placeholder and nothing else, becomes a whole number."""
SECRET_WORDS = ("serial", "name")

_PLACEHOLDER = re.compile(
    r"\{(?P<name>[a-z_][a-z0-9_]*)(?:\*(?P<factor>\d{1,6}))?(?P<add>[+-]\d{1,6})?(?::(?P<width>0?[1-9]))?\}"
)
_BRACE = re.compile(r"[{}]")


class TemplateFault(Exception):
    """What is wrong with a template, and what would be right. `unknown` is a name that stands for nothing."""

    def __init__(self, wrong: str, right: str, unknown: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.right = right
        self.unknown = unknown


def fill(text: str, values: Mapping[str, Value], *, lenient: bool = False) -> str:
    """`text` with every placeholder filled. Lenient: what is none of `values` stays as it is.

    Raises:
        TemplateFault: a name that nothing is known by, arithmetic on a text, or a lone brace.
    """

    def one(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in values:
            if lenient:
                return found[0]
            raise TemplateFault(f"{found[0]!r} stands for nothing here", nearest(name, values), name)
        return _formatted(found, values[name])

    if not lenient:
        rest = _PLACEHOLDER.sub("", text)
        if _BRACE.search(rest) is not None:
            raise TemplateFault(
                f"{text[:60]!a} holds a brace that begins or ends no placeholder",
                "write placeholders as `{n}`, `{n:02}`, `{n+8}` or `{n*2-1}`",
            )
    return _PLACEHOLDER.sub(one, text)


def _formatted(found: re.Match[str], value: Value) -> str:
    if isinstance(value, str):
        if found["factor"] or found["add"] or found["width"]:
            raise TemplateFault(f"{found[0]!r}: {found['name']} is a text", f"write `{{{found['name']}}}`")
        return value
    number = value * int(found["factor"] or 1) + int(found["add"] or 0)
    if number < 0:
        raise TemplateFault(f"{found[0]!r} becomes {number}", "give a number that stays at 0 or above")
    width = found["width"] or ""
    return f"{number:{width}d}" if width.startswith("0") else f"{number:{width or 1}d}".replace(" ", "0")


def fill_value(
    value: Any, values: Mapping[str, Value], key: str = "", *, secret_keys: frozenset[str] = frozenset()
) -> Any:
    """A whole value of a table, filled.

    Secrets keep braces that are theirs (`cmd:awk '{print $1}'`), and take numbers only: texts of somebody
    else's file go into commands by `bringup.input.secret_words` or not at all.

    Raises:
        TemplateFault: as `fill`.
    """
    if isinstance(value, dict):
        return {each: fill_value(item, values, each, secret_keys=secret_keys) for each, item in value.items()}
    if isinstance(value, list):
        return [fill_value(item, values, key, secret_keys=secret_keys) for item in value]
    if not isinstance(value, str):
        return value
    if key in secret_keys:
        return _fill_secret(value, values)
    text = fill(value, values)
    if key in INTEGER_KEYS and text.isascii() and text.isdigit() and _PLACEHOLDER.fullmatch(value):
        return int(text)
    return text


def _fill_secret(text: str, values: Mapping[str, Value]) -> str:
    for found in _PLACEHOLDER.finditer(text):
        if found["name"] not in SECRET_WORDS and isinstance(values.get(found["name"]), str):
            wrong = f"{found[0]!r} can't stand in the reference of a secret"
            raise TemplateFault(wrong, "`{serial}`, `{name}` and `{n}` can")
    return fill(text, {key: value for key, value in values.items() if isinstance(value, int)}, lenient=True)
