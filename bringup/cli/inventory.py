"""Check, list and show inventories: what should be there."""

from __future__ import annotations

import sys
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
            f"{device.name} (found)" if device.found else device.name,
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


@inventory.command("new")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--site", default="", help="Where the rack stands.")
@click.option("--rack", default="", help="The rack's name.")
@click.option("--profile", default="", help="What kind of rack it is.")
@click.option("--add", "added", multiple=True, metavar="WORDS", help="Devices of one kind, as WORD=VALUE ….")
def new(out: Path, site: str, rack: str, profile: str, added: tuple[str, ...]) -> None:
    """Write a new inventory to OUT: from flags, or, on a terminal and without --add, from your answers.

    Words of --add: role, platform, name, count, first, rack, unit, address, bmc, user, password, key,
    community, serial, model, manifest. Secrets are references: env:NAME, file:PATH or cmd:COMMAND.

    \b
    Example:
      bringup inventory new rack.toml --rack r07 \\
        --add "role=leaf platform=sonic name=leaf-{n} count=2 user=admin password=env:LEAF_PASSWORD" \\
        --add "role=node platform=linux name=node-{n:02} count=4 unit={n*2} user=admin key=~/.ssh/id_ed25519"
    """
    from bringup.cli._new import ask, create, from_flags
    from bringup.model.errors import InputError

    if out.exists() or out.is_symlink():  # before a person answers twenty questions
        raise InputError(f"{out} is there already", "A file of yours is never overwritten: name another.")
    head = {"site": site, "rack": rack, "profile": profile}
    if added:
        kinds = from_flags(added)
    elif sys.stdin.isatty():
        asked, kinds = ask()
        head = {key: value or asked[key] for key, value in head.items()}
    else:
        raise InputError("there is nobody to ask: standard input is no terminal", "Say it with --add.")
    create(out, head, kinds)
    click.echo(f"written: {out}", err=True)


_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@inventory.command("import")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "kind", type=click.Choice(["netbox"]), default="netbox", show_default=True)
@click.option("--devices", type=_file, required=True, help="CSV of devices.")
@click.option("--cables", type=_file, help="CSV of cables; power cables become feeds.")
@click.option("--platform", "platforms", multiple=True, metavar="NETBOX=OURS", help="Which driver is meant.")
def import_(out: Path, kind: str, devices: Path, cables: Path | None, platforms: tuple[str, ...]) -> None:
    """Write a new inventory to OUT from CSV files of NetBox: its exports, or what its import forms take.

    \b
    Example:
      bringup inventory import rack.toml --devices netbox_devices.csv --cables netbox_cables.csv \\
        --platform "Cumulus Linux=linux"
    """
    from bringup.cli._netbox import import_netbox

    import_netbox(devices, cables, out, platforms)


@inventory.command("export")
@click.argument("file")
@click.option("--to", "kind", type=click.Choice(["netbox"]), default="netbox", show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A folder for the CSV files.",
)
@click.option("--manufacturer", default="Unknown", show_default=True, help="NetBox wants one of each device.")
def export(file: str, kind: str, out: Path, manufacturer: str) -> None:
    """Write FILE's devices and cables as devices.csv and cables.csv for NetBox's bulk import.

    Interfaces, outlets and power ports must be there in NetBox before its cables are imported.
    """
    from bringup.cli._netbox import export_netbox
    from bringup.input.shipped import find_file

    export_netbox(find_file("inventory", file), out, manufacturer)


@inventory.command("scan")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The new inventory.")
@click.option("--community", default="public", show_default=True, help="SNMP: public, or env:, file:, cmd:.")
@click.option(
    "--ssh-port", type=click.IntRange(0, 65535), default=22, show_default=True, help="0: not asked."
)
@click.option(
    "--snmp-port", type=click.IntRange(0, 65535), default=161, show_default=True, help="0: not asked."
)
@click.option(
    "--https-port", type=click.IntRange(0, 65535), default=443, show_default=True, help="0: not asked."
)
@click.option(
    "--deadline", type=click.FloatRange(0.1, 60), default=3.0, show_default=True, help="Seconds each."
)
@click.option("--cables/--no-cables", default=True, show_default=True, help="Whom each hears on its ports.")
@click.option(
    "--at-once", type=click.IntRange(1, 256), default=64, show_default=True, help="Addresses at once."
)
def scan(
    addresses: tuple[str, ...],
    out: Path,
    community: str,
    ssh_port: int,
    snmp_port: int,
    https_port: int,
    deadline: float,
    at_once: int,
    cables: bool,
) -> int:
    """Ask what answers at each ADDRESS, and write a new inventory that says so.

    Addresses, names, networks (10.0.0.0/26) or spans (10.0.0.1-10.0.0.9), at most 4096. It reads an SSH
    banner, three SNMP objects and the tables that name who is at the far end of each port, the Redfish root,
    and whether an eAPI is there; it logs in nowhere and changes nothing. What it writes, devices and cables,
    is marked `found`: a run refuses it until you say what should be there.

    \b
    Example:
      bringup inventory scan 10.7.0.0/26 --out found.toml
    """
    from bringup.cli._scan import Wanted, addresses_of
    from bringup.cli._scan import scan as scan_all
    from bringup.cli._scan_wires import Ports
    from bringup.input.secret import secret_fault
    from bringup.model.errors import InputError

    fault = secret_fault("community", community)
    if fault is not None:
        raise InputError(f"--community: {fault[0]}", f"{fault[1][:1].upper()}{fault[1][1:]}.")
    wanted = Wanted(
        addresses=addresses_of(addresses),
        ports=Ports(ssh=ssh_port, snmp=snmp_port, https=https_port),
        community=community,
        deadline_s=deadline,
        at_once=at_once,
        cables=cables,
    )
    return scan_all(wanted, out)
