"""Sensors of any agent: ENTITY-SENSOR-MIB (RFC 3433), also those of optical modules; and lm-sensors.

A value is scaled by its own row: value × 10^(3 × (scale − 9)) / 10^precision. ±10^9 is overflow or underflow,
and only a sensor whose status is ok has a value. Which module and lane a sensor belongs to, agents tell in
its description (`DOM RX Power Sensor for Ethernet1`) and in what contains it (`Lane 0 for …`).
"""

from __future__ import annotations

import math
import re
from types import MappingProxyType
from typing import NamedTuple

from bringup.decode.json_field import Json
from bringup.decode.part_name import part_name
from bringup.decode.snmp_record import Mib
from bringup.model.facts import Environment, Fan, Lane, Optic, Sensor
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value

ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
ENTITY_DESCR, ENTITY_WITHIN = f"{ENTITY}.2", f"{ENTITY}.4"
SENSOR = "1.3.6.1.2.1.99.1.1.1"
LM_TEMPERATURE = "1.3.6.1.4.1.2021.13.16.2.1"
TABLES = (SENSOR, ENTITY_DESCR, ENTITY_WITHIN, LM_TEMPERATURE)
DARK_DBM = -30.0
"""At or below this (1 µW) a receiver has seen nothing; agents print the smallest step, 0.1 µW, or 0."""

_VOLTS, _AMPERES, _WATTS, _CELSIUS, _RPM, _DBM = (3, 4), (5,), 6, 8, 10, 14
_UNITS_SCALE, _OK, _OVERFLOW = 9, 1, 10**9
_SCALES, _PRECISIONS = range(1, 18), range(-8, 10)
_DOM = re.compile(r"DOM (Temperature|Voltage|TX Bias|TX Power|RX Power) Sensor for (\S{1,60})")
_LANE = re.compile(r"Lane (\d{1,2}) for ")
_SUFFIX = re.compile(r"(\S+)/(\d{1,2})")
_OF_MODULE = ("Temperature", "Voltage")
_DETAIL = MappingProxyType(
    {
        "Temperature": "temperature_c",
        "Voltage": "supply_voltage_v",
        "TX Bias": "bias_ma",
        "TX Power": "tx_power_mw",
        "RX Power": "rx_power_mw",
    }
)


class Reading(NamedTuple):
    """One sensor. `number` × 10^`exponent` is its value in units; `number` is None where it has none."""

    kind: int
    number: int | None
    exponent: int

    def scaled(self, thousandths: bool = False) -> Read:
        """In units, or in thousandths of them (mA, mW)."""
        if self.number is None:
            return NOT_AVAILABLE
        exponent = self.exponent + (3 if thousandths else 0)
        return value(float(self.number * 10**exponent if exponent >= 0 else self.number / 10**-exponent))


def readings(mib: Mib) -> dict[tuple[int, ...], Reading]:
    """Entity -> what its sensor reads."""
    kinds, numbers, states = (mib.integers(f"{SENSOR}.{column}") for column in (1, 4, 5))
    scales, precisions = mib.integers(f"{SENSOR}.2"), mib.integers(f"{SENSOR}.3")
    found: dict[tuple[int, ...], Reading] = {}
    for index, kind in kinds.items():
        number, scale, precision = numbers.get(index), scales.get(index), precisions.get(index)
        if scale not in _SCALES or precision not in _PRECISIONS or states.get(index) != _OK:
            number = None
        if number is not None and abs(number) >= _OVERFLOW:
            number = None
        exponent = 3 * ((scale or _UNITS_SCALE) - _UNITS_SCALE) - (precision or 0)
        found[index] = Reading(kind, number, exponent)
    return found


def environment_of(mib: Mib) -> Environment:
    """Temperatures and fans that are no optical module's. No sensor says whether a fan is well."""
    names = mib.texts(ENTITY_DESCR)
    sensors: list[Sensor] = []
    fans: list[Fan] = []
    for index, reading in readings(mib).items():
        name = names.get(index) or f"sensor-{'.'.join(map(str, index))}"
        if _DOM.match(name):
            continue
        if reading.kind == _CELSIUS:
            sensors.append(Sensor(name=part_name(name), temperature_c=reading.scaled()))
        elif reading.kind == _RPM:
            fans.append(Fan(name=part_name(name), ok=NOT_AVAILABLE, speed_rpm=reading.scaled()))
    return Environment(fans=tuple(fans), sensors=(*sensors, *_lm_temperatures(mib)))


def _lm_temperatures(mib: Mib) -> tuple[Sensor, ...]:
    """lm-sensors, in thousandths of a degree; 0 stands for no reading."""
    names = mib.texts(f"{LM_TEMPERATURE}.2")
    return tuple(
        Sensor(
            name=part_name(names.get(index) or f"lm-{'.'.join(map(str, index))}"),
            temperature_c=value(thousandths / 1000) if thousandths else NOT_AVAILABLE,
        )
        for index, thousandths in mib.integers(f"{LM_TEMPERATURE}.3").items()
    )


def modules(mib: Mib) -> dict[str, dict[tuple[str, int], Reading]]:
    """Port -> (what is read, lane) -> reading, of the sensors of optical modules. Lane 0: of the module."""
    names, within = mib.texts(ENTITY_DESCR), mib.integers(ENTITY_WITHIN)
    matched = {index: match for index, name in names.items() if (match := _DOM.fullmatch(name))}
    whole = {match[2] for match in matched.values() if match[1] in _OF_MODULE}
    found: dict[str, dict[tuple[str, int], Reading]] = {}
    for index, reading in readings(mib).items():
        match = matched.get(index)
        if match is None:
            continue
        port, lane = match[2], 0
        if match[1] not in _OF_MODULE:
            port, lane = _place(port, names.get((within.get(index, -1),), ""), whole)
        module = found.setdefault(port, {})
        # Two sensors in one place: which one is that lane's can't be told, so neither is.
        module[match[1], lane] = Reading(reading.kind, None, 0) if (match[1], lane) in module else reading
    return found


def _place(port: str, holder: str, whole: set[str]) -> tuple[str, int]:
    """(port, lane): the lane stands in what holds the sensor, or behind the port's name; else it is the
    only one.
    """
    held = _LANE.match(holder)
    if held:
        return port, int(held[1]) + 1
    suffix = _SUFFIX.fullmatch(port)
    if port not in whole and suffix and suffix[1] in whole:
        return suffix[1], int(suffix[2])
    return port, 1


def optics_of(mib: Mib) -> tuple[Optic, ...]:
    """Every module that has monitors. Whether another cage is empty, this does not tell."""
    return tuple(_optic(port, read) for port, read in modules(mib).items())


def _optic(port: str, read: dict[tuple[str, int], Reading]) -> Optic:
    lanes = sorted({lane for _, lane in read if lane})
    return Optic(
        port=port,
        present=value(True) if any(one.number is not None for one in read.values()) else NOT_AVAILABLE,
        temperature_c=_value(read.get(("Temperature", 0))),
        supply_voltage_v=_value(read.get(("Voltage", 0))),
        lanes=tuple(
            Lane(
                index=lane,
                rx_power_dbm=_dbm(read.get(("RX Power", lane))),
                tx_power_dbm=_dbm(read.get(("TX Power", lane))),
                bias_ma=_value(read.get(("TX Bias", lane)), thousandths=True),
            )
            for lane in lanes
        ),
    )


def details_of(mib: Mib) -> Json:
    """Port -> lane (0: the module) -> the readings in the units that agents use: power in mW."""
    found: Json = {}
    for port, read in modules(mib).items():
        lanes: dict[str, dict[str, object]] = {}
        for (what, lane), reading in read.items():
            thousandths = what not in _OF_MODULE and reading.kind != _DBM
            lanes.setdefault(str(lane), {})[_DETAIL[what]] = reading.scaled(thousandths).value
        found[port] = lanes
    return found


def _value(reading: Reading | None, thousandths: bool = False) -> Read:
    return ABSENT if reading is None else reading.scaled(thousandths)


def _dbm(reading: Reading | None) -> Read:
    """Optical power in dBm, from watts or from dBm; dark at or below `DARK_DBM`, and at 0 W."""
    if reading is None or reading.number is None:
        return _value(reading)
    if reading.kind == _DBM:
        read = reading.scaled()
    elif reading.kind == _WATTS:
        milliwatts = reading.scaled(thousandths=True).value
        assert isinstance(milliwatts, float)
        if milliwatts < 0:
            return NOT_AVAILABLE
        read = DARK if milliwatts == 0 else value(round(10.0 * math.log10(milliwatts), 3))
    else:
        return NOT_AVAILABLE
    return DARK if isinstance(read.value, float) and read.value <= DARK_DBM else read
