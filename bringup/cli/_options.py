"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from bringup.cli._complete import inventory_names

runs_option = click.option(
    "--runs",
    "runs",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Where runs are kept.",
)
inventory_option = click.option(
    "-i", "--inventory", shell_complete=inventory_names, help="Inventory file, or the name of a shipped one."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="jsonl: every event as it becomes durable. json: one summary at the end.",
)
headless_option = click.option(
    "--headless", is_flag=True, help="In the foreground; what nobody answers is UNKNOWN."
)
answers_option = click.option(
    "--answers", type=click.Path(path_type=Path), help="Answers to the playbook's questions (TOML)."
)
approve_option = click.option(
    "--approve-with", type=click.Path(path_type=Path), help="SSH key that approves dangerous actions."
)
webhook_option = click.option(
    "--webhook",
    metavar="URL",
    envvar="BRINGUP_WEBHOOK",
    help="POST JSON here when a person is needed, and at the end; https, or http on this machine.",
)
key_option = click.option(
    "--key", type=click.Path(path_type=Path), help="Sign checkpoints with this SSH key, not the machine's."
)
