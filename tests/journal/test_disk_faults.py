"""Faults of the disk, made by the kernel or by strace under a real process: never by a patched call.

The child (`writer_child`) says on stdout what `append` returned for; whatever happens, that is in the record.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from bringup.journal.error import DiskFull
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.sign import KeySigner
from bringup.journal.verify import Report, verify
from bringup.journal.write import Journal
from tests.journal.child import Place, Said, run_child, running
from tests.journal.records import lines, note

STRACE = shutil.which("strace") or "strace"
CLONE_NEWNS = 0x00020000
LIBC = ctypes.CDLL(None, use_errno=True)


def under_strace(command: Sequence[str], fault: str, path: Path | None = None) -> list[str]:
    call = fault.partition(":")[0]
    only = ["-P", str(path)] if path is not None else []
    return [
        STRACE,
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={call}",
        *only,
        "-e",
        f"inject={fault}",
        *command,
    ]


def check(place: Place, said: Said) -> Report:
    """Nothing that was confirmed is lost, and the record verifies."""
    stored = [json.loads(line) for line in lines(place.folder)]
    assert [event["seq"] for event in stored] == list(range(len(stored)))
    assert said.durable == list(range(len(said.durable)))
    assert len(stored) >= len(said.durable)
    report = verify(place.folder.path, place.signers)
    assert report.code in (0, 3), report.text()
    return report


@pytest.mark.parametrize("when", [2, 3, 6])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_failed_sync_poisons_the_journal_and_recovery_keeps_what_was_confirmed(
    tmp_path: Path, error: str, when: int
) -> None:
    place = Place(tmp_path)
    said = run_child(under_strace(place.command("create", 10), f"fdatasync:error={error}:when={when}"))
    assert said.durable == list(range(when - 1))
    assert said.errors[0][0] == ("Poisoned" if error == "EIO" else "DiskFull")
    again = run_child(place.command("reopen", 0))
    assert again.closed
    assert check(place, said).code == 0
    assert [entry.kind for entry in read(place.folder)][-2:] == ["Recovered", "RunClosed"]


def test_a_disk_that_never_syncs_confirms_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    said = run_child(under_strace(place.command("create", 10), "fdatasync:error=EIO"))
    assert said.durable == []
    assert not said.closed
    # The recovery inside the child reached the disk by another call: what it found may be there, nothing
    # more.
    assert [entry.kind for entry in read(place.folder)] in ([], ["RunStarted"])
    assert run_child(place.command("reopen", 0)).closed
    assert check(place, said).code in (0, 3)


@pytest.mark.parametrize("when", [1, 2, 5])
def test_a_write_error_stops_and_recovers(tmp_path: Path, when: int) -> None:
    place = Place(tmp_path)
    segment = place.folder.segment(1)
    said = run_child(under_strace(place.command("create", 10), f"write:error=EIO:when={when}", segment))
    assert said.durable == list(range(when - 1))
    assert said.errors[0][0] == "Poisoned"
    # strace counts in each thread anew: the recovery inside the child may meet the fault too.
    assert run_child(place.command("reopen", 0)).closed
    assert check(place, said).code == (0 if when > 1 else 3)  # without its first event a record has no start


def test_one_enospc_is_answered_with_the_reserve_and_the_end_is_written(tmp_path: Path) -> None:
    place = Place(tmp_path)
    segment = place.folder.segment(1)
    said = run_child(under_strace(place.command("create", 10), "write:error=ENOSPC:when=4", segment))
    assert said.durable == [0, 1, 2, 3]  # the fourth went into the space that was held back
    assert said.errors[0][0] == "DiskFull"
    assert "is full" in said.errors[0][1]
    assert "resume" in said.errors[0][1]
    assert said.closed
    assert check(place, said).code == 0
    assert [entry.kind for entry in read(place.folder)][-1] == "RunClosed"


@pytest.mark.parametrize("taken", [0, 1, 100])
def test_a_write_that_claims_bytes_it_did_not_take_is_noticed_before_anything_is_confirmed(
    tmp_path: Path, taken: int
) -> None:
    place = Place(tmp_path)
    segment = place.folder.segment(1)
    said = run_child(under_strace(place.command("create", 10), f"write:retval={taken}:when=4", segment))
    assert said.durable == [0, 1, 2]
    assert said.errors[0][0] == "Poisoned"
    assert said.closed
    assert check(place, said).code == 0


@pytest.mark.parametrize("call", ["fsync", "pwrite64", "rename"])
@pytest.mark.parametrize("when", [1, 4, 9])
def test_a_fault_anywhere_else_loses_nothing_that_was_confirmed(tmp_path: Path, call: str, when: int) -> None:
    place = Place(tmp_path)
    said = run_child(under_strace(place.command("create", 6), f"{call}:error=EIO:when={when}"))
    if place.folder.segments():
        run_child(place.command("reopen", 0))
        assert check(place, said).code in (0, 3)


def test_a_short_write_is_continued_by_the_kernels_own_rules(tmp_path: Path) -> None:
    """A file-size limit cuts a write short in the middle of a line; the next one is an error."""
    place = Place(tmp_path)
    with running(place.command("create", 100, "--hold")) as child:
        child.until("durable 0")
        size = place.folder.segment(1).stat().st_size
        resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, (size + 40, resource.RLIM_INFINITY))
        child.go_on()
        assert "Poisoned" in child.until("error")
        child.process.wait(60)
    said = run_child(place.command("reopen", 0))
    assert said.closed
    events = [json.loads(line) for line in lines(place.folder)]
    recovered = next(event for event in events if event["kind"] == "Recovered")
    named = [recovered["torn_file"], *recovered["earlier_torn"]]
    torn = [(place.folder.path / name).read_bytes() for name in named if name]
    assert torn
    assert all(len(piece) == 40 for piece in torn)
    assert verify(place.folder.path, place.signers).code == 0


def in_own_mounts(place: Place, size: str, command: Sequence[str]) -> list[str]:
    """The command with a small tmpfs in the run's place, in a mount namespace of its own; afterwards copied
    out.
    """
    run, out = place.folder.path, place.folder.path.with_name("copied-out")
    script = (
        f"mount -t tmpfs -o size={size} none '{run}' && mkdir '{run}/plan' '{run}/journal' '{run}/blobs' "
        f"'{run}/checkpoints' '{run}/epoch' && \"$@\"; cp -a '{run}' '{out}'; df '{run}' >&2"
    )
    return ["unshare", "-m", "sh", "-c", script, "sh", *command]


def may_mount() -> bool:
    if os.geteuid() != 0:
        return False
    child = os.fork()
    if child == 0:
        os._exit(0 if LIBC.unshare(CLONE_NEWNS) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


needs_mounts = pytest.mark.skipif(not may_mount(), reason="needs a mount namespace of its own (root)")


@needs_mounts
@pytest.mark.parametrize(("size", "text"), [("64k", 20), ("64k", 3000), ("96k", 700), ("160k", 20)])
def test_a_full_disk_stops_with_a_plain_message_and_a_record_that_verifies_to_its_end(
    tmp_path: Path, size: str, text: int
) -> None:
    place = Place(tmp_path)
    command = place.command("create", 5000, "--text", str(text))
    said = run_child(in_own_mounts(place, size, command))
    assert said.errors[0][0] == "DiskFull"
    assert "is full" in said.errors[0][1]
    assert len(said.errors) == 1
    assert said.closed
    copied = RunFolder(place.folder.path.with_name("copied-out"))
    stored = [json.loads(line) for line in lines(copied)]
    assert len(stored) > len(said.durable) > 3
    assert stored[-1]["kind"] == "RunClosed"
    report = verify(copied.path, place.signers)
    assert report.code == 0, report.text()


@needs_mounts
def test_no_room_for_a_record_at_all_is_said_before_anything_starts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    said = run_child(in_own_mounts(place, "16k", place.command("create", 5)))
    assert said.durable == []
    assert said.errors[0][0] == "DiskFull"


@needs_mounts
def test_a_run_on_a_full_disk_can_be_opened_again_and_closed(tmp_path: Path) -> None:
    """The first runner fills the disk and is killed; the second has only what the reserve gives back."""
    place = Place(tmp_path)
    fill = " ".join(f"'{word}'" for word in place.command("create", 5000, "--no-close"))
    again = " ".join(f"'{word}'" for word in place.command("reopen", 0))
    run = place.folder.path
    script = f"{fill}; dd if=/dev/zero of='{run}/filler' bs=1k 2>/dev/null; {again}"
    said = run_child(in_own_mounts(place, "128k", ["sh", "-c", script]))
    assert said.closed
    report = verify(run.with_name("copied-out"), place.signers)
    assert report.code == 0, report.text()


async def test_a_large_blob_does_not_eat_the_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder.create(tmp_path)
    journal = await Journal.create(folder, signer=KeySigner.throwaway())
    await journal.append(note())
    monkeypatch.setattr("bringup.journal.write.free_bytes", lambda _: 10_000)
    with pytest.raises(DiskFull):
        await journal.keep(os.urandom(100_000))
    assert (folder.journal / "reserve").exists()
    with pytest.raises(DiskFull):
        journal.assert_epoch()
    journal.wind_up()
    await journal.append(note("the end"))
    await journal.close()
