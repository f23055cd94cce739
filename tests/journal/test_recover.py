"""After a crash: what was confirmed is there, what was torn is set aside and named."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import signal
from pathlib import Path

import pytest

from bringup.journal import writer as writer_module
from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.machine import machine_signer
from bringup.journal.sign import KeySigner
from bringup.journal.verify import verify
from bringup.journal.write import Journal
from tests.journal.child import Place, run_child, running
from tests.journal.records import closed, lines, make, note, start, started


async def open_record(base: Path, *, checkpoint: bool = False) -> RunFolder:
    """A record as a crash leaves it: five events, never closed, its lock free (a copy has no holder)."""
    folder, journal, _ = await start(base)
    if checkpoint:
        await journal.checkpoint()
    await journal.append(note("one"))
    await journal.append(note("two"))
    await journal.append(note("three: the last event before the crash"))
    copy = base / "crashed" / folder.path.name
    shutil.copytree(folder.path, copy)
    await journal.close()
    return RunFolder(copy)


def kinds(folder: RunFolder) -> list[str]:
    return [json.loads(line)["kind"] for line in lines(folder)]


async def test_a_cut_at_every_byte_of_the_last_two_records_loses_nothing_durable(tmp_path: Path) -> None:
    base = await open_record(tmp_path)
    signer = KeySigner.throwaway()
    whole = base.segment(1).read_bytes()
    stored = whole.splitlines(keepends=True)
    first_cut = len(whole) - len(stored[-1]) - len(stored[-2])
    for cut in range(first_cut, len(whole) + 1):
        folder = RunFolder(tmp_path / f"cut-{cut}")
        shutil.copytree(base.path, folder.path)
        with folder.segment(1).open("r+b") as file:
            file.truncate(cut)
        journal = await Journal.reopen(folder, signer=signer)
        await journal.close(closed())
        complete = [line for line in whole[:cut].splitlines(keepends=True) if line.endswith(b"\n")]
        after = folder.segment(1).read_bytes().splitlines(keepends=True)
        assert after[: len(complete)] == complete
        recovered, last = (json.loads(line) for line in after[len(complete) :])
        assert (recovered["kind"], recovered["epoch"], last["kind"]) == ("Recovered", 2, "RunClosed")
        torn = whole[:cut][len(b"".join(complete)) :]
        assert recovered["torn_bytes"] == len(torn)
        if torn:
            assert (folder.path / recovered["torn_file"]).read_bytes() == torn
            assert recovered["torn_sha256"] == hashlib.sha256(torn).hexdigest()
        assert recovered["lost_events"] == len(stored) - len(complete)
        # run.json and plan/ of the copy are whole; only the key is unknown to the default list.
        assert {found.id for found in verify(folder.path).findings} <= {"signer-unknown"}
        shutil.rmtree(folder.path)


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 5000, b"\n\n\n", b"{}\n", b'{"seq":5}\n', b"\xff\xfe\n" * 3, b'{"at":"', b"null\nnull\n"],
    ids=["zeros", "newlines", "no-event", "half-event", "bytes", "begun", "nulls"],
)
async def test_garbage_behind_what_was_durable_is_set_aside(tmp_path: Path, garbage: bytes) -> None:
    folder = await open_record(tmp_path)
    before = folder.segment(1).read_bytes()
    with folder.segment(1).open("ab") as file:
        file.write(garbage)
    journal = await Journal.reopen(folder, signer=KeySigner.throwaway())
    await journal.close(closed())
    assert folder.segment(1).read_bytes().startswith(before)
    assert kinds(folder)[5:] == ["Recovered", "RunClosed"]
    recovered = json.loads(lines(folder)[5])
    assert (folder.path / recovered["torn_file"]).read_bytes() == garbage


async def test_damage_in_what_was_durable_is_refused_and_nothing_is_cut_off(tmp_path: Path) -> None:
    folder = await open_record(tmp_path)
    whole = folder.segment(1).read_bytes()
    at = whole.index(b'"Noted"')
    folder.segment(1).write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    with pytest.raises(JournalError, match="contradicts itself"):
        await Journal.reopen(folder, signer=KeySigner.throwaway())
    assert len(folder.segment(1).read_bytes()) == len(whole)


async def test_a_record_shorter_than_its_checkpoint_is_not_gone_on_with(tmp_path: Path) -> None:
    made = await make(tmp_path)
    stored = made.folder.segment(1).read_bytes().splitlines(keepends=True)
    made.folder.segment(1).write_bytes(b"".join(stored[:-1]))
    with pytest.raises(JournalError, match="checkpoint covers"):
        await Journal.reopen(made.folder, signer=made.signer)


async def test_a_record_rewritten_under_its_checkpoint_is_not_gone_on_with(tmp_path: Path) -> None:
    made = await make(tmp_path)
    whole = made.folder.segment(1).read_bytes()
    made.folder.segment(1).write_bytes(whole.replace(b"note 3", b"note 4", 1))
    with pytest.raises(JournalError, match="another root"):
        await Journal.reopen(made.folder, signer=made.signer)


async def test_a_missing_segment_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 2000)
    made = await make(tmp_path)
    made.folder.segment(2).unlink()
    with pytest.raises(JournalError, match="segments"):
        await Journal.reopen(made.folder, signer=made.signer)


async def test_a_tail_in_the_last_of_many_segments_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 1000)
    folder = await open_record(tmp_path)
    last = folder.segments()[-1]
    assert last > 1
    with folder.segment(last).open("ab") as file:
        file.write(b'{"torn')
    journal = await Journal.reopen(folder, signer=KeySigner.throwaway())
    await journal.close(closed())
    assert kinds(folder)[-2:] == ["Recovered", "RunClosed"]
    assert [entry.seq for entry in read(folder)] == list(range(7))


async def test_a_closed_run_can_be_opened_again_and_closed_again(tmp_path: Path) -> None:
    made = await make(tmp_path)
    before = lines(made.folder)
    journal = await Journal.reopen(made.folder, signer=made.signer)
    await journal.append(note("a retest"))
    await journal.close(closed())
    assert lines(made.folder)[: len(before)] == before
    assert kinds(made.folder)[len(before) :] == ["Recovered", "Noted", "RunClosed"]
    assert json.loads(lines(made.folder)[len(before)])["closed_before"] is True
    assert verify(made.folder.path, made.signers).code == 0


async def test_recovery_that_itself_crashed_before_its_first_event_leaves_no_trace_in_the_record(
    tmp_path: Path,
) -> None:
    folder = await open_record(tmp_path)
    (folder.epoch / "2").write_bytes(b"")  # its maker died between making the file and writing it
    journal = await Journal.reopen(folder, signer=KeySigner.throwaway())
    assert journal.epoch == 3
    await journal.close(closed())
    assert kinds(folder)[-2:] == ["Recovered", "RunClosed"]
    assert json.loads(lines(folder)[-1])["epoch"] == 3


async def test_a_signature_without_its_text_is_cleared_away_on_the_next_start(tmp_path: Path) -> None:
    folder = await open_record(tmp_path, checkpoint=True)
    (folder.checkpoints / "4.sig").write_text("half a checkpoint")
    journal = await Journal.reopen(folder, signer=KeySigner.throwaway())
    await journal.close(closed())
    assert not (folder.checkpoints / "4.sig").exists()


async def test_creating_where_a_journal_stands_is_refused(tmp_path: Path) -> None:
    folder = await open_record(tmp_path)
    with pytest.raises(JournalError, match="already"):
        await Journal.create(folder, signer=KeySigner.throwaway())


@pytest.mark.parametrize("after", [1, 7, 40])
def test_kill_9_while_writing_keeps_all_that_append_returned_for(tmp_path: Path, after: int) -> None:
    place = Place(tmp_path)
    with running(place.command("create", 100_000)) as child:
        confirmed = [int(child.until("durable").split()[1]) for _ in range(after)]
        child.send(signal.SIGKILL)
        confirmed += child.rest().durable
    there = lines(place.folder)
    assert confirmed == list(range(len(confirmed)))
    for _ in range(2):
        said = run_child(place.command("reopen", 1, "--no-close"))
        assert said.durable
    kept = lines(place.folder)
    assert kept[: len(confirmed)] == there[: len(confirmed)]
    assert run_child(place.command("reopen", 0)).closed
    assert verify(place.folder.path, place.signers).code == 0


def test_what_a_crash_left_unconfirmed_is_hidden_until_the_journal_is_opened_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with running(place.command("create", 3, "--no-close")) as child:
        child.rest()
    durable = [entry.seq for entry in read(place.folder)]
    line = json.loads(lines(place.folder)[-1]) | {"seq": len(durable), "text": "written, never synced"}
    with place.folder.segment(1).open("ab") as file:
        file.write(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    assert [entry.seq for entry in read(place.folder)] == durable
    run_child(place.command("reopen", 0))
    assert [entry.kind for entry in read(place.folder)][len(durable) - 1 :] == [
        "Noted",
        "Noted",
        "Recovered",
        "RunClosed",
    ]


async def test_after_a_reboot_all_that_the_disk_gives_back_counts(tmp_path: Path) -> None:
    folder = await open_record(tmp_path)
    epoch = folder.epoch / "1"
    old = epoch.read_bytes()
    boot = json.loads(old[:512])["boot"].encode()
    # The mark as the disk had it: from before the events, with the id of a boot that is over.
    stale = b"0" * 8 + old[520:]
    from bringup.journal.epoch import HOLDER_BYTES, Mark

    stale = old[:HOLDER_BYTES].replace(boot, b"0" * 36) + Mark(1, 0, 0).encode()
    epoch.write_bytes(stale)
    assert [entry.seq for entry in read(folder)] == [0, 1, 2, 3, 4]
    epoch.write_bytes(old[:HOLDER_BYTES] + Mark(1, 0, 0).encode())
    assert list(read(folder)) == []


async def test_two_who_recover_at_once_do_not_both_get_it(tmp_path: Path) -> None:
    folder = await open_record(tmp_path)
    signer = KeySigner.throwaway()
    outcomes = await asyncio.gather(
        *(Journal.reopen(folder, signer=signer) for _ in range(4)), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, Journal)]
    assert len(won) == 1
    assert all(isinstance(outcome, JournalError) for outcome in outcomes if outcome is not won[0])
    await won[0].close(closed())
    assert kinds(folder).count("Recovered") == 1


async def test_a_runner_that_died_before_its_first_event_leaves_a_run_that_can_begin(tmp_path: Path) -> None:
    folder, signer = RunFolder.create(tmp_path), machine_signer(tmp_path / "config")
    dead = await Journal.create(folder, signer=signer)
    await dead._end()
    journal = await Journal.reopen(folder, signer=signer)
    await journal.append(started(folder))
    await journal.close(closed())
    assert kinds(folder) == ["Recovered", "RunStarted", "RunClosed"]
    assert verify(folder.path, tmp_path / "config" / "allowed_signers").code == 0


async def test_a_second_start_in_one_record_is_a_contradiction(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    await journal.append(started(folder))
    await journal.close(closed())
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert (report.code, [found.id for found in report.findings]) == (4, ["second-start"])


async def test_the_runs_list_of_signers_names_every_machine_that_signed(tmp_path: Path) -> None:
    made = await make(tmp_path)
    other = KeySigner.throwaway(identity="machine@elsewhere", label="machine")
    journal = await Journal.reopen(made.folder, signer=other)
    await journal.close(closed())
    rows = made.folder.signers.read_text().splitlines()
    assert [made.signer.public_key in rows[0], other.public_key in rows[1], len(rows)] == [True, True, 2]
    assert verify(made.folder.path, made.folder.signers).code == 0
    assert {found.id for found in verify(made.folder.path, made.signers).findings} == {"signer-unknown"}
