"""One writer: the lock, who holds it, file systems that can't lock, and what a takeover does to a frozen
runner.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from bringup.journal.epoch import Mark, highest_epoch, latest_epoch, read_epoch
from bringup.journal.error import Fenced, Held
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.mounts import parse_mounts
from bringup.journal.verify import verify
from bringup.journal.write import Journal
from tests.journal.child import Place, holding_sync, run_child, running
from tests.journal.records import closed, lines, make_now, note, start

STRACE = shutil.which("strace") or "strace"


def test_a_second_runner_is_refused_within_two_seconds_and_told_who_holds_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with running(place.command("create", 1, "--hold")) as child:
        child.until("durable 0")
        code = (
            "import asyncio, sys, time; from pathlib import Path;"
            "from bringup.journal.write import Journal; from bringup.journal.folder import RunFolder;"
            "from bringup.journal.sign import KeySigner\n"
            "signer = KeySigner.throwaway(); begun = time.monotonic()\n"
            "try: asyncio.run(Journal.reopen(RunFolder(Path(sys.argv[1])), signer=signer))\n"
            "except Exception as error: print(time.monotonic() - begun, type(error).__name__, error)\n"
        )
        with running([sys.executable, "-c", code, str(place.folder.path)]) as second:
            took, kind, message = second.line().split(" ", 2)
        assert float(took) < 2
        assert kind == "Held"
        holder = json.loads((place.folder.epoch / "1").read_bytes()[:512])
        for part in (holder["host"], f"pid {child.process.pid}", f"since {holder['since']}", "--take-over"):
            assert part in message
        child.go_on()
        child.until("closed")
    assert highest_epoch(place.folder.epoch) == 1
    assert verify(place.folder.path, place.signers).code == 0


async def test_the_same_process_can_not_open_a_run_twice_either(tmp_path: Path) -> None:
    folder, journal, signer = await start(tmp_path)
    with pytest.raises(Held):
        await Journal.reopen(folder, signer=signer)
    await journal.close(closed())
    again = await Journal.reopen(folder, signer=signer)
    await again.close(closed())


def test_a_dead_runners_lock_is_free_at_once(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with running(place.command("create", 100, "--hold")) as child:
        child.until("durable 0")
        child.send(signal.SIGKILL)
        child.process.wait(30)
    assert run_child(place.command("reopen", 0)).closed


def test_a_frozen_runner_woken_after_a_takeover_starts_nothing_and_reaches_no_reader(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with running(place.command("create", 100, "--hold")) as frozen:
        frozen.until("durable 0")
        frozen.go_on()
        frozen.until("durable 1")
        frozen.send(signal.SIGSTOP)
        frozen.go_on()  # it would act as soon as it wakes
        said = run_child(place.command("take-over", 3, "--no-close"))
        assert said.lines[0] == "open 2"
        frozen.send(signal.SIGCONT)
        last = frozen.rest()
    assert last.durable == []
    assert last.errors[0][0] == "Fenced"
    assert run_child(place.command("reopen", 0)).closed
    events = [json.loads(line) for line in lines(place.folder)]
    assert [event["epoch"] for event in events] == [1, 1, 2, 2, 2, 2, 3, 3]
    assert events[2]["kind"] == "TakenOver"
    assert f"pid {frozen.process.pid}" in events[2]["holder"]
    assert (place.folder.path / events[2]["set_aside"]).is_file()
    assert [entry.seq for entry in read(place.folder)] == list(range(8))
    assert verify(place.folder.path, place.signers).code == 0


def test_a_runner_frozen_inside_the_sync_confirms_nothing_after_a_takeover(tmp_path: Path) -> None:
    """The third sync is held: bytes are written, nothing is confirmed, then it is fenced."""
    place = Place(tmp_path)
    with running([*holding_sync(3), *place.command("create", 5)]) as slow:
        slow.until("durable 1")
        line_bytes = place.folder.segment(1).stat().st_size
        begun = time.monotonic()
        while place.folder.segment(1).stat().st_size == line_bytes and time.monotonic() - begun < 90:
            time.sleep(0.01)
        assert [entry.seq for entry in read(place.folder)] == [0, 1]
        taken = run_child(place.command("take-over", 2))
        slow.send(signal.SIGKILL)
        last = slow.rest()
    assert taken.closed
    assert last.durable == []
    assert last.errors[0][0] == "Fenced"
    seqs = [entry.seq for entry in read(place.folder)]
    assert seqs == list(range(len(seqs)))
    assert verify(place.folder.path, place.signers).code == 0


async def test_late_writes_of_a_fenced_runner_reach_no_reader(tmp_path: Path) -> None:
    folder, old, signer = await start(tmp_path)
    await old.append(note("before"))
    new = await Journal.reopen(folder, signer=signer, take_over=True)
    with pytest.raises(Fenced):
        old.assert_epoch()
    with pytest.raises(Fenced):
        await old.append(note("too late"))
    with pytest.raises(Fenced):
        await old.close(closed())
    await new.append(note("after"))
    await new.close(closed())
    texts = [entry.body["text"] for entry in read(folder) if entry.kind == "Noted"]
    assert texts == ["before", "after"]
    assert b"too late" not in b"".join(lines(folder))
    assert verify(folder.path, tmp_path / "config" / "allowed_signers").code == 0


async def test_a_takeover_of_a_run_that_nobody_holds_is_a_plain_recovery(tmp_path: Path) -> None:
    folder, journal, signer = await start(tmp_path)
    await journal.close()
    again = await Journal.reopen(folder, signer=signer, take_over=True)
    await again.close(closed())
    assert json.loads(lines(folder)[-2])["kind"] == "Recovered"


@pytest.mark.parametrize(
    ("fault", "says"),
    [("error=ENOLCK", "can't lock"), ("error=EOPNOTSUPP", "can't lock"), ("retval=0", "exclude nobody")],
)
def test_a_file_system_without_working_locks_is_refused(tmp_path: Path, fault: str, says: str) -> None:
    place = Place(tmp_path)
    inject = [STRACE, "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", f"inject=flock:{fault}"]
    said = run_child([*inject, *place.command("create", 1)])
    assert said.durable == []
    assert said.errors[0][0] == "JournalError"
    assert says in said.errors[0][1]
    assert "--runs" in said.errors[0][1]
    assert highest_epoch(place.folder.epoch) == 0


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/with\\040space rw shared:2 - nfs4 host:/x rw,vers=4.2,local_lock=none
31 22 0:41 / /srv/old rw shared:2 - nfs host:/y rw,nolock,local_lock=all
a broken line
"""


@pytest.mark.parametrize(
    ("path", "device", "kind", "nolock"),
    [
        ("/srv/with space/runs", "0:40", "nfs4", False),
        ("/srv/old/runs", "0:41", "nfs", True),
        ("/srv/older", "254:0", "ext4", False),
        ("/", "254:0", "ext4", False),
    ],
)
def test_the_mount_table_tells_the_file_system(path: str, device: str, kind: str, nolock: bool) -> None:
    found, options = parse_mounts(MOUNTS, path, device)
    assert (found, "nolock" in options) == (kind, nolock)


def test_a_mark_that_is_not_whole_is_not_believed(tmp_path: Path) -> None:
    holder = b'{"host":"h","pid":1,"since":"s","boot":"b","epoch":1}'.ljust(512)
    mark = Mark(1, 100, 3).encode()
    path = tmp_path / "1"
    path.write_bytes(holder + mark)
    found = read_epoch(path)
    assert found is not None
    assert found.mark == Mark(1, 100, 3)
    for broken in (b"", holder, holder + mark[:-1], holder + mark.replace(b"100", b"999"), b"x" * 512 + mark):
        path.write_bytes(broken)
        assert read_epoch(path) is None


async def test_a_new_id_names_time_and_chance(tmp_path: Path) -> None:
    import re

    first, second = RunFolder.create(tmp_path), RunFolder.create(tmp_path)
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-z]{4}", first.path.name)
    assert first.path != second.path


def test_a_stray_file_with_a_huge_number_keeps_no_reader(tmp_path: Path) -> None:
    folder = make_now(tmp_path).folder
    (folder.epoch / "99999999999999999999").touch()
    assert latest_epoch(folder.epoch)[0] == 1
