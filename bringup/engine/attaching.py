"""Files of instruments, attached to one end of a cable (field rule 15): what a scope, a loss test set or an
OTDR says is kept whole, and read as far as it is certain.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from bringup.decode.registry import detect, find_format
from bringup.engine.book import Book
from bringup.engine.clock import EngineClock
from bringup.model.errors import InputError
from bringup.model.event import EvidenceAttached
from bringup.model.facts import Decoded
from bringup.model.facts_fibre import EndFace, FibreLoss, OtdrTrace
from bringup.model.inventory import Inventory

CAP_BYTES = 16 * 1024 * 1024
FORMS: Mapping[str, str] = MappingProxyType(
    {"end_face": "fibre.end-face", "loss": "fibre.loss", "otdr": "fibre.otdr-sor"}
)
"""What a file may be evidence of, and the format that it is read as."""
OTHER = "other"
BINARY, TEXT = "application/octet-stream", "text/plain"
NAME_CHARACTERS = 120
UNKNOWN = "no known instrument writes like this"


class Attaching:
    """Writes what is attached into the record."""

    def __init__(self, book: Book, clock: EngineClock, inventory: Inventory) -> None:
        self.inventory = inventory
        self._book, self._clock = book, clock

    async def attach(self, end: str, form: str, name: str, data: bytes, by: str) -> None:
        """Keep the file, then say what it is; durable when it returns."""
        event = read_as(form, data)
        blob = await self._book.journal.keep(data, media_type=event.media_type)
        whole = msgspec.structs.replace(
            event,
            subject=end,
            name=name,
            sha256=blob.sha256,
            size=blob.size,
            by=by,
            attached_unix_s=self._clock.wall_unix_s(),
        )
        await self._book.append(whole)


def read_file(path: str) -> tuple[str, bytes]:
    """Name and content of a regular file on the runner's machine.

    Raises:
        InputError: it can't be read, is none, or is too large.
    """
    if "\x00" in path or not Path(path).is_absolute():
        raise InputError(f"{path[:200]!a} is no whole path", "Name the file from / on.")
    try:
        # Without O_NONBLOCK a named pipe would hold up the run until somebody writes to it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror}", "Name a file on the run's machine."
        ) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{path} is no file", "Name what the instrument has written.")
    with os.fdopen(handle, "rb") as opened:
        data = opened.read(CAP_BYTES + 1)
    if len(data) > CAP_BYTES:
        raise InputError(
            f"{path} is larger than {CAP_BYTES >> 20} MiB", "Attach the results, not the pictures."
        )
    if not data:
        raise InputError(f"{path} is empty", "Export it again.")
    return Path(path).name[:NAME_CHARACTERS], data


def end_named(inventory: Inventory, port: str) -> str:
    """The end of a cable that a port is.

    Raises:
        InputError: no cable of the list ends there.
    """
    device, colon, name = port.partition(":")
    for subject in (port, f"{device}/{name}") if colon and "/" not in device else (port,):
        if subject in inventory.far_ends:
            return subject
    raise InputError(f"no cable of the list ends at {port[:80]!a}", "Write it DEVICE/PORT.")


def form_named(form: str) -> str:
    """Raises: InputError, where there is no such form."""
    if form and form not in FORMS:
        raise InputError(f"{form[:40]!a} is no kind of evidence", f"There are: {', '.join(FORMS)}.")
    return form


def read_as(form: str, data: bytes) -> EvidenceAttached:
    """What is known of a file by its content alone. Without a form it is told by it; what can't be read is
    kept all the same, and proves nothing.
    """
    decoded = _decoded(form, data)
    form = form or next((each for each, made in FORMS.items() if decoded and made == decoded.format), OTHER)
    return EvidenceAttached(
        subject="",
        form=form,
        name="",
        sha256="",
        size=len(data),
        media_type=BINARY if b"\x00" in data else TEXT,
        by="",
        outcome=decoded.outcome if decoded is not None else "unparsable",
        told="; ".join(decoded.warnings)[:400] if decoded is not None else UNKNOWN,
        **(_read(decoded) if decoded is not None and decoded.outcome == "ok" else {}),
    )


def _decoded(form: str, data: bytes) -> Decoded | None:
    made = find_format(FORMS[form]) if form else detect(data)
    return made.decode(data) if made is not None and made.name in FORMS.values() else None


def _read(decoded: Decoded) -> dict[str, Any]:
    facts = decoded.facts
    trace, taken = facts.get("trace"), facts.get("taken_unix_s")
    if isinstance(trace, OtdrTrace):
        return {
            "loss_db": trace.link_loss_db.value,
            "wavelength_nm": trace.wavelength_nm.value,
            "fibres": 1,
            "taken_unix_s": trace.taken_unix_s.value,
        }
    rows = facts.get("end_faces") or facts.get("losses")
    assert isinstance(rows, tuple)
    return {
        "result": facts.get("result") or "",
        "loss_db": facts.get("worst_loss_db"),
        "fibres": _fibres(rows),
        "taken_unix_s": taken,
    }


def _fibres(rows: Sequence[object]) -> int:
    """Fibres that are told of by name; 0 where the connector as a whole is."""
    named = {row.fibre for row in rows if isinstance(row, EndFace | FibreLoss) and row.fibre}
    return len(named) if len(rows) > 1 or any(name.isdecimal() for name in named) else 0
