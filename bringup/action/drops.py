"""What goes dark when a device loses its power (field rule 6): not the device alone."""

from __future__ import annotations

from bringup.model.intent import outlet_subject
from bringup.model.inventory import Inventory
from bringup.model.subject import link


def dropped_port(inventory: Inventory, subject: str) -> tuple[str, ...]:
    """A port, and by the cable list its far end and the link between them."""
    far = inventory.far_ends.get(subject)
    return (subject,) if far is None else (subject, far, link(subject, far))


def dropped_ports(inventory: Inventory, device: str) -> tuple[str, ...]:
    """Every port of a device that the inventory or the cable list names, with far ends and links."""
    named = [port.subject for port in inventory.port if port.device == device]
    cabled = [end for end in inventory.far_ends if end.partition("/")[0] == device]
    found = [each for subject in (*named, *cabled) for each in dropped_port(inventory, subject)]
    return tuple(dict.fromkeys(found))


def cage_ports(inventory: Inventory, subject: str) -> tuple[str, ...]:
    """The ports that share a cage with this one, itself first: a cage is not a port. Alone where the
    inventory names no cage.
    """
    port = inventory.ports.get(subject)
    if port is None or port.cage is None:
        return (subject,)
    same = [each.subject for each in inventory.port if (each.device, each.cage) == (port.device, port.cage)]
    return tuple(dict.fromkeys((subject, *same)))


def only_fed_by(inventory: Inventory, outlet: str) -> tuple[str, ...]:
    """The devices that have no other feed than this outlet."""
    return tuple(
        device.name
        for device in inventory.device
        if device.feed and all(outlet_subject(feed.pdu, feed.outlet) == outlet for feed in device.feed)
    )


def dropped_device(inventory: Inventory, device: str) -> tuple[str, ...]:
    """What goes dark with the supplies of a device: itself, its ports, and the BMC that lives in it."""
    bmc = inventory.devices[device].bmc
    return (device, *dropped_ports(inventory, device), *((bmc,) if bmc is not None else ()))
