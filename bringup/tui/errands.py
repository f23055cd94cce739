"""What takes files: copies, exported views, evidence to read, the digest of a photo. None of it is done in
the loop that draws; each gives the words to say.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from bringup.journal.folder import RunFolder
from bringup.tui import clip
from bringup.tui.effect import Copy, Export, Photo, Send
from bringup.view.text import lines

MOST_READ = 512 * 1024
LINE_CELLS = 400
MOST_LINES = 8000
NO_HASH = ""


async def copy(
    folder: RunFolder, effect: Copy, environment: Mapping[str, str], write: Callable[[str], None]
) -> str:
    """Into a file, and to the terminal by `write` where it is not too long."""
    try:
        file = await asyncio.to_thread(clip.store, effect.text, folder.path, "copy", environment)
    except OSError as error:
        return f"not copied: {error.filename}: {error.strerror}"
    sent = clip.sequences(effect.text, environment)
    if sent:
        write(sent)
    return clip.told(effect.text, bool(sent), file, folder.path)


async def export(folder: RunFolder, effect: Export, environment: Mapping[str, str]) -> str:
    try:
        file = await asyncio.to_thread(clip.store, effect.text, folder.path, effect.what, environment)
    except OSError as error:
        return f"not exported: {error.filename}: {error.strerror}"
    return f"exported ({len(effect.text)} chars) to {file.name}, in {file.parent}"


async def fetch(folder: RunFolder, sha256: str) -> tuple[str, ...]:
    """A piece of evidence as harmless lines, or the one line that says why not."""
    try:
        data, whole = await asyncio.to_thread(_read, folder.blob(sha256))
    except (OSError, EOFError, zlib.error) as error:
        return (f"can't be read: {error}",)
    if whole and hashlib.sha256(data).hexdigest() != sha256:
        return ("DAMAGED: these bytes are not the ones that the record names", *_shown(data))
    more = () if whole else (f"(only the first {MOST_READ // 1024} KiB are shown)",)
    return (*_shown(data), *more) if data else ("(empty)",)


def _read(place: Path) -> tuple[bytes, bool]:
    with gzip.open(place) as file:
        data = file.read(MOST_READ + 1)
    return data[:MOST_READ], len(data) <= MOST_READ


def _shown(data: bytes) -> tuple[str, ...]:
    return lines(data.decode("utf-8", errors="backslashreplace"), LINE_CELLS, MOST_LINES)


async def photo_note(effect: Photo, *, readable: bool) -> Send:
    """The note that names a photo; its digest where the file can be read from here."""
    told = await asyncio.to_thread(_digest, effect.reference) if readable else NO_HASH
    arguments = {"text": f"photo {effect.reference}{told}: {effect.text}"}
    step, at, subject = effect.about.partition("@")
    if at or step:
        arguments["subject"] = subject or step
    return Send("note", arguments)


def _digest(reference: str) -> str:
    try:
        file = Path(reference).expanduser()
        if not file.is_file():
            return NO_HASH
        with file.open("rb") as opened:
            return f" (sha256 {hashlib.file_digest(opened, 'sha256').hexdigest()})"
    except (OSError, ValueError, RuntimeError):  # no file, no path, nobody's home
        return NO_HASH
