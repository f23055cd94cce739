"""SFF-8636: QSFP+ and QSFP28, lower memory and upper pages 00h and 03h.

Check codes: CC_BASE (byte 191) guards who the module is, so a wrong one makes the whole capture unparsable.
CC_EXT (byte 223) guards serial number, date and which monitors exist: where it is wrong none of these is
given, monitors included. Page 03h (limits) has none. Source: SFF-8636 revision 2.10a.
"""

from __future__ import annotations

from struct import unpack_from
from typing import Any

from bringup.decode.module import codes, scale
from bringup.decode.module.facts import Module, ModuleLane
from bringup.decode.module.memory import (
    LOWER,
    Ledger,
    Memory,
    checksum_of,
    demand_checksum,
    name_of,
    page_key,
)
from bringup.decode.result import Damaged, FactValue, Found
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

NOT_READY, FLAT = 0x01, 0x04
"""Bits of byte 2."""
LANES = 4
_WATTS = (1.5, 2.0, 2.5, 3.5)
_HIGH_WATTS = (0.0, 4.0, 4.5, 5.0)
"""Power classes 1 to 4, and (none) 5 to 7."""
_QUARTERS = ("high_alarm", "low_alarm", "high_warning", "low_warning")
_MONITORED = ((9, "rx_power"), (11, "bias"), (13, "tx_power"))


def decode_sff8636(memory: Memory) -> Found:
    """The facts of a QSFP module.

    Raises:
        Damaged: lower memory or page 00h is not whole, or CC_BASE is wrong.
    """
    lower, upper = memory.half(LOWER), memory.half(page_key(0))
    if lower is None or upper is None:
        raise Damaged("lower memory and page 00h are not both whole")
    demand_checksum(upper, 0, 62, "page 00h's base (CC_BASE)")
    if upper[0] != lower[0]:
        raise Damaged(f"byte 0 is 0x{lower[0]:02x} and byte 128 0x{upper[0]:02x}: two kinds of module")
    ledger = Ledger(memory)
    extended = _extended(upper, ledger)
    about = _about(lower, upper, extended, ledger)
    lanes, raw = _lanes(lower, extended, bool(about["optical"].value), ledger)
    temperature, volts = _module_monitors(lower, bool(about["optical"].value), extended, ledger)
    optic = Optic(
        port=memory.port,
        present=value(True),
        medium=_medium(extended),
        vendor=about.pop("vendor"),
        part_number=about.pop("part_number"),
        serial=about.pop("serial"),
        temperature_c=temperature,
        supply_voltage_v=volts,
        lanes=lanes,
        thresholds=() if lower[2] & FLAT else _thresholds(memory.half(page_key(3)), ledger),
    )
    module = Module(
        port=memory.port,
        pages=tuple(map(name_of, memory.halves)),
        **about,
        unparsable=tuple(ledger.unparsable),
        limits_not_provided=tuple(ledger.not_provided),
    )
    states = tuple(_state(lower, lane) for lane in range(LANES))
    facts: dict[str, FactValue] = {"optic": optic, "module": module, "lanes": states, "details": {"raw": raw}}
    return Found(facts=facts, warnings=tuple(ledger.warnings))


def _about(lower: bytes, upper: bytes, extended: bytes | None, ledger: Ledger) -> dict[str, Any]:
    """What a `Module` is told, and three fields of its `Optic`."""
    technology = upper[19] >> 4
    optical = technology not in codes.COPPER_TECHNOLOGIES
    return {
        "vendor": scale.text(upper[20:36], ledger, "vendor"),
        "part_number": scale.text(upper[40:56], ledger, "part_number"),
        "serial": scale.text(extended[68:84], ledger, "serial") if extended else ABSENT,
        "identifier": codes.IDENTIFIERS[lower[0]],
        "identifier_code": lower[0],
        "revision": value(f"code {lower[1]}"),
        "flat_memory": value(bool(lower[2] & FLAT)),
        "vendor_oui": scale.oui(upper[37:40]),
        "vendor_revision": scale.text(upper[56:58], ledger, "vendor_revision"),
        "date_code": scale.date_code(extended[84:92], ledger) if extended else ABSENT,
        "connector": value(codes.CONNECTORS.get(upper[2], f"code {upper[2]}")),
        "technology": value(codes.TECHNOLOGIES[technology]),
        "technology_code": value(technology),
        "optical": value(optical),
        "cable_length_m": value(upper[18]) if upper[18] else ABSENT,
        "wavelength_nm": _wavelength(upper, optical, ledger),
        "interrupt": value(not lower[2] & 2),
        "low_power_requested": value(lower[93] & 3 == 3),
        "latched_flags": _flags(lower),
        **_power(lower, upper),
    }


def _extended(upper: bytes, ledger: Ledger) -> bytes | None:
    """Page 00h, if what CC_EXT guards is as it was written."""
    made, told = checksum_of(upper, 64, 94), upper[95]
    if made == told:
        return upper
    ledger.warnings.append(
        f"the checksum of page 00h's second part (CC_EXT) is 0x{told:02x}, its bytes give 0x{made:02x}: no"
        " serial number, no date and no monitor is given"
    )
    return None


def _medium(extended: bytes | None) -> Read:
    if extended is None or not extended[64]:
        return ABSENT
    name = codes.EXTENDED_COMPLIANCE.get(extended[64])
    return value(name) if name else NOT_AVAILABLE


def _wavelength(upper: bytes, optical: bool, ledger: Ledger) -> Read:
    """In copper the same bytes tell attenuation."""
    if not optical:
        return UNSUPPORTED
    nanometres = int.from_bytes(upper[58:60], "big") / 20
    if not nanometres:
        return ABSENT
    possible = 600 <= nanometres <= 2000
    return value(nanometres) if possible else ledger.impossible("wavelength_nm", f"{nanometres} nm")


def _power(lower: bytes, upper: bytes) -> dict[str, Any]:
    """Class and watts; classes 5 to 8 stay dark until the host enables them (byte 93)."""
    code = upper[1]
    if code & 0x20:
        watts = lower[107] / 10
        enabled = bool(lower[93] & 8)
        told = value(watts) if watts else NOT_AVAILABLE
        return {"power_class": value(8), "max_power_w": told, "high_power_enabled": value(enabled)}
    if code & 3:
        return {
            "power_class": value(4 + (code & 3)),
            "max_power_w": value(_HIGH_WATTS[code & 3]),
            "high_power_enabled": value(bool(lower[93] & 4)),
        }
    return {"power_class": value((code >> 6) + 1), "max_power_w": value(_WATTS[code >> 6])}


def _lanes(
    lower: bytes, extended: bytes | None, optical: bool, ledger: Ledger
) -> tuple[tuple[Lane, ...], dict[str, object]]:
    rx, bias, tx = (unpack_from(">4H", lower, at) for at in (34, 42, 50))
    raw: dict[str, object] = {"bank 0": {"tx_power": list(tx), "bias": list(bias), "rx_power": list(rx)}}
    if not optical:
        return (), raw
    unready = lower[2] & NOT_READY or extended is None
    found: list[Lane] = []
    for at in range(LANES):
        index = at + 1
        if unready or extended is None:
            none = NOT_AVAILABLE
            found.append(Lane(index=index, tx_power_dbm=none, rx_power_dbm=none, bias_ma=none))
            continue
        sends = extended[92] & 4
        found.append(
            Lane(
                index=index,
                tx_power_dbm=scale.power(tx[at], ledger, f"lane {index} tx_power_dbm")
                if sends
                else UNSUPPORTED,
                rx_power_dbm=scale.power(rx[at], ledger, f"lane {index} rx_power_dbm"),
                bias_ma=scale.bias(bias[at], 1, ledger, f"lane {index} bias_ma"),
            )
        )
    return tuple(found), raw


def _module_monitors(
    lower: bytes, optical: bool, extended: bytes | None, ledger: Ledger
) -> tuple[Read, Read]:
    """Temperature and supply. Zero is none on a cable, and on an optic that is not ready."""
    if lower[2] & NOT_READY or extended is None:
        return NOT_AVAILABLE, NOT_AVAILABLE
    celsius, volts = unpack_from(">h", lower, 22)[0], unpack_from(">H", lower, 26)[0]
    if not optical and not celsius and not volts:
        return UNSUPPORTED, UNSUPPORTED
    return scale.temperature(celsius, ledger), scale.supply(volts, ledger)


def _thresholds(page: bytes | None, ledger: Ledger) -> tuple[Threshold, ...]:
    if page is None:
        return ()
    celsius, volts = unpack_from(">4h", page, 0), unpack_from(">4H", page, 16)
    rx, bias, tx = (unpack_from(">4H", page, at) for at in (48, 56, 64))
    found = (
        scale.limits("temperature_c", celsius, _reads(celsius, 256), ledger),
        scale.limits("supply_voltage_v", volts, _reads(volts, 10_000), ledger),
        scale.limits("tx_power_dbm", tx, _powers(tx), ledger),
        scale.limits("bias_ma", bias, _reads(bias, 500), ledger),
        scale.limits("rx_power_dbm", rx, _powers(rx), ledger),
    )
    return tuple(limit for limit in found if limit is not None)


def _reads(raws: tuple[int, int, int, int], divisor: int) -> tuple[Read, Read, Read, Read]:
    a, b, c, d = raws
    return value(a / divisor), value(b / divisor), value(c / divisor), value(d / divisor)


def _powers(raws: tuple[int, int, int, int]) -> tuple[Read, Read, Read, Read]:
    a, b, c, d = raws
    return scale.limit_power(a), scale.limit_power(b), scale.limit_power(c), scale.limit_power(d)


def _flags(lower: bytes) -> tuple[str, ...]:
    found: list[str] = []
    for at, quantity in ((6, "temperature"), (7, "supply_voltage")):
        found += [f"{quantity}_{name}" for bit, name in enumerate(_QUARTERS) if lower[at] >> 7 - bit & 1]
    return tuple(found)


def _state(lower: bytes, lane: int) -> ModuleLane:
    """Latched flags of one lane, and whether its transmitter is disabled."""
    flags: list[str] = []
    for at, high, low in ((3, "tx_los", "rx_los"), (4, "tx_eq_fault", "tx_fault"), (5, "tx_lol", "rx_lol")):
        flags += [high] if lower[at] >> 4 + lane & 1 else []
        flags += [low] if lower[at] >> lane & 1 else []
    for at, quantity in _MONITORED:
        held = lower[at + lane // 2] >> (0 if lane & 1 else 4) & 15
        flags += [f"{quantity}_{name}" for bit, name in enumerate(_QUARTERS) if held >> 3 - bit & 1]
    return ModuleLane(
        index=lane + 1, tx_disabled=value(bool(lower[86] >> lane & 1)), latched_flags=tuple(flags)
    )
