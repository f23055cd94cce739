"""CMIS 4.0 to 5.3: lower memory and pages 00h, 01h and 02h; lanes and diagnostics have files of their own.

Check codes: page 00h's (byte 222) guards who the module is, so a wrong one makes the whole capture
unparsable. Those of pages 01h and 02h (byte 255) guard what it advertises and its limits: where one is wrong
nothing of that page is given, and what depends on it (which monitors exist, how bias is scaled, which pages
hold diagnostics) is not given either. Pages 10h and up have none. Source: OIF-CMIS-05.2, chapter 8.
"""

from __future__ import annotations

from typing import Any

from bringup.decode.module import codes, scale
from bringup.decode.module.cmis_advertising import advertising_of, version_of
from bringup.decode.module.cmis_applications import advertised, cable_medium, medium_of
from bringup.decode.module.cmis_diagnostics import diagnostics
from bringup.decode.module.cmis_firmware import firmware_banks
from bringup.decode.module.cmis_lanes import lanes_of, module_lanes
from bringup.decode.module.cmis_laser import RESOURCE_MODULE, external_laser, lasers_as_lanes, well
from bringup.decode.module.cmis_monitors import auxiliaries_of, monitors_of, multiplier_of, thresholds_of
from bringup.decode.module.cmis_observables import observables
from bringup.decode.module.facts import Module, Times
from bringup.decode.module.memory import LOWER, Ledger, Memory, checked, demand_checksum, name_of, page_key
from bringup.decode.result import Damaged, FactValue, Found
from bringup.model.facts import Optic
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

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


def _light_up(times: object) -> Read:
    """From low power to light: the sum of the bounds, where the module tells all of them."""
    if not isinstance(times, Times):
        return ABSENT
    steps = (times.power_up_s, times.data_path_init_s, times.tx_turn_on_s)
    told = [step.value for step in steps if isinstance(step.value, int | float)]
    return value(round(sum(told), 3)) if len(told) == len(steps) else NOT_AVAILABLE


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
    about = _about(memory, lower, identity, ledger)
    about |= {} if flat else _state(lower, ledger)
    about |= {} if known is None else advertising_of(lower, known, told, ledger)
    about |= {} if known is None else auxiliaries_of(lower, known, ledger)
    temperature, volts = monitors_of(lower, known, ledger)
    multiplier = multiplier_of(known, ledger)
    thresholds = thresholds_of(limits, multiplier, ledger)
    lanes, raw = lanes_of(memory, flat, known, multiplier, _media_lanes(identity), ledger)
    states = module_lanes(memory, flat, told, ledger)
    cable = cable_medium(told, None if identity is None else identity[84])
    laser = None if flat else external_laser(memory, lower, ledger)
    if laser is not None and lower[57] == RESOURCE_MODULE:
        lanes, thresholds = lasers_as_lanes(laser), (*thresholds, *laser.thresholds)
    optic = Optic(
        port=memory.port,
        present=value(True),
        medium=medium_of(told, states) if cable is None else value(cable),
        vendor=about.pop("vendor"),
        part_number=about.pop("part_number"),
        serial=about.pop("serial"),
        firmware=about["firmware_active"],
        temperature_c=temperature,
        supply_voltage_v=volts,
        light_up_max_s=_light_up(about.get("times")),
        laser_source_ok=well(laser),
        lanes=lanes,
        thresholds=thresholds,
    )
    facts: dict[str, FactValue] = {
        "optic": optic,
        "applications": told.applications,
        "lanes": states,
        "observables": observables(memory, ledger) if _tells(known, _OBSERVABLES) else (),
        "diagnostics": diagnostics(memory, ledger) if _tells(known, _DIAGNOSTIC_PAGES) else None,
        "external_laser": laser,
        "details": {"raw": raw},
    }
    unparsable, not_provided = tuple(ledger.unparsable), tuple(ledger.not_provided)
    facts["module"] = Module(**about, unparsable=unparsable, limits_not_provided=not_provided)
    return Found(facts=facts, warnings=tuple(ledger.warnings))


def _about(memory: Memory, lower: bytes, identity: bytes | None, ledger: Ledger) -> dict[str, Any]:
    """What a `Module` is told by lower memory and page 00h, and three fields of its `Optic`."""
    flat = bool(lower[2] & FLAT)
    return {
        "port": memory.port,
        "identifier": codes.IDENTIFIERS[lower[0]],
        "identifier_code": lower[0],
        "revision": value(f"{lower[1] >> 4}.{lower[1] & 15}"),
        "flat_memory": value(flat),
        "firmware_active": version_of(lower[39], lower[40]),
        "firmware_banks": () if flat else firmware_banks(memory, lower[37], ledger),
        "optical": _optical(identity, lower),
        "latched_flags": _flags(lower),
        "pages": tuple(map(name_of, memory.halves)),
        **_identity(identity, ledger),
    }


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


def _state(lower: bytes, ledger: Ledger) -> dict[str, Any]:
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
