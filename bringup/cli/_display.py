"""Options of the console's looks, the same wherever it opens. What is chosen is kept for the next launch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bringup.tui.display import Display
    from bringup.tui.prefs import Prefs

META = "bringup.display"
Command = TypeVar("Command", bound=Callable[..., Any])


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and option.name is not None:
        ctx.meta.setdefault(META, {})[option.name] = value


def _one_character(ctx: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None and value != "" and (len(value) != 1 or not value.isprintable() or value.isspace()):
        raise click.BadParameter("one printable character, or '' for none", ctx, option)
    _keep(ctx, option, value)


def display_options(command: Command) -> Command:
    """The options; they are found by `wanted`, not handed to the command."""
    for option in (
        click.option(
            "--glyphs",
            type=click.Choice(["auto", "unicode", "cp437", "ascii"]),
            help="Characters that the console draws with.",
            expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--theme",
            type=click.Choice(["auto", "terminal", "dark", "light", "mono"]),
            help="Its colours; `terminal` are the terminal's own.",
            expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--motion",
            type=click.Choice(["on", "off"]),
            help="`off` repaints twice a second at most.",
            expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--mouse/--no-mouse",
            default=None,
            help="Whether clicks move in lists; without, the terminal selects text.",
            expose_value=False,
            callback=_keep,
        ),
        click.option(
            "--scanner-preamble",
            "preamble",
            metavar="CHARACTER",
            help="What the barcode scanner sends before a code.",
            expose_value=False,
            callback=_one_character,
        ),
    ):
        command = option(command)
    return command


def wanted() -> dict[str, Any]:
    """The options of the command that is running."""
    context = click.get_current_context(silent=True)
    return dict(context.meta.get(META, {})) if context is not None else {}


class Kept:
    """A person's preferences, with the options of this launch, and what they make of this terminal."""

    def __init__(self) -> None:
        from bringup.cli._text import tier
        from bringup.tui.display import chosen, display
        from bringup.tui.prefs import load, place

        self.place: Path = place(os.environ)
        kept, said = load(self.place)
        self.prefs: Prefs = chosen(kept, wanted())
        self._as_read = kept
        self.display: Display = display(self.prefs, tier(), os.environ, said)

    def keep(self) -> None:
        """The options of this launch, for what it starts and for the next."""
        from bringup.tui.prefs import save

        if self.prefs != self._as_read:
            save(self.place, self.prefs)

    def keep_of(self, run_id: str, *, sound: bool, filters: dict[str, str], drafts: dict[str, str]) -> None:
        """What a console leaves behind, written where something differs from what is there. A place that
        can't be written costs the person nothing but that.
        """
        from msgspec.structs import replace

        from bringup.tui.display import chosen
        from bringup.tui.prefs import load, save

        now, _ = load(self.place)  # another console may have left something since
        prefs = replace(chosen(now, wanted()), sound=sound, filters={**now.filters, **filters})
        prefs = prefs.with_opened(run_id).with_drafts(run_id, drafts)
        if prefs != now:
            save(self.place, prefs)
