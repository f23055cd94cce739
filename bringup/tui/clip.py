"""What is copied: to the terminal's clipboard by OSC 52, which tells nobody whether it was taken, and always
into a file (console design, section 9). A reader leaves nothing in a run's folder: the files stand beside it,
or, where that can't be written, beside the preferences.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from bringup.tui import prefs

MOST_BYTES = 64 * 1024
"""More goes into the file only: some terminals give up on longer sequences, and some draw them."""


def sequences(text: str, environment: Mapping[str, str]) -> str:
    """The bytes for the terminal; inside a multiplexer also in the form that it passes on. Empty where the
    text is too long.
    """
    data = text.encode("utf-8", errors="replace")
    if len(data) > MOST_BYTES:
        return ""
    osc = f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
    if environment.get("TMUX"):
        doubled = osc.replace("\x1b", "\x1b\x1b")
        return f"{osc}\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY"):
        return f"{osc}\x1bP{osc}\x1b\\"
    return osc


def store(text: str, run: Path, kind: str, environment: Mapping[str, str]) -> Path:
    """Into `ID.KIND.txt`, replaced whole; the file's place.

    Args:
        run: the run's folder.
        kind: `copy`, or the name of an exported view.

    Raises:
        OSError: it can be written nowhere; of the last place.
    """
    name = f"{run.name}.{kind}.txt"
    for place in (run.parent, prefs.place(environment).parent):
        last = place == prefs.place(environment).parent
        try:
            if last:
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = place / f".{name}.new"
            new.write_text(f"{text}\n", encoding="utf-8", errors="replace")
            new.replace(place / name)
        except OSError:
            if last:
                raise
        else:
            return place / name
    raise AssertionError


def told(text: str, sent: bool, file: Path, run: Path) -> str:
    """Never "copied": nobody knows that. Beside the run the file's name is enough, and fits on the line."""
    place = file.name if file.parent == run.parent else str(file)
    if sent:
        return f"sent to clipboard ({len(text)} chars); also in {place}"
    return f"too long for the clipboard ({len(text)} chars): in {place}"
