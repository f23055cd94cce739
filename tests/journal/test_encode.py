"""What a line looks like, and what has no honest form for one."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import msgspec
import pytest

from bringup.journal.encode import to_fields, to_line
from bringup.journal.error import EventRefused


class Note(msgspec.Struct, tag_field="kind", tag=True):
    value: Any


class Bare(msgspec.Struct):
    value: int


class Colour(Enum):
    RED = "red"


def test_keys_are_sorted_at_every_depth_and_floats_are_shortest() -> None:
    line = to_line(to_fields(Note({"b": 1, "a": {"d": 0.1, "c": [1e300, -0.0, 2.0]}})))
    assert line == b'{"kind":"Note","value":{"a":{"c":[1e300,-0.0,2.0],"d":0.1},"b":1}}'


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        [float("-inf")],
        {"a": {"b": [float("nan")]}},
        2**53,
        -(2**53),
        [2**64],
        {"größe": 1},
        {"a": [{"é": None}]},
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_can_not_hold_honestly_is_refused(value: object) -> None:
    with pytest.raises(EventRefused):
        to_line(to_fields(Note(value)))


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, True, None, "größe", 0, 0.0, "", Colour.RED])
def test_what_json_can_hold_comes_back_as_it_was(value: object) -> None:
    back = json.loads(to_line(to_fields(Note(value))))["value"]
    assert back == (value.value if isinstance(value, Enum) else value)


def test_a_struct_without_a_kind_is_refused() -> None:
    with pytest.raises(EventRefused, match="kind"):
        to_fields(Bare(1))


def test_text_with_lone_surrogates_is_escaped_and_stops_nothing() -> None:
    line = to_line(to_fields(Note(["a\udcff", {"k": "\ud800"}])))
    assert json.loads(line)["value"] == ["a\\udcff", {"k": "\\ud800"}]


def test_a_line_never_holds_a_newline() -> None:
    line = to_line(to_fields(Note("a\nb\r\u2028\x00\x1b[31m")))
    assert b"\n" not in line
    assert json.loads(line)["value"] == "a\nb\r\u2028\x00\x1b[31m"


def test_a_line_longer_than_readers_can_hold_is_refused() -> None:
    with pytest.raises(EventRefused, match="evidence"):
        to_line(to_fields(Note("x" * (17 * 1024 * 1024))))
