"""NetBox CSV out: devices and cables as its import forms take them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from bringup.input.netbox import ADDRESS, MEDIUM
from bringup.input.netbox_columns import (
    CABLE_FIELDS,
    DEVICE_FIELDS,
    INTERFACE,
    POWER_OUTLET,
    POWER_PORT,
    cable_type,
)
from bringup.model.inventory import Device, Inventory

UNKNOWN = "Unknown"
"""NetBox wants a manufacturer and a type of each device; an inventory need not know them."""


def devices_csv(inventory: Inventory, *, manufacturer: str = UNKNOWN) -> str:
    """A row a device."""
    return _csv(DEVICE_FIELDS, (_device(device, inventory.site, manufacturer) for device in inventory.device))


def cables_csv(inventory: Inventory) -> str:
    """A row a cable, and one for each supply that hangs on an outlet."""
    links = (
        {
            "side_a_device": cable.a_device,
            "side_a_type": INTERFACE,
            "side_a_name": cable.a_port,
            "side_b_device": cable.b_device,
            "side_b_type": INTERFACE,
            "side_b_name": cable.b_port,
            "type": cable_type(cable.medium),
            "status": "connected",
            "label": cable.label,
            "length": f"{cable.length_m:g}" if cable.length_m is not None else "",
            "length_unit": "m" if cable.length_m is not None else "",
            "description": f"{MEDIUM}{cable.medium}" if cable.medium else "",
        }
        for cable in inventory.cable
    )
    feeds = (
        {
            "side_a_device": feed.pdu,
            "side_a_type": POWER_OUTLET,
            "side_a_name": f"Outlet {feed.outlet}",
            "side_b_device": device.name,
            "side_b_type": POWER_PORT,
            "side_b_name": feed.supply or "psu-1",
            "type": "power",
            "status": "connected",
        }
        for device in inventory.device
        for feed in device.feed
    )
    return _csv(CABLE_FIELDS, (*links, *feeds))


def _device(device: Device, site: str, manufacturer: str) -> dict[str, str]:
    side = device.side if device.side in ("front", "rear") else "front"
    return {
        "name": device.name,
        "role": device.role,
        "manufacturer": manufacturer,
        "device_type": device.expect.model or UNKNOWN,
        "platform": device.platform,
        "serial": device.expect.serial or "",
        "status": "active",
        "site": site or UNKNOWN,
        "rack": device.rack or "",
        "position": str(device.unit) if device.unit is not None else "",
        # NetBox takes a face only with a rack, and wants one with a position.
        "face": side if device.rack and (device.unit is not None or device.side) else "",
        "description": f"{ADDRESS}{device.address}",
    }


def _csv(fields: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fields, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
