"""`inventory import` and `inventory export`: NetBox CSV in and out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bringup.cli.main import printable
from bringup.model.errors import InputError


def import_netbox(devices: Path, cables: Path | None, out: Path, platforms: Sequence[str]) -> None:
    """Write a new inventory, and its cable list beside it.

    Raises:
        InputError: with every problem found, or a file is there already.
    """
    from bringup.driver.registry import platform_names
    from bringup.input.netbox import read_netbox
    from bringup.input.new_file import inventory_text, write_inventory

    names = platform_names()
    found = read_netbox(devices, cables, platforms=names, given=_given(platforms, names))
    head: dict[str, Any] = {"site": found.site} if found.site else {}
    beside: dict[str, str] = {}
    if found.cables:
        name = f"{out.stem}-cables.csv"
        head["cables"] = name
        beside[name] = found.cable_list()
    tables: list[tuple[str, Mapping[str, Any], Sequence[str]]] = [
        ("rack", {"name": rack}, ()) for rack in found.racks
    ]
    tables += [("device", device, ()) for device in found.devices]
    tables += [("port", {"device": device, "name": port}, ()) for device, port in found.ports]
    comment = (
        f"From NetBox ({devices.name}{f' and {cables.name}' if cables else ''}): what should be there.",
        "Credentials, speeds and optics are not in NetBox's tables: add them.",
    )
    write_inventory(out, inventory_text(head, tables, comment=comment), beside, platforms=names)
    for words in found.left_out:
        print(printable(words), file=sys.stderr)
    for path in (out, *(out.parent / name for name in beside)):
        print(printable(f"written: {path}"), file=sys.stderr)


def _given(platforms: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for text in platforms:
        theirs, equals, ours = text.rpartition("=")
        if not equals or ours not in names:
            raise InputError(f"--platform {text!r}: say NETBOX=OURS", f"Ours are {', '.join(names)}.")
        given[theirs.lower()] = ours
    return given


def export_netbox(inventory: Path, out: Path, manufacturer: str) -> None:
    """Write `devices.csv` and `cables.csv` into the folder `out`.

    Raises:
        InputError: the inventory is not good, or one of them is there already.
    """
    from bringup.driver.registry import platform_names
    from bringup.input import load_inventory
    from bringup.input.netbox_out import cables_csv, devices_csv

    loaded = load_inventory(inventory, platforms=platform_names())
    made = {
        out / "devices.csv": devices_csv(loaded, manufacturer=manufacturer),
        out / "cables.csv": cables_csv(loaded),
    }
    for path in made:
        if path.exists() or path.is_symlink():
            raise InputError(
                f"{path} is there already", "A file of yours is never overwritten: name another."
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in made.items():
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError as error:
        raise InputError(f"{error.filename or out} can't be written: {error.strerror}") from error
    for path in made:
        print(printable(f"written: {path}"), file=sys.stderr)
