"""Cages that one module's lanes can be shared out from: which ports a mode makes, and of which lanes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bringup.lab.state import Device, Port
from bringup.lab.state_rack import Cage

MODES: Mapping[str, tuple[int, float]] = MappingProxyType(
    {"1x400G": (1, 400.0), "2x200G": (2, 200.0), "4x100G": (4, 100.0)}
)
"""Mode -> how many ports, and the speed of each in Gb/s."""
CAGE_LANES = 4
WHOLE = "1x400G"


def set_mode(device: Device, cage: Cage, mode: str) -> None:
    """Make the ports of a mode and unmake the others. Raises: KeyError for a mode that no cage has."""
    count, speed_gbps = MODES[mode]
    lanes = CAGE_LANES // count
    cage.mode = mode
    for offset, port in enumerate(_ports(device, cage)):
        port.made = offset % lanes == 0 and (count > 1 or cage.whole is None)
        port.lane_offset = offset
        port.lane_count = lanes if port.made else 1
        port.speed_gbps = speed_gbps
    for port in device.ports:
        if port.name == cage.whole:
            port.made, port.lane_offset, port.lane_count = count == 1, 0, CAGE_LANES
            port.speed_gbps = MODES[WHOLE][1]


def share_modules(device: Device) -> None:
    """Let all ports of a cage hold the one module that is in it; a saved world has a copy at each."""
    for cage in device.cages:
        ports = _ports(device, cage)
        ports = [port for port in device.ports if port.name == cage.whole] + ports
        for port in ports[1:]:
            port.optic = ports[0].optic


def mode_of(ways: int, gbps: float | None = None) -> str | None:
    """The mode of as many ports, each of that speed where one is given; None where no cage has it."""
    return next(
        (mode for mode, (count, speed) in MODES.items() if count == ways and gbps in (None, speed)), None
    )


def _ports(device: Device, cage: Cage) -> list[Port]:
    named = {port.name: port for port in device.ports}
    return [named[name] for name in cage.ports]
