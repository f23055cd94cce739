"""Where something is, in the order in which eyes find it: rack, unit, side, slot, cage, then its name."""

from __future__ import annotations

from bringup.model.inventory import Device, Inventory
from bringup.model.subject import ends, parse_subject


def places(inventory: Inventory, subject: str) -> tuple[str, ...]:
    """One place for each end of a link, else one."""
    return tuple(dict.fromkeys(_place(inventory, end) for end in ends(subject)))


def _place(inventory: Inventory, subject: str) -> str:
    try:
        name = parse_subject(subject)
    except ValueError:
        return subject
    device = inventory.devices.get(name.device)
    if device is None:
        return subject
    port = inventory.ports.get(f"{name.device}/{name.component}")
    parts = [*_of_device(device)]
    if port is not None and port.cage:
        parts.append(f"cage {port.cage}")
    parts.append(name.device)
    if name.component is not None:
        parts.append(f"port {name.component}" if port is not None else name.component)
    if name.part is not None:
        parts.append(name.part.replace("-", " "))
    return ", ".join(parts)


def _of_device(device: Device) -> list[str]:
    found = []
    if device.rack:
        found.append(f"rack {device.rack}")
    if device.unit is not None:
        found.append(f"U{device.unit}")
    if device.side:
        found.append(device.side)
    if device.slot:
        found.append(f"slot {device.slot}")
    return found
