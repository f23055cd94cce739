"""Signatures of people: given over this very record, for this very command."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from pathlib import Path

from bringup.engine.book import Book
from bringup.engine.desk import Command, Reply, Sender
from bringup.journal.sign import APPROVE, approval_text
from bringup.journal.verify.sshsig import BadSignatureError, check_signature
from bringup.model.errors import InputError

HEADS_KEPT = 1000
EVIDENCE_CAP_BYTES = 16 * 1024 * 1024
_HEAD = re.compile(r"head (\d{1,16}) (\S+)")


class Approvals:
    """Tells heads of the record, and checks what was signed over one of them."""

    def __init__(self, book: Book, run_id: str) -> None:
        self._book = book
        self._run_id = run_id
        self._heads: OrderedDict[int, str] = OrderedDict()

    def head(self) -> Reply:
        """The record as it is now: what an approval is signed over. Only a head that was told here counts."""
        size, root = self._book.journal.head()
        self._heads[size] = root
        while len(self._heads) > HEADS_KEPT:
            self._heads.popitem(last=False)
        return Reply(ok=True, size=size, root=root)

    def signer(
        self, command: Command, question: str, value: str, sender: Sender, *, after: int
    ) -> str | None:
        """The fingerprint of the key that signed this very command, over a head of this record that covers
        the event `after`: neither another run's signature nor an older one of this run will do.

        Raises:
            InputError: there is a signature, and it is not that.
        """
        text, signature = command.arguments.get("signed_text"), command.arguments.get("signature")
        if text is None and signature is None:
            return None
        if text is None or signature is None:
            raise InputError("a signature and the text that it signs go together")
        size, root = self._told_head(text)
        if size <= after:
            raise InputError("the signature was given before this was asked", "Sign it again: --key KEY.")
        wanted = approval_text(
            run=self._run_id, question=question, answer=value, by=sender.by, size=size, root=root
        )
        if text != wanted:
            raise InputError("the signed text is about something else than this answer")
        try:
            return check_signature(signature.encode(), text.encode(), APPROVE).fingerprint
        except (BadSignatureError, UnicodeError) as error:
            raise InputError(f"the signature is not good: {error}") from error

    def _told_head(self, text: str) -> tuple[int, str]:
        """Size and root that a signed text names, which must be a head that this runner has told."""
        found = _HEAD.fullmatch(text.removesuffix("\n").rpartition("\n")[2])
        if found is None:
            raise InputError("the signed text names no head of the record")
        size, root = int(found[1]), found[2]
        if self._heads.get(size) != root:
            raise InputError("the signed text names a head that is none of this record's", "Sign it again.")
        return size, root


def waiver_question(arguments: dict[str, str]) -> str:
    """What a waiver's signature is about: step, subject (all without one) and end date."""
    until = f" until {arguments['until']}" if arguments.get("until") else ""
    return f"waive {arguments.get('step', '')}@{arguments.get('subject', '*')}{until}"


def replacement_question(arguments: dict[str, str]) -> str:
    """What the signature under a replacement is about: both serials, where, and what goes with it."""
    words = [f"replace {arguments.get('old', '')} by {arguments.get('new', '')}"]
    more = ("subject", "rma", "moved_to", "evidence_sha256")
    words += [f"{name} {arguments[name]}" for name in more if arguments.get(name)]
    return ", ".join(words)


def kept_evidence(arguments: dict[str, str]) -> tuple[str, bytes] | None:
    """Name and content of the file that goes with a replacement, which must be the one that was signed for.

    Raises:
        InputError: it can't be read, is too large, or is another by now.
    """
    if not arguments.get("evidence"):
        return None
    path = Path(arguments["evidence"])
    try:
        with path.open("rb") as file:
            data = file.read(EVIDENCE_CAP_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    if len(data) > EVIDENCE_CAP_BYTES:
        raise InputError(f"{path} is larger than {EVIDENCE_CAP_BYTES >> 20} MiB", "Give a smaller file.")
    if hashlib.sha256(data).hexdigest() != arguments.get("evidence_sha256"):
        raise InputError(f"{path} is not the file that was signed for", "Send it again.")
    return path.name, data
