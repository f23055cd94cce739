"""The system group (RFC 3418), which every agent has."""

from __future__ import annotations

from bringup.decode.snmp_record import Mib, scaled
from bringup.model.measurement import Read

SYSTEM = "1.3.6.1.2.1.1"
SYS_DESCR = f"{SYSTEM}.1.0"
SYS_OBJECT_ID = f"{SYSTEM}.2.0"
SYS_UPTIME = f"{SYSTEM}.3.0"
SYS_NAME = f"{SYSTEM}.5.0"
TICKS_PER_S = 100


def uptime_s(mib: Mib) -> Read:
    """Time since the agent started; wraps after 497 days."""
    return scaled(mib.integer(SYS_UPTIME), per=TICKS_PER_S)
