"""Colours of the roles. PASS is blue, so that nothing rests on red against green; every state has a glyph and
a word besides (console design, sections 2 and 6).

`terminal` uses the sixteen colours as the terminal has them, on its own background. `dark` and `light` bring
their own background, so that their contrast is known: at least 4.5:1, and the states apart from each other
for eyes that lack one of the three kinds of cones. `crashcart` is for the palette of a PC's text console,
whose blue is too dark on black. `mono` has no colour at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, get_args

from rich.style import Style

from bringup.tui.rate import SERIAL_TERMINALS
from bringup.view.mark import Role

CHOICES = ("auto", "terminal", "dark", "light", "mono")


class Theme(NamedTuple):
    """`colors` by role, for those that have one; `background` and `text` where the theme brings its own."""

    name: str
    colors: Mapping[str, str]
    background: str | None = None
    text: str | None = None

    def style(self, role: Role) -> Style:
        """How a cell of that role is drawn. Bold and reverse say without colour what colour says."""
        return Style(
            color=self.colors.get(role, self.text),
            bgcolor=self.background,
            bold=role in BOLD or None,
            reverse=role in REVERSED or None,
            dim=(role == "dim" and "dim" not in self.colors) or None,
        )

    def styles(self) -> Mapping[Role, Style]:
        return MappingProxyType({role: self.style(role) for role in ROLES})


ROLES: tuple[Role, ...] = get_args(Role)
BOLD = frozenset({"bad", "waived", "ask", "title", "advice"})
REVERSED = frozenset({"ask", "chosen"})
THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        theme.name: theme
        for theme in (
            Theme(
                "terminal",
                {
                    "good": "bright_blue",
                    "warn": "yellow",
                    "bad": "bright_red",
                    "unknown": "magenta",
                    "waived": "magenta",
                    "running": "cyan",
                },
            ),
            Theme(
                "crashcart",
                {
                    "good": "bright_cyan",
                    "warn": "bright_yellow",
                    "bad": "bright_red",
                    "unknown": "bright_magenta",
                    "waived": "bright_magenta",
                    "running": "cyan",
                    "dim": "white",
                },
            ),
            Theme(
                "dark",
                {
                    "good": "#a9b8f3",
                    "warn": "#f6d61c",
                    "bad": "#e88760",
                    "unknown": "#f21d92",
                    "waived": "#cb53fb",
                    "running": "#91fde5",
                    "dim": "#9aa4ae",
                },
                background="#101418",
                text="#e6e6e6",
            ),
            Theme(
                "light",
                {
                    "good": "#0864d4",
                    "warn": "#8d6a10",
                    "bad": "#621c01",
                    "unknown": "#d10a8c",
                    "waived": "#2b024d",
                    "running": "#053d40",
                    "dim": "#5c6670",
                },
                background="#ffffff",
                text="#1a1a1a",
            ),
            Theme("mono", {}),
        )
    }
)
STYLES: Mapping[Role, Style] = THEMES["terminal"].styles()


def theme_of(wish: str, environment: Mapping[str, str]) -> Theme:
    """The theme that is meant: `auto` takes the terminal's colours, unless it tells that it is light, or is
    one of those of serial lines, which had none.
    """
    if environment.get("NO_COLOR"):
        return THEMES["mono"]
    if wish != "auto":
        return THEMES[wish]
    if environment.get("TERM") == "linux":
        return THEMES["crashcart"]
    if environment.get("TERM") in SERIAL_TERMINALS:
        return THEMES["mono"]
    # Some terminals tell their colours as numbers of the sixteen, `text;background`.
    behind = environment.get("COLORFGBG", "").rpartition(";")[2]
    return THEMES["light"] if behind in ("7", "15") else THEMES["terminal"]
