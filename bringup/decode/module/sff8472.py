"""SFF-8472: SFP, SFP+, SFP28: A0h (identity) and A2h (diagnostics).

Check codes: CC_BASE (A0h:63) guards who the module is, so a wrong one makes the whole capture unparsable.
CC_EXT (A0h:95) guards serial number, date and the kind of diagnostics: where it is wrong none of these is
given, monitors included. CC_DMI (A2h:95) guards limits and calibration: where it is wrong no limit is given,
and no monitor of a module that is calibrated by its host. Source: SFF-8472 revision 12.4.
"""

from __future__ import annotations

import math
from struct import unpack_from
from typing import Any

from bringup.decode.module import codes, scale
from bringup.decode.module.facts import Module
from bringup.decode.module.memory import (
    A0_LOWER,
    A2_LOWER,
    Ledger,
    Memory,
    checked,
    checksum_of,
    demand_checksum,
    name_of,
)
from bringup.decode.module.sff8472_calibration import INTERNAL, Calibration, calibration_of
from bringup.decode.result import Damaged, FactValue, Found
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value

MONITORED, INTERNALLY, EXTERNALLY = 0x40, 0x20, 0x10
"""Bits of A0h:92."""
_COPPER = 0x0C
"""Passive and active cable, bits of A0h:8."""
_TEN_GIGABIT = ((0x80, "10GBASE-ER"), (0x40, "10GBASE-LRM"), (0x20, "10GBASE-LR"), (0x10, "10GBASE-SR"))
_EXTENDED = {2: "25GBASE-SR", 3: "25GBASE-LR", 4: "25GBASE-ER", 37: "100GBASE-DR"}
"""A0h:36, where the code's meaning for one lane is plain."""
_QUANTITIES = ("temperature", "supply_voltage", "bias", "tx_power", "rx_power")
_NOW = ((0x80, "tx_disabled"), (0x04, "tx_fault"), (0x02, "rx_los"), (0x01, "data_not_ready"))


def decode_sff8472(memory: Memory) -> Found:
    """The facts of an SFP module.

    Raises:
        Damaged: the first half of A0h is not whole, or CC_BASE is wrong.
    """
    base = memory.half(A0_LOWER)
    if base is None:
        raise Damaged("the first 128 bytes of A0h are not whole: there is nothing to check them by")
    demand_checksum(base, 0, 62, "A0h (CC_BASE)")
    ledger = Ledger(memory)
    extended = _extended(base, ledger)
    has = extended is not None and bool(extended[92] & MONITORED)
    page = memory.half(A2_LOWER) if has else None
    if has and page is None:
        ledger.warnings.append("the module has monitors, but A2h was not captured whole")
    limits = checked(page, 0, 94, "A2h (CC_DMI)", ledger)
    calibration = _calibration(extended, limits, ledger)
    temperature, volts, lanes = _monitors(extended, page, calibration, ledger)
    about = _about(base, extended, page, ledger)
    optic = Optic(
        port=memory.port,
        present=value(True),
        medium=_medium(base),
        vendor=about.pop("vendor"),
        part_number=about.pop("part_number"),
        serial=about.pop("serial"),
        temperature_c=temperature,
        supply_voltage_v=volts,
        lanes=lanes if about["optical"].value else (),
        thresholds=_thresholds(limits, calibration, ledger) if limits and calibration else (),
    )
    module = Module(
        port=memory.port,
        pages=tuple(map(name_of, memory.halves)),
        **about,
        unparsable=tuple(ledger.unparsable),
        limits_not_provided=tuple(ledger.not_provided),
    )
    facts: dict[str, FactValue] = {"optic": optic, "module": module, "details": {"raw": _raw(page)}}
    return Found(facts=facts, warnings=tuple(ledger.warnings))


def _about(base: bytes, extended: bytes | None, page: bytes | None, ledger: Ledger) -> dict[str, Any]:
    """What a `Module` is told, and three fields of its `Optic`."""
    copper = bool(base[8] & _COPPER)
    how = "external" if extended and extended[92] & EXTERNALLY else "internal"
    return {
        "vendor": scale.text(base[20:36], ledger, "vendor"),
        "part_number": scale.text(base[40:56], ledger, "part_number"),
        "serial": scale.text(extended[68:84], ledger, "serial") if extended else ABSENT,
        "identifier": codes.IDENTIFIERS[base[0]],
        "identifier_code": base[0],
        "vendor_oui": scale.oui(base[37:40]),
        "vendor_revision": scale.text(base[56:60], ledger, "vendor_revision"),
        "date_code": scale.date_code(extended[84:92], ledger) if extended else ABSENT,
        "connector": value(codes.CONNECTORS.get(base[2], f"code {base[2]}")),
        "optical": value(not copper),
        "cable_length_m": value(base[18]) if copper and base[18] else ABSENT,
        "wavelength_nm": _wavelength(base, copper, ledger),
        "calibration": value(how) if page is not None else ABSENT,
        "flags_now": _flags(page) if page is not None else (),
    }


def _extended(base: bytes, ledger: Ledger) -> bytes | None:
    """A0h, if what CC_EXT guards is as it was written."""
    made, told = checksum_of(base, 64, 94), base[95]
    if made == told:
        return base
    ledger.warnings.append(
        f"the checksum of A0h's second part (CC_EXT) is 0x{told:02x}, its bytes give 0x{made:02x}: no serial"
        " number, no date and no monitor is given"
    )
    return None


def _medium(base: bytes) -> Read:
    if base[36] in _EXTENDED:
        return value(_EXTENDED[base[36]])
    told = [name for bit, name in _TEN_GIGABIT if base[3] & bit]
    return value(told[0]) if len(told) == 1 else NOT_AVAILABLE if told or base[36] else ABSENT


def _wavelength(base: bytes, copper: bool, ledger: Ledger) -> Read:
    """On copper the same bytes name a cable's specification."""
    if copper:
        return UNSUPPORTED
    nanometres = int.from_bytes(base[60:62], "big")
    if not nanometres:
        return ABSENT
    possible = 600 <= nanometres <= 2000
    return value(nanometres) if possible else ledger.impossible("wavelength_nm", f"{nanometres} nm")


def _calibration(extended: bytes | None, limits: bytes | None, ledger: Ledger) -> Calibration | None:
    """How counts become values; None where that can't be told."""
    if extended is None or not extended[92] & MONITORED:
        return None
    ways = extended[92] & (INTERNALLY | EXTERNALLY)
    if ways == INTERNALLY:
        return INTERNAL
    if ways == EXTERNALLY:
        return calibration_of(limits, ledger) if limits is not None else None
    ledger.impossible("calibration", "A0h:92 says that it is both by the module and by the host, or neither")
    return None


def _monitors(
    extended: bytes | None, page: bytes | None, calibration: Calibration | None, ledger: Ledger
) -> tuple[Read, Read, tuple[Lane, ...]]:
    if extended is not None and not extended[92] & MONITORED:
        none = UNSUPPORTED
    elif page is None or calibration is None or page[110] & 1:
        none = NOT_AVAILABLE
    else:
        return _measured(page, calibration, ledger)
    return none, none, (Lane(index=1, tx_power_dbm=none, rx_power_dbm=none, bias_ma=none),)


def _measured(page: bytes, by: Calibration, ledger: Ledger) -> tuple[Read, Read, tuple[Lane, ...]]:
    celsius, volts, current, tx, rx = unpack_from(">hHHHH", page, 96)
    lane = Lane(
        index=1,
        tx_power_dbm=_power(tx, by.tx(tx), "tx_power_dbm", ledger),
        rx_power_dbm=_power(rx, by.rx(rx), "rx_power_dbm", ledger),
        bias_ma=_bias(current, by.bias(current), ledger),
    )
    return scale.temperature(by.celsius(celsius), ledger), scale.supply(by.volts(volts), ledger), (lane,)


def _power(raw: int, counts: float, field: str, ledger: Ledger) -> Read:
    """Counts of 0.1 µW after calibration; a polynomial of no light may go below none."""
    if raw == scale.SATURATED or not math.isfinite(counts) or counts >= scale.SATURATED:
        return ledger.impossible(field, "the count is beyond its end")
    return DARK if counts <= scale.DARK_COUNTS else value(scale.dbm(counts))


def _bias(raw: int, counts: float, ledger: Ledger) -> Read:
    if raw == scale.SATURATED or not 0 <= counts < scale.SATURATED:
        return ledger.impossible("bias_ma", "the count is beyond its end")
    return value(counts / 500)


def _thresholds(page: bytes, by: Calibration, ledger: Ledger) -> tuple[Threshold, ...]:
    """Limits are in counts as the monitors are, and calibrated with them."""
    words = unpack_from(">4h4H4H4H4H", page, 0)
    ways = (
        ("temperature_c", by.celsius, 256),
        ("supply_voltage_v", by.volts, 10_000),
        ("bias_ma", by.bias, 500),
        ("tx_power_dbm", by.tx, None),
        ("rx_power_dbm", by.rx, None),
    )
    found: list[Threshold] = []
    for at, (quantity, calibrated, divisor) in enumerate(ways):
        raws = words[4 * at : 4 * at + 4]
        counts = [calibrated(raw) for raw in raws]
        if not all(map(math.isfinite, counts)):
            ledger.impossible(f"limits of {quantity}", "no number after calibration")
            continue
        reads = [value(each / divisor) if divisor else scale.limit_power(each) for each in counts]
        made = scale.limits(quantity, raws, tuple(reads), ledger)  # type: ignore[arg-type]
        found += [made] if made is not None else []
    return tuple(found)


def _flags(page: bytes) -> tuple[str, ...]:
    """Status and flags as they are now: SFF-8472 does not latch them."""
    found = [name for bit, name in _NOW if page[110] & bit]
    for at, grade in ((112, "alarm"), (116, "warning")):
        bits = page[at] << 8 | page[at + 1]
        for index, quantity in enumerate(_QUANTITIES):
            found += [f"{quantity}_high_{grade}"] if bits >> 15 - 2 * index & 1 else []
            found += [f"{quantity}_low_{grade}"] if bits >> 14 - 2 * index & 1 else []
    return tuple(found)


def _raw(page: bytes | None) -> dict[str, object]:
    if page is None:
        return {}
    bias, tx, rx = unpack_from(">HHH", page, 100)
    return {"bank 0": {"tx_power": [tx], "bias": [bias], "rx_power": [rx]}}
