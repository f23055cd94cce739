"""The manual page, made from the commands themselves: `make man` writes it to docs/bringup.1."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import click

import bringup
from bringup.cli._group import LazyGroup

FILES = (
    ("runs/", "Where runs are kept, a folder each; --runs DIR looks elsewhere."),
    (
        "~/.config/bringup/allowed_signers",
        "Whose signatures `log verify` knows; this machine's key is enrolled.",
    ),
    ("~/.config/bringup/known_hosts", "Host keys that `trust` recorded."),
)
ENVIRONMENT = (
    ("NO_COLOR", "Anything: no colours."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR", "Where keys, state and sockets are, as elsewhere."),
    ("SSH_AUTH_SOCK", "The agent that holds keys to log in and to sign with."),
    ("BRINGUP_WEBHOOK", "As --webhook of run and resume; unlike that it is in no list of processes."),
    ("BRINGUP_INJECT", "A test hook of the burn-in: bitflip, nan or slow; only for this host and for labs."),
)


def man_page() -> str:
    """The whole page in man(7) macros, without a date: the same program makes the same page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH BRINGUP 1 "" "bringup {bringup.__version__}" "User Commands"'
    yield ".SH NAME"
    about = (bringup.__doc__ or "").strip().rstrip(".")
    yield f"bringup \\- {_escaped(about[:1].lower() + about[1:])}"
    yield ".SH SYNOPSIS"
    yield ".B bringup"
    yield "[\\fB\\-\\-version\\fR] [\\fB\\-\\-help\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."
    yield ".SH COMMANDS"
    for path, command in all_commands():
        yield from _command(path, command)
    yield ".SH EXIT STATUS"
    yield from _exit_codes()
    for title, rows in (("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield f".SH {title}"
        for name, words in rows:
            yield from _item(name, words)
    yield ".SH SEE ALSO"
    yield ".BR ssh-keygen (1)"


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its words (`log verify`), groups before what is in them."""
    group = LazyGroup(name="bringup")
    context = click.Context(group, info_name="bringup")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from _with_subcommands(name, command)


def _with_subcommands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _with_subcommands(f"{path} {name}", inner)


def _command(path: str, command: click.Command) -> Iterator[str]:
    words = " ".join(
        [f"bringup {path}", *command.collect_usage_pieces(click.Context(command, info_name=path))]
    )
    yield f".SS {_escaped(words)}"
    yield from _prose(inspect.cleandoc(command.help or ""))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            record = parameter.get_help_record(click.Context(command))
            if record is not None:
                yield from _item(*record)


def _prose(text: str) -> Iterator[str]:
    """Paragraphs; what follows a \\b stands as it is written."""
    for paragraph in re.split(r"\n\s*\n", text):
        if not paragraph.strip():
            continue
        if paragraph.startswith("\b"):
            yield ".PP"
            yield ".nf"
            yield from (_escaped(line) for line in paragraph.removeprefix("\b").strip("\n").splitlines())
            yield ".fi"
        else:
            yield ".PP"
            yield from (_escaped(line.strip()) for line in paragraph.splitlines())


def _item(name: str, words: str) -> Iterator[str]:
    yield ".TP"
    yield f"\\fB{_escaped(name)}\\fR"
    yield _escaped(words or " ")


def _exit_codes() -> Iterator[str]:
    from bringup.view.glossary import EXIT_CODES

    for code, (title, words) in EXIT_CODES.items():
        yield from _item(str(code), f"{title} {words}")


def _escaped(text: str) -> str:
    """Text as roff prints it: no escapes of its own, no request at the beginning of a line."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    plain = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in plain)
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain


if __name__ == "__main__":
    sys.stdout.write(man_page())
