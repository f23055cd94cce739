"""Watching: every reader sees the same durable bytes, and leaves no trace."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bringup.journal.folder import RunFolder
from bringup.journal.sign import KeySigner
from bringup.journal.write import Journal
from tests.e2e.here import CONFIRM, QUESTION, REACH, Here
from tests.e2e.runs import Nursery, until
from tests.journal.records import closed, note, started

MANY = 100_000


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path) -> Here:
    return Here(nursery, tmp_path, REACH, CONFIRM)


def journal(here: Here) -> str:
    return b"".join(path.read_bytes() for path in sorted((here.path / "journal").glob("*.jsonl"))).decode()


def test_attach_and_log_show_print_the_journals_own_bytes_and_change_nothing(here: Here) -> None:
    assert here.run("--headless").status == 3
    before = here.contents()
    for words in (
        ["attach", here.path.name, "--format", "jsonl"],
        ["attach", here.path.name, "--format", "jsonl", "--follow"],
        ["log", "show", str(here.path), "--format", "jsonl"],
    ):
        done = here.do(*words) if words[0] == "attach" else here.nursery.run(words)
        assert (done.status, done.output) == (0, journal(here))
    for words in (["attach", here.path.name], ["list"], ["list", "--format", "json"]):
        assert here.do(*words).status == 0
    here.nursery.run(["log", "verify", str(here.path)])
    assert here.contents() == before


def test_a_second_terminal_sees_the_same_events_until_the_run_is_closed(here: Here) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    words = ["attach", here.path.name, "--runs", str(here.runs), "--follow"]
    as_lines, lines = here.nursery.start([*words, "--format", "jsonl"])
    as_text, text = here.nursery.start(words)
    until(lambda: '"kind":"Asked"' in lines.read_text() and "ASK" in text.read_text())
    here.tell("answer", QUESTION, "yes")
    here.nursery.wait(follower)
    here.tell("note", "seen by all")
    here.tell("close")
    assert here.nursery.wait(as_lines) == 0
    assert here.nursery.wait(as_text) == 0
    assert lines.read_text() == journal(here)
    assert "the whole run" in text.read_text()


def test_leaving_a_run_that_goes_on_says_so(here: Here) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    watcher, output = here.nursery.start(
        ["attach", here.path.name, "--runs", str(here.runs), "--follow", "--format", "jsonl"]
    )
    until(lambda: '"kind":"Asked"' in output.read_text())
    os.kill(watcher, signal.SIGINT)
    assert here.nursery.wait(watcher) == 3
    assert "the run itself goes on" in output.read_text()
    here.tell("abort")
    here.nursery.wait(follower)
    here.wait_for_runner()


def test_a_run_that_was_hardly_begun_is_said_to_be(here: Here) -> None:
    here.run("--headless")
    (here.path / "plan" / "inventory.json").unlink()
    done = here.do("attach", here.path.name)
    assert done.status == 2 and "--format jsonl" in done.output
    assert here.do("attach", here.path.name, "--format", "jsonl").output == journal(here)
    # And nobody goes on with it by another plan than it was begun with.
    assert here.do("resume", here.path.name, "--headless", "--retest", "work").status == 2


def test_a_plan_that_was_altered_is_not_gone_on_with(here: Here) -> None:
    here.run("--headless")
    plan = here.path / "plan" / "playbook.json"
    plan.write_bytes(plan.read_bytes().replace(b"Is it so?", b"Is it not?"))
    done = here.do("resume", here.path.name, "--headless", "--retest", "work")
    assert done.status == 2 and "is not what it was" in done.output


def test_a_closed_run_is_not_opened_again_for_nothing(here: Here) -> None:
    here.run("--headless")
    before = here.contents()
    done = here.do("resume", here.path.name, "--headless")
    assert done.status == 3 and "closed" in done.output
    assert here.contents() == before


def test_list_tells_running_from_closed_from_damaged(here: Here) -> None:
    follower, _ = here.start()
    here.wait_for("Asked")
    assert here.do("list").output.split()[-1] == "running"
    os.kill(here.runner, signal.SIGKILL)
    here.nursery.wait(follower)
    assert here.do("list").output.split()[-2:] == ["not", "closed"]
    (here.path / "journal" / "00000001.jsonl").write_bytes(b"\0\0\0\n" * 5000)
    assert "damaged" in here.do("list").output
    (here.path / "run.json").write_bytes(b"{")
    assert "damaged" in here.do("list").output
    assert here.do("list").status == 0


async def test_100_000_events_are_written_while_a_reader_is_stopped_and_it_reads_them_all_later(
    nursery: Nursery, tmp_path: Path
) -> None:
    folder = RunFolder.create(tmp_path)
    journal = await Journal.create(folder, signer=KeySigner.throwaway())
    await journal.append(started(folder))
    reader, output = nursery.start(["attach", str(folder.path), "--format", "jsonl", "--follow"])
    until(lambda: '"kind":"RunStarted"' in output.read_text())
    os.kill(reader, signal.SIGSTOP)
    for number in range(MANY):
        await journal.offer(note(str(number)))
    await journal.close(closed())
    seen = output.stat().st_size
    os.kill(reader, signal.SIGCONT)
    assert nursery.wait(reader) == 0
    written = b"".join(folder.segment(number).read_bytes() for number in folder.segments())
    assert seen < len(written) // 100
    assert output.read_bytes() == written
    assert written.count(b"\n") >= MANY + 2
