"""Registers to readings: powers, currents, temperatures, text, dates. What can't be is noted, never given."""

from __future__ import annotations

import math
from datetime import date

from bringup.decode.ethtool_module import POSSIBLE_SUPPLY_V
from bringup.decode.module.memory import Ledger
from bringup.model.facts import Threshold
from bringup.model.measurement import ABSENT, DARK, Read, value

POSSIBLE_C = (-50.0, 125.0)
"""All three maps bound a valid temperature by -40 and +125 °C; ten more below for what stands in the cold."""
SATURATED = 0xFFFF
DARK_COUNTS = 1
"""0.1 µW is the least that can be told, and -40 dBm: no light."""
_COUNT_MW = 1e-4
_YEARS_FROM = 2000


def temperature(raw: float, ledger: Ledger, field: str = "temperature_c") -> Read:
    """S16 in 1/256 °C."""
    celsius = raw / 256
    if not POSSIBLE_C[0] <= celsius <= POSSIBLE_C[1]:
        return ledger.impossible(field, f"{celsius:.1f} °C")
    return value(celsius)


def supply(raw: float, ledger: Ledger) -> Read:
    """U16 in 100 µV."""
    volts = raw / 10_000
    if not POSSIBLE_SUPPLY_V[0] <= volts <= POSSIBLE_SUPPLY_V[1]:
        return ledger.impossible("supply_voltage_v", f"{volts:.4f} V")
    return value(volts)


def power(raw: int, ledger: Ledger, field: str) -> Read:
    """U16 in 0.1 µW as dBm; dark at and below one count; a full count is no reading."""
    if raw == SATURATED:
        return ledger.impossible(field, "the count is at its end")
    return DARK if raw <= DARK_COUNTS else value(dbm(raw))


def dbm(raw: float) -> float:
    """Counts of 0.1 µW, more than none, in dBm."""
    return 10 * math.log10(raw * _COUNT_MW)


def bias(raw: int, multiplier: int, ledger: Ledger, field: str) -> Read:
    """U16 in 2 µA times the module's multiplier, as mA."""
    if raw == SATURATED:
        return ledger.impossible(field, "the count is at its end")
    return value(raw * multiplier / 500)


def limit_power(raw: float) -> Read:
    """A limit of power: one of no light is dark."""
    return DARK if raw <= DARK_COUNTS else value(dbm(raw))


def limits(
    quantity: str, raws: tuple[int, int, int, int], reads: tuple[Read, Read, Read, Read], ledger: Ledger
) -> Threshold | None:
    """Limits in the maps' order: high alarm, low alarm, high warning, low warning.

    None where the module gives none (all zero, noted as not provided), or where they can't be, as they do not
    rise from low alarm over low warning and high warning to high alarm.
    """
    if raws == (0, 0, 0, 0):
        ledger.not_provided.append(quantity)
        return None
    high_alarm, low_alarm, high_warning, low_warning = raws
    if not low_alarm <= low_warning <= high_warning <= high_alarm or low_alarm == high_alarm:
        ledger.impossible(f"limits of {quantity}", "they stand in the wrong order")
        return None
    return Threshold(
        quantity=quantity,
        high_alarm=reads[0],
        low_alarm=reads[1],
        high_warning=reads[2],
        low_warning=reads[3],
    )


def text(raw: bytes, ledger: Ledger, field: str) -> Read:
    """ASCII padded with blanks, NULs or 0xFF; absent where blank."""
    stripped = raw.rstrip(b" \x00\xff")
    if not stripped:
        return ABSENT
    if not stripped.isascii() or not (said := stripped.decode("ascii")).isprintable():
        return ledger.impossible(field, "it is no printable ASCII")
    said = said.strip()
    return value(said) if said else ABSENT


def oui(raw: bytes) -> Read:
    """Three bytes as `00:02:c9`; absent where zero."""
    return value(raw.hex(":")) if any(raw) and raw != b"\xff\xff\xff" else ABSENT


def date_code(raw: bytes, ledger: Ledger) -> Read:
    """YYMMDD, as written; the lot after it is left out."""
    read = text(raw[:6], ledger, "date_code")
    if read is ABSENT or read.value is None:
        return read
    said = str(read.value)
    try:
        if len(said) != 6 or not said.isdigit():
            raise ValueError
        date(_YEARS_FROM + int(said[:2]), int(said[2:4]), int(said[4:6]))
    except ValueError:
        return ledger.impossible("date_code", f"{said!r} is no date")
    return read


def f16(raw: int) -> float:
    """CMIS F16: mantissa of 11 bits times ten to the power of (5 bits - 24)."""
    return float(raw & 0x7FF) * 10.0 ** ((raw >> 11) - 24)
