"""TOML as people break it: the line of the error, and never a traceback."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.input import load_answers, load_envelope, load_inventory, load_playbook
from bringup.input.document import FILE_CAP_BYTES, read_document
from bringup.input.positions import find_positions
from bringup.model.errors import InputError
from tests.input.examples import ENVELOPE, INVENTORY, PLAYBOOK, Write

LOADERS: tuple[Callable[[Path], object], ...] = (load_inventory, load_playbook, load_envelope, load_answers)

SYNTAX = {
    "an open text": ('a = "x\nb = 1\n', 1),
    "no value": ("a = 1\nb =\n", 2),
    "no equals sign": ("a = 1\n\nb 2\n", 3),
    "bare words": ("a = 1\nb = some words\n", 2),
    "a key twice": ("a = 1\nb = 2\na = 3\n", 3),
    "a table twice": ("[a]\nx = 1\n[a]\n", 3),
    "an open list": ("a = [1,\n2\n", 2),
    "a list of tables over a table": ("[a]\n[[a]]\n", 2),
    "a date that can't be": ("a = 1\nb = 2024-13-40\n", 2),
    "a control character": ('a = "x\x07"\n', 1),
    "a stray carriage return": ("a = 1\rb = 2\n", 1),
}


@pytest.mark.parametrize("mistake", SYNTAX)
def test_a_syntax_error_is_told_with_its_line(mistake: str, write: Write) -> None:
    text, line = SYNTAX[mistake]
    path = write("x.toml", "")
    path.write_bytes(text.encode())
    document, problems = read_document(path, "inventory")
    assert document is None
    (problem,) = problems
    assert problem.wrong.startswith("is no TOML: ")
    assert problem.right
    assert problem.line == line


@pytest.mark.parametrize(
    "bomb",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{b=" * 100_000,
        "a" + ".a" * 2_000_000 + " = 1",
        "[a" + ".a" * 2_000_000 + "]",
        "a = " + "9" * 100_000,
        "a = " + "1e" + "9" * 100_000,
    ],
    ids=["open lists", "lists", "tables", "dotted key", "dotted header", "digits", "exponent"],
)
def test_a_bomb_is_refused_quickly(bomb: str, write: Write) -> None:
    path = write("x.toml", f'schema = "bringup.inventory/1"\n{bomb}\n')
    with pytest.raises(InputError) as caught:
        load_inventory(path)
    assert all(len(problem) < 1000 for problem in caught.value.problems)


def test_a_file_over_the_cap_is_refused_without_reading_on(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with path.open("wb") as file:
        file.truncate(FILE_CAP_BYTES + 1)
    with pytest.raises(InputError, match="1 problem") as caught:
        load_inventory(path)
    assert "larger than 16 MiB" in caught.value.problems[0]


def test_text_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'schema = "bringup.inventory/1"\nsite = "\xff"\n')
    with pytest.raises(InputError) as caught:
        load_inventory(path)
    assert caught.value.problems == (f"{path}:2: is not UTF-8 text; save the file as UTF-8",)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_inventory(tmp_path)
    assert "is a directory" in caught.value.problems[0]


def _quiet(load: Callable[[Path], object], path: Path) -> None:
    """Load, or be refused with problems that name the file and a line."""
    try:
        load(path)
    except InputError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.startswith(f"{path}:")
            assert int(problem.removeprefix(f"{path}:").split(":")[0]) >= 1


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(raw=st.binary(max_size=300))
def test_arbitrary_bytes_never_give_a_traceback(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(raw)
    for load in LOADERS:
        _quiet(load, path)


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.datetimes(),
        st.sampled_from(["leaf-1", "env:X", "20s", "base", "rx_power_dbm"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "device",
                    "port",
                    "stage",
                    "step",
                    "limit",
                    "when",
                    "needs",
                    "with",
                    "on",
                    "id",
                    "ssh",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
KEYS = ["schema", "name", "rack", "device", "port", "cable", "cables", "stage", "limit", "answer", "envelope"]


@FUZZ
@given(data=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_arbitrary_toml_never_gives_a_traceback(data: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    for load in LOADERS:
        _quiet(load, path)


@FUZZ
@given(
    text=st.sampled_from([INVENTORY, PLAYBOOK, ENVELOPE]),
    at=st.floats(0, 1),
    length=st.integers(0, 12),
    new=st.text(max_size=6),
)
def test_a_good_file_damaged_anywhere_never_gives_a_traceback(
    text: str, at: float, length: int, new: str, tmp_path: Path
) -> None:
    place = int(at * len(text))
    path = tmp_path / "x.toml"
    path.write_bytes((text[:place] + new + text[place + length :]).encode("utf-8", "replace"))
    for load in LOADERS:
        _quiet(load, path)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        items: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return [path]
    return [path, *(each for key, item in items for each in _paths(item, (*path, key)))]


@FUZZ
@given(data=st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_every_key_that_tomllib_reads_has_a_line(data: dict[str, Any]) -> None:
    text = tomli_w.dumps(data)
    positions = find_positions(text)
    for path in _paths(tomllib.loads(text))[1:]:
        assert positions.knows(path), path


def test_lines_are_right_through_every_way_to_write_a_table() -> None:
    text = (
        '"quoted key" = 1  # [not] = a table\n'
        "a.b = 2\n"
        'long = """\n[[no]]\n"""\n'
        "[[list]]\n"
        "x = [\n  1,\n  { y = 2 }, # comment ]\n]\n"
        "[list.inner]\n"
        "z = 1979-05-27 07:32:00\n"
        "[[list]]\n"
        "w = '''\n'''\n"
        "[[list.deeper]]\n"
        "v = {p = {q = 'r'}}\n"
    )
    tomllib.loads(text)
    positions = find_positions(text)
    expected: dict[tuple[str | int, ...], int] = {
        ("quoted key",): 1,
        ("a", "b"): 2,
        ("long",): 3,
        ("list", 0): 6,
        ("list", 0, "x"): 7,
        ("list", 0, "x", 0): 8,
        ("list", 0, "x", 1, "y"): 9,
        ("list", 0, "inner", "z"): 12,
        ("list", 1): 13,
        ("list", 1, "w"): 14,
        ("list", 1, "deeper", 0): 16,
        ("list", 1, "deeper", 0, "v", "p", "q"): 17,
    }
    assert {path: positions.line(path) for path in expected} == expected
    assert not positions.knows(("no",))
