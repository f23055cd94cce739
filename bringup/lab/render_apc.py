"""A rack PDU as its PowerNet-MIB (rPDU2, 1.3.6.1.4.1.318.1.1.26) shows it.

Columns rendered: identity 2.1.{1-9}, device properties 4.2.1.{1-5}, device load 4.3.1.{1-7} (power in
0.01 kW), phase 6.3.1.{1-7} (0.1 A, V, 0.01 kW), switched outlets 9.2.3.1.{1-6} (state 1 off, 2 on), their
control 9.2.4.1.{1-5} (write 1 on, 2 off, 3 reboot; reads 1 on, 2 off) and metered outlets 9.4.3.1.{1-7}
(0.1 A, W); the system group beside.
"""

from __future__ import annotations

from collections.abc import Mapping

from bringup.lab.snmp_mib import Oid, Value, gauge, integer, octets, timeticks
from bringup.lab.state import Device, Outlet
from bringup.lab.switched_outlets import Commands, SwitchedOutlets

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
RPDU2: Oid = (1, 3, 6, 1, 4, 1, 318, 1, 1, 26)
OUTLET_COMMAND: Oid = (*RPDU2, 9, 2, 4, 1, 5)
SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 4, 1, 318, 1, 3, 4, 6)

MAINS_V = 230
STATE_OFF, STATE_ON = 1, 2
COMMAND_ON, COMMAND_OFF, COMMAND_REBOOT = 1, 2, 3
LOAD_LOW, LOAD_NORMAL = 1, 2
_UNIT = 1


class ApcPdu(SwitchedOutlets):
    """One PDU of the world as an SNMP device. Delayed commands (5 to 8) are refused with `wrongValue`."""

    commands = Commands(OUTLET_COMMAND, COMMAND_ON, COMMAND_OFF, COMMAND_REBOOT)

    def mib(self) -> Mapping[Oid, Value]:
        """Every instance, now."""
        device = self._world.device(self._device)
        loads = self._world.outlet_loads_w(device.name)
        rows = self._system(device)
        rows.update(_identity(device))
        rows.update(_whole(device, sum(loads.values())))
        for outlet in device.outlets:
            live = self._world.outlet_live(device.name, outlet.index)
            rows.update(_outlet(outlet, live, loads[outlet.index]))
        return rows

    def _system(self, device: Device) -> dict[Oid, Value]:
        about = (
            f"APC Web/SNMP Management Card (MB:v4.3.0 PF:{device.os_version} PN:apc_hw21_aos.bin "
            f"AF1:{device.os_version} AN1:apc_hw21_rpdu2g.bin MN:{device.model} "
            f"HR:{device.hardware_revision} SN:{device.serial})"
        )
        scalars = (
            (1, octets(about)),
            (2, Value("oid", SYS_OBJECT_ID)),
            (3, timeticks(self._world.uptime_s(device.name))),
            (4, octets("")),
            (5, octets(device.hostname)),
            (6, octets("")),
            (7, integer(72)),
        )
        return {(*SYSTEM, column, 0): value for column, value in scalars}


def _row(table: tuple[int, ...], index: int, *columns: Value) -> dict[Oid, Value]:
    """Columns 1, 2, 3, … of one row."""
    return {(*RPDU2, *table, column, index): value for column, value in enumerate(columns, 1)}


def _identity(device: Device) -> dict[Oid, Value]:
    return _row(
        (2, 1),
        _UNIT,
        integer(_UNIT),
        integer(_UNIT),
        octets(device.hostname),
        octets(""),
        octets(device.hardware_revision),
        octets(device.os_version),
        octets("03/14/2024"),
        octets(device.model),
        octets(device.serial),
    )


def _whole(device: Device, load_w: float) -> dict[Oid, Value]:
    outlets = integer(len(device.outlets))
    state = integer(LOAD_NORMAL if load_w >= MAINS_V else LOAD_LOW)
    hundredths_kw = gauge(load_w / 10.0)
    one = integer(_UNIT)
    rows = _row((4, 2, 1), _UNIT, one, one, octets(device.hostname), outlets, outlets)
    rows.update(
        _row(
            (4, 3, 1),
            _UNIT,
            one,
            one,
            octets(device.hostname),
            state,
            hundredths_kw,
            hundredths_kw,
            octets(""),
        )
    )
    tenths_a = gauge(load_w / MAINS_V * 10.0)
    rows.update(_row((6, 3, 1), _UNIT, one, one, one, state, tenths_a, gauge(MAINS_V), hundredths_kw))
    return rows


def _outlet(outlet: Outlet, live: bool, load_w: float) -> dict[Oid, Value]:
    start = (integer(outlet.index), integer(_UNIT), octets(outlet.label), integer(outlet.index))
    state = integer(STATE_ON if live else STATE_OFF)
    pending = integer(1 if outlet.on_at is not None else 2)
    command = integer(COMMAND_ON if live else COMMAND_OFF)
    tenths_a = gauge(load_w / MAINS_V * 10.0)
    rows = _row((9, 2, 3, 1), outlet.index, *start, state, pending)
    rows.update(_row((9, 2, 4, 1), outlet.index, *start, command))
    rows.update(_row((9, 4, 3, 1), outlet.index, *start, state, tenths_a, gauge(load_w)))
    return rows
