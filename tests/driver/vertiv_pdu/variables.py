"""The variables of a small Vertiv PDU: two switched outlets, one phase."""

from __future__ import annotations

from bringup.transport.base import SnmpValue

IMD = "1.3.6.1.4.1.21239.5.2"
OUTLETS, METERS, PHASES = f"{IMD}.3.5.1", f"{IMD}.3.6.1", f"{IMD}.3.2.1"

VARIABLES: dict[str, SnmpValue] = {
    "1.3.6.1.2.1.1.1.0": b"GEIST IMD",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.21239.42.1.53",
    "1.3.6.1.2.1.1.3.0": 123456,
    "1.3.6.1.2.1.1.5.0": b"pdu-3",
    f"{IMD}.1.2.0": b"5.6.1",
    f"{IMD}.1.8.0": b"MN00X",
    f"{IMD}.1.10.0": b"V25000001",
    f"{OUTLETS}.3.1": b"leaf-1 psu-1",
    f"{OUTLETS}.3.2": b"spare",
    f"{OUTLETS}.4.1": 1,
    f"{OUTLETS}.4.2": 2,
    f"{OUTLETS}.6.1": 2,
    f"{METERS}.12.1": 240,
    f"{METERS}.12.2": 0,
    f"{PHASES}.2.1": b"Phase A",
    f"{PHASES}.3.1": b"feed A",
    **{f"{PHASES}.{column}.1": held for column, held in ((4, 2301), (8, 725), (12, 1664), (14, 97))},
    f"{IMD}.3.4.1.2.1": b"Line A",
    f"{IMD}.3.4.1.4.1": 725,
}
