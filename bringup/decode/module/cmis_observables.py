"""Versatile diagnostics (VDM) of CMIS: descriptors 20h to 23h, values 24h to 27h, limits 28h to 2Bh, latched
flags 2Ch.

Minimum, average and maximum are of the last freeze; the page does not tell when that was. A BER of 0 is not
available, as it may not be measured at all.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack_from

from bringup.decode.module import scale
from bringup.decode.module.facts import Observable
from bringup.decode.module.memory import Ledger, Memory, page_key
from bringup.model.measurement import NOT_AVAILABLE, Read, value

GROUPS, IN_GROUP = 4, 64
WHOLE_MODULE = 15
"""The lane of what belongs to none."""
_QUARTERS = ("high_alarm", "low_alarm", "high_warning", "low_warning")
_Scale = Callable[[int], float]


def _plain(raw: int) -> float:
    return float(raw)


def _signed(factor: float) -> _Scale:
    return lambda raw: (raw - 0x10000 if raw & 0x8000 else raw) * factor


def _unsigned(factor: float) -> _Scale:
    return lambda raw: raw * factor


def _kinds() -> dict[int, tuple[str, _Scale, float, float]]:
    """Type code -> name with its unit, scale, and the least and most that can be."""
    found: dict[int, tuple[str, _Scale, float, float]] = {
        1: ("laser_age_percent", _plain, 0, 1000),
        2: ("tec_current_percent", _signed(100 / 32767), -100.01, 100.01),
        3: ("laser_frequency_error_mhz", _signed(10.0), -1e6, 1e6),
        4: ("laser_temperature_c", _signed(1 / 256), -100, 127),
        5: ("snr_media_db", _unsigned(1 / 256), 0, 60),
        6: ("snr_host_db", _unsigned(1 / 256), 0, 60),
        7: ("level_transition_media_db", _unsigned(1 / 256), 0, 100),
        8: ("level_transition_host_db", _unsigned(1 / 256), 0, 100),
        25: ("errored_frames_total_media", scale.f16, 0, 1e12),
        26: ("errored_frames_total_host", scale.f16, 0, 1e12),
        84: ("els_input_power_dbm", _signed(0.01), -60, 30),
    }
    for at, when in enumerate(("min", "max", "average", "current")):
        for side, name in enumerate(("media", "host")):
            found[9 + 2 * at + side] = (f"pre_fec_ber_{name}_{when}", scale.f16, 0, 1)
            found[17 + 2 * at + side] = (f"errored_frames_{name}_{when}", scale.f16, 0, 1)
            found[27 + 2 * at + side] = (f"symbol_error_weight_{name}_{when}", scale.f16, 0, 1e6)
    return found


_KINDS = _kinds()
_ZERO_IS_NOTHING = frozenset(code for code, kind in _KINDS.items() if kind[0].startswith(("pre_fec", "snr_")))


def observables(memory: Memory, ledger: Ledger) -> tuple[Observable, ...]:
    """Every observable whose group's descriptors and values are both there. Unknown types stay by number."""
    found: list[Observable] = []
    flags = memory.half(page_key(0x2C))
    for group in range(GROUPS):
        about, values = memory.half(page_key(0x20 + group)), memory.half(page_key(0x24 + group))
        if about is None or values is None:
            continue
        limits = memory.half(page_key(0x28 + group))
        raws = unpack_from(">64H", values)
        for at in range(IN_GROUP):
            kind = about[2 * at + 1]
            if kind:
                index = IN_GROUP * group + at
                latched = _latched(flags, index)
                found.append(_observable(index, about[2 * at], kind, raws[at], limits, latched, ledger))
    return tuple(found)


def _latched(flags: bytes | None, index: int) -> tuple[str, ...]:
    if flags is None:
        return ()
    held = flags[index // 2] >> 4 * (index & 1) & 15
    return tuple(name for bit, name in enumerate(_QUARTERS) if held >> bit & 1) if held else ()


def _observable(
    index: int,
    place: int,
    kind: int,
    raw: int,
    limits: bytes | None,
    latched: tuple[str, ...],
    ledger: Ledger,
) -> Observable:
    lane = 0 if place & 15 == WHOLE_MODULE else (place & 15) + 1
    told = _KINDS.get(kind)
    if told is None:
        name = f"type_{kind}"
        return Observable(index=index, name=name, lane=lane, reading=NOT_AVAILABLE, latched_flags=latched)
    name, convert, least, most = told
    reading = _reading(raw, kind, convert, (least, most), f"{name} of lane {lane}", ledger)
    if limits is None or not any(held := unpack_from(">4H", limits, 8 * (place >> 4))):
        return Observable(index=index, name=name, lane=lane, reading=reading, latched_flags=latched)
    high_alarm, low_alarm, high_warning, low_warning = map(convert, held)
    return Observable(
        index=index,
        name=name,
        lane=lane,
        reading=reading,
        high_alarm=high_alarm,
        low_alarm=low_alarm,
        high_warning=high_warning,
        low_warning=low_warning,
        latched_flags=latched,
    )


def _reading(
    raw: int, kind: int, convert: _Scale, possible: tuple[float, float], field: str, ledger: Ledger
) -> Read:
    if raw == 0 and kind in _ZERO_IS_NOTHING:
        return NOT_AVAILABLE
    read = convert(raw)
    if not possible[0] <= read <= possible[1]:
        return ledger.impossible(field, f"{read:g}")
    return value(read)
