"""How one console looks and listens: its options, what was kept from the last time, and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from bringup.tui.prefs import Prefs
from bringup.tui.theme import Theme, theme_of
from bringup.view.mark import Tier


class Display(msgspec.Struct, frozen=True):
    """`said` is what must be told about the preferences. `preamble` is the character that a scanner sends
    before a code; empty where it sends none.
    """

    tier: Tier = "unicode"
    theme: Theme | None = None
    motion: bool = True
    sound: bool = True
    mouse: bool = False
    preamble: str = "~"
    said: str = ""


def chosen(prefs: Prefs, options: Mapping[str, Any]) -> Prefs:
    """The preferences with the options of this launch, which are kept for the next."""
    given = {name: value for name, value in options.items() if value is not None}
    return msgspec.structs.replace(prefs, **given)


def display(prefs: Prefs, able: Tier, environment: Mapping[str, str], said: str = "") -> Display:
    """`able` is what the terminal can show. A wish for more than ASCII is granted: who asks knows better."""
    return Display(
        tier=able if prefs.glyphs == "auto" else prefs.glyphs,
        theme=theme_of(prefs.theme, environment),
        motion=prefs.motion == "on",
        sound=prefs.sound,
        mouse=prefs.mouse,
        preamble=prefs.preamble,
        said=said,
    )
