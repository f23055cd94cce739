"""The desk: its switches, and commands as text."""

from __future__ import annotations

import asyncio

import pytest

from bringup.engine.clock import WorldClock
from bringup.engine.desk import Command, Desk, Given, Interrupted, Question, read_command
from bringup.engine.guard import Refusal
from bringup.model.errors import InputError
from bringup.model.verdict import Reason, Verdict

ROW = ("a", "q", "run")


def question(name: str = "a/q@run") -> Question:
    return Question(name, 7, ROW, "confirm")


async def test_an_answer_reaches_whoever_asked_and_only_once() -> None:
    desk = Desk()
    waiting = desk.open(question())
    desk.answer("a/q@run", Given("yes", "kim"))
    assert (await waiting).value == "yes"
    with pytest.raises(InputError):
        desk.answer("a/q@run", Given("no", "kim"))
    assert desk.open_questions == ()


async def test_a_withdrawn_question_is_refused_to_whoever_asked() -> None:
    desk = Desk()
    waiting = desk.open(question())
    refusal = Refusal(Verdict.UNKNOWN, Reason.SKIPPED, "skipped by kim")
    assert not desk.withdraw(("a", "other", "run"), refusal)
    assert desk.withdraw(ROW, refusal)
    assert not desk.withdraw(ROW, refusal)
    with pytest.raises(Refusal):
        await waiting


async def test_a_settled_question_takes_no_answer() -> None:
    desk = Desk()
    waiting = desk.open(question())
    desk.settle("a/q@run")
    assert waiting.cancelled()
    with pytest.raises(InputError, match="none"):
        desk.question("a/q@run")


async def test_a_stop_ends_a_rest_and_a_pause() -> None:
    desk = Desk()
    resting = asyncio.create_task(desk.rest(WorldClock(), 1e6))
    desk.pause()
    held = asyncio.create_task(desk.going())
    await asyncio.sleep(0)
    desk.interrupt()
    assert await held is False
    with pytest.raises(Interrupted):
        await resting
    with pytest.raises(Interrupted):
        await desk.rest(WorldClock(), 0.0)


async def test_continue_lifts_a_pause() -> None:
    desk = Desk()
    desk.pause()
    held = asyncio.create_task(desk.going())
    desk.resume()
    assert await held is True


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"\0" * 100,
        b"\xff\xfe\n",
        b'{"verb": "note", "arguments": {"text": "\xc3\x28"}}',
        b'{"verb": "note", "arguments": {"text": "\\ud800"}}',
        b"[]",
        b"null",
        b'{"verb": 1}',
        b'{"verb": "rm"}',
        b'{"verb": "note", "arguments": {"text": 1}}',
        b'{"verb": "note", "arguments": []}',
        b'{"verb": "note", "more": ' + b"[" * 100_000,
        b'{"verb": "note"',
        b'{"verb": "note"} {"verb": "note"}',
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_what_is_no_command_is_an_input_error(line: bytes) -> None:
    with pytest.raises(InputError):
        read_command(line)


def test_a_command_is_read() -> None:
    line = b'{"verb": "skip", "arguments": {"step": "a/q"}, "why": "no ladder"}\n'
    assert read_command(line) == Command("skip", {"step": "a/q"}, "no ladder")
