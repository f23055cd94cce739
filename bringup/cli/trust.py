"""Show a device's SSH host keys, ask, and record them as trusted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from bringup.cli._options import inventory_option

if TYPE_CHECKING:
    from pathlib import Path

    import asyncssh

    from bringup.model.inventory import Device
    from bringup.transport.failure import Peer
    from bringup.transport.ssh_client import Login
    from bringup.transport.ssh_keys import SshKeys


@click.command(name="trust")
@click.argument("devices", metavar="DEVICE...", nargs=-1, required=True)
@inventory_option
@click.option("--yes", is_flag=True, help="Record without asking; for those who know the keys already.")
def trust(devices: tuple[str, ...], inventory: str | None, yes: bool) -> int:
    """Fetch each DEVICE's host keys, show their SHA-256 fingerprints, and record them once you agree. Of a
    device behind jump hosts theirs come first, each once it is trusted leading to the next.

    Compare the fingerprints with the device's label or console first: what you record now is what every later
    run insists on. Exit code 3 when a device showed no key or you did not agree.

    \b
    Examples:
      bringup trust leaf-1 leaf-2 -i rack.toml
      bringup trust leaf-1 -i rack.toml --yes
    """
    from bringup.transport.ssh_keys import SshKeys

    found, folder = _devices(devices, inventory)
    keys = SshKeys()
    # Each is asked for, also after one that failed.
    trusted = [_trust(device, folder, keys, yes=yes) for device in found]
    return 0 if all(trusted) else 3


def _devices(names: tuple[str, ...], inventory: str | None) -> tuple[list[Device], Path]:
    from bringup.driver.registry import platform_names
    from bringup.input import find_file, load_inventory
    from bringup.model.errors import InputError

    if inventory is None:
        raise InputError("which inventory?", "Say -i FILE.")
    path = find_file("inventory", inventory)
    loaded = load_inventory(path, platforms=platform_names())
    for name in names:
        device = loaded.devices.get(name)
        if device is None:
            known = ", ".join(loaded.devices) or "none"
            raise InputError(f"{path} has no device {name!r}", f"It has: {known}.")
        if device.ssh is None:
            raise InputError(f"{name} has no [device.ssh] in {path}", "Only SSH has host keys.")
    return [loaded.devices[name] for name in names], path.parent


def _trust(device: Device, folder: Path, keys: SshKeys, *, yes: bool) -> bool:
    """Whether the keys of the device, and of what it is behind, are on record afterwards."""
    from bringup.model.errors import DeviceError

    assert device.ssh is not None
    legacy = device.ssh.legacy or device.ssh.console
    try:
        peer, way = _way(device, folder, keys)
        for number, (hop, _) in enumerate(way):
            shown = asyncio.run(_fetch(hop, way[number - 1] if number else None, legacy=False))
            if not _record(None, hop, shown, keys, yes=yes):
                return False
        shown = asyncio.run(_fetch(peer, way[-1] if way else None, legacy=legacy))
        return _record(device, peer, shown, keys, yes=yes)
    except DeviceError as error:
        click.echo(str(error), err=True)
        return False


def _way(device: Device, folder: Path, keys: SshKeys) -> tuple[Peer, list[tuple[Peer, Login]]]:
    """The device, and the jump hosts before it in the order in which they are gone through."""
    from bringup.transport.failure import Peer
    from bringup.transport.links import ssh_login_of

    assert device.ssh is not None
    address = device.ssh.address or device.address
    peer = Peer(device=device.name, address=address, port=device.ssh.port, service="ssh")
    way: list[tuple[Peer, Login]] = []
    if device.ssh.jump:
        # Keys are read only where one has to log in on the way.
        from bringup.transport.ssh_login import jump_of

        way.append(jump_of(*ssh_login_of(device, folder, keys)))
        while way[0][1].settings.jump:
            way.insert(0, jump_of(*way[0]))
    return peer, way


async def _fetch(peer: Peer, through: tuple[Peer, Login] | None, *, legacy: bool) -> list[asyncssh.SSHKey]:
    from bringup.transport.host_keys import fetch_host_keys
    from bringup.transport.links import CONNECT_DEADLINE_S, LOGIN_DEADLINE_S
    from bringup.transport.ssh_login import hang_up, log_in

    connection = None
    if through is not None:
        connection = await log_in(
            *through, connect_deadline_s=CONNECT_DEADLINE_S, login_deadline_s=LOGIN_DEADLINE_S
        )
    try:
        return await fetch_host_keys(
            peer,
            connect_deadline_s=CONNECT_DEADLINE_S,
            handshake_deadline_s=LOGIN_DEADLINE_S,
            legacy=legacy,
            through=connection,
        )
    finally:
        if connection is not None:
            await hang_up(connection)


def _record(
    device: Device | None, peer: Peer, shown: list[asyncssh.SSHKey], keys: SshKeys, *, yes: bool
) -> bool:
    """Show them, ask, write them down; whether they are on record afterwards."""
    from bringup.transport.host_keys import record_host_keys

    recorded: list[asyncssh.SSHKey] = list(keys.known(peer)[0])
    click.echo(f"{peer}")
    for key in shown:
        click.echo(f"  {key.get_algorithm()} {key.get_fingerprint()}{_remark(key, recorded)}")
    if device is not None:
        _mention_inventory(device, shown)
    if all(key in recorded for key in shown):
        return True
    if not yes and not _agreed(peer):
        click.echo(f"{peer}: nothing recorded", err=True)
        return False
    record_host_keys(keys.path, peer, shown)
    keys.forget()
    click.echo(f"  recorded in {keys.path}")
    return True


def _remark(key: asyncssh.SSHKey, recorded: list[asyncssh.SSHKey]) -> str:
    if key in recorded:
        return "  (on record)"
    same_type = [old for old in recorded if old.get_algorithm() == key.get_algorithm()]
    if same_type:
        return f"  CHANGED: on record is {', '.join(old.get_fingerprint() for old in same_type)}"
    return ""


def _mention_inventory(device: Device, shown: list[asyncssh.SSHKey]) -> None:
    """A `host_key` in the inventory decides alone; say so, and whether it is one of those shown."""
    stated = device.ssh.host_key if device.ssh is not None else None
    if stated is None:
        return
    forms = {key.get_fingerprint() for key in shown}
    forms |= {" ".join(key.export_public_key("openssh").decode().split()[:2]) for key in shown}
    fits = "is one of these" if " ".join(stated.split()[:2]) in forms else "is NONE of these"
    click.echo(f"  `host_key` in the inventory {fits}, and it alone decides")


def _agreed(peer: Peer) -> bool:
    try:
        return click.confirm(f"Record these as the keys of {peer}?", default=False, err=True)
    except click.Abort:
        return False
