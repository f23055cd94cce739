"""One link, live, while hands are on it: both ends, every lane against its limits, and what to do next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from bringup.cli._options import inventory_option

if TYPE_CHECKING:
    from bringup.model.inventory import Inventory


@click.command(name="watch")
@click.argument("port", metavar="DEVICE:PORT")
@inventory_option
@click.option(
    "--envelope",
    "envelopes",
    multiple=True,
    metavar="NAME",
    help="Limits to judge by; several times, later ones win (default: base).",
)
@click.option(
    "--hold", metavar="DURATION", default="30s", show_default=True, help="How long all must be good."
)
@click.option("--for", "for_", metavar="DURATION", help="Watch for so long (default: until Ctrl-C).")
@click.option("--until-good", is_flag=True, help="End as soon as all was good for the hold time.")
@click.option("--no-bell", is_flag=True, help="No bell on a terminal.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="jsonl: one object for each look.",
)
def watch(port: str, inventory: str | None, form: str, **said: Any) -> int:
    """Read both ends of the link at DEVICE:PORT each second until Ctrl-C. Nothing is changed or kept.

    What it shows is provisional: only a run's own step makes a verdict. With --for or --until-good the exit
    code is that of the last look: 0 held good, 1 bad, 3 not known.

    \b
    Examples:
      bringup watch leaf-1:Ethernet0 -i rack.toml
      bringup watch leaf-3:et-0/0/2 -i rack.toml --envelope base --until-good --format jsonl
    """
    from bringup.cli._prepare import lab_speed
    from bringup.cli._watch import Watch, printer
    from bringup.driver.registry import platform_names
    from bringup.input import find_file, load_envelopes, load_inventory
    from bringup.model.errors import InputError

    if inventory is None:
        raise InputError("which inventory?", "Say -i FILE.")
    path = find_file("inventory", inventory)
    loaded = load_inventory(path, platforms=platform_names())
    job = Watch(
        port=port_named(port, loaded),
        inventory=loaded,
        folder=path.parent,
        limits=load_envelopes(said["envelopes"] or ("base",), relative_to=path.parent),
        hold_s=_seconds("--hold", said["hold"]),
        for_s=None if said["for_"] is None else _seconds("--for", said["for_"]),
        until_good=said["until_good"],
        speed=lab_speed(None, loaded),
    )
    show = printer(job, form, bell=not said["no_bell"])
    with show:
        return asyncio.run(job.run(show))


def port_named(text: str, inventory: Inventory) -> str:
    """The subject that `DEVICE:PORT`, or DEVICE/PORT, means.

    Raises:
        InputError: the inventory has neither such a port nor a cable at it.
    """
    from difflib import get_close_matches

    from bringup.model.errors import InputError

    known = dict.fromkeys((*inventory.ports, *inventory.far_ends))
    device, colon, name = text.partition(":")
    for subject in (text, f"{device}/{name}"):
        if subject in known:
            return subject
    asked = f"{device}/{name}" if colon and "/" not in device else text
    near = get_close_matches(asked, known, 1)
    advice = f"Did you mean {near[0].replace('/', ':', 1)}?" if near else "Write it DEVICE:PORT."
    raise InputError(f"the inventory has no port {text[:80]!r}", advice)


def _seconds(option: str, text: str) -> float:
    from bringup.input.duration import seconds
    from bringup.model.errors import InputError

    try:
        found = seconds(text)
    except ValueError as error:
        raise InputError(f"{option}: {error}") from None
    if found <= 0:
        raise InputError(f"{option} {text} leaves no time at all", "Such as 30s.")
    return found
