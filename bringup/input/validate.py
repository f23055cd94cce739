"""From what a file says to a model, and from what pydantic minds to words that help who wrote it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bringup.input.document import Document, is_odd
from bringup.input.positions import Key
from bringup.input.problem import PROBLEM_CAP, Problem, nearest

Model = TypeVar("Model", bound=BaseModel)
SECRET_FIELDS = frozenset(
    {"password", "next_password", "console_password", "community", "auth_key", "priv_key"}
)
_MUST_BE: dict[str, tuple[str, str]] = {
    "string_type": ("must be text", "put it in double quotes"),
    "int_type": ("must be a whole number", "write it without quotes and decimals"),
    "int_from_float": ("must be a whole number", "write it without decimals"),
    "int_parsing": ("must be a whole number", "write it without quotes and decimals"),
    "float_type": ("must be a number", "write it without quotes"),
    "float_parsing": ("must be a number", "write it without quotes"),
    "bool_type": ("must be yes or no", "write `true` or `false`, without quotes"),
    "bool_parsing": ("must be yes or no", "write `true` or `false`, without quotes"),
    "tuple_type": ("must be a list", "write `[...]`, or `[[name]]` tables"),
    "list_type": ("must be a list", "write `[...]`, or `[[name]]` tables"),
    "dict_type": ("must be a table", "write `{ name = value }`, or a `[name]` header"),
    "model_type": ("must be a table", "write `{ name = value }`, or a `[name]` header"),
    "model_attributes_type": ("must be a table", "write `{ name = value }`, or a `[name]` header"),
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def validated(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """The document as `model`, strictly (a quoted number is no number), or all that is wrong with it."""
    return validate_value(model, document, (), document.data)


def validate_value(
    model: type[Model], document: Document, path: Sequence[Key], value: Any
) -> tuple[Model | None, list[Problem]]:
    """As `validated`, for a part of the document that stands at `path`."""
    try:
        return model.model_validate_json(_json(value), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    return None, _problems(model, document, tuple(path), details)


def _json(value: Any) -> str:
    """JSON of it; what JSON has not (told as a problem of its own already) becomes null."""
    return json.dumps(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if is_odd(value) else value


def _problems(
    model: type[BaseModel], document: Document, base: tuple[Key, ...], details: Sequence[ErrorDetails]
) -> list[Problem]:
    """One problem a place: of a union's complaints the first is told, with what others would take."""
    by_place: dict[tuple[Key, ...], list[ErrorDetails]] = {}
    for detail in details[:PROBLEM_CAP]:
        place = _place(document, base, detail)
        if not is_odd(document.value(place)):
            by_place.setdefault(place, []).append(detail)
    for place in _mistyped(by_place):
        del by_place[place]
    return [_problem(model, document, base, place, found) for place, found in by_place.items()]


def _mistyped(by_place: dict[tuple[Key, ...], list[ErrorDetails]]) -> list[tuple[Key, ...]]:
    """Missing keys that stand there with a slip of the pen: the slip alone is told."""
    slips = [place for place, found in by_place.items() if found[0]["type"] == "extra_forbidden"]
    return [
        place
        for place, found in by_place.items()
        if found[0]["type"] == "missing"
        and any(
            slip[:-1] == place[:-1] and get_close_matches(str(slip[-1]), [str(place[-1])]) for slip in slips
        )
    ]


def _place(document: Document, base: tuple[Key, ...], detail: ErrorDetails) -> tuple[Key, ...]:
    """pydantic's location without names of union members: only keys that the file has, or a missing one."""
    place: tuple[Key, ...] = base
    value = document.value(base)
    for key in detail["loc"]:
        there = isinstance(value, dict) and isinstance(key, str) and key in value
        there = there or (isinstance(value, list) and isinstance(key, int) and key < len(value))
        if there:
            place = (*place, key)
            value = document.value(place)
    if detail["type"] == "missing":
        place = (*place, detail["loc"][-1])
    return place


def _problem(
    model: type[BaseModel],
    document: Document,
    base: tuple[Key, ...],
    place: tuple[Key, ...],
    found: Sequence[ErrorDetails],
) -> Problem:
    first = found[0]
    kind = first["type"]
    key = str(place[-1]) if place else ""
    if kind == "missing":
        return document.problem(place, "is missing", f"give `{key} = ...`")
    if kind == "extra_forbidden":
        known = _known_keys(model, first["loc"])
        return document.problem(place, "is no key that is known here", nearest(key, known))
    expected = first.get("ctx", {}).get("expected")
    if kind in ("literal_error", "enum") and expected is not None:
        names = [each.strip(" '") for each in str(expected).replace(" or ", ", ").split(",")]
        return document.problem(place, _given(key, first), nearest(_text(first.get("input")), names))
    if kind == "value_error":
        wrong, _, right = first["msg"].removeprefix("Value error, ").partition("; ")
        return document.problem(place, wrong, right or "see `bringup schema`")
    if kind in _BOUNDS:
        word, key_of_bound = _BOUNDS[kind]
        bound = first.get("ctx", {}).get(key_of_bound)
        return document.problem(
            place, f"{_text(first.get('input'))} is out of range", f"give {word} {bound:g}"
        )
    if kind in _MUST_BE:
        wrongs = list(dict.fromkeys(_MUST_BE.get(each["type"], (each["msg"],))[0] for each in found))
        wrong = " or ".join([wrongs[0], *(each.removeprefix("must be ") for each in wrongs[1:])])
        return document.problem(place, wrong, _MUST_BE[kind][1])
    message = first["msg"]
    return document.problem(place, _given(key, first), message[:1].lower() + message[1:])


def _given(key: str, detail: ErrorDetails) -> str:
    """The value that was given, unless it may be a secret."""
    value = detail.get("input")
    if key in SECRET_FIELDS or isinstance(value, dict | list):
        return "is not right"
    return f"{_text(value)!r} is not right"


def _text(value: Any) -> str:
    return str(value)[:60]


def _known_keys(model: type[BaseModel], loc: tuple[Key, ...]) -> set[str]:
    """The keys that the table at `loc[:-1]` may have, from the model's JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    nodes = [schema]
    for key in loc[:-1]:
        nodes = [child for node in _resolve(nodes, definitions) for child in _step(node, key)]
    return {name for node in _resolve(nodes, definitions) for name in node.get("properties", {})}


def _resolve(nodes: list[dict[str, Any]], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow references and alternatives."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        if "$ref" in node:
            found.extend(_resolve([definitions[node["$ref"].rsplit("/", 1)[1]]], definitions))
        elif "anyOf" in node:
            found.extend(_resolve(node["anyOf"], definitions))
        else:
            found.append(node)
    return found


def _step(node: dict[str, Any], key: Key) -> list[dict[str, Any]]:
    if isinstance(key, int):
        return [node["items"]] if isinstance(node.get("items"), dict) else []
    child = node.get("properties", {}).get(key)
    return [child] if isinstance(child, dict) else []
