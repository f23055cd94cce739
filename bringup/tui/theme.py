"""Colours of the roles. PASS is blue, so that nothing rests on red against green; every state has a glyph and
a word besides (console design, sections 2 and 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rich.style import Style

from bringup.view.mark import Role

STYLES: Mapping[Role, Style] = MappingProxyType(
    {
        "good": Style(color="bright_blue"),
        "warn": Style(color="yellow"),
        "bad": Style(color="bright_red", bold=True),
        "unknown": Style(color="magenta"),
        "waived": Style(color="magenta", bold=True),
        "running": Style(color="cyan"),
        "ask": Style(bold=True, reverse=True),
        "dim": Style(dim=True),
        "plain": Style(),
        "title": Style(bold=True),
        "advice": Style(bold=True),
        "value": Style(),
        "chosen": Style(reverse=True),
    }
)
