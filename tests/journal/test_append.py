"""Order, durability and bounds of what is appended."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
from pathlib import Path

import msgspec
import pytest

from bringup.journal import write as write_module
from bringup.journal import writer as writer_module
from bringup.journal.error import EventRefused, JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.verify import verify
from bringup.model.event import EventReader
from tests.journal.records import Clock, closed, evidence, lines, make, note, start


class Wild(msgspec.Struct, tag_field="kind", tag=True):
    value: float


async def test_events_stand_in_the_order_in_which_they_were_accepted(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    seqs = [await journal.offer(note(str(number))) for number in range(500)]
    await journal.close(closed())
    assert seqs == list(range(2, 502))
    stored = [json.loads(line) for line in lines(folder)]
    assert [event["seq"] for event in stored] == list(range(len(stored)))
    assert [event["text"] for event in stored if event["kind"] == "Noted"] == [str(n) for n in range(500)]


async def test_what_was_offered_is_durable_when_the_next_append_returns(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    for number in range(100):
        await journal.offer(note(str(number)))
    seq = await journal.append(note("the last"))
    assert journal.durable == seq + 1
    assert [entry.seq for entry in read(folder)] == list(range(seq + 1))
    await journal.close()


async def test_sixty_four_producers_lose_nothing_and_each_keeps_its_order(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)

    async def produce(name: int) -> None:
        for number in range(25):
            seq = await journal.append(note(f"{name} {number}"))
            assert journal.durable > seq

    await asyncio.gather(*(produce(name) for name in range(64)))
    await journal.close(closed())
    texts = [entry.body["text"] for entry in read(folder) if entry.kind == "Noted"]
    assert len(texts) == 64 * 25
    for name in range(64):
        assert [text for text in texts if text.split()[0] == str(name)] == [f"{name} {n}" for n in range(25)]


async def test_every_line_carries_the_stamps_and_sorted_ascii_keys(tmp_path: Path) -> None:
    made = await make(tmp_path)
    reader = EventReader()
    for line in lines(made.folder):
        body = json.loads(line)
        assert list(body) == sorted(body)
        assert body["epoch"] == 1
        assert body["at"].endswith("Z")
        assert len(body["at"]) == 27
        assert body["mono_ns"] > 0
        assert len(body["boot"]) == 36
        assert reader.read(line).seq == body["seq"]


async def test_the_last_line_is_run_closed_and_the_last_checkpoint_covers_it(tmp_path: Path) -> None:
    folder = (await make(tmp_path)).folder
    count = len(lines(folder))
    assert json.loads(lines(folder)[-1])["kind"] == "RunClosed"
    assert (folder.checkpoints / f"{count}.txt").read_text().splitlines()[1] == str(count)


async def test_a_refused_event_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    with pytest.raises(EventRefused, match="nan"):
        await journal.append(Wild(float("nan")))
    assert await journal.append(Wild(1.5)) == 2
    await journal.close(closed())
    assert verify(folder.path, tmp_path / "config" / "allowed_signers").code == 0


async def test_evidence_lies_under_the_digest_of_its_bytes_before_an_event_names_it(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    for data in (b"", b"small", os.urandom(300_000)):
        kept = await journal.keep(data, media_type="application/octet-stream")
        await journal.append(evidence(kept.sha256, kept.size))
        assert kept.sha256 == hashlib.sha256(data).hexdigest()
        assert kept.size == len(data)
        assert gzip.decompress(folder.blob(kept.sha256).read_bytes()) == data
    again = await journal.keep(b"small")
    assert again.sha256 == hashlib.sha256(b"small").hexdigest()
    await journal.close(closed())
    assert verify(folder.path, tmp_path / "config" / "allowed_signers").blobs == 3


async def test_the_backlog_is_bounded_and_offers_wait_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_module, "LARGEST_BACKLOG_BYTES", 4096)
    folder, journal, _ = await start(tmp_path)
    highest = 0
    for number in range(300):
        await journal.offer(note(f"{number} " + "x" * 500))
        highest = max(highest, journal._backlog)
    await journal.close(closed())
    assert highest < 4096 + 1200
    texts = [entry.body["text"].split()[0] for entry in read(folder) if entry.kind == "Noted"]
    assert texts == [str(number) for number in range(300)]


async def test_many_waiting_for_room_all_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_module, "LARGEST_BACKLOG_BYTES", 4096)
    folder, journal, _ = await start(tmp_path)

    async def produce(name: int) -> None:
        for _ in range(20):
            await journal.offer(note(f"{name} " + "x" * 400))

    await asyncio.wait_for(asyncio.gather(*(produce(name) for name in range(40))), 30)
    await journal.close(closed())
    assert sum(entry.kind == "Noted" for entry in read(folder)) == 800


async def test_a_cancelled_append_is_still_written_and_others_go_on(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    task = asyncio.create_task(journal.append(note("cancelled")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await journal.append(note("after"))
    await journal.close(closed())
    assert [entry.body["text"] for entry in read(folder) if entry.kind == "Noted"] == ["cancelled", "after"]


async def test_segments_roll_by_size_and_by_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 2000)
    folder, journal, _ = await start(tmp_path)
    for _ in range(30):
        await journal.append(note("x" * 100))
    await journal.close(closed())
    assert folder.segments() == list(range(1, len(folder.segments()) + 1))
    assert len(folder.segments()) > 3
    assert [entry.seq for entry in read(folder)] == list(range(33))
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert (report.code, report.events) == (0, 33)


async def test_an_hour_ends_a_segment(tmp_path: Path) -> None:
    clock = Clock()
    folder = RunFolder.create(tmp_path)
    from bringup.journal.sign import KeySigner
    from bringup.journal.write import Journal

    journal = await Journal.create(folder, signer=KeySigner.throwaway(), clock=clock)
    await journal.append(note())
    clock.pass_s(3599)
    await journal.append(note())
    assert folder.segments() == [1]
    clock.pass_s(2)
    await journal.append(note())
    await journal.close(closed())
    assert folder.segments() == [1, 2]


async def test_a_closed_journal_takes_nothing_and_closing_twice_is_fine(tmp_path: Path) -> None:
    _, journal, _ = await start(tmp_path)
    await journal.close(closed())
    await journal.close(closed())
    with pytest.raises(JournalError, match="closed"):
        await journal.append(note())
    with pytest.raises(JournalError, match="closed"):
        await journal.keep(b"x")
    with pytest.raises(JournalError, match="closed"):
        journal.assert_epoch()


async def test_a_checkpoint_says_what_it_covers_in_its_event(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    head = journal.head()
    event = await journal.checkpoint()
    assert (event.size, event.root) == head
    assert (folder.path / event.file).read_text() == f"bringup/{folder.run_id}\n{event.size}\n{event.root}\n"
    body = json.loads(lines(folder)[-1])
    assert (body["kind"], body["seq"], body["size"]) == ("Checkpointed", event.size, event.size)
    await journal.close(closed())


async def test_checkpoints_may_be_asked_for_at_once_and_while_others_append(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)

    async def produce() -> None:
        for _ in range(50):
            await journal.append(note())

    await asyncio.gather(produce(), *(journal.checkpoint() for _ in range(5)), produce())
    await journal.close(closed())
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert (report.code, report.checkpoints) == (0, 6)
