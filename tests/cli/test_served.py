"""What a console in a browser may send: answers, skips and notes where it was allowed to, no more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bringup.cli._console import ANSWERING, Speaker, wants_plain
from bringup.cli._serve import served_command
from bringup.engine.desk import Command, Reply
from bringup.journal.folder import RunFolder
from bringup.model.errors import InputError
from tests.tui.records import folder_of
from tests.tui.scenes import asked, dirty

WALK = asked("Is the blank fitted?")
SIGN = asked("I sign for it.", "attest", question="sign-off/attest@run", step="attest")
POWER = asked("Outlet off. Do it?", "approve", question="power/off@pdu-1/outlet-5", stage="power", step="off")
ALL = (
    "pause",
    "continue",
    "retest",
    "replace",
    "watch",
    "abort",
    "close",
    "waive",
    "put-back",
    "claim",
    "head",
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return folder_of(tmp_path, dirty(), WALK, SIGN, POWER)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """What reaches the run's desk."""
    commands: list[Command] = []

    async def speak(folder: RunFolder, command: Command) -> Reply:
        commands.append(command)
        return Reply(ok=True, seq=9)

    monkeypatch.setattr("bringup.cli._desk.speak", speak)
    return commands


def send(folder: RunFolder, may: frozenset[str], verb: str, **arguments: str) -> str:
    return asyncio.run(Speaker(folder, None, may).send(verb, arguments, "because"))


def test_a_plain_question_is_answered_and_a_step_skipped_and_a_note_left(
    folder: RunFolder, heard: list[Command]
) -> None:
    send(folder, ANSWERING, "answer", question=WALK.question, value="yes")
    send(folder, ANSWERING, "skip", step="sign-off/walk", subject="run")
    send(folder, ANSWERING, "note", text="the blank is on its way")
    assert [each.verb for each in heard] == ["answer", "skip", "note"]


@pytest.mark.parametrize("question", [SIGN.question, POWER.question, "no/such@question", ""])
@pytest.mark.parametrize("value", ["yes", "approve", "no", "refuse"])
def test_nothing_is_signed_or_approved_or_refused(
    folder: RunFolder, heard: list[Command], question: str, value: str
) -> None:
    with pytest.raises(InputError, match="not done from here"):
        send(folder, ANSWERING, "answer", question=question, value=value)
    assert heard == []


@pytest.mark.parametrize("verb", ALL)
def test_no_other_command_gets_out(folder: RunFolder, heard: list[Command], verb: str) -> None:
    with pytest.raises(InputError, match="not done from here"):
        send(
            folder, ANSWERING, verb, step="optics/levels", subject="leaf-1/Ethernet0", port="leaf-1/Ethernet0"
        )
    assert heard == []


@pytest.mark.parametrize("verb", ["answer", "skip", "note", *ALL])
def test_who_only_watches_gets_nothing_out(folder: RunFolder, heard: list[Command], verb: str) -> None:
    with pytest.raises(InputError, match="not done from here"):
        send(folder, frozenset(), verb, question=WALK.question, value="yes")
    assert heard == []


def test_what_runs_behind_a_browser_answers_only_where_that_was_said(folder: RunFolder) -> None:
    assert "--allow-answers" not in served_command(folder, allow_answers=False)
    allowed = served_command(folder, allow_answers=True)
    assert allowed.endswith("--served --allow-answers")
    assert "--approve-with" not in allowed


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("TERM", ""), ("ACCESSIBLE", "1")])
def test_lines_are_for_terminals_and_not_for_browsers(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert wants_plain()
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert not wants_plain()
