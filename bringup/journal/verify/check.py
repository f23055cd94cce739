"""Verifies one run's folder: lines, tree, checkpoints, signatures, and every file whose digest stands in an
event.
"""

from __future__ import annotations

import base64
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bringup.journal.verify.events import OPENING, Claim, EventsReader, Unreadable, read_plain
from bringup.journal.verify.files import Files
from bringup.journal.verify.heads import Head, parse_checkpoint, parse_head
from bringup.journal.verify.report import Finding, Report
from bringup.journal.verify.sshsig import BadSignatureError, Signers, check_signature

__all__ = ["Finding", "Report", "default_signers", "verify"]

CHECKPOINT = "bringup-checkpoint@v1"
APPROVE = "bringup-approve@v1"
LARGEST_CHECKPOINT = 64 * 1024


def default_signers() -> Path:
    """`~/.config/bringup/allowed_signers` (or under `$XDG_CONFIG_HOME`)."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".config"
    return root / "bringup" / "allowed_signers"


def verify(folder: Path, signers: Path | None = None, checkpoint: Path | None = None) -> Report:
    """Check the record in `folder`. Without `signers` the default file is used; where there is none, nobody
    is known.

    `checkpoint` is a text kept elsewhere (a note with witness lines too); the record must contain that tree.

    Raises:
        OSError: a file that the caller named can't be read.
        SignersError: the file of signers is none.
    """
    report = Report(path=os.fspath(folder))
    known = Signers([])
    if signers is not None or default_signers().is_file():
        known = Signers.load(signers or default_signers())
    elsewhere = checkpoint.read_bytes() if checkpoint is not None else None
    _Verification(folder, known, report).run(elsewhere)
    return report


class _Verification:
    def __init__(self, folder: Path, known: Signers, report: Report) -> None:
        self._folder = folder
        self._known = known
        self._report = report
        self._reader = EventsReader(folder, report)
        self._origin = ""
        self._run_json: str | None = None
        self._plan: dict[str, str] | None = None
        self._blobs: dict[str, int] = {}
        self._signed: list[Claim] = []
        self._recorded: dict[int, tuple[int, str, object]] = {}
        self._sealed_by: dict[int, str] = {}
        self._names: dict[str, None] = {}
        self._openings = 0
        self._simulated: dict[str, list[int]] = {}

    def run(self, elsewhere: bytes | None) -> None:
        report = self._report
        texts = self._checkpoint_texts()
        try:
            for claim in self._reader.claims(frozenset(texts)):
                self._take(claim)
            leaves = self._reader.leaves
            report.events = leaves.count
            report.root = base64.b64encode(leaves.root(leaves.count)).decode()
            self._check_files()
            self._check_checkpoints(texts)
            self._check_recorded(texts)
            for claim in self._signed:
                self._check_approval(claim)
            for key, seqs in self._simulated.items():
                events = ", ".join(map(str, seqs[:20])) + (", …" if len(seqs) > 20 else "")
                report.notes.append(f"{len(seqs)} approvals by the simulated key {key}: events {events}")
            if elsewhere is not None:
                self._check_elsewhere(elsewhere)
            self._check_end()
        finally:
            self._reader.leaves.close()
        report.signers = list(self._names)

    def _take(self, claim: Claim) -> None:
        """What one event says of files, keys and tree heads."""
        body, report = claim.body, self._report
        where = f"event {claim.seq}"
        self._openings += claim.kind in OPENING
        if claim.kind == "RunStarted":
            self._take_start(claim)
        elif claim.kind == "PlanFixed":
            files = body.get("files")
            self._plan = (
                {str(name): str(digest) for name, digest in files.items()} if isinstance(files, dict) else {}
            )
        elif claim.kind == "Checkpointed":
            size, root = body.get("size"), body.get("root")
            if isinstance(size, int) and isinstance(root, str) and size <= claim.seq:
                self._recorded[claim.seq] = (size, root, body.get("signer"))
            else:
                report.contradicts("checkpoint-event", where, "it covers itself, or nothing")
        elif claim.kind in ("Recovered", "TakenOver") and body.get("lost_events"):
            report.notes.append(
                f"{where}: the disk had lost {body['lost_events']} events that were reported durable"
            )
        if isinstance(body.get("sha256"), str):
            self._take_blob(claim)
        if body.get("signature") is not None or body.get("signed_text") is not None:
            self._signed.append(claim)

    def _take_start(self, claim: Claim) -> None:
        if self._run_json is not None or claim.seq != self._openings:
            text = "RunStarted is the first event, once"
            self._report.contradicts("second-start", f"event {claim.seq}", text)
            return
        self._origin = f"bringup/{claim.body.get('run', '')}"
        digest = claim.body.get("run_json")
        self._run_json = digest if isinstance(digest, str) else ""
        self._report.simulated = claim.body.get("simulated") is True
        if self._report.simulated:
            self._report.notes.append("the run was simulated: a lab stood behind it")
        only, inject = claim.body.get("only"), claim.body.get("inject")
        if isinstance(only, list) and only:
            self._report.notes.append(f"the run is partial: only {', '.join(map(str, only))}")
        if isinstance(inject, str):
            self._report.notes.append(f"the run was injected with a fault of its own agent: {inject}")

    def _take_blob(self, claim: Claim) -> None:
        digest, size = claim.body["sha256"], claim.body.get("size", -1)
        where = f"event {claim.seq}"
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            self._report.contradicts("blob-name", where, "its digest is no SHA-256")
        elif self._blobs.setdefault(digest, size) != size and size != -1:
            if self._blobs[digest] == -1:
                self._blobs[digest] = size
            else:
                self._report.contradicts("blob-size", where, f"blob {digest[:12]} is given two sizes")

    def _check_files(self) -> None:
        report, files = self._report, Files(self._folder, self._report)
        if self._run_json is not None:
            files.check_digest(self._folder / "run.json", self._run_json, "run.json")
            files.check_run_name(self._origin)
        elif report.events:
            report.lacks("no-start", "event 0", "no RunStarted: run.json is covered by nothing")
        if self._plan is not None:
            files.check_plan(self._plan)
        for digest, size in self._blobs.items():
            files.check_blob(digest, size)
        report.blobs = len(self._blobs)

    # Checkpoints

    def _checkpoint_texts(self) -> dict[int, bytes]:
        """Size → text of each checkpoint file. The names must say the sizes."""
        folder, report = self._folder / "checkpoints", self._report
        texts: dict[int, bytes] = {}
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError:
            return texts
        for name in names:
            stem, _, kind = name.partition(".")
            if kind == "txt" and re.fullmatch(r"[1-9]\d{0,15}", stem):
                try:
                    texts[int(stem)] = read_plain(folder / name, LARGEST_CHECKPOINT)
                except Unreadable as error:
                    report.contradicts("checkpoint", f"checkpoints/{name}", str(error))
            elif kind == "sig" and f"{stem}.txt" not in names:
                report.lacks(
                    "checkpoint-half", f"checkpoints/{name}", "a signature whose text was never written"
                )
            elif kind == "txt":
                report.contradicts("checkpoint", f"checkpoints/{name}", "its name is no size")
        return texts

    def _check_checkpoints(self, texts: dict[int, bytes]) -> None:
        for size, text in sorted(texts.items()):
            where = f"checkpoints/{size}.txt"
            head = parse_checkpoint(text)
            if head is None or text.count(b"\n") != 3:
                self._report.contradicts("checkpoint", where, "it is no checkpoint text of three lines")
                continue
            if head.size != size:
                self._report.contradicts("checkpoint", where, f"it speaks of size {head.size}")
            elif self._check_head(head, where) and self._check_checkpoint_signature(size, text):
                self._report.checkpoints += 1
                self._report.covered = max(self._report.covered, size)

    def _check_head(self, head: Head, where: str) -> bool:
        """Whether the record contains the tree that `head` speaks of, and is the run that it names."""
        leaves, report = self._reader.leaves, self._report
        if self._origin and head.origin != self._origin:
            report.contradicts("origin", where, f"it is of {head.origin}, this record is {self._origin}")
        elif head.size > leaves.count:
            text = f"it covers {head.size} events and only {leaves.count} are there"
            report.contradicts("truncated", where, text)
        elif leaves.root(head.size) != head.root:
            text = f"the first {head.size} events are not the ones it covers"
            report.contradicts("root", where, text, head.root.hex(), leaves.root(head.size).hex())
        else:
            return True
        return False

    def _check_checkpoint_signature(self, size: int, text: bytes) -> bool:
        """A known signer's, or a finding. True where the signature is valid, whoever made it."""
        where = f"checkpoints/{size}.sig"
        try:
            armored = read_plain(self._folder / "checkpoints" / f"{size}.sig", LARGEST_CHECKPOINT)
            signer = check_signature(armored, text, CHECKPOINT)
        except (Unreadable, BadSignatureError) as error:
            self._report.contradicts("signature", where, str(error))
            return False
        name = self._known.name(signer, CHECKPOINT, _time(self._reader.times.get(size)))
        if name is not None:
            self._sealed_by[size] = signer.fingerprint
        else:
            advice = "if you know that key, add it to your allowed_signers"
            self._report.lacks(
                "signer-unknown", where, f"signed by {signer.fingerprint}, unknown here; {advice}"
            )
        self._names.setdefault(f"{name or 'UNKNOWN'} {signer.fingerprint}")
        return True

    def _check_recorded(self, texts: dict[int, bytes]) -> None:
        """Each `Checkpointed` event has its files, and they say what it says."""
        for seq, (size, root, signer) in self._recorded.items():
            head = parse_checkpoint(texts[size]) if size in texts else None
            if head is None:
                self._report.contradicts(
                    "checkpoint-missing", f"event {seq}", f"checkpoints/{size}.txt is missing"
                )
            elif base64.b64encode(head.root).decode() != root:
                text = "its root is not the one of its file"
                self._report.contradicts(
                    "checkpoint-event", f"event {seq}", text, _hex(root), head.root.hex()
                )
            elif (key := self._sealed_by.get(size)) is not None and key != signer:
                text = f"it says that {signer} signed, {key} did"
                self._report.contradicts("checkpoint-signer", f"event {seq}", text)

    def _check_elsewhere(self, text: bytes) -> None:
        head = parse_checkpoint(text)
        if head is None:
            self._report.contradicts("given-checkpoint", "--checkpoint", "it is no checkpoint text")
        elif self._check_head(head, "--checkpoint"):
            self._report.notes.append(f"the given checkpoint of {head.size} events is contained")

    # Approvals

    def _check_approval(self, claim: Claim) -> None:
        """The person's key signed this answer to this question of this run, over a tree that this record
        contains.
        """
        body, where, report = claim.body, f"event {claim.seq} ({claim.kind})", self._report
        text, armored = body.get("signed_text"), body.get("signature")
        if not isinstance(text, str) or not isinstance(armored, str):
            report.contradicts("approval", where, "text or signature is missing")
            return
        try:
            signer = check_signature(armored.encode(), text.encode(), APPROVE)
        except BadSignatureError as error:
            report.contradicts("approval", where, f"its signature: {error}")
            return
        if (fault := self._approval_fault(claim, text, signer.fingerprint)) is not None:
            report.contradicts("approval", where, fault)
            return
        report.approvals += 1
        name = self._known.name(signer, APPROVE, _time(body.get("at")))
        if name is not None:
            return
        if body.get("simulated") is True or report.simulated:
            self._simulated.setdefault(signer.fingerprint, []).append(claim.seq)
        else:
            report.lacks("approver-unknown", where, f"signed by {signer.fingerprint}, unknown here")

    def _approval_fault(self, claim: Claim, text: str, fingerprint: str) -> str | None:
        """What the signed text says against the event that carries it, None where nothing."""
        body = claim.body
        said = dict(row.partition(" ")[::2] for row in text.splitlines())
        if body.get("signer") not in (None, fingerprint):
            return f"it was signed by {fingerprint}, the event says {body.get('signer')}"
        if self._origin and f"bringup/{said.get('run', '')}" != self._origin:
            return "the signed text is of another run"
        for name, field in (("question", "question"), ("answer", "value"), ("by", "by")):
            if name in said and isinstance(body.get(field), str) and said[name] != _one_line(body[field]):
                return f"the signed text has another {name} than the event"
        if "head" in said:
            head = parse_head(said["head"], self._origin)
            if head is None or head.size > claim.seq:
                return "its tree head is none from before it"
            if self._reader.leaves.root(head.size) != head.root:
                return "it was signed over another record"
        return None

    def _check_end(self) -> None:
        report, last = self._report, self._reader.last
        report.closed = last is not None and last.kind == "RunClosed"
        if not report.checkpoints:
            report.lacks("no-checkpoint", "checkpoints", "nothing is signed")
        elif report.covered < report.events:
            text = f"{report.events - report.covered} events stand after the last checkpoint"
            report.lacks("uncovered", f"event {report.covered}", text)
        if not report.closed:
            where = f"event {report.events - 1}" if report.events else "journal"
            report.lacks("not-closed", where, "the run was never closed")


def _hex(root: str) -> str:
    """A root as the tree heads write it, in hexadecimal; empty where it is none."""
    try:
        return base64.b64decode(root, validate=True).hex()
    except ValueError:
        return ""


def _one_line(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError):
        return None
