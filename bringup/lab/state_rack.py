"""What a rack has beside the insides of its devices: management cables, leak detectors, cages to break out.

Plain mutable records, as in `bringup.lab.state`.
"""

from __future__ import annotations

import msgspec


class Jack(msgspec.Struct, kw_only=True):
    """The management port of a device."""

    name: str
    mac: str


class Socket(msgspec.Struct, kw_only=True):
    """A port of a management switch. `index` is its ifIndex."""

    name: str
    index: int
    speed_mbps: int = 1000
    admin_up: bool = True


class ManagementCable(msgspec.Struct, kw_only=True):
    """A copper cable from a port of the management switch (None: it hangs free) to a device's jack."""

    label: str
    port: str | None
    device: str
    length_m: float = 3.0


class LeakDetector(msgspec.Struct, kw_only=True):
    """A leak detector of a chassis. `fitted`: it is plugged in; `wet`: there is liquid where it lies."""

    name: str
    place: str
    fitted: bool = True
    wet: bool = False


class Cage(msgspec.Struct, kw_only=True):
    """A cage that can be broken out: the names of its ports, one for each lane, and the mode configured.

    `whole` is the port that has all lanes, where it is not the first of those (`swp1` beside `swp1s0`).
    """

    name: str
    ports: list[str]
    mode: str
    whole: str | None = None
