"""Runs that the tests of the journal write: whole small records, made by the real writer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.journal.redact import Redactor
from bringup.journal.sign import APPROVE, KeySigner, approval_text, fingerprint
from bringup.journal.write import Journal
from bringup.model.event import Answered, EvidenceKept, Noted, PlanFixed, RunClosed, RunStarted
from bringup.model.verdict import Verdict


class Clock:
    """Both clocks, moved by hand."""

    def __init__(self, wall_ns: int = 1_800_000_000_000_000_000, mono_ns: int = 1_000_000_000) -> None:
        self.wall, self.mono = wall_ns, mono_ns

    def wall_ns(self) -> int:
        return self.wall

    def mono_ns(self) -> int:
        return self.mono

    def pass_s(self, seconds: float) -> None:
        self.wall += int(seconds * 1e9)
        self.mono += int(seconds * 1e9)


class Made(msgspec.Struct, frozen=True):
    """A closed record and what is needed to check it."""

    folder: RunFolder
    signers: Path
    signer: KeySigner
    approver: KeySigner


def started(folder: RunFolder, *, simulated: bool = False) -> RunStarted:
    """RunStarted with the digest of the run.json that it writes."""
    digest = folder.write_run_json({"run": folder.run_id, "playbook": "mini"})
    return RunStarted(
        run=folder.run_id,
        path=str(folder.path),
        playbook="mini",
        inventory="inventory.toml",
        program="0.1.0",
        host="here",
        user="somebody",
        run_json=digest,
        simulated=simulated,
    )


def closed() -> RunClosed:
    return RunClosed(verdict=Verdict.PASS, exit_code=0)


def note(text: str = "a note") -> Noted:
    return Noted(text=text, by="somebody")


def evidence(sha256: str, size: int) -> EvidenceKept:
    return EvidenceKept(
        stage="optics",
        step="optic.levels",
        subject="leaf-1/Ethernet0",
        attempt=1,
        name="transcript",
        sha256=sha256,
        size=size,
        media_type="text/plain",
    )


def approved(journal: Journal, run: str, key: KeySigner) -> Answered:
    """An answer to a dangerous question, signed over the tree as it is."""
    size, root = journal.head()
    text = approval_text(run=run, question="q-1", answer="yes", by="somebody", size=size, root=root)
    return Answered(
        stage="power",
        step="outlet",
        subject="pdu-1/outlet-3",
        attempt=1,
        question="q-1",
        value="yes",
        by="somebody",
        simulated=key.label == "simulated",
        signed_text=text,
        signature=key.sign(text.encode(), APPROVE).decode(),
        signer=fingerprint(key.public_key),
    )


async def start(base: Path, redactor: Redactor | None = None) -> tuple[RunFolder, Journal, KeySigner]:
    """A run with its first two events, open for writing; its key stands in BASE/config/allowed_signers."""
    signer = machine_signer(base / "config")
    folder = RunFolder.create(base / "runs")
    journal = await Journal.create(folder, signer=signer, redactor=redactor)
    await journal.append(started(folder))
    plan = {"playbook.toml": folder.keep_plan("playbook.toml", b'name = "mini"\n')}
    await journal.append(PlanFixed(files=plan, planned=()))
    return folder, journal, signer


async def make(base: Path, *, notes: int = 20) -> Made:
    """A closed record with everything in it: plan, evidence, an approval, checkpoints."""
    folder, journal, signer = await start(base)
    approver = KeySigner.throwaway()
    for number in range(notes):
        await journal.offer(note(f"note {number}"))
    for blob in (b"lane 1: -2.0 dBm\n" * 50, b"another answer"):
        kept = await journal.keep(blob, media_type="text/plain")
        await journal.offer(evidence(kept.sha256, kept.size))
    await journal.append(approved(journal, folder.run_id, approver))
    await journal.checkpoint()
    for number in range(notes):
        await journal.append(note(f"late note {number}"))
    await journal.checkpoint()
    await journal.close(closed())
    return Made(folder, base / "config" / "allowed_signers", signer, approver)


def make_now(base: Path, *, notes: int = 20) -> Made:
    """`make` for tests that have no event loop."""
    return asyncio.run(make(base, notes=notes))


def lines(folder: RunFolder) -> list[bytes]:
    """All stored lines, of all segments, as they lie on the disk."""
    return b"".join(folder.segment(number).read_bytes() for number in folder.segments()).splitlines()
