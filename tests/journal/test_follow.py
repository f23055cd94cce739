"""Readers: what is durable, from the first event to the last, and nothing in the folder touched."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bringup.journal import writer as writer_module
from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.follow import Entry, follow, read
from bringup.journal.sign import KeySigner
from bringup.journal.write import Journal
from tests.conftest import ROOT
from tests.journal.child import Place, holding_sync, run_child, running
from tests.journal.records import closed, lines, make, make_now, note, start

STRACE = shutil.which("strace") or "strace"
DEADLINE_S = 120


async def collect(folder: RunFolder, **how: object) -> list[Entry]:
    return [entry async for entry in follow(folder, poll_s=0.01, **how)]  # type: ignore[arg-type]


def everything(folder: Path) -> dict[str, tuple[int, int, int]]:
    return {
        str(path): ((info := path.lstat()).st_size, info.st_mtime_ns, info.st_ino)
        for path in [folder, *folder.rglob("*")]
    }


async def test_a_follower_sees_every_event_once_in_order_and_ends_with_the_run(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    early = asyncio.create_task(collect(folder))
    woken = asyncio.create_task(collect(folder, wake=journal.wait_durable))
    for number in range(200):
        await (journal.append if number % 7 == 0 else journal.offer)(note(str(number)))
        if number % 50 == 0:
            await asyncio.sleep(0)
    late = asyncio.create_task(collect(folder))
    await journal.close(closed())
    for task in (early, woken, late):
        entries = await asyncio.wait_for(task, DEADLINE_S)
        assert [entry.seq for entry in entries] == list(range(203))
        assert [entry.line for entry in entries] == lines(folder)
        assert entries[-1].kind == "RunClosed"


async def test_a_follower_goes_through_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 1500)
    folder, journal, _ = await start(tmp_path)
    task = asyncio.create_task(collect(folder))
    for number in range(100):
        await journal.append(note(str(number)))
    await journal.close(closed())
    assert len(folder.segments()) > 5
    assert [entry.seq for entry in await asyncio.wait_for(task, DEADLINE_S)] == list(range(103))


async def test_a_reader_changes_nothing_in_the_folder(tmp_path: Path) -> None:
    made = await make(tmp_path)
    before = everything(made.folder.path)
    entries = list(read(made.folder))
    assert await collect(made.folder) == entries
    assert everything(made.folder.path) == before


def test_log_show_opens_nothing_for_writing_in_the_folder(tmp_path: Path) -> None:
    made, calls = make_now(tmp_path), tmp_path / "calls"
    trace = [STRACE, "-f", "-qq", "-o", str(calls), "-e", "trace=%file,flock,ftruncate,pwrite64"]
    show = [sys.executable, "-m", "bringup", "log", "show", str(made.folder.path), "--follow"]
    done = subprocess.run([*trace, *show], capture_output=True, timeout=60, check=True, cwd=ROOT)
    assert len(done.stdout.splitlines()) == len(lines(made.folder))
    touching = [row for row in calls.read_text().splitlines() if str(made.folder.path) in row]
    assert touching
    changes = ("O_WRONLY", "O_RDWR", "O_CREAT", "unlink", "rename", "mkdir", "link(", "chmod", "utime")
    assert not [row for row in touching if any(word in row for word in changes) and "execve" not in row]
    assert "flock(" not in calls.read_text()


def test_bytes_that_are_written_and_not_yet_synced_are_not_shown(tmp_path: Path) -> None:
    """The sync of the fourth event is held: its bytes are in the file, and no reader shows it."""
    place = Place(tmp_path)
    with running([*holding_sync(4), *place.command("create", 5)]) as child:
        child.until("durable 2")
        begun = time.monotonic()
        while len(lines(place.folder)) < 4 and time.monotonic() - begun < 90:
            time.sleep(0.01)
        assert [entry.seq for entry in read(place.folder)] == [0, 1, 2]
        child.send(signal.SIGKILL)
        child.until("durable 3")
        assert [entry.seq for entry in read(place.folder)][:4] == [0, 1, 2, 3]
        child.until("closed")


async def test_a_follower_goes_on_over_a_takeover(tmp_path: Path) -> None:
    place = Place(tmp_path)
    seen: list[Entry] = []

    async def watch() -> None:
        async for entry in follow(place.folder, poll_s=0.01):
            seen.append(entry)  # noqa: PERF401 (what was seen counts even if this ends early)

    with running(place.command("create", 100, "--hold")) as frozen:
        await asyncio.to_thread(frozen.until, "durable 0")
        watcher = asyncio.create_task(watch())
        frozen.go_on()
        await asyncio.to_thread(frozen.until, "durable 1")
        frozen.send(signal.SIGSTOP)
        frozen.go_on()
        taken = await asyncio.to_thread(run_child, place.command("take-over", 2))
        assert taken.closed
        frozen.send(signal.SIGCONT)
        await asyncio.wait_for(watcher, DEADLINE_S)
        await asyncio.to_thread(frozen.rest)
    assert [entry.line for entry in seen] == lines(place.folder)
    assert [entry.kind for entry in seen].count("TakenOver") == 1


async def test_a_follower_of_a_run_that_was_opened_again_does_not_stop_at_the_first_end(
    tmp_path: Path,
) -> None:
    made = await make(tmp_path)
    journal = await Journal.reopen(made.folder, signer=made.signer)
    await journal.close(closed())
    kinds = [entry.kind for entry in await asyncio.wait_for(collect(made.folder), DEADLINE_S)]
    assert kinds[-3:] == ["RunClosed", "Recovered", "RunClosed"]


async def test_a_follower_may_come_before_the_first_event(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    task = asyncio.create_task(collect(folder))
    await asyncio.sleep(0)
    journal = await Journal.create(folder, signer=KeySigner.throwaway())
    await journal.append(note())
    await journal.close(closed())
    assert len(await asyncio.wait_for(task, DEADLINE_S)) == 2


async def test_a_copy_without_its_epochs_is_read_whole(tmp_path: Path) -> None:
    made = await make(tmp_path)
    copy = RunFolder(tmp_path / "copy")
    shutil.copytree(made.folder.journal, copy.journal)
    assert [entry.line for entry in read(copy)] == lines(made.folder)
    with copy.segment(1).open("ab") as file:
        file.write(b'{"torn')
    assert [entry.line for entry in read(copy)] == lines(made.folder)


async def test_a_line_that_is_no_event_is_an_error_and_not_skipped(tmp_path: Path) -> None:
    made = await make(tmp_path)
    stored = lines(made.folder)
    for broken in (b"[]", b"{}", b"{", b'{"seq":"5","kind":"x"}', stored[6]):
        spoilt = [*stored[:5], broken, *stored[6:]]
        made.folder.segment(1).write_bytes(b"".join(line + b"\n" for line in spoilt))
        with pytest.raises(JournalError, match="event 5"):
            list(read(made.folder.path))


def test_reading_what_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        list(read(tmp_path))


async def test_lines_longer_than_a_read_are_whole(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    await journal.append(note("x" * 3_000_000))
    await journal.append(note("y"))
    await journal.close(closed())
    assert [len(entry.body.get("text", "")) for entry in read(folder)] == [0, 0, 3_000_000, 1, 0]
    assert json.loads(lines(folder)[-1])["seq"] == 4
