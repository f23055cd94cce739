"""OpenConfig over gNMI: what SONiC, EOS and others tell alike.

Each function takes one snapshot (Subscribe ONCE), so that what is missing is known to be missing: the answer
is complete at its sync. Where targets differ: `bringup.decode.openconfig_tree` and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from bringup.decode.openconfig_component import optics_of
from bringup.decode.openconfig_interface import fec_of, neighbors_of, ports_of
from bringup.decode.openconfig_tree import Tree, tree_of
from bringup.decode.result import Damaged, Nothing
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import FecCounters, Neighbor, Optic, Port
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
    found = await _snapshot(gnmi, FEC_PATHS, fec_of, "FEC counters")
    return tuple(entry for entry in found if not names or entry.port in names)


async def optics(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[Optic, ...]:
    """The module of every interface, by the interface's name; see `ports`."""
    found = await _snapshot(gnmi, OPTIC_PATHS, optics_of, "transceivers")
    return tuple(optic for optic in found if not names or optic.port in names)


async def neighbors(gnmi: GnmiExchange, names: Collection[str] = ()) -> tuple[Neighbor, ...]:
    """LLDP neighbours, by local interface; none where LLDP runs and hears nobody; see `ports`."""
    found = await _snapshot(gnmi, LLDP_PATHS, neighbors_of, "LLDP neighbours")
    return tuple(neighbor for neighbor in found if not names or neighbor.local_port in names)


async def _snapshot(
    gnmi: GnmiExchange, paths: Sequence[str], read: Callable[[Tree], Facts], what: str
) -> Facts:
    updates = await gnmi.once(paths, deadline_s=SNAPSHOT_DEADLINE_S)
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
