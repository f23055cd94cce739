"""A rack PDU as its PDU2-MIB (1.3.6.1.4.1.13742.6) shows it: Raritan PX3.

Rows rendered: nameplate 3.2.1.1.{2,3,4}, board firmware 3.2.3.1.6, inlet sensors 3.3.4.1.{6,7} (unit, decimal
digits) and 5.2.3.1.{2,3,4} (available, state, value), outlet label and name 3.5.3.1.{2,3}, outlet sensors
3.5.4.1.{6,7} and 5.4.3.1.{2,3,4} (types 1 current, 5 active power, 14 on/off), switching 4.1.2.1.{2,3}
(operation: 0 off, 1 on, 2 cycle; state: 7 on, 8 off); the system group beside. All are of PDU 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bringup.lab.power import MAINS_V
from bringup.lab.snmp_mib import Oid, Value, gauge, integer, octets, timeticks
from bringup.lab.state import Device, Outlet
from bringup.lab.switched_outlets import Commands, SwitchedOutlets

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
PDU2: Oid = (1, 3, 6, 1, 4, 1, 13742, 6)
NAMEPLATE: Oid = (*PDU2, 3, 2, 1, 1)
BOARD_FIRMWARE: Oid = (*PDU2, 3, 2, 3, 1, 6)
OUTLET_TEXTS: Oid = (*PDU2, 3, 5, 3, 1)
OPERATION: Oid = (*PDU2, 4, 1, 2, 1, 2)
STATE: Oid = (*PDU2, 4, 1, 2, 1, 3)
INLET: tuple[Oid, Oid] = ((*PDU2, 3, 3, 4, 1), (*PDU2, 5, 2, 3, 1))
OUTLET: tuple[Oid, Oid] = ((*PDU2, 3, 5, 4, 1), (*PDU2, 5, 4, 3, 1))
"""Configuration and readings of the sensors of each."""

ON, OFF, NORMAL = 7, 8, 4
COMMAND_OFF, COMMAND_ON, COMMAND_CYCLE = 0, 1, 2
POWER_FACTOR = 0.97
_PDU = 1
_YES = 1


class _Sensor(NamedTuple):
    """Type, unit and decimal digits as PDU2-MIB numbers them; the value in that unit, before scaling."""

    kind: int
    unit: int
    digits: int
    value: float
    state: int = NORMAL


class RaritanPdu(SwitchedOutlets):
    """One PDU of the world as an SNMP device."""

    commands = Commands((*OPERATION, _PDU), COMMAND_ON, COMMAND_OFF, COMMAND_CYCLE)

    def mib(self) -> Mapping[Oid, Value]:
        """Every instance, now."""
        device = self._world.device(self._device)
        loads = self._world.outlet_loads_w(device.name)
        rows = self._system(device) | _nameplate(device)
        rows |= _sensors(INLET, 1, _inlet(sum(loads.values())))
        for outlet in device.outlets:
            live = self._world.outlet_live(device.name, outlet.index)
            rows |= _outlet(outlet, live, loads[outlet.index])
        return rows

    def _system(self, device: Device) -> dict[Oid, Value]:
        about = f"Raritan PDU, MD:{device.model} HW:{device.hardware_revision} FW:{device.os_version}"
        scalars = (
            (1, octets(about)),
            (2, Value("oid", PDU2)),
            (3, timeticks(self._world.uptime_s(device.name))),
            (4, octets("")),
            (5, octets(device.hostname)),
            (6, octets("")),
            (7, integer(72)),
        )
        return {(*SYSTEM, column, 0): value for column, value in scalars}


def _nameplate(device: Device) -> dict[Oid, Value]:
    texts = ((2, device.vendor), (3, device.model), (4, device.serial))
    rows = {(*NAMEPLATE, column, _PDU): octets(text) for column, text in texts}
    rows[(*BOARD_FIRMWARE, _PDU, 1, 1)] = octets(device.os_version)
    return rows


def _inlet(load_w: float) -> tuple[_Sensor, ...]:
    apparent_va = load_w / POWER_FACTOR
    return (
        _Sensor(1, 2, 3, apparent_va / MAINS_V),
        _Sensor(4, 1, 0, MAINS_V),
        _Sensor(5, 3, 0, load_w),
        _Sensor(6, 4, 0, apparent_va),
        _Sensor(7, -1, 2, POWER_FACTOR if load_w else 1.0),
        _Sensor(23, 8, 1, 50.0),
    )


def _outlet(outlet: Outlet, live: bool, load_w: float) -> dict[Oid, Value]:
    place = (_PDU, outlet.index)
    state = ON if live else OFF
    sensors = (
        _Sensor(1, 2, 3, load_w / POWER_FACTOR / MAINS_V),
        _Sensor(5, 3, 0, load_w),
        _Sensor(14, -1, 0, 0.0, state),
    )
    rows = _sensors(OUTLET, outlet.index, sensors)
    rows[(*OUTLET_TEXTS, 2, *place)] = octets(str(outlet.index))
    rows[(*OUTLET_TEXTS, 3, *place)] = octets(outlet.label)
    rows[(*OPERATION, *place)] = integer(COMMAND_ON if outlet.commanded_on else COMMAND_OFF)
    rows[(*STATE, *place)] = integer(state)
    return rows


def _sensors(tables: tuple[Oid, Oid], number: int, sensors: tuple[_Sensor, ...]) -> dict[Oid, Value]:
    config, reading = tables
    rows: dict[Oid, Value] = {}
    for each in sensors:
        at = (_PDU, number, each.kind)
        rows[(*config, 6, *at)] = integer(each.unit)
        rows[(*config, 7, *at)] = gauge(each.digits)
        rows[(*reading, 2, *at)] = integer(_YES)
        rows[(*reading, 3, *at)] = integer(each.state)
        rows[(*reading, 4, *at)] = integer(round(each.value * 10**each.digits))
    return rows
