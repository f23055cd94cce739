"""Vertiv and Geist rack PDUs with an IMD: 1.3.6.1.4.1.21239.5.2 (VERTIV-IMD-MIB, before that GEIST-IMD-MIB).

Source: that MIB; columns proven against a recorded walk. Voltages are in 0.1 V, currents in 0.01 A, powers in
W and VA, power factors in 0.01, energy in Wh. An outlet's state is 1 on, 2 off; anything else (waiting,
restarting, unavailable) is no state; its control object counts differently: 2 on, 4 off, 6 reboot. On a
three-phase PDU phases lie between two lines, so that the currents of lines and of phases are not the same.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, scaled, variables
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, SYSTEM, uptime_s
from bringup.model.facts import Identity, Inlet, Outlet
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

VERTIV = "1.3.6.1.4.1.21239"
IMD = f"{VERTIV}.5.2"
UNIT = f"{IMD}.1"
PHASES, CIRCUITS, LINES = (f"{IMD}.3.{table}.1" for table in (2, 3, 4))
OUTLETS, OUTLET_METERS = f"{IMD}.3.5.1", f"{IMD}.3.6.1"
OUTLET_CONTROL = f"{OUTLETS}.6"
IDENTITY_TABLES = (SYSTEM, UNIT)
OUTLET_TABLES = (*(f"{OUTLETS}.{column}" for column in (3, 4)), *(f"{OUTLET_METERS}.{c}" for c in (3, 12)))
INLET_TABLES = (PHASES,)
SWITCH_COMMAND = MappingProxyType({"on": 2, "off": 4, "cycle": 6})
_STATE = MappingProxyType({1: "on", 2: "off"})


def identity(mib: Mib) -> Identity:
    """Who the PDU says it is."""
    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=value("Vertiv"),
        model=mib.word(f"{UNIT}.8.0"),
        serial=mib.word(f"{UNIT}.10.0"),
        os_version=mib.word(f"{UNIT}.2.0"),
        uptime_s=uptime_s(mib),
        description=mib.word(SYS_DESCR),
    )


def outlets(mib: Mib) -> tuple[Outlet, ...]:
    """Every outlet with its label, its state and what it draws.

    Raises:
        Damaged: an index is no outlet's.
    """
    states, power_w = mib.integers(f"{OUTLETS}.4"), mib.integers(f"{OUTLET_METERS}.12")
    labels = mib.texts(f"{OUTLET_METERS}.3") | mib.texts(f"{OUTLETS}.3")
    indexes = sorted(states.keys() | labels.keys() | power_w.keys())
    if any(len(index) != 1 for index in indexes):
        raise Damaged("an outlet's index has more than one part")
    return tuple(
        Outlet(
            index=index[0],
            label=as_word(labels.get(index)),
            state=_state(states.get(index)),
            power_w=scaled(power_w.get(index)),
        )
        for index in indexes
    )


def _state(code: int | None) -> Read:
    if code is None:
        return ABSENT
    return value(_STATE[code]) if code in _STATE else NOT_AVAILABLE


def inlets(mib: Mib) -> tuple[Inlet, ...]:
    """What comes in on each phase, under the name that the PDU gives it (its label, people may change)."""
    columns = (4, 8, 12, 13, 14, 15)
    volts, amperes, watts, va, factor, energy = (mib.integers(f"{PHASES}.{column}") for column in columns)
    names = mib.texts(f"{PHASES}.2")
    return tuple(
        Inlet(
            name=names.get(index) or f"phase-{'.'.join(map(str, index))}",
            voltage_v=scaled(volts.get(index), per=10),
            current_a=scaled(amperes.get(index), per=100),
            power_w=scaled(watts.get(index)),
            apparent_va=scaled(va.get(index)),
            power_factor=scaled(factor.get(index), per=100),
            energy_wh=scaled(energy.get(index)),
        )
        for index in sorted(names.keys() | volts.keys() | amperes.keys())
    )


def currents(mib: Mib, table: str) -> Json:
    """Name of a circuit (a breaker) or a line -> its current in A."""
    names, amperes = mib.texts(f"{table}.2"), mib.integers(f"{table}.4")
    return {
        names.get(index) or ".".join(map(str, index)): scaled(amperes.get(index), per=100).value
        for index in sorted(names.keys() | amperes.keys())
    }


def _parse(data: bytes) -> Found:
    values, warnings = variables(data)
    mib = Mib(values)
    if not any(oid.startswith(f"{IMD}.") for oid in values):
        raise Nothing("the walk has nothing of a Vertiv or Geist PDU (1.3.6.1.4.1.21239.5.2)")
    found, drawn = outlets(mib), inlets(mib)
    if not found and not drawn:
        raise Nothing("the walk tells neither an outlet nor a phase")
    return Found(
        facts={
            "identity": identity(mib),
            "outlets": found,
            "inlets": drawn,
            "circuits_a": currents(mib, CIRCUITS),
            "lines_a": currents(mib, LINES),
        },
        warnings=warnings,
    )


VERTIV_PDU = Format(
    name="snmp.vertiv-pdu",
    title="Vertiv or Geist rack PDU: a recorded walk (.snmprec)",
    sniff=lambda head: 75 if f"{VERTIV}.".encode() in head and looks_recorded(head) else 0,
    parse=_parse,
    facts={
        "identity": Identity,
        "outlets": tuple[Outlet, ...],
        "inlets": tuple[Inlet, ...],
        "circuits_a": dict[str, float | None],
        "lines_a": dict[str, float | None],
    },
)
FORMATS = (VERTIV_PDU,)
