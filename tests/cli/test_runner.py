"""The runner, in this process: how it stays, and how it ends."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bringup.cli._attendance import attended
from bringup.cli._foreground import open_journal
from bringup.cli._prepare import Request, new_job, read_inputs, wire
from bringup.engine.desk import Command, Reply, Sender
from bringup.engine.runner import RETEST_LOOK_S, Runner
from bringup.engine.socket import send, told_socket
from bringup.journal.error import Fenced
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.sign import KeySigner
from bringup.model.errors import JournalError
from bringup.model.verdict import EXIT_INTERRUPTED
from tests.e2e.here import CONFIRM, INVENTORY, QUESTION, REACH

REACHED = Command("retest", {"step": "work/management.reach"})


class Ready:
    """A runner that can be run: one step that passes, and with `asks` a question."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder.create(folder / "runs")
        self._place = folder
        self.runner: Runner

    async def open(self, *, asks: bool = False, **changed: Any) -> Runner:
        steps = [REACH, CONFIRM] if asks else [REACH]
        head = 'schema = "bringup.playbook/1"\nname = "work"\nenvelope = ["base", "this-host"]\n'
        body = "".join(f"[[stage.step]]\n{step}\n" for step in steps)
        (self._place / "playbook.toml").write_text(f'{head}[[stage]]\nname = "work"\n{body}')
        (self._place / "inventory.toml").write_text(INVENTORY)
        request = Request(
            playbook=str(self._place / "playbook.toml"),
            inventory=str(self._place / "inventory.toml"),
            headless=False,
        )
        inputs = read_inputs(request, {})
        wires = wire(inputs.inventory, inputs.inventory_path.parent)
        job, wiring = new_job(request, inputs, self.folder, wires)
        self.signer = KeySigner.throwaway()
        journal = await open_journal(job, wiring, self.signer, False)
        self.runner = Runner(msgspec.structs.replace(job, **changed), journal)
        return self.runner

    async def wait_for(self, kind: str, number: int = 1) -> None:
        async with asyncio.timeout(90):
            while self.kinds().count(kind) < number:  # noqa: ASYNC110 (a reader looks)
                await asyncio.sleep(0.01)

    async def tell(self, command: Command) -> Reply:
        line = await send(self.runner.socket.path, msgspec.json.encode(command))
        return msgspec.json.decode(line, type=Reply)

    def kinds(self) -> list[str]:
        return [event.kind for event in read(self.folder)]


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ready:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Ready(tmp_path)


async def test_a_runner_that_nobody_talks_to_closes_the_run_and_ends(ready: Ready) -> None:
    runner = await ready.open(idle_s=0.05)
    async with asyncio.timeout(90):
        assert await runner.run() == 0
    assert ready.kinds()[-1] == "RunClosed"
    assert not runner.socket.path.exists()


async def test_a_demo_that_asks_whom_nobody_is_there_any_more_ends_and_can_be_resumed(ready: Ready) -> None:
    runner = await ready.open(asks=True, idle_s=0.05, demo=True)
    async with asyncio.timeout(90):
        assert await runner.run() == EXIT_INTERRUPTED
    assert "RunClosed" not in ready.kinds()
    assert not runner.socket.path.exists()


async def test_a_real_run_waits_for_its_people_however_long_they_are_away(ready: Ready) -> None:
    runner = await ready.open(asks=True, idle_s=0.05)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    await asyncio.wait([running], timeout=3 * RETEST_LOOK_S)
    assert not running.done()
    runner.desk.interrupt()
    async with asyncio.timeout(90):
        assert await running == EXIT_INTERRUPTED


async def test_every_command_makes_it_stay_longer(ready: Ready) -> None:
    runner = await ready.open(idle_s=1.0)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("StepEnded")
    for _ in range(3):
        assert (await ready.tell(Command("note", {"text": "still looking"}))).ok
        await asyncio.wait([running], timeout=0.5)
        assert not running.done()
    assert await running == 0


async def test_it_stays_for_as_long_as_somebody_watches(ready: Ready) -> None:
    runner = await ready.open(idle_s=0.2)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("StepEnded")
    async with attended(ready.folder, attached=True):
        await asyncio.wait([running], timeout=1.0)
        assert not running.done()
    async with asyncio.timeout(90):
        assert await running == 0


async def test_watching_where_nobody_listens_fails_nothing(tmp_path: Path) -> None:
    async with attended(RunFolder(tmp_path), attached=True), attended(RunFolder(tmp_path), attached=False):
        assert told_socket({}) is None


async def test_it_takes_retests_until_it_is_closed(ready: Ready) -> None:
    runner = await ready.open()
    running = asyncio.create_task(runner.run())
    for number in (1, 2, 3):
        await ready.wait_for("StepEnded", number)
        assert (await ready.tell(REACHED)).ok
    await ready.wait_for("StepEnded", 4)
    assert (await ready.tell(Command("close"))).ok
    assert await running == 0
    assert ready.kinds().count("Superseded") == 3


async def test_a_retest_is_not_kept_waiting_by_a_question(ready: Ready) -> None:
    runner = await ready.open(asks=True)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    ended = ready.kinds().count("StepEnded")
    assert (await ready.tell(REACHED)).ok
    await ready.wait_for("StepEnded", ended + 1)
    assert ready.kinds().count("Asked") == 1
    assert ready.kinds().count("Answered") == 0
    assert (await ready.tell(Command("abort"))).ok
    async with asyncio.timeout(90):
        await running
    assert ready.kinds().count("Superseded") == 1


async def test_a_retest_during_a_headless_run_is_done_before_the_run_is_closed(ready: Ready) -> None:
    runner = await ready.open(asks=True)
    runner.job = msgspec.structs.replace(runner.job, headless=True)  # the desk asks; the runner does not stay
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    assert (await ready.tell(REACHED)).ok
    assert (await ready.tell(Command("answer", {"question": QUESTION, "value": "yes"}))).ok
    assert await running == 0
    assert ready.kinds().count("StepEnded") == 3
    assert ready.kinds()[-1] == "RunClosed"


async def test_an_abort_closes_the_run_as_interrupted(ready: Ready) -> None:
    runner = await ready.open(asks=True)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    assert (await ready.tell(Command("abort", why="fire drill"))).ok
    assert await running == 3
    *_, last = read(ready.folder)
    assert (last.kind, last.body["interrupted"], last.body["verdict"]) == ("RunClosed", True, "UNKNOWN")


async def test_a_runner_that_was_taken_over_ends_by_itself_and_leaves_the_other_ones_socket(
    ready: Ready,
) -> None:
    """It waits for a person, so it writes nothing that would tell it."""
    from bringup.journal.write import Journal

    runner = await ready.open(asks=True)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    other = await Journal.reopen(ready.folder, signer=ready.signer, take_over=True)
    async with asyncio.timeout(60):
        with pytest.raises((Fenced, JournalError)):
            await running
    await other.close()
    assert "RunClosed" not in ready.kinds()


async def test_commands_say_who_sent_them(ready: Ready) -> None:
    runner = await ready.open(asks=True)
    running = asyncio.create_task(runner.run())
    await ready.wait_for("Asked")
    reply = await runner.socket._handler(Command("note", {"text": "hello"}), Sender("kim", "socket"))
    assert reply.ok
    assert (await ready.tell(Command("abort"))).ok
    await running
    by = [event.body["by"] for event in read(ready.folder) if event.kind == "CommandReceived"]
    assert by == ["kim", getpass.getuser()]
