"""Where a subject is, in one short line: rack, unit, side, then its name."""

from __future__ import annotations

from bringup.model.inventory import Device, Inventory
from bringup.model.subject import ends, parse_subject


def place(inventory: Inventory, subject: str) -> str:
    """As eyes find it; both ends of a link."""
    told: list[str] = []
    for end in ends(subject):
        device = device_of(inventory, end)
        where = ""
        if device is not None:
            unit = f"U{device.unit}" if device.unit is not None else ""
            where = " ".join(filter(None, (device.rack or "", unit, device.side or "")))
        told.append(f"{where}  {end}".strip())
    return "  <->  ".join(told)


def device_of(inventory: Inventory, end: str) -> Device | None:
    """The device that an end is of; None where the inventory has none of that name."""
    try:
        return inventory.devices.get(parse_subject(end).device)
    except ValueError:  # what a record from elsewhere calls a subject
        return None
