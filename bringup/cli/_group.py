"""The click group behind `bringup`: finds a command's file by name and imports only that one."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click
from click.shell_completion import CompletionItem

from bringup.cli.main import command_files, help_text, summary


class LazyGroup(click.Group):
    """Commands are loaded when called, neither for a listing nor for completion."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(command_files())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in command_files():
            return None
        module = importlib.import_module(f"bringup.cli.{cmd_name.replace('-', '_')}")
        for found in vars(module).values():
            if isinstance(found, click.Command) and found.name == cmd_name:
                return found
        raise RuntimeError(f"{module.__name__} defines no click command called {cmd_name!r}")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in command_files():
            near = get_close_matches(name, command_files(), 3)
            advice = f"Did you mean {' or '.join(near)}?" if near else "`bringup --help` lists them."
            ctx.fail(f"No command is called {name!r}. {advice}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            # click would answer a broken pipe itself, with the exit code that means FAIL here.
            raise _SystemSaidNoError(error) from None

    def get_help(self, ctx: click.Context) -> str:
        return help_text()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [
            CompletionItem(name, help=summary(path))
            for name, path in command_files().items()
            if name.startswith(incomplete)
        ]


class _SystemSaidNoError(Exception):
    """Carries an `OSError` past click."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


def run_group(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name; its exit code. Errors of usage are shown and give 2."""
    group = LazyGroup(
        name="bringup",
        params=[],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    return run_command(group, arguments)


def run_command(command: click.Command, arguments: Sequence[str]) -> int:
    """The same for a command that is not one of the group's."""
    try:
        result = command.main(list(arguments), prog_name="bringup", standalone_mode=False)
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except _SystemSaidNoError as said:
        raise said.error from None
    return result if isinstance(result, int) else 0
