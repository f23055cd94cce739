"""What a person's console keeps between launches (console design, section 10). Never credentials, nor text
from devices, nor what is to be signed.

One JSON file, replaced whole. One that can't be read is set aside under another name, and defaults are used;
one of a later version is left as it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

VERSION = 1
MOST_OPENED = 20
MOST_DRAFTS = 50
MOST_BYTES = 256 * 1024


class Prefs(msgspec.Struct, frozen=True):
    """`filters` by screen, `drafts` by run and question, `opened` the last runs by id, the newest first."""

    version: int = VERSION
    theme: Literal["auto", "terminal", "dark", "light", "mono"] = "auto"
    glyphs: Literal["auto", "unicode", "cp437", "ascii"] = "auto"
    motion: Literal["on", "off"] = "on"
    sound: bool = True
    mouse: bool = False
    preamble: str = "~"
    filters: dict[str, str] = {}
    drafts: dict[str, str] = {}
    opened: tuple[str, ...] = ()

    def with_opened(self, run_id: str) -> Prefs:
        newest = (run_id, *(each for each in self.opened if each != run_id))
        return msgspec.structs.replace(self, opened=newest[:MOST_OPENED])

    def with_drafts(self, run_id: str, drafts: Mapping[str, str]) -> Prefs:
        """The drafts of one run instead of what was kept of it; the oldest go first."""
        others = {name: text for name, text in self.drafts.items() if not name.startswith(f"{run_id} ")}
        mine = {f"{run_id} {question}": text for question, text in drafts.items() if text}
        kept = list((others | mine).items())[-MOST_DRAFTS:]
        return msgspec.structs.replace(self, drafts=dict(kept))

    def drafts_of(self, run_id: str) -> dict[str, str]:
        lead = f"{run_id} "
        return {name.removeprefix(lead): text for name, text in self.drafts.items() if name.startswith(lead)}


def place(environment: Mapping[str, str]) -> Path:
    """`$XDG_CONFIG_HOME/bringup/console.json`, else below `~/.config`."""
    base = environment.get("XDG_CONFIG_HOME", "")
    root = Path(base) if base.startswith("/") else Path(environment.get("HOME", "/")) / ".config"
    return root / "bringup" / "console.json"


def load(file: Path) -> tuple[Prefs, str]:
    """What was kept, and a word where it could not be used."""
    try:
        with file.open("rb") as open_file:
            text = open_file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Prefs(), ""
    except OSError as error:
        return Prefs(), f"preferences not read: {error.strerror}; defaults are used"
    try:
        kept = msgspec.json.decode(text, type=Prefs)
    except (msgspec.DecodeError, UnicodeDecodeError):
        version = _version(text)
        if version > VERSION:
            return _of_later(version)
        return Prefs(), f"preferences can't be read and were set aside{_aside(file)}; defaults are used"
    if kept.version > VERSION:
        return _of_later(kept.version)
    return kept, ""


def save(file: Path, prefs: Prefs) -> str:
    """Replace the file whole; a word where that could not be done. That of a later program stays."""
    try:
        if file.exists() and _version(file.read_bytes()[: MOST_BYTES + 1]) > VERSION:
            return ""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.{os.getpid()}.new")
        new.write_bytes(msgspec.json.format(msgspec.json.encode(prefs)) + b"\n")
        new.replace(file)
    except OSError as error:
        return f"preferences not kept: {error.strerror}"
    return ""


def _of_later(version: int) -> tuple[Prefs, str]:
    return Prefs(), f"preferences are of version {version}, a later program's; defaults are used"


def _version(text: bytes) -> int:
    class Head(msgspec.Struct):
        version: int = 0

    try:
        return msgspec.json.decode(text, type=Head).version
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0


def _aside(file: Path) -> str:
    """Under a name that says so; the last bad one is kept."""
    bad = file.with_name(f"{file.name}.bad")
    try:
        file.replace(bad)
    except OSError:
        return ""
    return f" as {bad.name}"
