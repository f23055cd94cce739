"""External lasers: pages 1Ah and 1Bh of a laser module (ELSFP), or of the co-packaged optic that it feeds.

Eight lasers in each bank. Bias here is that of a laser in the source, so that one bad laser lowers several
optical lanes. Neither page has a check code: what their advertisement says of itself (lane count, limits in
order) has to hold, or nothing of them is given. Source: OIF-ELSFP-CMIS-01.0, tables 4 to 12, as public switch
software lists them.
"""

from __future__ import annotations

from struct import unpack_from

from bringup.decode.module import scale
from bringup.decode.module.facts import ExternalLaser, ExternalLaserLane
from bringup.decode.module.memory import HALF, Ledger, Memory, page_key
from bringup.model.facts import Lane, Threshold
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value

RESOURCE_MODULE = 1
"""Function type (lower memory, byte 57): a module that serves another one, such as a source of light."""
ADVERTISING, MONITORS = 0x1A, 0x1B
BANKS, IN_BANK = 4, 8
MOST_LANES = BANKS * IN_BANK
SUMMARY_FAULT, SUMMARY_WARNING = 0x04, 0x08
_BIAS_MA, _POWER_MW, _VOLTS, _SUPPLY_MA, _FREQUENCY_THZ = 0.1, 0.01, 0.015, 0.2, 0.005
"""What one count is."""
_MODES = ("constant current", "constant power")
_STATES = {0: "off", 1: "ramping", 2: "on"}
_CODES = {0: "none", 1: "control of power", 2: "control of current"}
_VENDORS = range(9, 16)
_LATCHED = (
    (186, "bias_high_alarm"),
    (187, "bias_low_alarm"),
    (188, "bias_high_warning"),
    (189, "bias_low_warning"),
    (190, "power_high_alarm"),
    (191, "power_low_alarm"),
    (192, "power_high_warning"),
    (193, "power_low_warning"),
)


def external_laser(memory: Memory, lower: bytes, ledger: Ledger) -> ExternalLaser | None:
    """What pages 1Ah and 1Bh tell; None where the module has no such pages, or they can't be what they seem.

    A raw capture holds zeros for pages that are not there: no laser is told of by them.
    """
    page = memory.half(page_key(ADVERTISING))
    if page is None:
        return None
    lanes, mode = page[140 - HALF] >> 1, _MODES[page[140 - HALF] & 1]
    own = lower[57] == RESOURCE_MODULE
    if not 1 <= lanes <= MOST_LANES:
        if own:
            ledger.impossible("external laser", f"{lanes} lanes")
        return None
    power, bias = _bounds(page, 128, _POWER_MW), _bounds(page, 132, _BIAS_MA)
    if power is None or bias is None:
        if own:
            ledger.impossible("external laser", "its bounds are not in order")
        return None
    summary = page[165 - HALF]
    faults, warnings = page[166 - HALF : 170 - HALF], page[174 - HALF : 178 - HALF]
    return ExternalLaser(
        control=mode,
        lane_count=lanes,
        max_power_mw=power[1],
        min_power_mw=power[0],
        max_bias_ma=bias[1],
        min_bias_ma=bias[0],
        fault=value(bool(summary & SUMMARY_FAULT) or any(faults)),
        warning=value(bool(summary & SUMMARY_WARNING) or any(warnings)),
        supply_ma=_supply(memory),
        thresholds=_thresholds(page, "" if own else "laser_", ledger),
        lanes=tuple(
            _lane(memory, bank, at, faults, warnings, ledger)
            for bank in range(BANKS)
            for at in range(IN_BANK)
            if bank * IN_BANK + at < lanes and memory.half(page_key(ADVERTISING, bank)) is not None
        ),
    )


def _bounds(page: bytes, at: int, unit: float) -> tuple[float, float] | None:
    """Least and most; None where they are none."""
    most, least = unpack_from(">2H", page, at - HALF)
    return None if not least <= most or not most else (round(least * unit, 3), round(most * unit, 3))


def _supply(memory: Memory) -> Read:
    page = memory.half(page_key(MONITORS))
    if page is None:
        return ABSENT
    (raw,) = unpack_from(">H", page, 240 - HALF)
    return value(round(raw * _SUPPLY_MA, 3)) if raw else NOT_AVAILABLE


def _thresholds(page: bytes, prefix: str, ledger: Ledger) -> tuple[Threshold, ...]:
    """High alarm, low alarm, high warning, low warning, of bias and of power; `prefix` tells those of a
    source apart from those of the optic that it feeds.
    """
    found: list[Threshold] = []
    bias = unpack_from(">4H", page, 141 - HALF)
    power = unpack_from(">4H", page, 149 - HALF)
    a, b, c, d = (value(round(raw * _BIAS_MA, 3)) for raw in bias)
    made = scale.limits(f"{prefix}bias_ma", bias, (a, b, c, d), ledger)
    found += [made] if made is not None else []
    # 10 µW here, 0.1 µW where a receiver or transmitter is monitored
    e, f, g, h = (scale.limit_power(raw * 100) for raw in power)
    made = scale.limits(f"{prefix}tx_power_dbm", power, (e, f, g, h), ledger)
    found += [made] if made is not None else []
    return tuple(found)


def _lane(
    memory: Memory, bank: int, at: int, faults: bytes, warnings: bytes, ledger: Ledger
) -> ExternalLaserLane:
    page = memory.half(page_key(ADVERTISING, bank))
    assert page is not None
    monitors = memory.half(page_key(MONITORS, bank))
    index = bank * IN_BANK + at + 1
    state = page[221 + at // 4 - HALF] >> 2 * (at % 4) & 3
    codes = page[212 + at - HALF]
    name = f"laser {index}"
    return ExternalLaserLane(
        index=index,
        enabled=value(bool(page[220 - HALF] >> at & 1)),
        state=value(_STATES[state])
        if state in _STATES
        else ledger.impossible(f"{name} state", "code 3 is reserved"),
        fault=value(bool(faults[bank] >> at & 1)),
        warning=value(bool(warnings[bank] >> at & 1)),
        fault_code=_code(codes & 15, f"{name} fault code", ledger),
        warning_code=_code(codes >> 4, f"{name} warning code", ledger),
        fibre=value(page[224 + at - HALF]) if page[224 + at - HALF] else ABSENT,
        frequency_thz=_word(page, 232, at, _FREQUENCY_THZ),
        bias_ma=_monitor(monitors, 184, at, _BIAS_MA),
        bias_setpoint_ma=_word(monitors, 128, at, _BIAS_MA),
        power_dbm=_power(monitors, 200, at),
        power_setpoint_dbm=_power(monitors, 144, at),
        voltage_v=_volts(monitors, at),
        latched_flags=tuple(flag for byte, flag in _LATCHED if page[byte - HALF] >> at & 1),
    )


def _code(code: int, field: str, ledger: Ledger) -> Read:
    if code in _CODES:
        return value(_CODES[code])
    return value(f"vendor's code {code}") if code in _VENDORS else ledger.impossible(field, f"code {code}")


def _word(page: bytes | None, at: int, lane: int, unit: float) -> Read:
    """What is set or advertised: 0 is that it is not."""
    if page is None:
        return ABSENT
    (raw,) = unpack_from(">H", page, at + 2 * lane - HALF)
    return value(round(raw * unit, 3)) if raw else NOT_AVAILABLE


def _monitor(page: bytes | None, at: int, lane: int, unit: float) -> Read:
    """What is measured: 0 is a value."""
    if page is None:
        return ABSENT
    (raw,) = unpack_from(">H", page, at + 2 * lane - HALF)
    return NOT_AVAILABLE if raw == scale.SATURATED else value(round(raw * unit, 3))


def _power(page: bytes | None, at: int, lane: int) -> Read:
    if page is None:
        return ABSENT
    (raw,) = unpack_from(">H", page, at + 2 * lane - HALF)
    if raw == scale.SATURATED:
        return NOT_AVAILABLE
    return value(scale.dbm(raw * 100)) if raw else DARK


def _volts(page: bytes | None, lane: int) -> Read:
    if page is None:
        return ABSENT
    raw = page[232 + lane - HALF]
    return value(round(raw * _VOLTS, 3)) if raw else NOT_AVAILABLE


def well(laser: ExternalLaser | None) -> Read:
    """Whether the source is well: no fault, and every laser that is switched on is on. A laser whose state
    can't be read makes it unknown.
    """
    if laser is None:
        return ABSENT
    if laser.fault.value is not False or any(lane.fault.value is not False for lane in laser.lanes):
        return value(False)
    wanted = [lane for lane in laser.lanes if lane.enabled.value is True]
    if len(laser.lanes) < laser.lane_count or any(lane.state.value is None for lane in wanted):
        return NOT_AVAILABLE
    return value(all(lane.state.value == "on" for lane in wanted))


def lasers_as_lanes(laser: ExternalLaser) -> tuple[Lane, ...]:
    """The lanes of a laser module: it sends, and receives nothing."""
    return tuple(
        Lane(index=lane.index, tx_power_dbm=lane.power_dbm, bias_ma=lane.bias_ma) for lane in laser.lanes
    )
