"""How drivers read over SNMP: walks joined to one map, and the error that a bad or empty answer deserves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from bringup.decode.result import Damaged, Nothing
from bringup.decode.snmp_record import Mib
from bringup.decode.snmp_record import SnmpValue as Recorded
from bringup.model.errors import NoData, Unparsable
from bringup.transport.base import SnmpExchange

Facts = TypeVar("Facts")
MAX_VARIABLES = 400_000
WALK_DEADLINE_S = 30.0


async def walked(snmp: SnmpExchange, bases: Iterable[str], *, device: str) -> Mib:
    """Everything under `bases`, one walk after the other: an agent's load matters more than ours.

    Raises:
        NoData: the agent has nothing under any of them.
        Unparsable: it has far too much.
        DeviceError: the transport's own.
    """
    values: dict[str, Recorded] = {}
    asked = tuple(bases)
    for base in asked:
        values.update(await snmp.walk(base, deadline_s=WALK_DEADLINE_S))
        if len(values) > MAX_VARIABLES:
            raise Unparsable(
                f"{device}: more than {MAX_VARIABLES} variables", "Is this the device it should be?"
            )
    if not values:
        raise NoData(
            f"{device}: the SNMP agent has nothing under {', '.join(asked)}",
            "Check with snmpwalk that the community or user may see these tables (view), and that this is"
            " the platform that the inventory says.",
        )
    return Mib(values)


def facts_from(mib: Mib, read: Callable[[Mib], Facts], *, device: str, what: str) -> Facts:
    """What `read` makes of `mib`.

    Raises:
        Unparsable: the agent's tables can't be read.
        NoData: they hold nothing.
    """
    try:
        return read(mib)
    except Damaged as damaged:
        raise Unparsable(
            f"{device}: its {what} can't be read: {damaged}",
            "Compare the raw walk, kept as evidence, with the MIB of this release.",
        ) from None
    except Nothing as nothing:
        raise NoData(f"{device}: it tells no {what}: {nothing}", "Look at the table with snmpwalk.") from None
