"""Check, list and show inventories: what should be there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._file_group import Kit, add_commands, columns, form_option, show_file

if TYPE_CHECKING:
    from bringup.model.inventory import Inventory


@click.group("inventory")
def inventory() -> None:
    """What should be there: devices, ports, cables. No secret is resolved and no device touched.

    \b
    Examples:
      bringup inventory check rack.toml
      bringup inventory show mini --format json
    """


def _load(path: Path) -> Inventory:
    from bringup.driver.registry import platform_names
    from bringup.input import load_inventory

    return load_inventory(path, platforms=platform_names())


def _brief(inventory: Inventory) -> str:
    return f"{len(inventory.device)} devices, {len(inventory.port)} ports, {len(inventory.cable)} cables"


def _text(inventory: Inventory) -> str:
    parts = [f"site {inventory.site or '-'}: {_brief(inventory)}"]
    devices = [("DEVICE", "RACK", "U", "ROLE", "PLATFORM", "ADDRESS", "SERIAL")] + [
        (
            device.name,
            device.rack or "",
            str(device.unit or ""),
            device.role,
            device.platform,
            device.address,
            device.expect.serial or "",
        )
        for device in inventory.device
    ]
    ports = [("PORT", "SPEED", "OPTIC", "FEC")] + [
        (
            port.subject,
            f"{port.speed_gbps or 0:g} Gb/s" if port.speed_gbps else "",
            port.optic or "",
            port.fec or "",
        )
        for port in inventory.port
    ]
    cables = [("CABLE", "A", "B", "MEDIUM", "LENGTH")] + [
        (cable.label, cable.a, cable.b, cable.medium, f"{cable.length_m:g} m" if cable.length_m else "")
        for cable in inventory.cable
    ]
    parts += [columns(rows) for rows in (devices, ports, cables) if len(rows) > 1]
    return "\n\n".join(parts)


_KIT = Kit(kind="inventory", load=_load, brief=_brief, text=_text)
add_commands(inventory, _KIT)


@inventory.command("show")  # in the place of the one that all kinds of files have
@click.argument("file")
@form_option
@click.option("--expanded", is_flag=True, help="Ranges written out: every field, and where it is written.")
def show(file: str, form: str, expanded: bool) -> None:
    """What the program understood of one; a path or a shipped name."""
    from bringup.cli._expanded import print_expanded
    from bringup.input.shipped import find_file

    path = find_file("inventory", file)
    if expanded:
        print_expanded(path, form)
    else:
        show_file(_KIT, path, form)
