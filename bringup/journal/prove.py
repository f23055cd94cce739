"""A proof that one event stands in a record: its line, the hashes beside its path in the tree, and the signed
checkpoint that they lead to. Who has it needs neither the record nor this program (docs: `log prove --help`).
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.tree import inclusion_proof, leaf_hash, subtree_root
from bringup.journal.verify.heads import Head, parse_checkpoint
from bringup.journal.verify.proof import NAMESPACE, SCHEMA
from bringup.journal.verify.sshsig import BadSignatureError, check_signature
from bringup.model.errors import InputError

CHECKPOINT_CAP_BYTES = 64 * 1024


class ContradictionError(JournalError):
    """The record is not the one that its checkpoint covers: exit code 4."""


class UncoveredError(JournalError):
    """No signed checkpoint covers the event (yet): exit code 3."""


def prove(folder: RunFolder, seq: int, size: int | None = None) -> dict[str, Any]:
    """The proof of event `seq` in the last checkpoint, or in the one over `size` events, as plain JSON.

    Raises:
        InputError: there is no such event, or no such checkpoint.
        UncoveredError: the event stands after the last signed checkpoint.
        ContradictionError: the events are not those that the checkpoint covers, or its signature is none.
    """
    lines = [entry.line for entry in read(folder)]
    if not 0 <= seq < len(lines):
        last = f"its events are 0 to {len(lines) - 1}" if lines else "it has no events"
        raise InputError(f"the record has no event {seq}: {last}", "`bringup log show` numbers them.")
    head, text, signature = _checkpoint(folder, seq, size)
    if head.size > len(lines):
        raise ContradictionError(
            f"the checkpoint covers {head.size} events and {len(lines)} are there",
            "`bringup log verify` says more",
        )
    leaves = [leaf_hash(line) for line in lines[: head.size]]
    if subtree_root(leaves) != head.root:
        raise ContradictionError(
            f"the first {head.size} events are not those that the checkpoint covers",
            "`bringup log verify` says more",
        )
    try:
        signer = check_signature(signature, text, NAMESPACE)
    except BadSignatureError as error:
        raise ContradictionError(
            f"checkpoints/{head.size}.sig: {error}", "`bringup log verify` says more"
        ) from error
    return {
        "schema": SCHEMA,
        "run": folder.run_id,
        "index": seq,
        "line": lines[seq].decode("ascii"),
        "size": head.size,
        "path": [base64.b64encode(node).decode() for node in inclusion_proof(leaves, seq)],
        "checkpoint": text.decode(),
        "namespace": NAMESPACE,
        "signature": signature.decode("ascii"),
        "signer": signer.fingerprint,
    }


def _checkpoint(folder: RunFolder, seq: int, size: int | None) -> tuple[Head, bytes, bytes]:
    """The signed checkpoint to prove by: head, text and signature."""
    sizes = sorted(int(path.stem) for path in _texts(folder) if path.with_suffix(".sig").is_file())
    if size is not None and size not in sizes:
        shown = ", ".join(map(str, sizes)) or "none"
        raise InputError(f"no signed checkpoint covers {size} events: there are {shown}", "Leave --size out.")
    wanted = size if size is not None else max(sizes, default=0)
    if wanted <= seq:
        raise UncoveredError(
            f"no signed checkpoint covers event {seq} (the last one covers {max(sizes, default=0)} events)",
            "a later one will: at the end of the stage, each minute, and when the run is closed",
        )
    text = _read(folder.checkpoints / f"{wanted}.txt")
    head = parse_checkpoint(text)
    if head is None or head.size != wanted:
        raise ContradictionError(
            f"checkpoints/{wanted}.txt is no checkpoint of that size", "`bringup log verify` says more"
        )
    return head, text, _read(folder.checkpoints / f"{wanted}.sig")


def _texts(folder: RunFolder) -> list[Path]:
    try:
        return [
            path for path in folder.checkpoints.glob("*.txt") if path.stem.isdigit() and path.stem.isascii()
        ]
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(CHECKPOINT_CAP_BYTES)
    except OSError as error:
        raise JournalError(f"{path} can't be read: {error.strerror}", "see to the disk") from error
