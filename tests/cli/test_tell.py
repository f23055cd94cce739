"""`bringup tell`: the words, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bringup.cli.tell import named
from bringup.model.errors import InputError
from tests.cli.rack import Desk, Said


@pytest.mark.parametrize(
    ("verb", "words", "expected"),
    [
        ("answer", ("a/q@run", "-2.5"), {"question": "a/q@run", "value": "-2.5"}),
        ("skip", ("a/q",), {"step": "a/q"}),
        ("note", ("two words",), {"text": "two words"}),
        ("pause", (), {}),
    ],
)
def test_words_have_names(verb: str, words: tuple[str, ...], expected: dict[str, str]) -> None:
    assert named(verb, words) == expected


@pytest.mark.parametrize(
    ("verb", "words"), [("answer", ("a/q",)), ("note", ("two", "words")), ("pause", ("now",)), ("skip", ())]
)
def test_too_many_or_too_few_words_are_refused(verb: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="takes"):
        named(verb, words)


@pytest.fixture
def run(desk: Desk) -> Path:
    """A run whose runner is gone."""
    path = desk.runs / "20260101-000000-aaaa"
    (path / "journal").mkdir(parents=True)
    return path


def tell(desk: Desk, run: Path, *words: Any) -> Said:
    return desk.do("tell", str(run), *map(str, words))


@pytest.mark.parametrize(
    "words", [["head"], ["rm"], ["answer", "a"], ["pause", "--wat"], ["answer", "q", "yes", "--key", "/none"]]
)
def test_what_can_not_be_sent_is_exit_2(desk: Desk, run: Path, words: list[str]) -> None:
    assert tell(desk, run, *words).code == 2


def test_a_run_without_a_runner_says_how_to_go_on(desk: Desk, run: Path) -> None:
    said = tell(desk, run, "pause")
    assert said.code == 2 and "resume" in said.err


@pytest.mark.parametrize(
    "runner", [b"", b"[]", b"{", b'{"socket": 7}', b'{"socket": "/nowhere/s.sock"}', b'{"socket": "/etc"}']
)
def test_a_runner_that_is_not_there_any_more_says_how_to_go_on(desk: Desk, run: Path, runner: bytes) -> None:
    (run / "runner.json").write_bytes(runner)
    said = tell(desk, run, "answer", "a/q@run", "-2.5")
    assert said.code == 2 and "resume" in said.err and "Traceback" not in said.err


def test_no_such_run_is_exit_2(desk: Desk) -> None:
    assert desk.do("tell", "20991231", "pause", "--runs", str(desk.runs)).code == 2
