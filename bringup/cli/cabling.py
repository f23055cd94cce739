"""Check cable lists, convert them, and say which cables to move."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._file_group import form_option
from bringup.cli._options import inventory_option
from bringup.cli.main import printable

if TYPE_CHECKING:
    from bringup.cabling.link import Link
    from bringup.model.inventory import Inventory

TO = ("csv", "dot", "netbox", "p2p", "sonic", "topology", "xlsx")


@click.group("cabling")
def cabling() -> None:
    """Cable lists: check, import, convert, compare with what was found.

    FILE may be our CSV (a_device,a_port,b_device,b_port,medium,length_m,label), PTM's topology.dot, NVIDIA's
    point-to-point list (CSV or xlsx), a topology of ibdiagnet or ibnetdiscover, NetBox's cables, or SONiC's
    links; which one is told by its content.

    \b
    Examples:
      bringup cabling check plan.csv -i rack.toml
      bringup cabling import plan.xlsx --out cables.csv
      bringup cabling convert plan.xlsx --to netbox --out netbox.csv
      bringup cabling solve --expected plan.csv --found runs/20260101-120000-abcd
    """


@cabling.command("check")
@click.argument("file", type=click.Path())
@inventory_option
@form_option
def check(file: str, inventory: str | None, form: str) -> int:
    """Tell everything that is wrong with a cable list, with rows. Exit code 2 if anything is.

    With an inventory its devices are the ones that there are.
    """
    from bringup.cli._cabling_files import read_list
    from bringup.model.errors import InputError

    loaded = _inventory(inventory)
    problems: list[str] = []
    count = 0
    notes: tuple[str, ...] = ()
    try:
        listed = read_list(file, devices=None if loaded is None else loaded.devices)
        count, notes = len(listed.links), listed.notes
    except InputError as error:
        problems = list(error.problems) or [str(error)]
    if form == "json":
        told = {"file": file, "ok": not problems, "links": count, "problems": problems, "notes": list(notes)}
        print(json.dumps(told))
    else:
        for problem in problems:
            print(_line(problem), file=sys.stderr)
        if not problems:
            print(_line(f"{file}: good: {count} links"))
        for note in notes:
            print(_line(note), file=sys.stderr)
    return 2 if problems else 0


@cabling.command("convert")
@click.argument("file", type=click.Path())
@click.option("--to", "to", type=click.Choice(TO), required=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A new file; none is overwritten."
)
def convert(file: str, to: str, out: Path) -> None:
    """Write a cable list as another tool reads it.

    p2p and xlsx are NVIDIA's point-to-point list. These, dot, a topology and SONiC's links hold no media,
    lengths or labels; a topology has `?` where the list knows no kind of device and no rate.
    """
    _convert(file, to, out)


@cabling.command("import")
@click.argument("file", type=click.Path())
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A new file; none is overwritten."
)
def import_(file: str, out: Path) -> None:
    """Read another tool's cable list, and write it as ours: `cables = "OUT"` in an inventory takes it."""
    _convert(file, "csv", out)


def _convert(file: str, to: str, out: Path) -> None:
    """
    Raises:
        InputError: it is no good list, a name can't stand in that form, or `out` can't be written.
    """
    from bringup.cli._cabling_files import read_list
    from bringup.model.errors import InputError

    listed = read_list(file)
    try:
        data = _bytes(listed.links, to)
    except ValueError as error:
        raise InputError(f"{file}: {error}", "Rename it, or choose another format.") from error
    try:
        with out.open("xb") as opened:
            opened.write(data)
    except FileExistsError as error:
        raise InputError(
            f"{out} is there already", "A file of yours is never overwritten: name another."
        ) from error
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}") from error
    print(_line(f"written: {out} ({len(listed.links)} links)"), file=sys.stderr)


@cabling.command("solve")
@click.option("--expected", metavar="FILE", required=True, help="The plan.")
@click.option(
    "--found",
    multiple=True,
    required=True,
    metavar="FILE",
    help="A list like the plan, where an end may be empty; a run's folder; or DEVICE=FILE with the LLDP "
    "neighbours or the forwarding table of one device (addresses: `mac` of -i). May be given several times.",
)
@inventory_option
@form_option
def solve_command(expected: str, found: tuple[str, ...], inventory: str | None, form: str) -> int:
    """The fewest moves that turn found into expected, one plug at a time.

    With an inventory the order tells racks, units and sides, and prefers short ways. Exit code: 0 nothing to
    move, 1 moves to make, 3 only ends that nobody has seen, 2 the rows are bad.
    """
    from bringup.cli._cabling_order import as_json, as_text, exit_code
    from bringup.cli._cabling_solve import work_order

    order = work_order(expected, found, _inventory(inventory))
    if form == "json":
        print(json.dumps(as_json(order.solution, order.notes)))
    else:
        print("\n".join(as_text(order.solution, order.places, order.notes)))
    return exit_code(order.solution)


def _inventory(name: str | None) -> Inventory | None:
    if name is None:
        return None
    from bringup.driver.registry import platform_names
    from bringup.input import load_inventory
    from bringup.input.shipped import find_file

    return load_inventory(find_file("inventory", name), platforms=platform_names())


def _bytes(links: tuple[Link, ...], to: str) -> bytes:
    from bringup.cabling.workbook import workbook
    from bringup.cabling.write import P2P, p2p_rows

    if to == "xlsx":
        return workbook("Cables", [list(P2P), *p2p_rows(links)])
    return _text(links, to).encode()


def _text(links: tuple[Link, ...], to: str) -> str:
    from bringup.cabling.write import WRITERS

    if to != "netbox":
        return WRITERS[to](links)
    from bringup.input.netbox_out import cables_csv
    from bringup.model.inventory import Cable, Inventory

    return cables_csv(
        Inventory(
            cable=tuple(
                Cable(
                    a_device=link.a.device,
                    a_port=link.a.port,
                    b_device=link.b.device,
                    b_port=link.b.port,
                    medium=link.medium,
                    length_m=link.length_m,
                    label=link.label,
                )
                for link in links
                if link.a is not None and link.b is not None
            )
        )
    )


def _line(text: str) -> str:
    return printable(text.replace("\n", "\\n"))
