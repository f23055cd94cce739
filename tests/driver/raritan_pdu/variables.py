"""The variables of a small Raritan PDU: three outlets, one inlet, a temperature probe and a door contact."""

from __future__ import annotations

from bringup.transport.base import SnmpValue

PDU2 = "1.3.6.1.4.1.13742.6"
NAME, STATE, CONTROL = f"{PDU2}.3.5.3.1.3", f"{PDU2}.4.1.2.1.3", f"{PDU2}.4.1.2.1.2"
OUTLET_CONFIG, OUTLET_READ = f"{PDU2}.3.5.4.1", f"{PDU2}.5.4.3.1"
INLET_CONFIG, INLET_READ = f"{PDU2}.3.3.4.1", f"{PDU2}.5.2.3.1"
PROBE, PROBE_READ = f"{PDU2}.3.6.3.1", f"{PDU2}.5.5.3.1"
LABELS = (b"leaf-1 psu-1", b"leaf-1 psu-2", b"")
STATES, WATTS = (7, 8, 7), (2405, 0, 31)


def sensor(
    config: str,
    read: str,
    index: str,
    *,
    unit: int,
    digits: int,
    state: int,
    number: int,
) -> dict[str, SnmpValue]:
    """One sensor's rows in its two tables."""
    return {
        f"{config}.6.{index}": unit,
        f"{config}.7.{index}": digits,
        f"{read}.2.{index}": 1,
        f"{read}.3.{index}": state,
        f"{read}.4.{index}": number,
    }


def _outlet(at: int) -> dict[str, SnmpValue]:
    place = f"1.{at}"
    return {
        f"{PDU2}.3.5.3.1.2.{place}": str(at).encode(),
        f"{NAME}.{place}": LABELS[at - 1],
        f"{STATE}.{place}": STATES[at - 1],
        f"{CONTROL}.{place}": 1,
        **sensor(OUTLET_CONFIG, OUTLET_READ, f"{place}.5", unit=3, digits=1, state=4, number=WATTS[at - 1]),
        **sensor(
            OUTLET_CONFIG, OUTLET_READ, f"{place}.14", unit=-1, digits=0, state=STATES[at - 1], number=0
        ),
    }


VARIABLES: dict[str, SnmpValue] = {
    "1.3.6.1.2.1.1.1.0": b"Raritan PDU, MD:PX3-0001X HW:0x10 FW:4.3.0.5-50000",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.13742.6",
    "1.3.6.1.2.1.1.3.0": 123456,
    "1.3.6.1.2.1.1.5.0": b"pdu-2",
    f"{PDU2}.3.2.1.1.2.1": b"Raritan",
    f"{PDU2}.3.2.1.1.3.1": b"PX3-0001X",
    f"{PDU2}.3.2.1.1.4.1": b"1S25000001",
    f"{PDU2}.3.2.3.1.6.1.1.1": b"4.3.0.5-50000",
    **_outlet(1),
    **_outlet(2),
    **_outlet(3),
    **sensor(INLET_CONFIG, INLET_READ, "1.1.1", unit=2, digits=3, state=4, number=7467),
    **sensor(INLET_CONFIG, INLET_READ, "1.1.4", unit=1, digits=0, state=4, number=229),
    **sensor(INLET_CONFIG, INLET_READ, "1.1.5", unit=3, digits=0, state=4, number=1665),
    **sensor(INLET_CONFIG, INLET_READ, "1.1.7", unit=-1, digits=2, state=-1, number=0),
    f"{PROBE}.2.1.1": 10,
    f"{PROBE}.4.1.1": b"Inlet",
    f"{PROBE}.2.1.2": 43,
    f"{PROBE}.4.1.2": b"Door",
    **{f"{PROBE}.{column}.1.1": held for column, held in ((16, 7), (17, 1))},
    **{f"{PROBE_READ}.{column}.1.1": held for column, held in ((2, 1), (3, 4), (4, 231))},
    **{f"{PROBE_READ}.{column}.1.2": held for column, held in ((2, 1), (3, 1), (4, 0))},
}
