"""APC rack PDUs: rPDU2 (1.3.6.1.4.1.318.1.1.26), with the older tables where they alone tell.

Source: PowerNet-MIB; columns proven against recorded walks. An rPDU2 outlet's status object says 1 for off
and 2 for on; the older tables and all control objects have it the other way round. Only status objects give a
state here: what a control object reads back is what was last asked for. Power is in 0.01 kW, current in
0.1 A, energy in 0.1 kWh, power factor in 0.01. -1 is "not measured".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, scaled, variables
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, uptime_s
from bringup.model.facts import Environment, Identity, Outlet, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

APC = "1.3.6.1.4.1.318"
RPDU2 = f"{APC}.1.1.26"
IDENT = f"{RPDU2}.2.1"
DEVICE_STATUS = f"{RPDU2}.4.3.1"
PHASE_STATUS = f"{RPDU2}.6.3.1"
OUTLET_STATUS = f"{RPDU2}.9.2.3.1"
OUTLET_CONTROL = f"{RPDU2}.9.2.4.1.5"
OUTLET_METER = f"{RPDU2}.9.4.3.1"
SENSOR_STATUS = f"{RPDU2}.10.2.2.1"
OLD_IDENT = f"{APC}.1.1.12.1"
OLD_LIMITS = f"{APC}.1.1.12.2.2.1.1"
OLD_LOAD = f"{APC}.1.1.12.2.3.1.1"
OLD_OUTLET_STATUS = f"{APC}.1.1.12.3.5.1.1"
OLD_OUTLET_NAMES = f"{APC}.1.1.4.4.2.1.4"
OLD_OUTLET_TABLES = (OLD_OUTLET_STATUS, OLD_OUTLET_NAMES)

SWITCH_COMMAND = MappingProxyType({"on": 1, "off": 2, "cycle": 3})
_STATE = MappingProxyType({1: "off", 2: "on"})
_OLD_STATE = MappingProxyType({1: "on", 2: "off"})
_SENSOR_WORKS, _SENSOR_LOST = 2, 3
_IN_DESCR = re.compile(r"\b(MN|HR|SN|PF|AF1): ?([^ :)]{1,40})")


def identity(mib: Mib) -> Identity:
    """Who the PDU says it is: its identity table, else the older one, else its description."""
    told = dict(_IN_DESCR.findall((mib.text(SYS_DESCR) or "")[:1000]))

    def first(*texts: str | None) -> Read:
        return as_word(next((text for text in texts if text), None))

    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=value("APC"),
        model=first(_ident(mib, 8), mib.text(f"{OLD_IDENT}.5.0"), told.get("MN")),
        serial=first(_ident(mib, 9), mib.text(f"{OLD_IDENT}.6.0"), told.get("SN")),
        os_version=first(_ident(mib, 6), told.get("AF1"), told.get("PF")),
        hardware_revision=first(_ident(mib, 5), mib.text(f"{OLD_IDENT}.2.0"), told.get("HR")),
        uptime_s=uptime_s(mib),
    )


def _ident(mib: Mib, column: int) -> str | None:
    """Of the first PDU; others may hang on it."""
    return next(iter(mib.texts(f"{IDENT}.{column}").values()), None)


def outlets(mib: Mib) -> tuple[Outlet, ...]:
    """Every outlet with its label and the state that its status object tells.

    Raises:
        Damaged: an index is no outlet's.
    """
    states, state_of = mib.integers(f"{OUTLET_STATUS}.5"), _STATE
    labels = mib.texts(f"{OUTLET_STATUS}.3")
    if not states:
        states, state_of = mib.integers(f"{OLD_OUTLET_STATUS}.4"), _OLD_STATE
        labels = mib.texts(f"{OLD_OUTLET_STATUS}.2")
    if not states:
        labels = mib.texts(OLD_OUTLET_NAMES)
    power_w = mib.integers(f"{OUTLET_METER}.7")
    indexes = sorted(states.keys() | labels.keys())
    if any(len(index) != 1 for index in indexes):
        raise Damaged("an outlet's index has more than one part")
    return tuple(
        Outlet(
            index=index[0],
            label=as_word(labels.get(index)),
            state=_state(states.get(index), state_of),
            power_w=scaled(power_w.get(index)),
        )
        for index in indexes
    )


def _state(code: int | None, words: Mapping[int, str]) -> Read:
    if code is None:
        return ABSENT
    return value(words[code]) if code in words else NOT_AVAILABLE


def load(mib: Mib) -> Json:
    """What the whole PDU draws; each is None where it is not measured."""
    row = {
        column: next(iter(mib.integers(f"{DEVICE_STATUS}.{column}").values()), None)
        for column in (5, 6, 9, 16, 17)
    }
    return {
        "name": next(iter(mib.texts(f"{DEVICE_STATUS}.3").values()), None),
        "power_w": scaled(row[5], times=10).value,
        "peak_power_w": scaled(row[6], times=10).value,
        "energy_kwh": scaled(row[9], per=10).value,
        "apparent_va": scaled(row[16], times=10).value,
        "power_factor": scaled(row[17], per=100).value,
    }


def phases(mib: Mib) -> Json:
    """Phase number -> current, voltage and power."""
    numbers = mib.integers(f"{PHASE_STATUS}.3")
    amperes, volts, watts = (mib.integers(f"{PHASE_STATUS}.{column}") for column in (5, 6, 7))
    return {
        str(number): {
            "current_a": scaled(amperes.get(index), per=10).value,
            "voltage_v": scaled(volts.get(index)).value,
            "power_w": scaled(watts.get(index), times=10).value,
        }
        for index, number in numbers.items()
    }


def old_load(mib: Mib) -> Json:
    """The older load table: phases in total, banks apart, and the limits that its alarms use (A)."""
    amperes, bank = mib.integers(f"{OLD_LOAD}.2"), mib.integers(f"{OLD_LOAD}.5")
    near, over = mib.integers(f"{OLD_LIMITS}.3"), mib.integers(f"{OLD_LIMITS}.4")
    return {
        "total_a": [scaled(tenths, per=10).value for index, tenths in amperes.items() if not bank.get(index)],
        "banks_a": [scaled(tenths, per=10).value for index, tenths in amperes.items() if bank.get(index)],
        "near_overload_a": [scaled(limit).value for limit in near.values()],
        "overload_a": [scaled(limit).value for limit in over.values()],
    }


def environment(mib: Mib) -> Environment:
    """Temperature probes that are plugged in."""
    names, tenths = mib.texts(f"{SENSOR_STATUS}.3"), mib.integers(f"{SENSOR_STATUS}.8")
    states = mib.integers(f"{SENSOR_STATUS}.6")
    return Environment(
        sensors=tuple(
            Sensor(
                name=names.get(index) or f"sensor-{'.'.join(map(str, index))}",
                temperature_c=scaled(tenths.get(index), per=10) if state == _SENSOR_WORKS else NOT_AVAILABLE,
            )
            for index, state in states.items()
            if state in (_SENSOR_WORKS, _SENSOR_LOST)
        )
    )


def _parse(data: bytes) -> Found:
    values, warnings = variables(data)
    mib = Mib(values)
    if not any(oid.startswith(f"{APC}.") for oid in values):
        raise Nothing("the walk has nothing of an APC device")
    found = outlets(mib)
    if found and all(outlet.state is ABSENT for outlet in found):
        warnings = (*warnings, "the walk has no outlet status object, so the outlets' states are not known")
    return Found(
        facts={
            "identity": identity(mib),
            "outlets": found,
            "environment": environment(mib),
            "load": load(mib),
            "phases": phases(mib),
            "old_load": old_load(mib),
        },
        warnings=warnings,
    )


def _sniff(head: bytes) -> int:
    return 75 if looks_recorded(head) and f"{APC}.".encode() in head else 0


APC_PDU = Format(
    name="snmp.apc-pdu",
    title="APC rack PDU: a recorded walk (.snmprec)",
    sniff=_sniff,
    parse=_parse,
    facts={
        "identity": Identity,
        "outlets": tuple[Outlet, ...],
        "environment": Environment,
        "load": dict[str, str | float | None],
        "phases": dict[str, dict[str, float | None]],
        "old_load": dict[str, list[float | None]],
    },
)
FORMATS = (APC_PDU,)
