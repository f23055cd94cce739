"""What lldpd hears, for all platforms that run it.

A table without a neighbour is lldpd's own statement that it hears nobody, where it listens at all: then there
are no neighbours. Where it listens on no interface, is not there or not running, nothing is known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bringup.driver.reading import Command
from bringup.model.errors import DeviceError, NoData
from bringup.model.facts import Decoded, Neighbor


async def neighbors(
    read: Callable[[Command], Awaitable[Decoded]], table: Command, interfaces: Command, *, device: str
) -> tuple[Neighbor, ...]:
    """Every neighbour in `table`; none where it is empty and `interfaces` says that lldpd listens.

    Raises:
        NoData: it does not listen, or does not say so.
        DeviceError: the table could not be read.
    """
    found = (await read(table)).facts["neighbors"]
    assert isinstance(found, tuple)
    if not found:
        try:
            await read(interfaces)
        except DeviceError as error:  # one that can't tell proves no more than one that does not listen
            raise NoData(
                f"{device}: lldpd names no neighbour, and does not say that it listens ({error.message})",
                "See by hand whether lldpd runs there, and on which interfaces.",
            ) from None
    return tuple(neighbor for neighbor in found if isinstance(neighbor, Neighbor))
