"""A webhook is told when a person is needed, and never stands in the way of a run."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bringup.cli import _webhook
from bringup.cli._foreground import telling
from bringup.cli._webhook import checked_hook, told
from bringup.engine.desk import Command
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.redact import Redactor
from bringup.journal.write import Journal
from bringup.model.errors import InputError
from bringup.model.event import Answered, Asked, Noted, StepEnded
from bringup.model.verdict import Verdict
from tests.cli.test_runner import Ready
from tests.e2e.here import INVENTORY, REACH
from tests.journal.records import closed, start
from tests.transport.peers import free_port


class Receiver:
    """An HTTP server that keeps what is posted; `status` says what it answers, one for each request."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.requests: list[bytes] = []
        self.statuses: list[int] = []
        self.silent = False
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            )
            body = await reader.readexactly(length)
            self.requests.append(head)
            if self.silent:
                await reader.read()
                return
            status = self.statuses.pop(0) if self.statuses else 204
            if status < 300:
                self.got.append(json.loads(body))
            rows = (f"HTTP/1.1 {status} X", "Location: http://other.example/", "Content-Length: 0", "", "")
            writer.write("\r\n".join(rows).encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client went away
        finally:
            writer.close()

    async def wait_for(self, number: int) -> None:
        async with asyncio.timeout(90):
            while len(self.got) < number:  # noqa: ASYNC110 (a peer looks)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=hunter2"
    try:
        yield receiver
    finally:
        server.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_webhook, "GRACE_S", 0.05)
    monkeypatch.setattr(_webhook, "BACKOFF_S", (0.01, 0.01))
    monkeypatch.setattr(_webhook, "TRY_S", 0.5)


def asked(question: str, text: str = "Is it so?") -> Asked:
    return Asked(
        stage="walk",
        step="look",
        subject=f"leaf-{question}",
        attempt=1,
        question=question,
        form="confirm",
        text=text,
    )


def noter(journal: Journal) -> Callable[[str], Any]:
    return lambda text: journal.offer(Noted(text=text, by="bringup"))


def notes(folder: RunFolder) -> list[str]:
    return [event.body["text"] for event in read(folder) if event.kind == "Noted"]


async def test_questions_that_nobody_answers_are_told_as_one_list(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        await journal.offer(asked("q-1"))  # durable together, so that the reader sees them together
        await journal.append(asked("q-2"))
        await receiver.wait_for(1)
        await journal.append(asked("q-3"))
        await receiver.wait_for(2)
        await journal.close(closed())
        await receiver.wait_for(3)
    first, second, last = receiver.got
    assert (first["event"], first["run"], first["playbook"]) == ("asked", folder.run_id, "mini")
    assert [ask["question"] for ask in first["asks"]] == ["q-1", "q-2"]
    assert first["asks"][0]["subject"] == "leaf-q-1" and first["asks"][0]["text"] == "Is it so?"
    assert [ask["question"] for ask in second["asks"]] == ["q-3"]
    assert (last["event"], last["verdict"], last["exit_code"]) == ("closed", "PASS", 0)
    assert all(head.startswith(b"POST /hook?token=hunter2 ") for head in receiver.requests)
    assert notes(folder) == []


async def test_what_is_answered_at_once_needs_nobody(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        await journal.offer(asked("q-1"))
        place = {"stage": "walk", "step": "look", "attempt": 1}
        await journal.offer(Answered(**place, subject="leaf-q-1", question="q-1", value="yes", by="file"))  # type: ignore[arg-type]
        await journal.offer(asked("q-2"))
        await journal.append(
            StepEnded(**place, subject="leaf-q-2", verdict=Verdict.UNKNOWN, reason="no_data")  # type: ignore[arg-type]
        )
        await journal.append(asked("q-3"))
        await receiver.wait_for(1)
        await journal.close(closed())
    assert [[ask["question"] for ask in message.get("asks", [])] for message in receiver.got] == [["q-3"], []]


async def test_what_is_asked_again_is_told_again(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    place = {"stage": "walk", "step": "look", "attempt": 1, "subject": "leaf-q-1"}
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        for number in (1, 2):
            await journal.append(asked("q-1"))
            await receiver.wait_for(number)
            await journal.append(Answered(**place, question="q-1", value="no", by="kim"))  # type: ignore[arg-type]
        await journal.close(closed())
    assert [message["event"] for message in receiver.got] == ["asked", "asked", "closed"]


async def test_a_run_that_stops_before_its_end_is_told(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    async with receiving() as receiver:
        async with told(checked_hook(receiver.url), folder, noter(journal)):
            await journal.append(asked("q-1"))
            await receiver.wait_for(1)
            await journal.close()
        assert [message["event"] for message in receiver.got] == ["asked", "stopped"]
        assert folder.run_id in receiver.got[1]["resume"]


async def test_a_passing_failure_is_tried_again_and_not_noted(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        receiver.statuses = [503, 429, 200]
        await journal.append(asked("q-1"))
        await receiver.wait_for(1)
        await journal.close(closed())
    assert notes(folder) == []


@pytest.mark.parametrize(("statuses", "tries"), [([404], 1), ([302], 1), ([500, 500, 500], 3)])
async def test_what_is_not_taken_is_noted_without_the_url(
    tmp_path: Path, statuses: list[int], tries: int
) -> None:
    folder, journal, _ = await start(tmp_path)
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        receiver.statuses = list(statuses)
        await journal.append(asked("q-1"))
        async with asyncio.timeout(90):
            while not notes(folder):
                await asyncio.sleep(0.01)
                await journal.append(asked("q-1"))
        assert len(receiver.requests) == tries
        await journal.close(closed())
    (note,) = notes(folder)
    assert f"it answered {statuses[-1]}" in note
    assert "hunter2" not in folder.segment(1).read_text()


async def test_nobody_there_or_one_who_hangs_stops_nothing(tmp_path: Path) -> None:
    for name, url, silent in (("closed", f"http://127.0.0.1:{free_port()}/", False), ("hangs", "", True)):
        folder, journal, _ = await start(tmp_path / name)
        async with receiving() as receiver, asyncio.timeout(90):
            receiver.silent = silent
            async with told(checked_hook(url or receiver.url), folder, noter(journal)):
                for number in range(100):
                    await journal.append(asked(f"q-{number}"))
                await journal.close(closed())
        assert [event.kind for event in read(folder)][-1] == "RunClosed"


async def test_a_note_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    async with told(checked_hook(f"http://127.0.0.1:{free_port()}/"), folder, noter(journal)):
        await journal.append(asked("q-1"))
        await asyncio.sleep(0)
        await journal.close()


async def test_no_secret_leaves_the_machine(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path, Redactor({"leaf-1.ssh.password": "correct horse"}))
    async with receiving() as receiver, told(checked_hook(receiver.url), folder, noter(journal)):
        await journal.append(asked("q-1", "Type correct horse at the console"))
        await receiver.wait_for(1)
        await journal.close(closed())
    assert "correct horse" not in json.dumps(receiver.got)


async def test_what_was_asked_before_a_resume_is_not_told_again(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    before = await journal.append(asked("q-1"))
    async with (
        receiving() as receiver,
        told(checked_hook(receiver.url), folder, noter(journal), after=before),
    ):
        await journal.append(asked("q-2"))
        await receiver.wait_for(1)
        await journal.close(closed())
    assert [ask["question"] for ask in receiver.got[0]["asks"]] == ["q-2"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "https://user:hunter2@example.com/",
        "file:///etc/passwd",
        "hook",
        "",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "http://[::1",
        "https://example.com/\x1b",
    ],
)
def test_what_is_neither_https_nor_this_machine_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_hook(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://example.com/x?y=z", "http://127.0.0.1:8080/", "http://[::1]:1/", "http://localhost/a"]
)
def test_https_and_this_machine_are_good(url: str) -> None:
    hook = checked_hook(url)
    assert hook.url == url
    assert "x?y" not in repr(hook)


# The runner and the command


async def test_a_runner_that_waits_for_a_person_tells_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ready = Ready(tmp_path)
    runner = await ready.open(asks=True, idle_s=0.05)
    async with receiving() as receiver, asyncio.timeout(60):
        async with telling(checked_hook(receiver.url), runner):
            running = asyncio.create_task(runner.run())
            await receiver.wait_for(1)
            question = receiver.got[0]["asks"][0]["question"]
            await ready.tell(Command("answer", {"question": question, "value": "yes"}))
            assert await running == 0
        assert [message["event"] for message in receiver.got] == ["asked", "closed"]
        assert receiver.got[1]["verdict"] == "PASS"


async def test_a_dead_webhook_changes_neither_verdict_nor_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ready = Ready(tmp_path)
    runner = await ready.open(idle_s=0.05)
    async with asyncio.timeout(60), telling(checked_hook(f"http://127.0.0.1:{free_port()}/"), runner):
        assert await runner.run() == 0
    assert ready.kinds()[-1] == "RunClosed"


async def test_run_takes_a_webhook_and_keeps_it_out_of_the_record(tmp_path: Path) -> None:
    (tmp_path / "playbook.toml").write_text(
        f'schema = "bringup.playbook/1"\nname = "work"\nenvelope = ["base", "this-host"]\n'
        f'[[stage]]\nname = "work"\n[[stage.step]]\n{REACH}\n'
    )
    (tmp_path / "inventory.toml").write_text(INVENTORY)
    words = ["run", "playbook.toml", "-i", "inventory.toml", "--headless", "--runs", "runs", "--webhook"]
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
        "XDG_STATE_HOME": str(tmp_path / "s"),
    }

    async def run(url: str) -> tuple[int, str]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bringup", *words, url, cwd=tmp_path, env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(60):
            _, told = await child.communicate()
        return child.returncode or 0, told.decode()

    code, said = await run("http://example.com/hunter2")
    assert (code, "clear" in said, "hunter2" in said) == (2, True, False)
    assert not (tmp_path / "runs").exists()
    async with receiving() as receiver:
        assert (await run(receiver.url))[0] == 0
    assert [message["event"] for message in receiver.got] == ["closed"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "runs").rglob("*") if path.is_file())
    assert b"hunter2" not in written
