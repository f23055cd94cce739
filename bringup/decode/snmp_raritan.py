"""Raritan rack PDUs (PX2, PX3 and later): PDU2-MIB, 1.3.6.1.4.1.13742.6.

Source: PDU2-MIB; columns proven against a recorded walk of a PX3. A sensor's value is an integer, to be
divided by ten to the number of decimal digits that its own row of the configuration table tells, in the unit
that the same row tells; a value whose row tells neither can't be scaled and is no value. An outlet's state is
7 for on and 8 for off, in the switching table and as the state of its on/off sensor; the control object next
to it is never read, as it tells what was asked last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, variables
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, SYSTEM, uptime_s
from bringup.model.facts import Environment, Identity, Inlet, Outlet, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

RARITAN = "1.3.6.1.4.1.13742"
PDU2 = f"{RARITAN}.6"
NAMEPLATE = f"{PDU2}.3.2.1.1"
BOARD_FIRMWARE = f"{PDU2}.3.2.3.1.6"
INLET_CONFIG, INLET_READ = f"{PDU2}.3.3.4.1", f"{PDU2}.5.2.3.1"
OUTLET_LABEL, OUTLET_NAME = f"{PDU2}.3.5.3.1.2", f"{PDU2}.3.5.3.1.3"
OUTLET_CONFIG, OUTLET_READ = f"{PDU2}.3.5.4.1", f"{PDU2}.5.4.3.1"
OUTLET_CONTROL, OUTLET_STATE = f"{PDU2}.4.1.2.1.2", f"{PDU2}.4.1.2.1.3"
PROBE_TABLE, PROBE_READ = f"{PDU2}.3.6.3.1", f"{PDU2}.5.5.3.1"
UNIT, DIGITS = 6, 7
AVAILABLE, STATE, VALUE = 2, 3, 4

IDENTITY_TABLES = (SYSTEM, NAMEPLATE, BOARD_FIRMWARE)
_SCALE, _VALUES = (UNIT, DIGITS), (AVAILABLE, STATE, VALUE)
INLET_TABLES = (
    *(f"{INLET_CONFIG}.{column}" for column in _SCALE),
    *(f"{INLET_READ}.{column}" for column in _VALUES),
)
OUTLET_TABLES = (
    OUTLET_LABEL,
    OUTLET_NAME,
    OUTLET_STATE,
    *(f"{OUTLET_CONFIG}.{column}" for column in _SCALE),
    *(f"{OUTLET_READ}.{column}" for column in _VALUES),
)
PROBE_TABLES = (
    *(f"{PROBE_TABLE}.{column}" for column in (2, 4, 16, 17)),
    *(f"{PROBE_READ}.{column}" for column in _VALUES),
)

FIRST_PDU = 1
"""Of a chain, whose other units are counted from 2."""
SWITCH_COMMAND = MappingProxyType({"off": 0, "on": 1, "cycle": 2})
_SWITCHED = MappingProxyType({7: "on", 8: "off"})
_ON_OFF = 14
_TEMPERATURE = 10
_NO_UNIT, _VOLT, _AMPERE, _WATT, _VOLT_AMPERE, _WATT_HOUR, _CELSIUS, _HERTZ = -1, 1, 2, 3, 4, 5, 7, 8
_INLET_FIELDS = MappingProxyType(
    {
        "current_a": (1, _AMPERE),
        "voltage_v": (4, _VOLT),
        "power_w": (5, _WATT),
        "apparent_va": (6, _VOLT_AMPERE),
        "power_factor": (7, _NO_UNIT),
        "energy_wh": (8, _WATT_HOUR),
        "frequency_hz": (23, _HERTZ),
    }
)
"""Field -> type and unit of its sensor."""
_ACTIVE_POWER = _INLET_FIELDS["power_w"]
_MAX_DIGITS = 9
_YES, _UNAVAILABLE = 1, -1
_IN_DESCR = re.compile(r"\b(MD|HW|FW):(\S{1,40})")

Index = tuple[int, ...]


class _Sensors:
    """One pair of tables: what sensors read, and how that is scaled."""

    def __init__(self, mib: Mib, scale: tuple[str, str], measured: str) -> None:
        self._units, self._digits = (mib.integers(base) for base in scale)
        self._available, self._states, self._values = (
            mib.integers(f"{measured}.{column}") for column in _VALUES
        )

    def indexes(self) -> set[Index]:
        return self._values.keys() | self._states.keys()

    def state(self, index: Index) -> int | None:
        return self._states.get(index) if self._available.get(index, _YES) == _YES else None

    def read(self, index: Index, unit: int) -> Read:
        """One sensor in `unit`; not available where the PDU says so, or does not tell how to scale it."""
        if index not in self._values:
            return ABSENT
        digits = self._digits.get(index)
        if digits is None or not 0 <= digits <= _MAX_DIGITS or self._units.get(index) != unit:
            return NOT_AVAILABLE
        # A sensor that does not tell its state may be the one that is unavailable: its number says nothing.
        if self._available.get(index, _YES) != _YES or self._states.get(index, _UNAVAILABLE) == _UNAVAILABLE:
            return NOT_AVAILABLE
        return value(self._values[index] / 10**digits)


def _sensors(mib: Mib, config: str, measured: str) -> _Sensors:
    return _Sensors(mib, (f"{config}.{UNIT}", f"{config}.{DIGITS}"), measured)


def identity(mib: Mib) -> Identity:
    """Who the PDU says it is: its nameplate, else its description. Of a chain, the first."""
    told = dict(_IN_DESCR.findall((mib.text(SYS_DESCR) or "")[:1000]))
    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=_first(mib, f"{NAMEPLATE}.2") if mib.texts(f"{NAMEPLATE}.2") else value("Raritan"),
        model=_first(mib, f"{NAMEPLATE}.3", told.get("MD")),
        serial=_first(mib, f"{NAMEPLATE}.4"),
        os_version=_first(mib, BOARD_FIRMWARE, told.get("FW")),
        hardware_revision=as_word(told.get("HW")),
        uptime_s=uptime_s(mib),
        description=mib.word(SYS_DESCR),
    )


def _first(mib: Mib, column: str, otherwise: str | None = None) -> Read:
    texts = [text for index, text in mib.texts(column).items() if index[0] == FIRST_PDU]
    return as_word(next((text for text in texts if text), otherwise))


def outlets(mib: Mib) -> tuple[Outlet, ...]:
    """Every outlet of the first PDU, with the name that people gave it, its state and its active power.

    Raises:
        Damaged: an index is no outlet's.
    """
    names, states = mib.texts(OUTLET_NAME), mib.integers(OUTLET_STATE)
    sensors = _sensors(mib, OUTLET_CONFIG, OUTLET_READ)
    listed = names.keys() | mib.texts(OUTLET_LABEL).keys() | states.keys()
    if any(len(index) != 2 for index in listed) or any(len(index) != 3 for index in sensors.indexes()):
        raise Damaged("the index of an outlet has another shape")
    every = sorted({*listed, *(index[:2] for index in sensors.indexes())})
    return tuple(
        Outlet(
            index=index[1],
            label=as_word(names.get(index)),
            state=_state(states.get(index), sensors.state((*index, _ON_OFF))),
            power_w=sensors.read((*index, _ACTIVE_POWER[0]), _ACTIVE_POWER[1]),
        )
        for index in every
        if index[0] == FIRST_PDU
    )


def _state(*codes: int | None) -> Read:
    """What the switching table and the on/off sensor say; where they contradict each other, nobody knows."""
    told = {code for code in codes if code is not None}
    if not told:
        return ABSENT
    return value(_SWITCHED[told.pop()]) if len(told) == 1 and told <= _SWITCHED.keys() else NOT_AVAILABLE


def inlets(mib: Mib) -> tuple[Inlet, ...]:
    """Every inlet of the first PDU with what it draws.

    Raises:
        Damaged: an index is no inlet's.
    """
    sensors = _sensors(mib, INLET_CONFIG, INLET_READ)
    if any(len(index) != 3 for index in sensors.indexes()):
        raise Damaged("the index of an inlet's sensor has not three parts")
    return tuple(
        Inlet(name=f"inlet-{number}", **_inlet(sensors, (pdu, number)))
        for pdu, number in sorted({(index[0], index[1]) for index in sensors.indexes()})
        if pdu == FIRST_PDU
    )


def _inlet(sensors: _Sensors, index: Index) -> dict[str, Read]:
    return {name: sensors.read((*index, kind), unit) for name, (kind, unit) in _INLET_FIELDS.items()}


def environment(mib: Mib) -> Environment:
    """Temperature probes that hang on the PDU; other probes (doors, locks) are none."""
    kinds, names = mib.integers(f"{PROBE_TABLE}.2"), mib.texts(f"{PROBE_TABLE}.4")
    sensors = _Sensors(mib, (f"{PROBE_TABLE}.16", f"{PROBE_TABLE}.17"), PROBE_READ)
    return Environment(
        sensors=tuple(
            Sensor(
                name=name or f"probe-{'.'.join(map(str, index))}",
                temperature_c=sensors.read(index, _CELSIUS),
            )
            for index, name in sorted(names.items())
            if kinds.get(index) == _TEMPERATURE
        )
    )


def tells_pdu(values: Mapping[str, object]) -> bool:
    """Whether a walk has anything of PDU2-MIB."""
    return any(oid.startswith(f"{PDU2}.") for oid in values)


def _parse(data: bytes) -> Found:
    values, warnings = variables(data)
    mib = Mib(values)
    if not tells_pdu(values):
        raise Nothing("the walk has nothing of a Raritan PDU (1.3.6.1.4.1.13742.6)")
    found = outlets(mib)
    if found and all(outlet.state is ABSENT for outlet in found):
        warnings = (*warnings, "the walk has no outlet's state")
    chained = {index[0] for index in mib.texts(f"{NAMEPLATE}.4")} - {FIRST_PDU}
    if chained:
        warnings = (*warnings, f"{len(chained)} more PDUs hang on this one: they are left out")
    drawn = inlets(mib)
    if not found and not drawn:
        raise Nothing("the walk tells neither an outlet nor an inlet")
    return Found(
        facts={
            "identity": identity(mib),
            "outlets": found,
            "inlets": drawn,
            "environment": environment(mib),
        },
        warnings=warnings,
    )


def _sniff(head: bytes) -> int:
    told = f"{PDU2}.".encode() in head or f"|{PDU2}\n".encode() in head
    return 75 if told and looks_recorded(head) else 0


RARITAN_PDU = Format(
    name="snmp.raritan-pdu",
    title="Raritan rack PDU (PDU2-MIB): a recorded walk (.snmprec)",
    sniff=_sniff,
    parse=_parse,
    facts={
        "identity": Identity,
        "outlets": tuple[Outlet, ...],
        "inlets": tuple[Inlet, ...],
        "environment": Environment,
    },
)
FORMATS = (RARITAN_PDU,)
