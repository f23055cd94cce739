"""Bring up a rack: run a playbook against the devices of an inventory."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bringup.cli._complete import playbook_names
from bringup.cli._display import display_options
from bringup.cli._options import (
    answers_option,
    approve_option,
    format_option,
    headless_option,
    inventory_option,
    key_option,
    runs_option,
    webhook_option,
)


@click.command(name="run")
@click.argument("playbook", shell_complete=playbook_names)
@inventory_option
@runs_option
@format_option
@headless_option
@answers_option
@approve_option
@key_option
@webhook_option
@click.option("--rack", help="Only this rack of the inventory.")
@click.option("--only", multiple=True, metavar="STAGE[/STEP]", help="Only these; the run is marked partial.")
@click.option("--read-only", is_flag=True, help="No action runs; each is UNKNOWN `skipped`.")
@click.option("--share", is_flag=True, help="Attached consoles of this user may send commands.")
@click.option("--share-group", metavar="GROUP", help="Those of this group of the machine may, too.")
@click.option("--plain", is_flag=True, help="The console as lines: for screen readers and serial lines.")
@display_options
@click.option("--no-console", is_flag=True, help="Start the runner apart and follow it as text.")
@click.option(
    "--dry-run", is_flag=True, help="Show the plan with subjects, limits and sources; touch nothing."
)
@click.option("--speed", type=float, hidden=True)
def run(
    playbook: str,
    inventory: str | None,
    runs: Path,
    form: str,
    headless: bool,
    answers: Path | None,
    approve_with: Path | None,
    key: Path | None,
    webhook: str | None,
    rack: str | None,
    only: tuple[str, ...],
    read_only: bool,
    share: bool,
    share_group: str | None,
    plain: bool,
    no_console: bool,
    dry_run: bool,
    speed: float | None,
) -> int:
    """Run PLAYBOOK (a file, or the name of a shipped one) against an inventory.

    On a terminal it opens the console. Without --headless the runner is a process of its own: leaving the
    console, or this command, does not stop it.

    \b
    Examples:
      bringup run this-host --headless
      bringup run mini -i rack.toml --dry-run
      bringup run mini -i rack.toml --headless --answers answers.toml --approve-with ~/.ssh/id_ed25519
      bringup run mini -i rack.toml --headless --only optics --only links/errors --format jsonl
    """
    from bringup.cli._console import can_open
    from bringup.cli._prepare import Request, read_inputs
    from bringup.cli._start import begin

    request = Request(
        playbook=playbook,
        inventory=inventory,
        rack=rack,
        runs=runs,
        headless=headless,
        form=form,
        answers=answers,
        approve_with=approve_with,
        key=key,
        only=only,
        console=not (headless or no_console) and form == "text" and can_open(),
        plain=plain,
        read_only=read_only,
        share=share or share_group is not None,
        share_group=share_group,
        webhook=webhook,
        speed=speed,
    )
    inputs = read_inputs(request)
    if dry_run:
        from bringup.cli._dry_run import print_plan

        print_plan(inputs, form, sys.stdout)
        return 0
    return begin(request, inputs)
