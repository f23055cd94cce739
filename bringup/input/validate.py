"""From what a file says to a model, and from what pydantic minds to words that help who wrote it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bringup.input.document import Document, _child
from bringup.input.positions import Key
from bringup.input.problem import Problem, nearest

Model = TypeVar("Model", bound=BaseModel)
SECRET_FIELDS = frozenset({"password", "community", "auth_key", "priv_key"})
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


def validated(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """The document as `model`, strictly (a quoted number is no number), or all that is wrong with it."""
    return validate_value(model, document, (), document.data)


def validate_value(
    model: type[Model], document: Document, path: Sequence[Key], value: Any
) -> tuple[Model | None, list[Problem]]:
    """As `validated`, for a part of the document that stands at `path`."""
    text = (
        json.dumps(value, default=str).replace("NaN", "0").replace("Infinity", "0") if _odd(value) else None
    )
    try:
        return model.model_validate_json(text or json.dumps(value, default=str), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    return None, _problems(model, document, tuple(path), details)


def _odd(value: Any) -> bool:
    """Whether it holds what JSON has not (told as a problem of its own already)."""
    try:
        json.dumps(value, default=str, allow_nan=False)
    except ValueError:
        return True
    return False


def _problems(
    model: type[BaseModel], document: Document, base: tuple[Key, ...], details: Sequence[ErrorDetails]
) -> list[Problem]:
    """One problem a place: of a union's complaints the first is told, with what others would take."""
    by_place: dict[tuple[Key, ...], list[ErrorDetails]] = {}
    for detail in details:
        by_place.setdefault(_place(document, base, detail), []).append(detail)
    return [_problem(model, document, base, place, found) for place, found in by_place.items()]


def _place(document: Document, base: tuple[Key, ...], detail: ErrorDetails) -> tuple[Key, ...]:
    """pydantic's location without names of union members: only keys that the file has, or a missing one."""
    place: tuple[Key, ...] = base
    value: Any = document.data
    for key in base:
        value = _child(value, key)
    for key in detail["loc"]:
        there = isinstance(value, dict) and isinstance(key, str) and key in value
        there = there or (isinstance(value, list) and isinstance(key, int) and key < len(value))
        if there:
            place, value = (*place, key), _child(value, key)
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
