"""People at a runner, over its real socket: who is seen, who may send, what the dead leave behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bringup.cli._attendance import Attendance, may_send
from bringup.cli._console import Speaker
from bringup.engine import people as people_module
from bringup.engine.desk import Command, Reply, Sender
from bringup.engine.socket import CommandSocket, group_place
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.model.errors import InputError
from bringup.model.event import EventReader
from bringup.model.fold import fold_events
from bringup.model.state import RunState
from tests.cli.test_runner import Ready
from tests.cli.test_runner import ready as ready
from tests.e2e.here import QUESTION

STRANGER = 65534
"""The user nobody, and its group."""


@asynccontextmanager
async def asking(ready: Ready, *, share: bool = False) -> AsyncIterator[Ready]:
    """A runner that waits for an answer; it is closed with the block."""
    runner = await ready.open(asks=True)
    runner.people.sharing = people_module.Sharing(share=share)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    try:
        yield ready
    finally:
        runner.desk.abort()
        await running


def state(ready: Ready) -> RunState:
    reader = EventReader()
    return fold_events(reader.read(entry.line) for entry in read(ready.folder))


def commands(ready: Ready) -> list[dict[str, Any]]:
    return [entry.body for entry in read(ready.folder) if entry.kind == "CommandReceived"]


async def test_consoles_see_each_other_and_leave_no_trace(ready: Ready) -> None:
    async with asking(ready):
        rack, guest = Attendance(ready.folder, attached=False), Attendance(ready.folder, attached=True)
        before = ready.kinds()
        (alone,), you = await rack.here("ask", QUESTION, "80x24")
        assert (alone.number, alone.about, alone.size, alone.attached) == (you, QUESTION, "80x24", False)
        both, other = await guest.here("run", "", "200x60")
        assert [each.number for each in both] == [you, other]
        assert [each.sends for each in both] == [True, False]
        rack.leave()
        async with asyncio.timeout(60):
            while len((await guest.here("run", "", "200x60"))[0]) == 2:
                pass
        assert ready.kinds() == before
        guest.leave()


async def test_where_no_runner_is_nobody_is_there_and_nothing_fails(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    assert await Attendance(folder, attached=True).here("run", "", "") == ((), None)
    folder.write_runner({"socket": str(tmp_path / "none.sock")})
    assert await Attendance(folder, attached=True).here("run", "", "") == ((), None)
    folder.write_runner({"socket": 7})
    assert await Attendance(folder, attached=True).here("run", "", "") == ((), None)


async def test_a_console_finds_the_next_runner_by_itself(ready: Ready) -> None:
    guest = Attendance(ready.folder, attached=True)
    async with asking(ready):
        assert (await guest.here("run", "", ""))[0]
    assert (await guest.here("run", "", ""))[0] == ()
    heard: list[Command] = []

    async def handle(command: Command, sender: Sender) -> Reply:
        heard.append(command)
        return Reply(ok=True)

    other = CommandSocket(ready.runner.socket.path, handle)
    await other.start()
    await guest.here("run", "", "")
    assert [command.verb for command in heard] == ["here"]
    guest.leave()
    await other.close()


async def test_what_an_attached_console_sends_is_refused_unless_the_run_is_shared(ready: Ready) -> None:
    async with asking(ready):
        guest = Speaker(ready.folder, None, attached=True)
        with pytest.raises(InputError, match="not shared"):
            await guest.send("note", {"text": "hello"}, None)
        assert await Speaker(ready.folder, None).send("note", {"text": "mine"}, None)
    assert [each["arguments"]["text"] for each in commands(ready) if each["verb"] == "note"] == ["mine"]


async def test_of_two_answers_one_is_recorded_and_the_other_told(ready: Ready) -> None:
    async with asking(ready, share=True):
        guest, rack = Speaker(ready.folder, None, attached=True), Speaker(ready.folder, None)
        told = await asyncio.gather(
            guest.send("answer", {"question": QUESTION, "value": "yes"}, None),
            rack.send("answer", {"question": QUESTION, "value": "no"}, None),
            return_exceptions=True,
        )
        (lost,) = [each for each in told if isinstance(each, InputError)]
        assert "answered already" in str(lost)
        await ready.wait_for("Answered")
    assert ready.kinds().count("Answered") == 1
    (won,) = [each for each in commands(ready) if each["verb"] == "answer" and each["accepted"]]
    assert won["uid"] == os.getuid() and won["attached"] == (won["arguments"]["value"] == "yes")


async def test_what_a_dead_console_had_taken_is_free_again(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_module, "GONE_S", 0.0)
    async with asking(ready, share=True):
        guest = Attendance(ready.folder, attached=True)
        await guest.here("work", "", "80x24")
        await Speaker(ready.folder, None, attached=True).send("claim", {"what": QUESTION}, None)
        assert [claim.what for claim in state(ready).claims] == [QUESTION]
        # The runner has seen the console behind it, which then dies.
        async with asyncio.timeout(60):
            while ready.runner.people.held[QUESTION].lost_s is None:  # noqa: ASYNC110 (the runner looks)
                await asyncio.sleep(0.01)
        guest.leave()
        await ready.wait_for("CommandReceived", 2)
        assert commands(ready)[-1]["why"] == "their console is gone"
        assert not state(ready).claims


def said_share(folder: RunFolder, **said: Any) -> RunFolder:
    folder.run_json.unlink(missing_ok=True)
    folder.run_json.write_bytes(msgspec.json.encode(said))
    return folder


def test_a_console_knows_before_whether_it_may_send(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    assert not may_send(folder)
    assert not may_send(said_share(folder, share=False))
    assert may_send(said_share(folder, share=True))
    folder.run_json.write_bytes(b"[")
    assert not may_send(folder)


CLIENT = """
import os, socket, sys
os.setgroups([int(group) for group in sys.argv[3:]])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(b'{"verb": "note", "arguments": {"text": "hello"}}\\n')
sys.stdout.write(link.makefile().readline())
"""


def as_another(path: Path, *groups: int) -> subprocess.CompletedProcess[str]:
    """What another user, in these groups, hears from the socket."""
    words = [str(path), str(STRANGER), *(str(group) for group in groups)]
    command = [sys.executable, "-c", CLIENT, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="to be another user needs root")
async def test_a_group_that_a_run_is_shared_with_comes_in_and_nobody_else() -> None:
    group = 40_000 + os.getpid() % 20_000
    place = group_place(group)
    heard: list[Sender] = []

    async def handle(command: Command, sender: Sender) -> Reply:
        heard.append(sender)
        return Reply(ok=True, seq=1)

    listening = CommandSocket(place / "run.sock", handle, gid=group)
    await listening.start()
    try:
        assert (place.stat().st_mode & 0o777, listening.path.stat().st_mode & 0o777) == (0o710, 0o660)
        within = await asyncio.to_thread(as_another, listening.path, group)
        assert '"ok":true' in within.stdout, within
        assert (heard[0].uid, heard[0].attached) == (STRANGER, True)
        outside = await asyncio.to_thread(as_another, listening.path)
        assert "PermissionError" in outside.stderr
        # Even where the file system would let them in, the runner looks at who it is.
        place.chmod(0o755)
        listening.path.chmod(0o666)
        refused = await asyncio.to_thread(as_another, listening.path, group + 1)
        assert "not shared with" in refused.stdout
        assert len(heard) == 1
    finally:
        await listening.close()
        place.rmdir()
