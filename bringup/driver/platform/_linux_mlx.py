"""What mlxlink adds on hosts with ConnectX and BlueField adapters: a module that the kernel can't read, and
BER where ethtool counts nothing.

It asks the adapter's firmware, which takes about 0.8 s of that a port, and needs root: so it is asked only
where ethtool has no answer. Never with what changes or clears anything. Source: mstflint, mlxlink's flags.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import msgspec

from bringup.decode.ib_mlxlink import MLXLINK
from bringup.driver.reading import Command, NotPermitted
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Adapter, Decoded, FecCounters, Optic

TOOL = "mlxlink"
DRIVERS = frozenset({"mlx5_core"})
DEADLINE_S = 40.0
_ADDRESS = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7]")

Read_ = Callable[[Command], Awaitable[Decoded]]


def command_of(adapter: Adapter) -> Command | None:
    """What to ask of an adapter's port; None where it is none of NVIDIA's, or its place is not known.

    A port of a two-port adapter is a function of its own: `.0` and `.1`.
    """
    place = adapter.pcie_address.value
    if adapter.driver.value not in DRIVERS or not isinstance(place, str) or not _ADDRESS.fullmatch(place):
        return None
    return Command(text=f"{TOOL} -d {place} -m -c --json", format=MLXLINK, deadline_s=DEADLINE_S)


async def told(read: Read_, adapter: Adapter) -> Decoded | None:
    """What mlxlink tells; None where it is not there, may not be run, or can't be read."""
    command = command_of(adapter)
    if command is None:
        return None
    try:
        return await read(command)
    except (NoData, NotPermitted, Unparsable):
        return None


def optic_in(decoded: Decoded | None, port: str) -> Optic | None:
    """The module, where mlxlink knows whether there is one."""
    found = None if decoded is None else decoded.facts["optic"]
    if not isinstance(found, Optic) or found.present.value is None:
        return None
    return msgspec.structs.replace(found, port=port)


def fec_in(decoded: Decoded | None, port: str) -> FecCounters | None:
    found = None if decoded is None else decoded.facts["fec"]
    return msgspec.structs.replace(found, port=port) if isinstance(found, FecCounters) else None
