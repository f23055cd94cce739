"""Checks the proof of one event that `log prove` wrote; shares no code with what made it.

RFC 6962: leaf hash SHA-256(0x00 || line), inner SHA-256(0x01 || left || right); the path from leaf to root is
walked as RFC 9162, section 2.1.3.2 describes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from bringup.journal.verify.heads import parse_checkpoint
from bringup.journal.verify.sshsig import BadSignatureError, Signers, check_signature

SCHEMA = "bringup.proof/1"
NAMESPACE = "bringup-checkpoint@v1"
PROOF_CAP_BYTES = 32 * 1024 * 1024
LONGEST_PATH = 64


class ProofResult(NamedTuple):
    """`code` as of `log verify`: 0 proven by a known signer, 3 proven by an unknown one, 4 not proven."""

    code: int
    text: str
    line: str = ""


def check_proof(data: bytes, signers: Signers) -> ProofResult:
    """What the proof in `data` shows. Whatever is wrong with it, it is not proven."""
    try:
        proof = json.loads(data)
    except (ValueError, RecursionError):
        return ProofResult(4, "it is no JSON")
    fault, line, path = _shape(proof)
    if fault:
        return ProofResult(4, fault)
    head = parse_checkpoint(proof["checkpoint"].encode())
    if head is None or head.size != proof["size"]:
        return ProofResult(4, "its checkpoint is none of that size")
    if head.origin != f"bringup/{proof['run']}":
        return ProofResult(4, f"its checkpoint is of {head.origin}, the proof of {proof['run']}")
    if _root(line, proof["index"], head.size, path) != head.root:
        return ProofResult(4, "the path does not lead from the event to the checkpoint")
    try:
        signer = check_signature(proof["signature"].encode(), proof["checkpoint"].encode(), NAMESPACE)
    except BadSignatureError as error:
        return ProofResult(4, f"the signature of its checkpoint: {error}")
    name = signers.name(signer, NAMESPACE)
    place = f"event {proof['index']} of {proof['run']} stands in the checkpoint over {head.size} events"
    if name is None:
        return ProofResult(3, f"{place}, signed by {signer.fingerprint}, unknown here", proof["line"])
    return ProofResult(0, f"{place}, signed by {name} {signer.fingerprint}", proof["line"])


def load_proof(path: Path) -> bytes:
    """The file's bytes, up to a cap that no proof comes near.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return file.read(PROOF_CAP_BYTES)


def _shape(proof: Any) -> tuple[str, bytes, list[bytes]]:
    """What is wrong with its fields ("" for nothing), the line and the path."""
    if not isinstance(proof, dict) or proof.get("schema") != SCHEMA:
        return f"it is no {SCHEMA}", b"", []
    texts = ("run", "line", "checkpoint", "signature")
    if not all(isinstance(proof.get(name), str) for name in texts):
        return f"one of {', '.join(texts)} is missing", b"", []
    index, size, path = proof.get("index"), proof.get("size"), proof.get("path")
    if not (type(index) is int and type(size) is int and 0 <= index < size < 2**53):
        return "its index is not in the tree of its size", b"", []
    if not isinstance(path, list) or len(path) > LONGEST_PATH:
        return "its path is none", b"", []
    try:
        nodes = [base64.b64decode(node, validate=True) for node in path]
        line = proof["line"].encode("ascii")
    except (binascii.Error, ValueError, TypeError):
        return "its path or line is damaged", b"", []
    if any(len(node) != 32 for node in nodes) or "\n" in proof["line"]:
        return "its path or line is damaged", b"", []
    return "", line, nodes


def _root(line: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that the path leads to; None where it is too short or too long for the tree."""
    node = hashlib.sha256(b"\x00" + line).digest()
    last = size - 1
    for beside in path:
        if last == 0:
            return None
        if index % 2 == 1 or index == last:
            node = hashlib.sha256(b"\x01" + beside + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + beside).digest()
        index, last = index // 2, last // 2
    return node if last == 0 else None
