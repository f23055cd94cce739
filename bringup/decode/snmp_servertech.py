"""Server Technology PDUs: Sentry3 (CDUs, 1.3.6.1.4.1.1718.3) and Sentry4 (PRO, 1.3.6.1.4.1.1718.4).

Source: Sentry3-MIB, proven against a recorded walk; Sentry4-MIB, of which there was no walk. Currents are in
0.01 A, voltages in 0.1 V, powers in W; -1 is "not measured", as on a neutral. An outlet's state is 1 on, 0
off; what waits for one or the other, or is unknown, has no state. Outlets are numbered tower.infeed.outlet
(Sentry4: unit.cord.outlet) and printed as AA1; as one number: 1 for AA1, 101 for AB1, 10001 for BA1.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, scaled, variables
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, SYSTEM, uptime_s
from bringup.model.facts import Identity, Inlet, Outlet
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

SENTRY = "1.3.6.1.4.1.1718"
SENTRY3, SENTRY4 = f"{SENTRY}.3", f"{SENTRY}.4.1"
SENTRY3_SYSTEM, TOWERS = f"{SENTRY3}.1", f"{SENTRY3}.2.1.1"
INFEEDS = f"{SENTRY3}.2.2.1"
SENTRY4_SYSTEM, UNITS, CORDS = f"{SENTRY4}.1", f"{SENTRY4}.2.2.1", f"{SENTRY4}.3.3.1"
CORD_NAMES = f"{SENTRY4}.3.2.1"
SWITCH_COMMAND = MappingProxyType({"on": 1, "off": 2, "cycle": 3})

Place = tuple[int, ...]
"""Tower, infeed, outlet."""


class _Outlets(NamedTuple):
    """Columns of one generation's outlets."""

    name: str
    state: str
    power_w: str
    control: str


_GENERATIONS = (
    _Outlets(f"{SENTRY3}.2.3.1.3", f"{SENTRY3}.2.3.1.5", f"{SENTRY3}.2.3.1.14", f"{SENTRY3}.2.3.1.11"),
    _Outlets(f"{SENTRY4}.8.2.1.3", f"{SENTRY4}.8.3.1.1", f"{SENTRY4}.8.3.1.7", f"{SENTRY4}.8.5.1.2"),
)
IDENTITY_TABLES = (SYSTEM, SENTRY3_SYSTEM, TOWERS, SENTRY4_SYSTEM, UNITS)
OUTLET_TABLES = tuple(column for each in _GENERATIONS for column in each[:3])
STATE_TABLES = tuple(each.state for each in _GENERATIONS)
INLET_TABLES = (INFEEDS, CORD_NAMES, CORDS)
_STATE = MappingProxyType({0: "off", 1: "on"})
_PER_INFEED, _PER_TOWER = 100, 10_000
_TOWERS, _INFEEDS = 8, 99


def number_of(place: Place) -> int:
    """The outlet's number; see the module.

    Raises:
        Damaged: the index of a row is no outlet's.
    """
    if len(place) != 3 or not (
        1 <= place[0] <= _TOWERS and 1 <= place[1] <= _INFEEDS and 1 <= place[2] < _PER_INFEED
    ):
        raise Damaged("the index of an outlet is no tower.infeed.outlet")
    return (place[0] - 1) * _PER_TOWER + (place[1] - 1) * _PER_INFEED + place[2]


def place_of(number: int) -> Place | None:
    """Tower, infeed and outlet of a number; None where it is no outlet's."""
    tower, rest = divmod(number, _PER_TOWER)
    infeed, outlet = divmod(rest, _PER_INFEED)
    return (tower + 1, infeed + 1, outlet) if 0 <= tower < _TOWERS and outlet and infeed < _INFEEDS else None


def control_of(mib: Mib, place: Place) -> str | None:
    """The control object of an outlet whose state is listed; None where it is not, or by both generations."""
    listing = [each for each in _GENERATIONS if place in mib.integers(each.state)]
    return f"{listing[0].control}.{'.'.join(map(str, place))}" if len(listing) == 1 else None


def identity(mib: Mib) -> Identity:
    """Who the PDU says it is: of a chain, the first tower."""
    sentry4 = bool(mib.texts(f"{UNITS}.7") or mib.text(f"{SENTRY4_SYSTEM}.2.0"))
    serial, model = (f"{UNITS}.7", f"{UNITS}.6") if sentry4 else (f"{TOWERS}.6", f"{TOWERS}.7")
    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=value("Server Technology"),
        model=as_word(next(iter(mib.texts(model).values()), None)),
        serial=as_word(next(iter(mib.texts(serial).values()), None)),
        os_version=mib.word(f"{SENTRY4_SYSTEM}.2.0" if sentry4 else f"{SENTRY3_SYSTEM}.1.0"),
        uptime_s=uptime_s(mib),
        description=mib.word(SYS_DESCR),
    )


def outlets(mib: Mib) -> tuple[Outlet, ...]:
    """Every outlet with its name, its state and what it draws.

    Raises:
        Damaged: an index is no outlet's, or both generations list outlets.
    """
    found = [tuple(_outlets(mib, each)) for each in _GENERATIONS]
    if all(found):
        raise Damaged("outlets of two generations of PDU in one answer")
    return found[0] or found[1]


def _outlets(mib: Mib, columns: _Outlets) -> list[Outlet]:
    names, states, power_w = (
        mib.texts(columns.name),
        mib.integers(columns.state),
        mib.integers(columns.power_w),
    )
    return [
        Outlet(
            index=number_of(place),
            label=as_word(names.get(place)),
            state=_state(states.get(place)),
            power_w=scaled(power_w.get(place)),
        )
        for place in sorted(names.keys() | states.keys())
    ]


def _state(code: int | None) -> Read:
    if code is None:
        return ABSENT
    return value(_STATE[code]) if code in _STATE else NOT_AVAILABLE


def inlets(mib: Mib) -> tuple[Inlet, ...]:
    """What comes in on each infeed (Sentry4: cord), under its own name."""
    infeeds = _inlets(
        mib, f"{INFEEDS}.3", current=f"{INFEEDS}.7", voltage=f"{INFEEDS}.11", power=f"{INFEEDS}.12"
    )
    return infeeds or _inlets(mib, f"{CORD_NAMES}.3", current=None, voltage=None, power=f"{CORDS}.3")


def _inlets(
    mib: Mib, name: str, *, current: str | None, voltage: str | None, power: str
) -> tuple[Inlet, ...]:
    names, watts = mib.texts(name), mib.integers(power)
    hundredths = mib.integers(current) if current else {}
    tenths = mib.integers(voltage) if voltage else {}
    return tuple(
        Inlet(
            name=names.get(index) or f"infeed-{'.'.join(map(str, index))}",
            current_a=scaled(hundredths.get(index), per=100),
            voltage_v=scaled(tenths.get(index), per=10),
            power_w=scaled(watts.get(index)),
        )
        for index in sorted(names.keys() | watts.keys() | hundredths.keys())
    )


def _parse(data: bytes) -> Found:
    values, warnings = variables(data)
    mib = Mib(values)
    if not any(oid.startswith((f"{SENTRY3}.", f"{SENTRY4}.")) for oid in values):
        raise Nothing("the walk has nothing of a Server Technology PDU (1.3.6.1.4.1.1718)")
    found, drawn = outlets(mib), inlets(mib)
    if not found and not drawn:
        raise Nothing("the walk tells neither an outlet nor an infeed")
    return Found(
        facts={
            "identity": identity(mib),
            "outlets": found,
            "inlets": drawn,
            "towers": list(mib.texts(f"{TOWERS}.3").values()),
            "total_power_w": scaled(mib.integer(f"{SENTRY3_SYSTEM}.6.0")).value,
        },
        warnings=warnings,
    )


SERVERTECH_PDU = Format(
    name="snmp.servertech-pdu",
    title="Server Technology PDU: a recorded walk (.snmprec)",
    sniff=lambda head: 75 if f"{SENTRY}.".encode() in head and looks_recorded(head) else 0,
    parse=_parse,
    facts={
        "identity": Identity,
        "outlets": tuple[Outlet, ...],
        "inlets": tuple[Inlet, ...],
        "towers": list[str],
        "total_power_w": float | None,
    },
)
FORMATS = (SERVERTECH_PDU,)
