"""BMCs by SNMP: Dell iDRAC (1.3.6.1.4.1.674.10892.5) and Lenovo XCC (1.3.6.1.4.1.19046.11.1).

Source: IDRAC-MIB-SMIv2 and LENOVO-XCC-MIB; columns proven against recorded walks. iDRAC counts temperatures
in 0.1 °C and voltages in mV; its table of amperages mixes currents (0.1 A) and powers (W), told apart by the
probe's type alone. XCC tells numbers as text, and its system description is that of any small Linux.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Found, Nothing, is_missing, read_number
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, scaled, variables
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, uptime_s
from bringup.model.facts import Environment, Fan, Identity, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

IDRAC = "1.3.6.1.4.1.674.10892.5"
IDRAC_SYSTEM = f"{IDRAC}.1.3"
IDRAC_VOLTAGES, IDRAC_AMPERAGES = f"{IDRAC}.4.600.20.1", f"{IDRAC}.4.600.30.1"
IDRAC_FANS, IDRAC_TEMPERATURES = f"{IDRAC}.4.700.12.1", f"{IDRAC}.4.700.20.1"
STATUS, READING, KIND, NAME = 5, 6, 7, 8
XCC = "1.3.6.1.4.1.19046.11.1.1"
XCC_TEMPERATURES, XCC_FANS, XCC_VITAL = f"{XCC}.1.2.1", f"{XCC}.3.2.1", f"{XCC}.5"

_AMPERES = frozenset({23, 25})
_WATTS = frozenset({24, 26})
"""Types of the amperage probes: of a power supply, and of the whole system."""
_WELL = MappingProxyType({3: value(True), **dict.fromkeys((4, 5, 6, 7, 8, 9, 10), value(False))})
"""3 is ok, 4 to 10 are beyond a limit or failed; 1 (other) and 2 (unknown) say nothing."""

Index = tuple[int, ...]


def _names(mib: Mib, table: str, column: int = NAME) -> dict[Index, str]:
    """Probe -> its name, where it has none its number."""
    names = mib.texts(f"{table}.{column}")
    return {index: name or f"probe-{'.'.join(map(str, index))}" for index, name in names.items()}


def _well(code: int | None) -> Read:
    return ABSENT if code is None else _WELL.get(code, NOT_AVAILABLE)


def idrac_identity(mib: Mib) -> Identity:
    """The server that this iDRAC is in; the walk need not tell its service tag."""
    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=value("Dell"),
        model=mib.word(f"{IDRAC_SYSTEM}.12.0"),
        serial=mib.word(f"{IDRAC_SYSTEM}.2.0"),
        uptime_s=uptime_s(mib),
        description=mib.word(SYS_DESCR),
    )


def idrac_environment(mib: Mib) -> Environment:
    """Fans and temperatures, under iDRAC's own names."""
    rpm, fan_states = mib.integers(f"{IDRAC_FANS}.{READING}"), mib.integers(f"{IDRAC_FANS}.{STATUS}")
    tenths = mib.integers(f"{IDRAC_TEMPERATURES}.{READING}")
    high = mib.integers(f"{IDRAC_TEMPERATURES}.10")
    return Environment(
        fans=tuple(
            Fan(name=name, ok=_well(fan_states.get(index)), speed_rpm=scaled(rpm.get(index)))
            for index, name in _names(mib, IDRAC_FANS).items()
        ),
        sensors=tuple(
            Sensor(name=name, temperature_c=_tenths_c(tenths.get(index)), high_c=_tenths_c(high.get(index)))
            for index, name in _names(mib, IDRAC_TEMPERATURES).items()
        ),
    )


def _tenths_c(tenths: int | None) -> Read:
    """A temperature may be below zero; what is beyond any board's is no reading."""
    if tenths is None:
        return ABSENT
    return value(tenths / 10) if -1000 <= tenths <= 3000 else NOT_AVAILABLE


def idrac_electrical(mib: Mib) -> Json:
    """Currents (A), powers (W) and voltages (V) by name, each None where it is not measured."""
    kinds, numbers = mib.integers(f"{IDRAC_AMPERAGES}.{KIND}"), mib.integers(f"{IDRAC_AMPERAGES}.{READING}")
    names = _names(mib, IDRAC_AMPERAGES)
    millivolts = mib.integers(f"{IDRAC_VOLTAGES}.{READING}")
    return {
        "currents_a": {
            name: scaled(numbers.get(index), per=10).value
            for index, name in names.items()
            if kinds.get(index) in _AMPERES
        },
        "powers_w": {
            name: scaled(numbers.get(index)).value
            for index, name in names.items()
            if kinds.get(index) in _WATTS
        },
        "voltages_v": {
            name: scaled(millivolts[index], per=1000).value
            for index, name in _names(mib, IDRAC_VOLTAGES).items()
            if index in millivolts
        },
    }


def xcc_identity(mib: Mib) -> Identity:
    """The server that this XCC is in."""
    firmware = next(iter(mib.texts(f"{XCC_VITAL}.1.1.3").values()), None)
    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=value("Lenovo"),
        model=mib.word(f"{XCC_VITAL}.2.1.5.0"),
        serial=mib.word(f"{XCC_VITAL}.2.1.3.0"),
        os_version=as_word(firmware),
        uptime_s=uptime_s(mib),
        description=mib.word(SYS_DESCR),
    )


def xcc_environment(mib: Mib) -> Environment:
    """Temperatures and fans. Fans are told in percent of their full speed, which is no speed.

    Raises:
        Damaged: a number is none.
    """
    celsius, high = mib.texts(f"{XCC_TEMPERATURES}.3"), mib.texts(f"{XCC_TEMPERATURES}.5")
    fan_states = mib.texts(f"{XCC_FANS}.10")
    return Environment(
        fans=tuple(
            Fan(name=name, ok=_normal(fan_states.get(index)), speed_rpm=NOT_AVAILABLE)
            for index, name in _names(mib, XCC_FANS, 2).items()
        ),
        sensors=tuple(
            Sensor(
                name=name,
                temperature_c=read_number(celsius.get(index)),
                high_c=read_number(high.get(index)),
            )
            for index, name in _names(mib, XCC_TEMPERATURES, 2).items()
        ),
    )


def _normal(word: str | None) -> Read:
    if not word:
        return ABSENT
    return NOT_AVAILABLE if is_missing(word) else value(word.casefold() == "normal")


def _parse_idrac(data: bytes) -> Found:
    mib, warnings = _walk(data, IDRAC, "an iDRAC")
    environment = idrac_environment(mib)
    if not environment.fans and not environment.sensors and not mib.text(f"{IDRAC_SYSTEM}.12.0"):
        raise Nothing("the walk tells neither a model nor a probe")
    return Found(
        facts={
            "identity": idrac_identity(mib),
            "environment": environment,
            "electrical": idrac_electrical(mib),
            "details": {"site": mib.text(f"{IDRAC_SYSTEM}.8.0"), "object_id": mib.text(SYS_OBJECT_ID)},
        },
        warnings=warnings,
    )


def _parse_xcc(data: bytes) -> Found:
    mib, warnings = _walk(data, XCC, "an XCC")
    environment = xcc_environment(mib)
    told = mib.integer(f"{XCC}.1.1.0")
    if not environment.fans and not environment.sensors:
        raise Nothing("the walk tells no probe")
    if told is not None and told != len(environment.sensors):
        warnings = (*warnings, f"{told} temperatures announced, {len(environment.sensors)} listed")
    return Found(
        facts={
            "identity": xcc_identity(mib),
            "environment": environment,
            "details": {"temperatures_announced": told, "object_id": mib.text(SYS_OBJECT_ID)},
        },
        warnings=warnings,
    )


def _walk(data: bytes, base: str, what: str) -> tuple[Mib, tuple[str, ...]]:
    values, warnings = variables(data)
    if not any(oid.startswith(f"{base}.") for oid in values):
        raise Nothing(f"the walk has nothing of {what} ({base})")
    return Mib(values), warnings


def _sureness(head: bytes, base: str) -> int:
    """The object id alone is enough: a BMC's own tables may stand far behind."""
    told = f"{base}.".encode() in head or f"|{base}\n".encode() in head
    return 75 if told and looks_recorded(head) else 0


FORMATS = (
    Format(
        name="snmp.idrac",
        title="Dell iDRAC: a recorded walk (.snmprec)",
        sniff=lambda head: _sureness(head, IDRAC),
        parse=_parse_idrac,
        facts={
            "identity": Identity,
            "environment": Environment,
            "electrical": dict[str, dict[str, float | None]],
            "details": dict[str, object],
        },
    ),
    Format(
        name="snmp.xcc",
        title="Lenovo XClarity Controller: a recorded walk (.snmprec)",
        sniff=lambda head: max(_sureness(head, XCC), _sureness(head, "1.3.6.1.4.1.19046.11.1")),
        parse=_parse_xcc,
        facts={"identity": Identity, "environment": Environment, "details": dict[str, object]},
    ),
)
