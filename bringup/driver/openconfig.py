"""OpenConfig over gNMI: what SONiC, EOS and others tell alike.

Each function takes one snapshot (Subscribe ONCE), so that what is missing is known to be missing: the answer
is complete at its sync. Where targets differ: `bringup.decode.openconfig_tree` and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import msgspec

from bringup.decode.openconfig_component import optics_of
from bringup.decode.openconfig_interface import fec_of, neighbors_of, ports_of
from bringup.decode.openconfig_tree import Tree, tree_of
from bringup.decode.result import Damaged, Nothing
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import FecCounters, Neighbor, Optic, Port
from bringup.model.measurement import value
from bringup.transport.base import GnmiExchange

Facts = TypeVar("Facts")
SNAPSHOT_DEADLINE_S = 30.0
INTERFACE = "/interfaces/interface[name=*]"
COMPONENT = "/components/component[name=*]"
PORT_PATHS = (f"{INTERFACE}/state", f"{INTERFACE}/ethernet/state")
FEC_PATHS = (
    f"{INTERFACE}/ethernet/state/counters",
    f"{INTERFACE}/ethernet/state/pre-fec-ber",
    f"{INTERFACE}/state/counters",
)
OPTIC_PATHS = (f"{INTERFACE}/state", f"{COMPONENT}/state", f"{COMPONENT}/transceiver")
_INTERFACE = re.compile(r"/interfaces/interface\[name=((?:[^\]\\]|\\.)+)\]/")
LLDP_PATHS = ("/lldp/interfaces/interface[name=*]",)


async def ports(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[Port, ...]:
    """Every interface, or those in `names`.

    Raises:
        NoData: the target tells of no interface.
        Unparsable: its data can't be read as OpenConfig.
        DeviceError: the transport's own.
    """
    found = await _snapshot(gnmi, PORT_PATHS, ports_of, "interfaces")
    return tuple(port for port in found if not names or port.name in names)


async def fec_counters(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[FecCounters, ...]:
    """FEC counters of every interface that counts any; see `ports`."""
    taken: dict[str, int] = {}
    found = await _snapshot(gnmi, FEC_PATHS, fec_of, "FEC counters", taken)
    stamped = (
        msgspec.structs.replace(one, sampled_unix_s=value(taken[one.port] / 1e9))
        if taken.get(one.port)
        else one
        for one in found
    )
    return tuple(one for one in stamped if not names or one.port in names)


async def optics(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[Optic, ...]:
    """The module of every interface, by the interface's name; see `ports`."""
    found = await _snapshot(gnmi, OPTIC_PATHS, optics_of, "transceivers")
    return tuple(optic for optic in found if not names or optic.port in names)


async def neighbors(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[Neighbor, ...]:
    """LLDP neighbours, by local interface; none where LLDP runs and hears nobody; see `ports`."""
    found = await _snapshot(gnmi, LLDP_PATHS, neighbors_of, "LLDP neighbours")
    return tuple(neighbor for neighbor in found if not names or neighbor.local_port in names)


async def _snapshot(
    gnmi: GnmiExchange,
    paths: Sequence[str],
    read: Callable[[Tree], Facts],
    what: str,
    taken: dict[str, int] | None = None,
) -> Facts:
    """`taken` is filled with the newest stamp of each interface, in nanoseconds by the target's clock.

    The newest, because a target that sends what has changed stamps each leaf with its last change: of a port
    with a link some counter moves at every reading.
    """
    updates = await gnmi.once(paths, deadline_s=SNAPSHOT_DEADLINE_S)
    for update in updates if taken is not None else ():
        name = _INTERFACE.match(update.path)
        if name is not None and taken is not None:
            taken[name[1]] = max(taken.get(name[1], 0), update.timestamp_ns)
    try:
        return read(tree_of((update.path, update.value) for update in updates))
    except Damaged as damaged:
        raise Unparsable(
            f"the {what} that gNMI gives can't be read: {damaged}",
            "Compare the raw updates, kept as evidence, with the OpenConfig models of this release.",
        ) from None
    except Nothing as nothing:
        raise NoData(
            f"gNMI gives no {what}: {nothing}",
            f"Does the target serve {paths[0]}? Ask it with a gNMI client, or leave [device.gnmi] out.",
        ) from None
