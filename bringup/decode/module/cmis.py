"""CMIS 4.0 to 5.3: lower memory and pages 00h, 01h and 02h; lanes and diagnostics have files of their own.

Check codes: page 00h's (byte 222) guards who the module is, so a wrong one makes the whole capture
unparsable. Those of pages 01h and 02h (byte 255) guard what it advertises and its limits: where one is wrong
nothing of that page is given, and what depends on it (which monitors exist, how bias is scaled, which pages
hold diagnostics) is not given either. Pages 10h and up have none. Source: OIF-CMIS-05.2, chapter 8.
"""

from __future__ import annotations

from struct import unpack_from
from typing import Any

from bringup.decode.module import codes, scale
from bringup.decode.module.cmis_applications import Advertised, advertised, medium_of
from bringup.decode.module.cmis_diagnostics import diagnostics
from bringup.decode.module.cmis_firmware import firmware_banks
from bringup.decode.module.cmis_lanes import lanes_of, module_lanes
from bringup.decode.module.cmis_observables import observables
from bringup.decode.module.facts import Module, Times
from bringup.decode.module.memory import LOWER, Ledger, Memory, checked, demand_checksum, name_of, page_key
from bringup.decode.result import Damaged, FactValue, Found
from bringup.model.facts import Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

FLAT = 0x80
_QUARTERS = ("high_alarm", "low_alarm", "high_warning", "low_warning")
_FLAGGED = (
    (9, "temperature", "supply_voltage"),
    (10, "aux1", "aux2"),
    (11, "aux3", "custom"),
)
_MODULE_FLAGS = (
    (0, "module_state_changed"),
    (1, "module_firmware_fault"),
    (2, "data_path_firmware_fault"),
    (6, "cdb1_complete"),
    (7, "cdb2_complete"),
)
_LENGTH_FACTORS = (0.1, 1.0, 10.0, 100.0)
_DIAGNOSTIC_PAGES, _OBSERVABLES = 0x20, 0x40
"""Bits of 01h:142."""


def decode_cmis(memory: Memory) -> Found:
    """The facts of a CMIS module.

    Raises:
        Damaged: lower memory is not whole, the identifier differs between the two places, or page 00h's
            check code is wrong.
    """
    lower = memory.half(LOWER)
    if lower is None:
        raise Damaged("the lower memory is not whole")
    ledger = Ledger(memory)
    identity, known, limits = _pages(memory, lower, ledger)
    flat = bool(lower[2] & FLAT)
    told = advertised(lower, known, ledger)
    module_part = _state(lower, flat, ledger)
    firmware = _version(lower[39], lower[40])
    extra = _advertising(lower, known, told, ledger)
    temperature, volts = _monitors(lower, known, ledger)
    thresholds, multiplier = _thresholds(limits, known, ledger), _multiplier(known, ledger)
    optical = _optical(identity, lower)
    media_lanes = _media_lanes(identity)
    banks = () if flat else firmware_banks(memory, lower[37], ledger)
    lanes, raw = lanes_of(memory, flat, known, multiplier, media_lanes, ledger)
    states = module_lanes(memory, flat, told, ledger)
    who = _identity(identity, ledger)
    optic = Optic(
        port=memory.port,
        present=value(True),
        medium=medium_of(told, states),
        vendor=who.pop("vendor"),
        part_number=who.pop("part_number"),
        serial=who.pop("serial"),
        firmware=firmware,
        temperature_c=temperature,
        supply_voltage_v=volts,
        lanes=lanes,
        thresholds=thresholds,
    )
    facts: dict[str, FactValue] = {
        "optic": optic,
        "applications": told.applications,
        "lanes": states,
        "observables": observables(memory, ledger) if _tells(known, _OBSERVABLES) else (),
        "diagnostics": diagnostics(memory, ledger) if _tells(known, _DIAGNOSTIC_PAGES) else None,
        "details": {"raw": raw},
    }
    facts["module"] = Module(
        port=memory.port,
        identifier=codes.IDENTIFIERS[lower[0]],
        identifier_code=lower[0],
        revision=value(f"{lower[1] >> 4}.{lower[1] & 15}"),
        flat_memory=value(flat),
        firmware_active=firmware,
        optical=optical,
        latched_flags=_flags(lower),
        firmware_banks=banks,
        unparsable=tuple(ledger.unparsable),
        limits_not_provided=tuple(ledger.not_provided),
        pages=tuple(map(name_of, memory.halves)),
        **who,
        **module_part,
        **extra,
    )
    return Found(facts=facts, warnings=tuple(ledger.warnings))


def _pages(memory: Memory, lower: bytes, ledger: Ledger) -> tuple[bytes | None, bytes | None, bytes | None]:
    """Pages 00h, 01h and 02h, each only if its check code is right. A flat memory has page 00h alone."""
    identity = memory.half(page_key(0))
    if identity is None:
        ledger.warnings.append("page 00h is not there: who the module is is not known")
    else:
        demand_checksum(identity, 0, 93, "page 00h")
        if identity[0] != lower[0]:
            raise Damaged(f"byte 0 is 0x{lower[0]:02x} and byte 128 0x{identity[0]:02x}: two kinds of module")
    if lower[2] & FLAT:
        return identity, None, None
    return (
        identity,
        checked(memory.half(page_key(1)), 2, 126, "page 01h", ledger),
        checked(memory.half(page_key(2)), 0, 126, "page 02h", ledger),
    )


def _tells(known: bytes | None, bit: int) -> bool:
    return known is not None and bool(known[14] & bit)


def _version(major: int, minor: int) -> Read:
    """A firmware's version; 0.0 is that there is none, 255.255 that the bank is invalid."""
    return ABSENT if (major, minor) in ((0, 0), (255, 255)) else value(f"{major}.{minor}")


def _state(lower: bytes, flat: bool, ledger: Ledger) -> dict[str, Any]:
    if flat:
        return {}
    code, cause = lower[3] >> 1 & 7, lower[41]
    name, why = codes.MODULE_STATES.get(code), codes.FAULT_CAUSES.get(cause)
    reserved = name is None
    return {
        "state": ledger.impossible("state", f"code {code} is reserved") if name is None else value(name),
        "state_code": NOT_AVAILABLE if reserved else value(code),
        "interrupt": value(not lower[3] & 1),
        "fault_cause": value(why if why is not None else f"vendor's code {cause}")
        if why is not None or cause >= 32
        else ledger.impossible("fault_cause", f"code {cause} is reserved"),
        "low_power_requested": value(bool(lower[26] & 0x10)),
        "low_power_pin_allowed": value(bool(lower[26] & 0x40)),
    }


def _flags(lower: bytes) -> tuple[str, ...]:
    if not any(lower[8:12]):
        return ()
    found = [name for bit, name in _MODULE_FLAGS if lower[8] >> bit & 1]
    for at, low, high in _FLAGGED:
        found += [
            f"{low if bit < 4 else high}_{_QUARTERS[bit & 3]}" for bit in range(8) if lower[at] >> bit & 1
        ]
    return tuple(found)


def _monitors(lower: bytes, known: bytes | None, ledger: Ledger) -> tuple[Read, Read]:
    """Temperature and supply, where 01h:159 says that they are monitored; without that page, where not 0."""
    celsius, volts = unpack_from(">hH", lower, 14)
    if known is None:
        return (
            scale.temperature(celsius, ledger) if celsius else NOT_AVAILABLE,
            scale.supply(volts, ledger) if volts else NOT_AVAILABLE,
        )
    return (
        scale.temperature(celsius, ledger) if known[31] & 1 else UNSUPPORTED,
        scale.supply(volts, ledger) if known[31] & 2 else UNSUPPORTED,
    )


def _multiplier(known: bytes | None, ledger: Ledger) -> int | None:
    """By what a count of bias is multiplied; None where that is not told."""
    if known is None:
        return None
    code = known[32] >> 3 & 3
    if code == 3:
        ledger.warnings.append("unparsable: the multiplier of bias has the reserved code 3")
        ledger.unparsable.append("bias multiplier")
        return None
    return int(1 << code)


def _thresholds(page: bytes | None, known: bytes | None, ledger: Ledger) -> tuple[Threshold, ...]:
    """The module's own limits. Those of bias need the multiplier, which page 01h tells."""
    if page is None:
        return ()
    found = [_limits("temperature_c", page, 0, ">4h", 1 / 256, ledger)]
    found.append(_limits("supply_voltage_v", page, 8, ">4H", 1e-4, ledger))
    found.append(_limits("tx_power_dbm", page, 48, ">4H", None, ledger))
    code = None if known is None else known[32] >> 3 & 3
    if code is not None and code != 3:
        found.append(_limits("bias_ma", page, 56, ">4H", (1 << code) / 500, ledger))
    found.append(_limits("rx_power_dbm", page, 64, ">4H", None, ledger))
    return tuple(limit for limit in found if limit is not None)


def _limits(
    quantity: str, page: bytes, at: int, shape: str, factor: float | None, ledger: Ledger
) -> Threshold | None:
    a, b, c, d = raws = unpack_from(shape, page, at)
    if factor is None:
        reads = scale.limit_power(a), scale.limit_power(b), scale.limit_power(c), scale.limit_power(d)
    else:
        reads = value(a * factor), value(b * factor), value(c * factor), value(d * factor)
    return scale.limits(quantity, raws, reads, ledger)


def _optical(identity: bytes | None, lower: bytes) -> Read:
    if identity is not None:
        return value(identity[84] not in codes.COPPER_TECHNOLOGIES)
    return value(False) if lower[85] == codes.PASSIVE_COPPER else NOT_AVAILABLE


def _media_lanes(identity: bytes | None) -> int:
    """Which of a bank's eight lanes the module has, one bit each (00h:210 tells those that it has not)."""
    return 0xFF if identity is None else ~identity[82] & 0xFF


def _identity(page: bytes | None, ledger: Ledger) -> dict[str, Any]:
    if page is None:
        return {"vendor": ABSENT, "part_number": ABSENT, "serial": ABSENT}
    connector, technology = page[75], page[84]
    length = (page[74] & 63) * _LENGTH_FACTORS[page[74] >> 6]
    return {
        "vendor": scale.text(page[1:17], ledger, "vendor"),
        "vendor_oui": scale.oui(page[17:20]),
        "part_number": scale.text(page[20:36], ledger, "part_number"),
        "vendor_revision": scale.text(page[36:38], ledger, "vendor_revision"),
        "serial": scale.text(page[38:54], ledger, "serial"),
        "date_code": scale.date_code(page[54:62], ledger),
        "power_class": value((page[72] >> 5) + 1),
        "max_power_w": value(page[73] / 4) if page[73] else ABSENT,
        "cable_length_m": value(round(length, 1)) if length else ABSENT,
        "connector": value(codes.CONNECTORS.get(connector, f"code {connector}")) if connector else ABSENT,
        "technology": value(codes.TECHNOLOGIES.get(technology, f"code {technology}")),
        "technology_code": value(technology),
    }


def _advertising(lower: bytes, known: bytes | None, told: Advertised, ledger: Ledger) -> dict[str, Any]:
    """What page 01h tells beside the applications."""
    if known is None:
        return {}
    instances = known[35] >> 6
    found: dict[str, Any] = {
        "firmware_inactive": _version(known[0], known[1]),
        "hardware_revision": value(f"{known[2]}.{known[3]}"),
        "linear": _linear(known, told),
        "cdb_instances": ledger.impossible("cdb_instances", "code 3 is reserved")
        if instances == 3
        else value(instances),
        "times": _times(known, ledger),
    }
    if instances in (1, 2):
        found["cdb_status"] = tuple(_cdb(lower[37 + at]) for at in range(instances))
    nanometres = int.from_bytes(known[10:12], "big") / 20
    if nanometres:
        possible = 600 <= nanometres <= 2000
        found["wavelength_nm"] = (
            value(nanometres) if possible else ledger.impossible("wavelength_nm", f"{nanometres} nm")
        )
    return found


def _cdb(status: int) -> str:
    """One command instance: idle after none, busy, or how the last command ended, with its code."""
    if not status:
        return "none"
    name = "busy" if status & 0x80 else "failed" if status & 0x40 else "success"
    return name if name == "success" and status & 0x3F == 1 else f"{name} (code {status & 0x3F})"


def _linear(known: bytes, told: Advertised) -> Read:
    """`linear` (LPO), `half` (retimed one way), or `no`: what the interfaces' codes say; CDR bits only agree.

    A module whose codes are not in the tables and which has no clock recovery is not called linear: bits that
    are 0 may as well not be filled in.
    """
    if any(each.media_code in codes.LPO_MEDIA and told.single_mode for each in told.applications):
        return value("linear")
    hosts = {each.host_code for each in told.applications}
    if hosts & codes.LINEAR_HOSTS:
        return value("linear")
    if hosts & codes.HALF_RETIMED_HOSTS:
        return value("half")
    return value("no") if known[33] & 1 and known[34] & 1 else NOT_AVAILABLE


def _times(known: bytes, ledger: Ledger) -> Times:
    init, power, turn = known[16], known[39], known[40]
    return Times(
        power_up_s=_duration(power & 15, "power_up_s", ledger),
        power_down_s=_duration(power >> 4, "power_down_s", ledger),
        data_path_init_s=_duration(init & 15, "data_path_init_s", ledger),
        data_path_deinit_s=_duration(init >> 4, "data_path_deinit_s", ledger),
        tx_turn_on_s=_duration(turn & 15, "tx_turn_on_s", ledger),
        tx_turn_off_s=_duration(turn >> 4, "tx_turn_off_s", ledger),
    )


def _duration(code: int, field: str, ledger: Ledger) -> Read:
    """An upper bound; code 13 (50 minutes or more) has none, 14 and 15 are reserved."""
    if code <= codes.LONGEST_KNOWN:
        return value(codes.DURATIONS_S[code])
    return NOT_AVAILABLE if code == 13 else ledger.impossible(field, f"code {code} is reserved")
