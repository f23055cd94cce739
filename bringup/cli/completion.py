"""Print what a shell needs to complete commands and options of bringup."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_BRINGUP_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of SHELL. A key press then costs about as much as `bringup --version`.

    \b
    Examples:
      bringup completion bash > ~/.local/share/bash-completion/completions/bringup
      bringup completion zsh > ~/.zfunc/_bringup        # with ~/.zfunc in $fpath, before compinit
      bringup completion fish > ~/.config/fish/completions/bringup.fish
    """
    click.echo(script(shell), nl=False)


def script(shell: str) -> str:
    """The script; click's own, so that it fits the completion that the program answers with."""
    from click.shell_completion import get_completion_class

    from bringup.cli._group import LazyGroup

    made = get_completion_class(shell)
    assert made is not None, shell
    complete = made(LazyGroup(name="bringup"), {}, "bringup", _VARIABLE)
    # Its `source` of bash first runs bash to ask for its version; what is printed here goes to any machine.
    return complete.source_template % complete.source_vars()
