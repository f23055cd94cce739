"""Bring up a simulated rack that stands beside the run: real protocols, real record."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import click

from bringup.cli._complete import fault_names, profile_names
from bringup.cli._display import display_options
from bringup.cli._options import format_option, headless_option, key_option, runs_option

ANSWERS, APPROVE_KEY, INVENTORY = "answers.toml", "approve-key", "inventory.toml"


@click.command(name="demo")
@click.option(
    "--profile",
    default="mini",
    show_default=True,
    shell_complete=profile_names,
    help="Which rack; `bringup lab list` names them.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    shell_complete=fault_names,
    metavar="NAME[@SUBJECT][=VALUE]",
    help="Something is wrong.",
)
@click.option("--speed", type=click.FloatRange(1, 1000), default=100.0, show_default=True)
@click.option("--seed", type=click.IntRange(-(2**53) + 1, 2**53 - 1), default=1, show_default=True)
@click.option("--only", multiple=True, metavar="STAGE[/STEP]", help="Only these; the run is marked partial.")
@runs_option
@format_option
@headless_option
@key_option
@click.option("--share", is_flag=True, help="Attached consoles of this user may send commands.")
@click.option("--plain", is_flag=True, help="The console as lines: for screen readers and serial lines.")
@display_options
@click.option("--no-console", is_flag=True, help="Follow it as text; the simulated technician answers.")
def demo(
    profile: str,
    faults: tuple[str, ...],
    speed: float,
    seed: int,
    only: tuple[str, ...],
    runs: Path,
    form: str,
    headless: bool,
    key: Path | None,
    share: bool,
    plain: bool,
    no_console: bool,
) -> int:
    """Start a simulated rack and run its playbook against it; on a terminal, in the console.

    In the console you answer, and may let the simulated technician do the work. Else it answers the questions
    and signs with a throwaway key, labelled `simulated`; it repairs nothing by itself. What the record shows
    is marked as simulated.

    \b
    Examples:
      bringup demo --headless
      bringup demo --headless --fault NAME          # `bringup lab faults` lists them
      bringup demo --headless --fault NAME@leaf-1/psu-2 --fault OTHER --seed 7
    """
    from bringup.cli._console import can_open
    from bringup.cli._lab_process import lab_beside
    from bringup.cli._prepare import Request, read_inputs
    from bringup.cli._start import announce, begin
    from bringup.journal.folder import RunFolder

    console = not (headless or no_console) and form == "text" and can_open()
    folder = RunFolder.create(runs)
    options = ["--profile", profile, "--speed", f"{speed:g}", "--seed", str(seed)]
    options += [word for fault in faults for word in ("--fault", fault)]
    try:
        with lab_beside(folder.lab, options, stays=not headless, meanwhile=_load if headless else _nothing):
            request = Request(
                playbook=profile,
                inventory=str(folder.lab / INVENTORY),
                runs=runs,
                headless=headless,
                form=form,
                answers=None if console else folder.lab / ANSWERS,
                console=console,
                share=share,
                plain=plain,
                approve_with=folder.lab / APPROVE_KEY,
                key=key,
                only=only,
            )
            inputs = read_inputs(request)
            announce(form, folder)
            return begin(request, inputs, folder)
    except BaseException:
        if not folder.segments():
            shutil.rmtree(folder.path)  # nothing was begun
        raise


def _load() -> None:
    """Import what the run is going to need; the rack takes about as long to start."""
    from bringup.check.catalogue import load_catalogue
    from bringup.driver.registry import find_platform, platform_names

    load_catalogue()
    for platform in platform_names():
        find_platform(platform)
    for module in (
        "engine.runner",
        "transport.ssh",
        "transport.redfish_session",
        "transport.gnmi",
        "transport.snmp",
    ):
        importlib.import_module(f"bringup.{module}")


def _nothing() -> None:
    """The runner apart loads what it needs itself."""
