"""The variables of a small switch: three interfaces, two neighbours, a module and a board sensor."""

from __future__ import annotations

from bringup.transport.base import SnmpValue

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
LOCAL, REMOTE = "1.0.8802.1.1.2.1.3.7.1", "1.0.8802.1.1.2.1.4.1.1"
ENTITY, SENSOR = "1.3.6.1.2.1.47.1.1.1.1", "1.3.6.1.2.1.99.1.1.1"
MAC = bytes.fromhex("02005e000001")


def _sensor(
    index: int, kind: int, scale: int, precision: int, number: int, status: int = 1
) -> dict[str, SnmpValue]:
    columns = (kind, scale, precision, number, status)
    return {f"{SENSOR}.{column}.{index}": held for column, held in enumerate(columns, 1)}


VARIABLES: dict[str, SnmpValue] = {
    "1.3.6.1.2.1.1.1.0": b"Arista Networks EOS version 4.33.1F running on an Arista Networks DCS-7060X-9T",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.30065.1",
    "1.3.6.1.2.1.1.3.0": 360000,
    "1.3.6.1.2.1.1.5.0": b"leaf-3",
    **{f"{IF}.2.{at}": name for at, name in ((1, b"PCI device"), (2, b"Ethernet2"), (3, b"Ethernet3"))},
    **{f"{IF}.4.{at}": 9214 for at in (1, 2, 3)},
    **{f"{IF}.6.{at}": held for at, held in ((1, MAC), (2, b""), (3, b"\1\2"))},
    **{f"{IF}.7.{at}": held for at, held in ((1, 1), (2, 2), (3, 9))},
    **{f"{IF}.8.{at}": held for at, held in ((1, 1), (2, 7), (3, 4))},
    **{f"{IFX}.1.{at}": held for at, held in ((1, b"Ethernet1"), (2, b"Ethernet2"), (3, b""))},
    **{f"{IFX}.15.{at}": held for at, held in ((1, 400000), (2, 25000), (3, 0))},
    f"{LOCAL}.2.17": 5,
    f"{LOCAL}.3.17": b"Ethernet1",
    f"{LOCAL}.2.18": 3,
    f"{LOCAL}.3.18": MAC,
    f"{LOCAL}.4.18": b"Ethernet2",
    **{f"{REMOTE}.4.{index}": 4 for index in ("9000.17.1", "0.18.2")},
    **{f"{REMOTE}.5.{index}": MAC for index in ("9000.17.1", "0.18.2")},
    f"{REMOTE}.6.9000.17.1": 5,
    f"{REMOTE}.7.9000.17.1": b"Ethernet8\r\n",
    f"{REMOTE}.8.9000.17.1": b"to leaf-3",
    f"{REMOTE}.9.9000.17.1": b"leaf-1",
    f"{REMOTE}.6.0.18.2": 3,
    f"{REMOTE}.7.0.18.2": MAC,
    f"{REMOTE}.9.0.18.2": b"",
    f"{ENTITY}.2.1": b"the chassis",
    f"{ENTITY}.5.1": 3,
    f"{ENTITY}.11.1": b"JAS25000099",
    f"{ENTITY}.13.1": b"ANOTHER-MODEL",
    f"{ENTITY}.2.20": b"Board sensor",
    f"{ENTITY}.2.30": b"DOM Temperature Sensor for Ethernet1",
    f"{ENTITY}.2.31": b"DOM RX Power Sensor for Ethernet1",
    f"{ENTITY}.2.32": b"DOM RX Power Sensor for Ethernet1",
    f"{ENTITY}.2.33": b"DOM TX Power Sensor for Ethernet1",
    f"{ENTITY}.2.34": b"DOM TX Bias Sensor for Ethernet1",
    f"{ENTITY}.2.40": b"Lane 0 for Xcvr for Ethernet1",
    f"{ENTITY}.2.41": b"Lane 1 for Xcvr for Ethernet1",
    **{f"{ENTITY}.4.{at}": held for at, held in ((31, 40), (32, 41), (33, 40), (34, 40))},
    f"{ENTITY}.2.50": b"Fan 1",
    **_sensor(20, 8, 9, 1, 415),
    **_sensor(30, 8, 9, 1, 305),
    **_sensor(31, 6, 8, 4, 6310),
    **_sensor(32, 6, 8, 4, 1),
    **_sensor(33, 14, 9, 2, -150),
    **_sensor(34, 5, 8, 2, 3345),
    **_sensor(50, 10, 9, 0, 5600),
}
