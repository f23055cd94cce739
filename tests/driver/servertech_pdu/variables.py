"""The variables of a small Sentry3 CDU, and of a PRO PDU (Sentry4) of as many outlets."""

from __future__ import annotations

from bringup.transport.base import SnmpValue

SENTRY3, SENTRY4 = "1.3.6.1.4.1.1718.3", "1.3.6.1.4.1.1718.4.1"
OUTLETS, INFEEDS = f"{SENTRY3}.2.3.1", f"{SENTRY3}.2.2.1"
SYSTEM: dict[str, SnmpValue] = {
    "1.3.6.1.2.1.1.1.0": b"Sentry Smart CDU",
    "1.3.6.1.2.1.1.3.0": 123456,
    "1.3.6.1.2.1.1.5.0": b"pdu-4",
}

VARIABLES: dict[str, SnmpValue] = {
    **SYSTEM,
    "1.3.6.1.2.1.1.2.0": SENTRY3,
    f"{SENTRY3}.1.1.0": b"Sentry Switched CDU Version 7.1f",
    f"{SENTRY3}.1.6.0": 279,
    f"{SENTRY3}.2.1.1.3.1": b"TowerA",
    f"{SENTRY3}.2.1.1.6.1": b"KAXV0000001",
    f"{SENTRY3}.2.1.1.7.1": b"CW-X",
    **{f"{OUTLETS}.3.1.{at}": name for at, name in (("1.1", b"leaf-1"), ("1.2", b"leaf-2"), ("2.1", b"x"))},
    **{f"{OUTLETS}.5.1.{at}": state for at, state in (("1.1", 1), ("1.2", 0), ("2.1", 3))},
    **{f"{OUTLETS}.14.1.{at}": watts for at, watts in (("1.1", 240), ("1.2", 0), ("2.1", -1))},
    f"{INFEEDS}.3.1.1": b"TowerA_InfeedA",
    f"{INFEEDS}.3.1.2": b"TowerA_Neutral",
    **{f"{INFEEDS}.7.1.{at}": amperes for at, amperes in ((1, 111), (2, 212))},
    **{f"{INFEEDS}.11.1.{at}": volts for at, volts in ((1, 2300), (2, -1))},
    **{f"{INFEEDS}.12.1.{at}": watts for at, watts in ((1, 147), (2, -1))},
}
PRO: dict[str, SnmpValue] = {
    **SYSTEM,
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.1718.4",
    f"{SENTRY4}.1.2.0": b"Sentry Switched PDU Version 8.0m",
    f"{SENTRY4}.2.2.1.6.1": b"C2X",
    f"{SENTRY4}.2.2.1.7.1": b"AAAA0000001",
    f"{SENTRY4}.3.2.1.3.1.1": b"Cord_A",
    f"{SENTRY4}.3.3.1.3.1.1": 520,
    **{f"{SENTRY4}.8.2.1.3.1.1.{at}": name for at, name in ((1, b"leaf-1"), (2, b"leaf-2"))},
    **{f"{SENTRY4}.8.3.1.1.1.1.{at}": state for at, state in ((1, 1), (2, 0))},
    **{f"{SENTRY4}.8.3.1.7.1.1.{at}": watts for at, watts in ((1, 240), (2, 0))},
}
