"""Tampering of every kind that we could think of, each with its exit code (contracts, section 6)."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bringup.journal import writer as writer_module
from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.journal.sign import APPROVE, CHECKPOINT, KeySigner, approval_text, fingerprint
from bringup.journal.tree import Tree
from bringup.journal.verify import Report, verify
from bringup.journal.write import Journal
from bringup.model.event import PlanFixed
from tests.journal.records import (
    Made,
    approved,
    closed,
    evidence,
    lines,
    make,
    make_now,
    note,
    start,
    started,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_now(tmp_path_factory.mktemp("original"))


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    """A copy to spoil."""
    copy = tmp_path / original.folder.path.name
    shutil.copytree(original.folder.path, copy)
    return Made(RunFolder(copy), original.signers, original.signer, original.approver)


def test_an_untouched_record_is_intact(original: Made) -> None:
    report = verify(original.folder.path, original.signers)
    assert (report.code, report.findings) == (0, [])
    assert report.events == report.covered == len(lines(original.folder))
    assert (report.checkpoints, report.blobs, report.approvals, report.closed) == (3, 2, 1, True)
    assert "intact" in report.text()


def rewrite(made: Made, change: Callable[[list[bytes]], list[bytes]]) -> None:
    stored = change(lines(made.folder))
    made.folder.segment(1).write_bytes(b"".join(line + b"\n" for line in stored))


def renumber(stored: list[bytes]) -> list[bytes]:
    return [
        msgspec.json.encode(json.loads(line) | {"seq": seq}, order="sorted")
        for seq, line in enumerate(stored)
    ]


def resign(made: Made, key: KeySigner) -> None:
    """What a forger does who has a key: every checkpoint made anew over the lines that are there now."""
    sizes = {int(path.stem) for path in made.folder.checkpoints.glob("*.txt")}
    count = len(lines(made.folder))
    tree = Tree()
    for line in lines(made.folder):
        tree.add(line)
        if tree.size in sizes or tree.size == count:
            root = base64.b64encode(tree.root()).decode()
            text = f"bringup/{made.folder.run_id}\n{tree.size}\n{root}\n".encode()
            path = made.folder.checkpoints / f"{tree.size}.txt"
            path.write_bytes(text)
            path.with_suffix(".sig").write_bytes(key.sign(text, CHECKPOINT))


def last_checkpoint(made: Made) -> Path:
    return made.folder.checkpoints / f"{len(lines(made.folder))}.txt"


def first_checkpoint(made: Made) -> Path:
    return min(made.folder.checkpoints.glob("*.txt"), key=lambda path: int(path.stem))


def a_blob(made: Made) -> Path:
    return sorted(made.folder.blobs.rglob("*.gz"))[0]


def flip_a_value(made: Made) -> None:
    rewrite(made, lambda stored: [line.replace(b"note 7", b"note 8") for line in stored])


def a_line_nested_without_end(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:5], b'{"seq":5,"kind":"Noted","z":' + b"[" * 100_000, *stored[6:]])


def run_json_nested_without_end(made: Made) -> None:
    made.folder.run_json.write_bytes(b"[" * 100_000)


def drop_a_line(made: Made) -> None:
    rewrite(made, lambda stored: stored[:5] + stored[6:])


def drop_a_line_and_renumber(made: Made) -> None:
    rewrite(made, lambda stored: renumber(stored[:5] + stored[6:]))


def drop_the_last_line(made: Made) -> None:
    rewrite(made, lambda stored: stored[:-1])


def swap_two_lines(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:4], stored[5], stored[4], *stored[6:]])


def double_a_line(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:5], stored[4], *stored[5:]])


def insert_a_forged_line(made: Made) -> None:
    rewrite(made, lambda stored: renumber([*stored[:5], stored[4], *stored[5:]]))


def add_a_space(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:4], stored[4].replace(b'","', b'", "', 1), *stored[5:]])


def change_a_time(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:4], stored[4].replace(b"Z", b"0", 1), *stored[5:]])


def break_a_line(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:4], stored[4][:30], *stored[5:]])


def empty_a_line(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:4], b"", *stored[4:]])


def cut_the_last_line(made: Made) -> None:
    data = made.folder.segment(1).read_bytes()
    made.folder.segment(1).write_bytes(data[:-10])


def append_behind_the_end(made: Made) -> None:
    rewrite(made, lambda stored: renumber([*stored, stored[5]]))


def append_a_second_segment(made: Made) -> None:
    line = renumber([*lines(made.folder), lines(made.folder)[5]])[-1]
    made.folder.segment(2).write_bytes(line + b"\n")


def skip_a_segment_number(made: Made) -> None:
    made.folder.segment(3).write_bytes(b"")


def remove_the_journal(made: Made) -> None:
    shutil.rmtree(made.folder.journal)


def lower_the_epoch(made: Made) -> None:
    rewrite(made, lambda stored: [*stored[:9], stored[9].replace(b'"epoch":1', b'"epoch":0'), *stored[10:]])


def raise_the_epoch_silently(made: Made) -> None:
    change = {"epoch": 2}
    rewrite(
        made,
        lambda stored: [
            *stored[:9],
            *(msgspec.json.encode(json.loads(line) | change, order="sorted") for line in stored[9:]),
        ],
    )
    resign(made, made.signer)


def change_run_json(made: Made) -> None:
    made.folder.run_json.write_bytes(made.folder.run_json.read_bytes().replace(b"mini", b"maxi"))


def remove_run_json(made: Made) -> None:
    made.folder.run_json.unlink()


def link_run_json(made: Made) -> None:
    made.folder.run_json.rename(made.folder.path / "elsewhere")
    made.folder.run_json.symlink_to("elsewhere")


def pipe_for_run_json(made: Made) -> None:
    made.folder.run_json.unlink()
    os.mkfifo(made.folder.run_json)


def change_the_plan(made: Made) -> None:
    (made.folder.plan / "playbook.toml").write_text('name = "easier"\n')


def remove_the_plan(made: Made) -> None:
    (made.folder.plan / "playbook.toml").unlink()


def add_to_the_plan(made: Made) -> None:
    (made.folder.plan / "envelopes").mkdir()
    (made.folder.plan / "envelopes" / "kinder.toml").write_text("")


def other_evidence(made: Made) -> None:
    a_blob(made).write_bytes(gzip.compress(b"all is well"))


def remove_evidence(made: Made) -> None:
    a_blob(made).unlink()


def cut_evidence(made: Made) -> None:
    a_blob(made).write_bytes(a_blob(made).read_bytes()[:-9])


def evidence_that_is_no_gzip(made: Made) -> None:
    a_blob(made).write_bytes(b"plain")


def more_behind_evidence(made: Made) -> None:
    a_blob(made).write_bytes(a_blob(made).read_bytes() + gzip.compress(b"more"))


def a_bomb_for_evidence(made: Made) -> None:
    a_blob(made).write_bytes(gzip.compress(b"\0" * 50_000_000))


def change_a_checkpoint(made: Made) -> None:
    path = last_checkpoint(made)
    rows = path.read_text().splitlines()
    path.write_text(f"{rows[0]}\n{rows[1]}\n{base64.b64encode(b'x' * 32).decode()}\n")


def add_to_a_checkpoint(made: Made) -> None:
    last_checkpoint(made).write_text(last_checkpoint(made).read_text() + "more\n")


def change_the_origin(made: Made) -> None:
    path = last_checkpoint(made)
    text = path.read_bytes().replace(b"bringup/2", b"bringup/3")
    path.write_bytes(text)
    path.with_suffix(".sig").write_bytes(made.signer.sign(text, CHECKPOINT))


def rename_a_checkpoint(made: Made) -> None:
    path = first_checkpoint(made)
    for kind in (".txt", ".sig"):
        path.with_suffix(kind).rename(path.with_name(f"{int(path.stem) + 1}{kind}"))


def a_checkpoint_with_a_strange_name(made: Made) -> None:
    (made.folder.checkpoints / "latest.txt").write_text("?")


def claim_a_larger_record(made: Made) -> None:
    text = f"bringup/{made.folder.run_id}\n9999\n{base64.b64encode(b'x' * 32).decode()}\n".encode()
    (made.folder.checkpoints / "9999.txt").write_bytes(text)
    (made.folder.checkpoints / "9999.sig").write_bytes(made.signer.sign(text, CHECKPOINT))


def remove_a_signature(made: Made) -> None:
    last_checkpoint(made).with_suffix(".sig").unlink()


def remove_a_recorded_checkpoint(made: Made) -> None:
    first_checkpoint(made).unlink()
    first_sig = min(made.folder.checkpoints.glob("*.sig"), key=lambda path: int(path.stem))
    first_sig.unlink()


def swap_signatures(made: Made) -> None:
    first, last = first_checkpoint(made).with_suffix(".sig"), last_checkpoint(made).with_suffix(".sig")
    first_bytes, last_bytes = first.read_bytes(), last.read_bytes()
    first.write_bytes(last_bytes)
    last.write_bytes(first_bytes)


def sign_for_another_purpose(made: Made) -> None:
    path = last_checkpoint(made)
    path.with_suffix(".sig").write_bytes(made.signer.sign(path.read_bytes(), APPROVE))


def damage_a_signature(made: Made) -> None:
    path = last_checkpoint(made).with_suffix(".sig")
    data = path.read_bytes()
    path.write_bytes(data[:100] + (b"A" if data[100:101] != b"A" else b"B") + data[101:])


CONTRADICTIONS: list[tuple[Callable[[Made], None], str]] = [
    (flip_a_value, "root"),
    (drop_a_line, "out-of-order"),
    (drop_a_line_and_renumber, "root"),
    (drop_the_last_line, "truncated"),
    (swap_two_lines, "out-of-order"),
    (double_a_line, "out-of-order"),
    (insert_a_forged_line, "root"),
    (add_a_space, "root"),
    (change_a_time, "root"),
    (break_a_line, "not-an-event"),
    (empty_a_line, "not-an-event"),
    (cut_the_last_line, "truncated"),
    (append_behind_the_end, "after-closed"),
    (append_a_second_segment, "after-closed"),
    (skip_a_segment_number, "segment-missing"),
    (remove_the_journal, "truncated"),
    (lower_the_epoch, "epoch-falls"),
    (raise_the_epoch_silently, "epoch-silent"),
    (change_run_json, "file"),
    (remove_run_json, "file"),
    (link_run_json, "file"),
    (pipe_for_run_json, "file"),
    (change_the_plan, "file"),
    (a_line_nested_without_end, "not-an-event"),
    (run_json_nested_without_end, "file"),
    (remove_the_plan, "file"),
    (add_to_the_plan, "file-unknown"),
    (other_evidence, "blob"),
    (remove_evidence, "blob"),
    (cut_evidence, "blob"),
    (evidence_that_is_no_gzip, "blob"),
    (more_behind_evidence, "blob"),
    (a_bomb_for_evidence, "blob"),
    (change_a_checkpoint, "root"),
    (add_to_a_checkpoint, "checkpoint"),
    (change_the_origin, "origin"),
    (rename_a_checkpoint, "checkpoint"),
    (a_checkpoint_with_a_strange_name, "checkpoint"),
    (claim_a_larger_record, "truncated"),
    (remove_a_signature, "signature"),
    (remove_a_recorded_checkpoint, "checkpoint-missing"),
    (swap_signatures, "signature"),
    (sign_for_another_purpose, "signature"),
    (damage_a_signature, "signature"),
]


@pytest.mark.parametrize(
    ("tamper", "finding"), CONTRADICTIONS, ids=lambda item: getattr(item, "__name__", "")
)
def test_tampering_is_a_contradiction(made: Made, tamper: Callable[[Made], None], finding: str) -> None:
    tamper(made)
    report = verify(made.folder.path, made.signers)
    assert report.code == 4, report.text()
    assert finding in {found.id for found in report.findings if found.code == 4}, report.text()
    assert "CONTRADICTS" in report.text()


def remove_the_last_checkpoint(made: Made) -> None:
    path = last_checkpoint(made)
    path.unlink()
    path.with_suffix(".sig").unlink()


def remove_the_last_checkpoints_text(made: Made) -> None:
    last_checkpoint(made).unlink()


def go_on_unsigned(made: Made) -> None:
    forged = [
        {"kind": "Recovered", "epoch": 2, "previous_epoch": 1, "holder": "?"},
        {"kind": "RunClosed", "epoch": 2, "verdict": "PASS", "exit_code": 0},
    ]
    stamp = {name: json.loads(lines(made.folder)[-1])[name] for name in ("at", "boot", "mono_ns")}
    extra = [msgspec.json.encode({**stamp, **event}, order="sorted") for event in forged]
    stored = lines(made.folder)
    rewrite(made, lambda _: [*stored, *renumber([*stored, *extra])[len(stored) :]])


def half_a_line_behind_the_end(made: Made) -> None:
    with made.folder.segment(1).open("ab") as file:
        file.write(b'{"at":"2026')


OPEN_ENDS: list[tuple[Callable[[Made], None], str]] = [
    (remove_the_last_checkpoint, "uncovered"),
    (remove_the_last_checkpoints_text, "checkpoint-half"),
    (go_on_unsigned, "uncovered"),
    (half_a_line_behind_the_end, "torn-line"),
]


@pytest.mark.parametrize(("tamper", "finding"), OPEN_ENDS, ids=lambda item: getattr(item, "__name__", ""))
def test_what_is_only_not_proven_is_incomplete(
    made: Made, tamper: Callable[[Made], None], finding: str
) -> None:
    tamper(made)
    report = verify(made.folder.path, made.signers)
    assert report.code == 3, report.text()
    assert finding in {found.id for found in report.findings}


def test_a_record_signed_by_a_stranger_is_incomplete_and_his_fingerprint_is_shown(
    made: Made, tmp_path: Path
) -> None:
    empty = tmp_path / "nobody"
    empty.write_text("")
    report = verify(made.folder.path, empty)
    assert report.code == 3
    assert fingerprint(made.signer.public_key) in report.text()


async def test_a_rewrite_by_an_unknown_key_is_incomplete_and_by_the_kept_checkpoint_a_contradiction(
    tmp_path: Path,
) -> None:
    honest = await make(tmp_path / "honest")
    kept = tmp_path / "kept.txt"
    shutil.copy(first_checkpoint(honest), kept)
    assert verify(honest.folder.path, honest.signers, kept).code == 0
    forged = RunFolder(tmp_path / "forged" / honest.folder.path.name)
    for place in (forged.plan, forged.journal, forged.checkpoints):
        place.mkdir(parents=True)
    journal = await Journal.create(forged, signer=KeySigner.throwaway())
    await journal.append(started(forged))
    for number in range(60):
        await journal.append(note(f"nicer {number}"))
    await journal.close(closed())
    assert verify(forged.path, honest.signers).code == 3
    report = verify(forged.path, honest.signers, kept)
    assert report.code == 4
    assert {found.where for found in report.findings if found.code == 4} == {"--checkpoint"}


def test_a_record_cut_back_to_an_older_signed_state_needs_the_checkpoint_kept_elsewhere(
    made: Made, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    shutil.copy(last_checkpoint(made), kept)
    early = int(first_checkpoint(made).stem)
    for path in made.folder.checkpoints.iterdir():
        if int(path.stem) > early:
            path.unlink()
    rewrite(made, lambda stored: stored[:early])
    assert verify(made.folder.path, made.signers).code == 3  # never closed
    assert verify(made.folder.path, made.signers, kept).code == 4


def test_a_kept_checkpoint_may_carry_witness_lines_and_must_be_of_this_run(
    made: Made, tmp_path: Path
) -> None:
    text = last_checkpoint(made).read_text()
    kept = tmp_path / "kept"
    kept.write_text(f"{text}\n\u2014 witness.example aGVsbG8=\n")
    assert verify(made.folder.path, made.signers, kept).code == 0
    kept.write_text(text.replace("bringup/", "bringup/other-"))
    assert verify(made.folder.path, made.signers, kept).code == 4
    for broken in ("", "hello\n", "a\nb\nc\n", f"bringup/x\n1\n{'A' * 10}\n"):
        kept.write_text(broken)
        assert verify(made.folder.path, made.signers, kept).code == 4


def test_a_checkpoint_signed_by_another_known_key_than_its_event_names_is_a_contradiction(
    made: Made, tmp_path: Path
) -> None:
    other = KeySigner.throwaway()
    both = tmp_path / "both"
    both.write_text(f"{made.signers.read_text()}other {other.public_key}\n")
    assert verify(made.folder.path, both).code == 0
    path = first_checkpoint(made)
    path.with_suffix(".sig").write_bytes(other.sign(path.read_bytes(), CHECKPOINT))
    report = verify(made.folder.path, both)
    assert report.code == 4, report.text()
    assert {found.id for found in report.findings if found.code == 4} == {"checkpoint-signer"}
    # Where nobody knows that key, it is only not proven.
    assert verify(made.folder.path, made.signers).code == 3


def test_the_runs_own_list_of_signers_is_never_a_root_of_trust(made: Made) -> None:
    made.folder.signers.write_text("mallory ssh-ed25519 AAAA\n")
    assert verify(made.folder.path, made.signers).code == 0
    made.folder.signers.unlink()
    assert verify(made.folder.path, made.signers).code == 0


def test_files_that_no_event_speaks_of_change_nothing(made: Made) -> None:
    made.folder.runner_json.write_text("{}")
    (made.folder.blobs / "00").mkdir(exist_ok=True)
    (made.folder.blobs / "00" / "left-over.gz").write_bytes(b"half")
    shutil.rmtree(made.folder.epoch)
    (made.folder.journal / "00000001.jsonl.aside-2").write_bytes(b"old")
    assert verify(made.folder.path, made.signers).code == 0


def test_a_run_that_never_began_is_incomplete(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    report = verify(folder.path, None)
    assert report.code == 3
    assert {found.id for found in report.findings} == {"no-events", "no-checkpoint", "not-closed"}
    assert verify(tmp_path / "nothing", None).code == 3


async def test_an_unclosed_record_is_incomplete(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    signers = tmp_path / "config" / "allowed_signers"
    assert {found.id for found in verify(folder.path, signers).findings} == {"no-checkpoint", "not-closed"}
    await journal.checkpoint()
    assert {found.id for found in verify(folder.path, signers).findings} == {"uncovered", "not-closed"}
    await journal.close()
    assert {found.id for found in verify(folder.path, signers).findings} == {"not-closed"}


# Approvals: written by a runner that holds the machine's key, so that only the approval itself is wrong.


async def with_approval(base: Path, spoil: Callable[[dict[str, object], str], dict[str, object]]) -> Report:
    folder, journal, _ = await start(base)
    key = KeySigner.throwaway()
    event = approved(journal, folder.run_id, key)
    fields = spoil(msgspec.structs.asdict(event), folder.run_id)
    await journal.append(msgspec.structs.replace(event, **fields))
    await journal.close(closed())
    return verify(folder.path, base / "config" / "allowed_signers")


def other_answer(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"value": "no"}


def other_person(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"by": "somebody else"}


def other_question(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"question": "q-2"}


def other_signer(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"signer": "SHA256:somebody"}


def without_signature(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"signature": None}


def other_text(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | {"signed_text": str(fields["signed_text"]).replace("answer yes", "answer  yes")}


def over(run: str, size: int, root: str) -> dict[str, object]:
    key = KeySigner.throwaway()
    text = approval_text(run=run, question="q-1", answer="yes", by="somebody", size=size, root=root)
    signature = key.sign(text.encode(), APPROVE).decode()
    return {"signed_text": text, "signature": signature, "signer": fingerprint(key.public_key)}


def of_another_run(fields: dict[str, object], run: str) -> dict[str, object]:
    head = str(fields["signed_text"]).split("head ")[1].split()
    return fields | over("20200101-000000-abcd", int(head[0]), head[1])


def over_another_record(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | over(run, 2, base64.b64encode(b"x" * 32).decode())


def over_the_future(fields: dict[str, object], run: str) -> dict[str, object]:
    return fields | over(run, 4, base64.b64encode(b"x" * 32).decode())


@pytest.mark.parametrize(
    "spoil",
    [
        other_answer,
        other_person,
        other_question,
        other_signer,
        without_signature,
        other_text,
        of_another_run,
        over_another_record,
        over_the_future,
    ],
)
async def test_an_approval_that_does_not_fit_its_event_is_a_contradiction(
    tmp_path: Path, spoil: Callable[[dict[str, object], str], dict[str, object]]
) -> None:
    report = await with_approval(tmp_path, spoil)
    assert report.code == 4
    assert {found.id for found in report.findings} == {"approval"}


async def test_an_approval_by_a_simulated_key_is_named_as_such_and_changes_nothing(tmp_path: Path) -> None:
    report = await with_approval(tmp_path, lambda fields, _: fields)
    assert (report.code, report.approvals) == (0, 1)
    assert "simulated key" in report.text()


@pytest.mark.parametrize(
    ("said", "note"),
    [({"only": ("optics/levels",)}, "partial: only optics/levels"), ({"inject": "slow"}, "injected")],
)
async def test_a_run_of_less_than_a_rack_is_named_as_such_and_is_intact(
    tmp_path: Path, said: dict[str, object], note: str
) -> None:
    signer = machine_signer(tmp_path / "config")
    folder = RunFolder.create(tmp_path / "runs")
    journal = await Journal.create(folder, signer=signer)
    await journal.append(msgspec.structs.replace(started(folder), **said))
    await journal.append(
        PlanFixed(files={"playbook.toml": folder.keep_plan("playbook.toml", b"x")}, planned=())
    )
    await journal.close(closed())
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert report.code == 0
    assert note in "".join(report.notes)


async def test_an_approval_by_an_unknown_person_is_incomplete(tmp_path: Path) -> None:
    report = await with_approval(tmp_path, lambda fields, _: fields | {"simulated": False})
    assert report.code == 3
    assert {found.id for found in report.findings} == {"approver-unknown"}


# Claims that lead somewhere else.


async def test_names_in_the_plan_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    digest = folder.keep_plan("playbook.toml", b"x")
    await journal.append(PlanFixed(files={"../run.json": digest, "/etc/passwd": digest}, planned=()))
    await journal.close(closed())
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert report.code == 4
    assert sum("leads out" in found.text for found in report.findings) == 2


async def test_evidence_with_a_name_that_is_no_digest_or_two_sizes_is_a_contradiction(tmp_path: Path) -> None:
    folder, journal, _ = await start(tmp_path)
    kept = await journal.keep(b"data")
    await journal.append(evidence(kept.sha256, kept.size))
    await journal.append(evidence(kept.sha256, kept.size + 1))
    await journal.append(evidence("../../run.json", 1))
    await journal.close(closed())
    report = verify(folder.path, tmp_path / "config" / "allowed_signers")
    assert {found.id for found in report.findings} == {"blob-size", "blob-name"}


async def test_a_record_without_its_second_segment_is_a_contradiction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 2000)
    made = await make(tmp_path)
    assert len(made.folder.segments()) > 3
    assert verify(made.folder.path, made.signers).code == 0
    made.folder.segment(2).unlink()
    assert verify(made.folder.path, made.signers).code == 4


def test_device_text_in_a_report_can_not_drive_the_terminal(made: Made) -> None:
    (made.folder.plan / "evil\x1b[2J\u202ename").write_text("")
    text = verify(made.folder.path, made.signers).text()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "evil\\x1b[2J" in text


def test_the_verifier_loads_nothing_of_the_writer() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import bringup.journal.verify; "
        "print([name for name in sys.modules if name.startswith('bringup.')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(json.loads(out.stdout.replace("'", '"')))
    assert all(name in ("bringup.journal",) or ".journal.verify" in name for name in loaded)
