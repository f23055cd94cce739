"""From files to a work order."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from bringup.cabling.breakout import Cages
from bringup.cabling.heard import plain_mac
from bringup.cabling.link import End
from bringup.cabling.move import Place, Solution
from bringup.cabling.neighbours import as_planned
from bringup.cabling.solve import solve
from bringup.cli._cabling_files import read_expected_and_found
from bringup.model.inventory import Inventory


class WorkOrder(msgspec.Struct, frozen=True):
    solution: Solution
    places: dict[str, Place]
    notes: tuple[str, ...]


def work_order(expected: str, found: Sequence[str], inventory: Inventory | None) -> WorkOrder:
    """Raises `InputError` with the problems of every file."""
    devices = inventory.device if inventory is not None else ()
    ports = inventory.port if inventory is not None else ()
    with _no_garbage():
        names = None if inventory is None else inventory.devices
        addresses = {plain_mac(one.mac): one.name for one in devices if plain_mac(one.mac)}
        plan, seen, notes = read_expected_and_found(expected, found, names, addresses)
        cages = Cages.of(plan, {End(port.device, port.name): port.cage for port in ports if port.cage})
        places = {one.name: Place(one.rack or "", one.unit, one.side or "") for one in devices}
        return WorkOrder(solve(plan, as_planned(seen, plan), cages=cages, places=places), places, notes)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Tens of thousands of rows, none in a cycle of references: to look for one takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
