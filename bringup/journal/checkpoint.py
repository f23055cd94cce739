"""Signed tree heads: the C2SP tlog-checkpoint text and its SSHSIG, kept in `checkpoints/`."""

from __future__ import annotations

from collections.abc import Callable

from bringup.journal.disk import write_durably
from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.machine import signers_line
from bringup.journal.sign import CHECKPOINT, Signer


def checkpoint_text(origin: str, size: int, root: str) -> bytes:
    """Three lines: whose tree, how many leaves, and the base64 root over them."""
    return f"{origin}\n{size}\n{root}\n".encode()


def keep_checkpoint(
    folder: RunFolder, signer: Signer, size: int, text: bytes, make_room: Callable[[], bool]
) -> None:
    """Sign and write, durably. The signature first: a text that stands there is complete. Blocks.

    A runner that is taken over in here does no harm: its text covers only what was durable before.

    Raises:
        JournalError: the key or the disk says no.
    """
    path = folder.checkpoints / f"{size}.txt"
    try:
        write_durably(path.with_suffix(".sig"), signer.sign(text, CHECKPOINT), on_full=make_room)
        write_durably(path, text, on_full=make_room)
        _list_signer(folder, signers_line(signer, CHECKPOINT).encode() + b"\n")
    except OSError as error:
        raise JournalError(f"the checkpoint {path.name} can't be written: {error.strerror}") from error


def _list_signer(folder: RunFolder, line: bytes) -> None:
    """Have the key in the run's own list: a convenience for `ssh-keygen -Y verify`, never a root of trust."""
    try:
        old = folder.signers.read_bytes()
    except FileNotFoundError:
        old = b""
    if line not in old.splitlines(keepends=True):
        write_durably(folder.signers, old + line)
