"""The simulated rack alone, on loopback: start it, break it, mend it.

`bringup lab up` stands in the foreground until Ctrl-C and prints where its inventory is; from another
terminal `bringup lab fault add`, `lab repair` and `lab status` reach it through its control socket.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import click

from bringup.cli._complete import fault_names, profile_names

FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
DIR = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="The lab's folder (default: the one lab that runs).",
)


@click.group(name="lab")
def lab() -> None:
    """A simulated rack that speaks the real protocols, on loopback.

    \b
    Examples:
      bringup lab up --dir /tmp/lab --speed 100
      bringup lab fault add NAME@leaf-1/Ethernet8      (bringup lab faults lists the names)
      bringup lab repair
    """


@lab.command()
@click.option(
    "--profile", default="mini", show_default=True, shell_complete=profile_names, help="Which rack."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    shell_complete=fault_names,
    metavar="NAME[@SUBJECT][=VALUE]",
    help="Start with a fault.",
)
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), help="Folder to write to (default: a new one)."
)
@click.option(
    "--speed", type=click.FloatRange(1, 1000), default=1.0, show_default=True, help="Of the world's time."
)
@click.option(
    "--seed",
    type=click.IntRange(-(2**53) + 1, 2**53 - 1),
    default=1,
    show_default=True,
    help="Of everything that is left to chance.",
)
@FORMAT
def up(
    profile: str, faults: tuple[str, ...], folder: Path | None, speed: float, seed: int, form: str
) -> None:
    """Start a lab and keep it standing until Ctrl-C. A folder that holds one already gives that one back."""
    from bringup.lab.process import stand
    from bringup.lab.rack import LabRack

    place = folder or Path(tempfile.mkdtemp(prefix="bringup-lab-"))
    rack = LabRack(place, profile=profile, seed=seed, speed=speed, faults=faults)

    def ready(told: dict[str, Any]) -> None:
        click.echo(json.dumps(told) if form == "json" else _up_text(told))

    asyncio.run(stand(rack, ready))
    if form == "text":
        click.echo(f"lab down; its folder stays: {place}", err=True)


def _up_text(told: dict[str, Any]) -> str:
    folder = told["folder"]
    lines = [f"inventory: {told['inventory']}"]
    lines += [f"fault: {fault}" for fault in told["faults"]]
    unattended = f"--headless --answers {folder}/answers.toml --approve-with {folder}/approve-key"
    lines.append("Ctrl-C ends the lab. Unattended, from another terminal:")
    lines.append(f"  bringup run {told['profile']} -i {told['inventory']} {unattended}")
    return "\n".join(lines)


@lab.command()
@FORMAT
def faults(form: str) -> None:
    """Every fault that a lab can have, with the verdict and the remedy that a bring-up must reach."""
    from bringup.lab.faults import describe

    records = describe()
    if form == "json":
        click.echo(json.dumps(records, indent=2))
        return
    for record in records:
        reason = f" {record['reason']}" if record["reason"] else ""
        click.echo(f"{record['name']}@{record['subject_kind'].upper()}")
        click.echo(f"    {record['about']}")
        click.echo(
            f"    {record['stage']}/{record['step']}: {record['verdict']}{reason} [{record['remedy']}]"
        )
        for name, words in record["args"].items():
            click.echo(f"    ={name.upper()}: {words}")


@lab.command(name="list")
@FORMAT
def list_(form: str) -> None:
    """The profiles that a lab can have, and the labs of this user that stand now."""
    from bringup.lab.control import running_labs
    from bringup.lab.profile import PROFILES

    found = running_labs()
    if form == "json":
        click.echo(json.dumps({"profiles": list(PROFILES), "labs": found}, indent=2))
        return
    for profile in PROFILES:
        click.echo(f"profile {profile}")
    for told in found:
        there = ", ".join(told["faults"]) or "no faults"
        click.echo(f"lab {told['folder']}  {told['profile']} seed {told['seed']} x{told['speed']:g}  {there}")
    if not found:
        click.echo("no lab stands; `bringup lab up` starts one", err=True)


@lab.command()
@DIR
@FORMAT
def status(folder: Path | None, form: str) -> None:
    """What one lab is: its devices, ports and faults."""
    told = _ask(folder, {"do": "status"})
    if form == "json":
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(f"{told['folder']}  {told['profile']} seed {told['seed']} x{told['speed']:g}")
    for name, device in told["devices"].items():
        services = ", ".join(f"{service} {port}" for service, port in device["services"].items())
        click.echo(f"  {name:<10} {'running' if device['running'] else 'off':<8} {services}")
    for fault in told["faults"]:
        click.echo(f"  fault {fault}")


@lab.group()
def fault() -> None:
    """Add a fault to a lab that stands, or clear it again."""


@fault.command()
@click.argument("text", metavar="NAME[@SUBJECT][=VALUE]", shell_complete=fault_names)
@DIR
def add(text: str, folder: Path | None) -> None:
    """Make something go wrong now."""
    click.echo(f"added: {_ask(folder, {'do': 'add', 'fault': text})}")


@fault.command()
@click.argument("text", metavar="NAME[@SUBJECT]")
@DIR
def clear(text: str, folder: Path | None) -> None:
    """Take a fault away."""
    for each in _ask(folder, {"do": "repair", "fault": text}):
        click.echo(f"cleared: {each}")


@lab.command()
@click.argument("text", required=False, metavar="[NAME[@SUBJECT]]")
@DIR
def repair(text: str | None, folder: Path | None) -> None:
    """The simulated hand: mend one fault, or all of them."""
    mended = _ask(folder, {"do": "repair", "fault": text})
    for each in mended:
        click.echo(f"mended: {each}")
    if not mended:
        click.echo("nothing to mend", err=True)


def _ask(folder: Path | None, request: dict[str, Any]) -> Any:
    from bringup.lab.control import ask, running_labs
    from bringup.model.errors import InputError

    if folder is None:
        found = running_labs()
        if len(found) != 1:
            places = ", ".join(told["folder"] for told in found)
            raise InputError(
                "no lab stands" if not found else f"{len(found)} labs stand: {places}",
                "`bringup lab up` starts one." if not found else "Say which with --dir.",
            )
        folder = Path(found[0]["folder"])
    return ask(folder, request)
