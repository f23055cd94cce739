"""What a line of configuration makes of a port: one change, of a kind that every switch has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from bringup.lab.config_state import Snapshot
from bringup.lab.state import Port

Field = Literal["admin_up", "mtu", "fec_mode", "speed_gbps"]
MTU = (68, 9416)
SPEEDS_GBPS = frozenset({10.0, 25.0, 40.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0})


class PortChange(NamedTuple):
    """`held` is what `field` of the port `port` is from now on: bool, int, a mode of FEC, or Gb/s."""

    port: str
    field: Field
    held: bool | int | float | str


class SettingChange(NamedTuple):
    """A setting that is none of a port's; `held` None takes it away."""

    key: str
    held: str | None


class CageChange(NamedTuple):
    """A cage is shared out in another way."""

    cage: str
    mode: str


Change = PortChange | SettingChange | CageChange


def changed(before: Snapshot, changes: Sequence[Change]) -> Snapshot:
    """`before` with the changes made, in order; `before` itself stays as it is. Raises: KeyError."""
    ports = {name: msgspec.structs.replace(each) for name, each in before.ports.items()}
    settings, cages = dict(before.settings), dict(before.cages)
    for change in changes:
        if isinstance(change, CageChange):
            cages[change.cage] = change.mode
        elif isinstance(change, PortChange):
            setattr(ports[change.port], change.field, change.held)
        elif change.held is None:
            settings.pop(change.key, None)
        else:
            settings[change.key] = change.held
    return Snapshot(ports=ports, settings=settings, cages=cages)


def mtu_of(text: str) -> int | None:
    """An MTU in bytes; None where it is none that a switch takes."""
    return int(text) if text.isascii() and text.isdigit() and MTU[0] <= int(text) <= MTU[1] else None


def speed_of(text: str) -> float | None:
    """Gb/s of `400G`, `400g` or `400000` (Mb/s); None for a speed that no port has."""
    bare = text.upper().removesuffix("G")
    if not (bare.isascii() and bare.isdigit()) or len(bare) > 8:
        return None
    gbps = float(bare) if text[-1:] in "gG" else float(bare) / 1000.0
    return gbps if gbps in SPEEDS_GBPS else None


def reed_solomon(port: Port) -> str:
    """The Reed-Solomon code of a port at its speed: RS(544,514) from 50 Gb/s a lane on (IEEE 802.3)."""
    return "rs544" if port.speed_gbps / port.lane_count >= 50.0 else "rs528"
