"""The management network: one switch, a cable to each device's management jack, addresses handed out by port.

An address belongs to the switch port that the plan gives to a device (as a relay with port ids does it), so
who answers at it is whoever is plugged in there. Works on the records of `bringup.lab.state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bringup.lab.state import Device, Plant
from bringup.lab.state_rack import ManagementCable, Socket


class Attached(NamedTuple):
    """One port of a management switch, and the device whose jack is plugged into it."""

    socket: Socket
    device: Device | None

    @property
    def up(self) -> bool:
        """Whether the port has a link: a cable that is whole, and a jack with power at its end."""
        device = self.device
        if device is None or not device.reachable or not self.socket.admin_up:
            return False
        return device.boot_started_at is not None


def _plugged(plant: Plant, port: str) -> ManagementCable | None:
    return next((cable for cable in plant.management if cable.port == port), None)


def attached(plant: Plant, devices: Mapping[str, Device], switch: Device) -> list[Attached]:
    """Every port of a management switch, in order."""
    cables = [_plugged(plant, f"{switch.name}/{socket.name}") for socket in switch.sockets]
    return [
        Attached(socket, None if cable is None else devices[cable.device])
        for socket, cable in zip(switch.sockets, cables, strict=True)
    ]


def resident(plant: Plant, devices: Mapping[str, Device], owner: str) -> Device | None:
    """The device that answers at the address planned for `owner`.

    None where nobody is plugged in or the switch in between does not run. A device without a planned port (in
    a rack without a management switch, or that switch itself) is at its own address.
    """
    port = plant.addresses.get(owner)
    if port is None:
        return devices[owner]
    cable = _plugged(plant, port)
    if cable is None or not devices[port.split("/", 1)[0]].booted:
        return None
    return devices[cable.device]
