"""The variables of a small APC PDU: two outlets with a load, one that is off."""

from __future__ import annotations

from bringup.transport.base import SnmpValue

RPDU2 = "1.3.6.1.4.1.318.1.1.26"
STATUS, CONTROL, METER = f"{RPDU2}.9.2.3.1", f"{RPDU2}.9.2.4.1.5", f"{RPDU2}.9.4.3.1"
IDENT, PROBE = f"{RPDU2}.2.1", f"{RPDU2}.10.2.2.1"
LABELS = (b"leaf-1 psu-1", b"leaf-1 psu-2", b"spare")
STATES, WATTS = (2, 2, 1), (240, 0, -1)

VARIABLES: dict[str, SnmpValue] = {
    "1.3.6.1.2.1.1.1.0": b"APC Web/SNMP Management Card (PF:v7.1.6 AF1:v7.1.6 MN:AP8000X SN:5A25000001)",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.318.1.3.4.6",
    "1.3.6.1.2.1.1.3.0": 123456,
    "1.3.6.1.2.1.1.5.0": b"pdu-1",
    f"{IDENT}.3.1": b"pdu-1",
    f"{IDENT}.5.1": b"03",
    f"{IDENT}.6.1": b"v7.1.6",
    f"{IDENT}.8.1": b"AP8000X",
    f"{IDENT}.9.1": b"5A25000001",
    **{f"{STATUS}.3.{at}": label for at, label in enumerate(LABELS, 1)},
    **{f"{STATUS}.5.{at}": state for at, state in enumerate(STATES, 1)},
    **{f"{CONTROL}.{at}": 3 - state for at, state in enumerate(STATES, 1)},
    **{f"{METER}.7.{at}": watts for at, watts in enumerate(WATTS, 1)},
    f"{PROBE}.3.1": b"inlet",
    f"{PROBE}.6.1": 2,
    f"{PROBE}.8.1": 254,
    f"{PROBE}.6.2": 1,
    f"{PROBE}.8.2": -1,
    f"{PROBE}.6.3": 3,
    f"{PROBE}.8.3": 254,
}
