"""A device without a wire: a valve, a breaker, a patch panel. It has no capabilities; asks go to a person."""

from __future__ import annotations

from bringup.driver.registry import Platform
from bringup.model.inventory import Device
from bringup.transport.base import Links


class HumanDriver:
    """Reads nothing and changes nothing: what is known of the device is what a person answers."""

    def __init__(self, device: Device, links: Links) -> None:
        self.device = device


PLATFORM = Platform(
    name="human",
    title="No wire: a person reads it and changes it",
    transports=(),
    open=HumanDriver,
)
