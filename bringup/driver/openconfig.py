"""OpenConfig over gNMI: what SONiC, EOS and others tell alike.

Each function takes one snapshot (Subscribe ONCE), so that what is missing is known to be missing: the answer
is complete at its sync. Paths and the shape of values: `bringup.decode.openconfig_tree`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bringup.model.facts import FecCounters, Neighbor, Optic, Port
from bringup.transport.base import GnmiExchange


async def ports(gnmi: GnmiExchange, names: Sequence[str] = ()) -> tuple[Port, ...]:
    """Every interface, or those in `names`."""
    raise NotImplementedError


async def fec_counters(gnmi: GnmiExchange, names: Sequence[str] = ()) -> tuple[FecCounters, ...]:
    """FEC counters of every interface that counts any."""
    raise NotImplementedError


async def optics(gnmi: GnmiExchange, names: Sequence[str] = ()) -> tuple[Optic, ...]:
    """The module of every interface that names one."""
    raise NotImplementedError


async def neighbors(gnmi: GnmiExchange, names: Sequence[str] = ()) -> tuple[Neighbor, ...]:
    """LLDP neighbours."""
    raise NotImplementedError
