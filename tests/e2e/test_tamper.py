"""Tampering with the record of a real run: each kind with its exit code (contracts, section 6).

Three forgers: one with an editor, one who signs anew with a key of his own, one who holds the machine's key.
What the last one does shows only where a person's signature, or a checkpoint kept elsewhere, is in the way.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bringup.journal.sign import CHECKPOINT, KeySigner, fingerprint
from bringup.journal.tree import Tree
from tests.conftest import ROOT
from tests.e2e.runs import Done, Nursery, Rack, only_run

Event = dict[str, Any]
Tamper = Callable[["Record"], None]


class Record:
    """A copy of the run, to spoil."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self.nursery = nursery
        self.folder = folder
        self.segment = folder / "journal" / "00000001.jsonl"
        self.checkpoints = folder / "checkpoints"

    def verify(self, *more: str) -> Done:
        return self.nursery.run(["log", "verify", str(self.folder), *more])

    @property
    def lines(self) -> list[bytes]:
        return self.segment.read_bytes().splitlines()

    def write(self, lines: list[bytes]) -> None:
        self.segment.write_bytes(b"".join(line + b"\n" for line in lines))

    def find(self, kind: str, **fields: Any) -> list[int]:
        """The numbers of the events of that kind that say so."""
        told = [json.loads(line) for line in self.lines]
        return [
            event["seq"]
            for event in told
            if event["kind"] == kind and all(event.get(name) == value for name, value in fields.items())
        ]

    def edit(self, seq: int, **fields: Any) -> None:
        """Write an event with other values, in the very form in which the program writes it."""
        lines = self.lines
        lines[seq] = plain(json.loads(lines[seq]) | fields)
        self.write(lines)

    def event(self, seq: int) -> Event:
        event: Event = json.loads(self.lines[seq])
        return event

    def sizes(self) -> list[int]:
        return sorted(int(path.stem) for path in self.checkpoints.glob("*.txt"))

    def newest(self) -> Path:
        return self.checkpoints / f"{self.sizes()[-1]}.txt"

    def blobs(self) -> list[Path]:
        return sorted((self.folder / "blobs").rglob("*.gz"))

    def forge(self, key: KeySigner) -> None:
        """Make every checkpoint fit the lines that are there now, and sign it with `key`; a last one too."""
        lines, tree = self.lines, Tree()
        roots: dict[int, str] = {}
        for number, line in enumerate(lines):
            event = json.loads(line)
            if event["kind"] == "Checkpointed":
                lines[number] = plain(event | {"root": roots[event["size"]]})
            tree.add(lines[number])
            roots[tree.size] = base64.b64encode(tree.root()).decode()
        self.write(lines)
        kept = [size for size in self.sizes() if size < len(lines)]
        shutil.rmtree(self.checkpoints)
        self.checkpoints.mkdir()
        for size in (*kept, len(lines)):
            text = f"bringup/{self.folder.name}\n{size}\n{roots[size]}\n".encode()
            (self.checkpoints / f"{size}.txt").write_bytes(text)
            (self.checkpoints / f"{size}.sig").write_bytes(key.sign(text, CHECKPOINT))


def plain(event: Event) -> bytes:
    return msgspec.json.encode(event, order="sorted")


@pytest.fixture(scope="module")
def original(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("original")
    rack = Rack(nursery, folder / "lab")
    done = nursery.run(rack.run_words("--runs", str(folder / "runs")))
    assert done.status == 0, done.output
    rack.end()
    return Record(nursery, only_run(folder / "runs"))


@pytest.fixture
def record(original: Record, tmp_path: Path) -> Record:
    copy = tmp_path / original.folder.name
    shutil.copytree(original.folder, copy)
    return Record(original.nursery, copy)


@pytest.fixture
def machine_key(nursery: Nursery) -> KeySigner:
    return KeySigner.from_file(Path(nursery.environment["XDG_CONFIG_HOME"]) / "bringup" / "machine_key")


def test_the_untouched_record_is_intact_and_a_copy_of_it_too(original: Record, record: Record) -> None:
    for each in (original, record):
        done = each.verify()
        assert done.status == 0, done.output
    lines = record.lines
    assert all(plain(json.loads(line)) == line for line in lines), "an edit here must change nothing else"


# With an editor.


def edited_evidence(record: Record) -> None:
    path = record.blobs()[3]
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"1", b"2"), mtime=0))


def removed_evidence(record: Record) -> None:
    record.blobs()[3].unlink()


def swapped_evidence(record: Record) -> None:
    first, last = record.blobs()[0], record.blobs()[-1]
    one, other = first.read_bytes(), last.read_bytes()
    first.write_bytes(other)
    last.write_bytes(one)


def emptied_evidence(record: Record) -> None:
    record.blobs()[0].write_bytes(b"")


def expects_less(record: Record) -> None:
    path = record.folder / "plan" / "inventory.json"
    path.write_text(path.read_text().replace("leaf-2", "leaf-9"))


def wider_limits(record: Record) -> None:
    path = record.folder / "plan" / "limits.json"
    path.write_text(re.sub(r'"min":\s*-?[\d.]+', '"min":-99', path.read_text()))


def removed_playbook(record: Record) -> None:
    (record.folder / "plan" / "playbook.json").unlink()


def no_longer_simulated(record: Record) -> None:
    path = record.folder / "run.json"
    path.write_text(path.read_text().replace('"simulated": true', '"simulated": false'))


def judged_better(record: Record) -> None:
    record.edit(record.find("Judged")[20], verdict="MARGINAL")


def ended_better(record: Record) -> None:
    record.edit(record.find("StepEnded")[20], verdict="WAIVED")


def measured_better(record: Record) -> None:
    seq = record.find("Measured", quantity="rx_power_dbm")[0]
    record.edit(seq, value=record.event(seq)["value"] + 0.5)


def other_limit_in_force(record: Record) -> None:
    record.edit(record.find("Judged", quantity="rx_power_dbm")[0], limit=">= -99", source="a friend")


def removed_line(record: Record) -> None:
    lines = record.lines
    del lines[100]
    record.write(lines)


def removed_line_and_renumbered(record: Record) -> None:
    lines = record.lines
    del lines[100]
    record.write([plain(json.loads(line) | {"seq": seq}) for seq, line in enumerate(lines)])


def doubled_line(record: Record) -> None:
    lines = record.lines
    record.write([*lines[:100], lines[99], *lines[100:]])


def reordered_lines(record: Record) -> None:
    lines = record.lines
    lines[100], lines[101] = lines[101], lines[100]
    record.write(lines)


def earlier_time(record: Record) -> None:
    seq = record.find("ActionIntended")[0]
    record.edit(seq, at="2020-01-01T00:00:00.000000Z")


def cut_in_a_line(record: Record) -> None:
    record.segment.write_bytes(record.segment.read_bytes()[:-30])


def cut_to_half(record: Record) -> None:
    record.write(record.lines[: len(record.lines) // 2])


def removed_closing_line(record: Record) -> None:
    record.write(record.lines[:-1])


def more_behind_the_end(record: Record) -> None:
    lines = record.lines
    record.write([*lines, plain(json.loads(lines[20]) | {"seq": len(lines)})])


def forged_intent(record: Record) -> None:
    record.edit(record.find("ActionIntended")[0], dangerous=False)


def approved_by_another(record: Record) -> None:
    record.edit(record.find("Answered", value="approve")[0], by="the boss")


def edited_approval(record: Record) -> None:
    seq = record.find("Answered", value="approve")[0]
    record.edit(seq, signed_text=record.event(seq)["signed_text"].replace("approve\n", "approve \n"))


def checkpoint_with_another_root(record: Record) -> None:
    rows = record.newest().read_text().splitlines()
    rows[2] = base64.b64encode(b"x" * 32).decode()
    record.newest().write_text("\n".join(rows) + "\n")


def checkpoint_of_another_run(record: Record) -> None:
    record.newest().write_text(record.newest().read_text().replace("bringup/2", "bringup/3"))


def checkpoint_with_a_bent_signature(record: Record) -> None:
    path = record.newest().with_suffix(".sig")
    text = path.read_text()
    at = text.index("\n") + 90
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])


def checkpoint_with_the_signature_of_another(record: Record) -> None:
    first = record.checkpoints / f"{record.sizes()[0]}.sig"
    shutil.copy(first, record.newest().with_suffix(".sig"))


def removed_signature(record: Record) -> None:
    record.newest().with_suffix(".sig").unlink()


def removed_middle_checkpoint(record: Record) -> None:
    size = record.sizes()[3]
    for kind in ("txt", "sig"):
        (record.checkpoints / f"{size}.{kind}").unlink()


CONTRADICTIONS: list[tuple[Tamper, str]] = [
    (edited_evidence, "blob"),
    (removed_evidence, "blob"),
    (swapped_evidence, "blob"),
    (emptied_evidence, "blob"),
    (expects_less, "file"),
    (wider_limits, "file"),
    (removed_playbook, "file"),
    (no_longer_simulated, "file"),
    (judged_better, "root"),
    (ended_better, "root"),
    (measured_better, "root"),
    (other_limit_in_force, "root"),
    (removed_line, "out-of-order"),
    (removed_line_and_renumbered, "root"),
    (doubled_line, "out-of-order"),
    (reordered_lines, "out-of-order"),
    (earlier_time, "root"),
    (cut_in_a_line, "truncated"),
    (cut_to_half, "truncated"),
    (removed_closing_line, "truncated"),
    (more_behind_the_end, "after-closed"),
    (forged_intent, "root"),
    (approved_by_another, "approval"),
    (edited_approval, "approval"),
    (checkpoint_with_another_root, "root"),
    (checkpoint_of_another_run, "origin"),
    (checkpoint_with_a_bent_signature, "signature"),
    (checkpoint_with_the_signature_of_another, "signature"),
    (removed_signature, "signature"),
    (removed_middle_checkpoint, "checkpoint-missing"),
]


@pytest.mark.parametrize(
    ("tamper", "finding"), CONTRADICTIONS, ids=lambda item: getattr(item, "__name__", "")
)
def test_what_an_editor_does_is_a_contradiction(record: Record, tamper: Tamper, finding: str) -> None:
    before = {path: path.read_bytes() for path in record.folder.rglob("*") if path.is_file()}
    tamper(record)
    after = {path: path.read_bytes() for path in record.folder.rglob("*") if path.is_file()}
    assert before != after, "nothing was tampered with"
    done = record.verify()
    assert done.status == 4, done.output
    assert "THE RECORD CONTRADICTS ITSELF" in done.output
    contradictions = [line for line in done.output.splitlines() if line.startswith("  contradiction: ")]
    assert any(f"[{finding}]" in line for line in contradictions), done.output


def removed_last_checkpoint(record: Record) -> None:
    newest = record.newest()
    newest.unlink()
    newest.with_suffix(".sig").unlink()


def cut_back_to_an_older_checkpoint(record: Record) -> None:
    size = record.sizes()[4]
    record.write(record.lines[:size])
    for each in record.sizes()[5:]:
        for kind in ("txt", "sig"):
            (record.checkpoints / f"{each}.{kind}").unlink()


@pytest.mark.parametrize(
    ("tamper", "finding"),
    [(removed_last_checkpoint, "uncovered"), (cut_back_to_an_older_checkpoint, "not-closed")],
    ids=lambda item: getattr(item, "__name__", ""),
)
def test_what_only_takes_away_the_end_is_incomplete_and_by_the_kept_checkpoint_it_shows(
    original: Record, record: Record, tamper: Tamper, finding: str
) -> None:
    tamper(record)
    done = record.verify()
    assert done.status == 3, done.output
    assert f"[{finding}]" in done.output
    kept = record.verify("--checkpoint", str(original.newest()))
    assert kept.status == (4 if finding == "not-closed" else 3), kept.output


# With a key.


def test_a_record_signed_anew_by_a_stranger_is_incomplete_and_shows_his_fingerprint(record: Record) -> None:
    """Where no person has signed behind what he changed; else that signature is what he can't make anew."""
    stranger = KeySigner.throwaway(identity="machine")
    record.edit(record.find("RunClosed")[0], at="2020-01-01T00:00:00.000000Z")
    record.forge(stranger)
    done = record.verify()
    assert done.status == 3, done.output
    assert "[signer-unknown]" in done.output
    assert fingerprint(stranger.public_key) in done.output
    record.edit(record.find("Judged")[20], verdict="MARGINAL")
    record.forge(stranger)
    done = record.verify()
    assert done.status == 4, done.output
    assert "[approval]" in done.output


@pytest.mark.parametrize("kind", ["Judged", "Measured", "EvidenceKept", "StepEnded"])
def test_the_holder_of_the_machines_key_can_not_change_what_a_person_signed_over(
    kind: str, record: Record, machine_key: KeySigner
) -> None:
    """He makes every checkpoint anew; the sign-off was over the tree as it was."""
    seq = record.find(kind)[-12]
    record.edit(seq, **({"name": "another"} if kind == "EvidenceKept" else {"subject": "leaf-9"}))
    record.forge(machine_key)
    done = record.verify()
    assert done.status == 4, done.output
    contradictions = [line for line in done.output.splitlines() if line.startswith("  contradiction: ")]
    assert contradictions
    assert all("[approval]" in line for line in contradictions), done.output


def answered_otherwise(event: Event, other: Event) -> Event:
    return {"value": "refuse" if event["value"] == "approve" else "no"}


def signed_by_another_name(event: Event, other: Event) -> Event:
    return {"by": "somebody else"}


def signature_of_another_question(event: Event, other: Event) -> Event:
    return {"signature": other["signature"]}


def approval_of_another_question(event: Event, other: Event) -> Event:
    return {name: other[name] for name in ("signature", "signed_text", "signer")}


def question_of_another_approval(event: Event, other: Event) -> Event:
    return {"question": other["question"], "value": other["value"]}


def without_its_text(event: Event, other: Event) -> Event:
    return {"signed_text": None}


@pytest.mark.parametrize(
    "spoil",
    [
        answered_otherwise,
        signed_by_another_name,
        signature_of_another_question,
        approval_of_another_question,
        question_of_another_approval,
        without_its_text,
    ],
)
def test_the_holder_of_the_machines_key_can_not_change_an_approval(
    spoil: Callable[[Event, Event], Event], record: Record, machine_key: KeySigner
) -> None:
    """The sign-off itself, behind which no person signs any more: it fits its own event or nothing does."""
    approvals = [seq for seq in record.find("Answered") if record.event(seq)["signature"] is not None]
    first, last = approvals[0], approvals[-1]
    record.edit(last, **spoil(record.event(last), record.event(first)))
    record.forge(machine_key)
    done = record.verify()
    assert done.status == 4, done.output
    assert f"event {last}" in done.output
    assert "[approval]" in done.output


def test_what_the_holder_of_the_machines_key_writes_behind_the_last_signature_shows_by_a_kept_checkpoint(
    original: Record, record: Record, machine_key: KeySigner
) -> None:
    record.edit(record.find("RunClosed")[0], at="2020-01-01T00:00:00.000000Z")
    record.forge(machine_key)
    assert record.verify().status == 0, "one copy alone can't show it"
    done = record.verify("--checkpoint", str(original.newest()))
    assert done.status == 4, done.output
    assert "--checkpoint" in done.output


def test_a_signer_who_is_not_known_here_leaves_it_incomplete(record: Record, tmp_path: Path) -> None:
    others = tmp_path / "signers"
    key = KeySigner.throwaway(identity="somebody")
    others.write_text(f'somebody namespaces="{CHECKPOINT}" {key.public_key}\n')
    done = record.verify("--signers", str(others))
    assert done.status == 3, done.output
    assert record.event(record.find("Checkpointed")[0])["signer"] in done.output
    assert "[signer-unknown]" in done.output


def test_a_checkpoint_from_elsewhere_must_be_of_this_record(original: Record, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    for size in original.sizes():
        text = (original.checkpoints / f"{size}.txt").read_text()
        kept.write_text(text)
        done = original.verify("--checkpoint", str(kept))
        assert done.status == 0, done.output
        assert f"the given checkpoint of {size} events is contained" in done.output
    rows = text.splitlines()
    for changed in (
        [rows[0].replace("bringup/2", "bringup/3"), *rows[1:]],
        [rows[0], str(int(rows[1]) + 1), rows[2]],
        [rows[0], str(int(rows[1]) - 1), rows[2]],
        [rows[0], rows[1], base64.b64encode(b"x" * 32).decode()],
        ["nonsense"],
    ):
        kept.write_text("\n".join(changed) + "\n")
        assert original.verify("--checkpoint", str(kept)).status == 4, changed


# Without this program.


def keygen(record: Record, checkpoint: Path) -> Done:
    """Stock OpenSSH on one checkpoint text, with the signers that this machine knows."""
    signers = Path(record.nursery.environment["XDG_CONFIG_HOME"]) / "bringup" / "allowed_signers"
    words = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "machine", "-n", CHECKPOINT]
    done = subprocess.run(
        [*words, "-s", str(record.newest().with_suffix(".sig"))],
        input=checkpoint.read_bytes(),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return Done(done.returncode, (done.stdout + done.stderr).decode())


def test_stock_ssh_keygen_verifies_the_newest_checkpoint_and_refuses_an_altered_one(
    record: Record, tmp_path: Path
) -> None:
    good = keygen(record, record.newest())
    assert good.status == 0, good.output
    assert f'Good "{CHECKPOINT}" signature for machine' in good.output
    text = record.newest().read_text()
    altered = tmp_path / "altered"
    size = record.sizes()[-1]
    for other in (
        text.replace(f"\n{size}\n", f"\n{size - 1}\n"),
        text.replace("bringup/2", "bringup/3"),
        text + "\n",
        text[:-1],
    ):
        assert other != text
        altered.write_text(other)
        assert keygen(record, altered).status != 0, other


def test_the_lines_of_the_readme_do_what_it_says(record: Record) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (block,) = [each for each in blocks if "ssh-keygen -Y verify" in each]
    done = subprocess.run(
        ["bash", "-c", block],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "RUN": str(record.folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Good ") == 1
    assert done.stdout.splitlines()[-1] == "an altered checkpoint is refused"


def test_the_root_in_the_newest_checkpoint_is_that_of_the_lines(record: Record) -> None:
    tree = Tree()
    for line in record.lines:
        tree.add(line)
    rows = record.newest().read_text().splitlines()
    assert rows == [
        f"bringup/{record.folder.name}",
        str(tree.size),
        base64.b64encode(tree.root()).decode(),
    ]
