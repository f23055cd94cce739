"""The two state machines of a simulated module, and its lanes as bytes: CMIS pages 10h and 11h.

A module goes from LowPwr over PwrUp to Ready, and each lane's data path from Deactivated over Init and
TxTurnOn to Activated, in world time. Flags are latched when something happens and cleared when they are read;
what still holds then is latched again at once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from bringup.lab import links
from bringup.lab.cmis_identity import PAGE, SHARE_OF_INIT, SHARE_OF_POWER_UP, bias_count, light_count
from bringup.lab.optic_kind import Limits, OpticKind
from bringup.lab.state import Optic, Port
from bringup.lab.world import LaneReading

LOW_POWER, POWER_UP, READY = 1, 2, 3
DEACTIVATED, INIT, ACTIVATED, TURNING_ON, INITIALIZED = 1, 2, 4, 5, 7
LANES, SUCCESS, FIRST_APPLICATION = 8, 1, 0x10
LATCHED_FROM, LATCHED_TO = 134, 153
"""Bytes of page 11h that are cleared when they are read."""
LOS_DBM = -15.0
"""A receiver tells loss of signal below this."""


def module_state(optic: Optic, now: float) -> int:
    """The module's own state machine."""
    if optic.low_power or optic.ready_at is None:
        return LOW_POWER
    return READY if _way(optic, now) >= SHARE_OF_POWER_UP else POWER_UP


def _way(optic: Optic, now: float) -> float:
    """How far it has come from low power to light, as a share."""
    assert optic.ready_at is not None
    return 1.0 - (optic.ready_at - now) / optic.power_up_s


def data_path_states(port: Port, optic: Optic, now: float) -> list[int]:
    """Lane by lane, all eight of a bank; a lane whose transmitter is told to be off stays Initialized."""
    told, found = optic.controls, []
    awake = module_state(optic, now) == READY
    for lane in range(LANES):
        if not awake or lane >= len(optic.lanes) or not port.admin_up or told.deinit >> lane & 1:
            found.append(DEACTIVATED)
        elif told.initialising >> lane & 1 and now < told.initialised_at:
            found.append(INIT)
        elif _way(optic, now) < 1.0:
            found.append(INIT if _way(optic, now) < SHARE_OF_POWER_UP + SHARE_OF_INIT else TURNING_ON)
        else:
            found.append(INITIALIZED if told.tx_disabled >> lane & 1 else ACTIVATED)
    return found


def page_10(port: Port, optic: Optic) -> bytes:
    """Controls of the lanes as they are told."""
    page, every = bytearray(PAGE), (1 << len(optic.lanes)) - 1
    page[0] = optic.controls.deinit | (0 if port.admin_up else every)
    page[2], page[10] = optic.controls.tx_disabled, optic.controls.rx_disabled
    for lane in range(len(optic.lanes)):
        page[17 + lane] = FIRST_APPLICATION
    page[32] = page[33] = every
    return bytes(page)


def page_11(port: Port, optic: Optic, kind: OpticKind, lanes: tuple[LaneReading, ...], now: float) -> bytes:
    """States, flags and monitors of the lanes. Flags are those that hold and those that are latched."""
    page = bytearray(PAGE)
    states = data_path_states(port, optic, now)
    for pair in range(LANES // 2):
        page[pair] = states[2 * pair + 1] << 4 | states[2 * pair]
    heard = _mask(each.rx_power_dbm is not None for each in lanes)
    active = _mask(state in (ACTIVATED, INITIALIZED) for state in states)
    page[4] = active & heard & ~optic.controls.rx_disabled
    page[5] = active & _mask(each.tx_power_dbm is not None for each in lanes)
    for at, bits in flags(port, optic, kind, lanes, now).items():
        page[at - PAGE] = bits
    for name, bits in optic.controls.latched.items():
        if LATCHED_FROM <= int(name) <= LATCHED_TO:
            page[int(name) - PAGE] |= bits
    for lane in lanes:
        place = 2 * (lane.index - 1)
        page[26 + place : 28 + place] = struct.pack(">H", round(light_count(lane.tx_power_dbm)))
        page[42 + place : 44 + place] = struct.pack(">H", round(bias_count(lane.bias_ma)))
        page[58 + place : 60 + place] = struct.pack(">H", round(light_count(lane.rx_power_dbm)))
    for place in range(len(optic.lanes)):
        page[74 + place // 2] |= SUCCESS << 4 * (place & 1)
        page[78 + place] = 0 if states[place] == DEACTIVATED else FIRST_APPLICATION
    return bytes(page)


def _mask(bits: Iterable[bool]) -> int:
    return sum(1 << at for at, bit in enumerate(bits) if bit)


def flags(
    port: Port, optic: Optic, kind: OpticKind, lanes: tuple[LaneReading, ...], now: float
) -> dict[int, int]:
    """Byte of page 11h -> lanes for which it holds at this moment; nothing while the module is asleep."""
    if module_state(optic, now) != READY:
        return {}
    every = (1 << len(optic.lanes)) - 1
    lost = _mask(lane.rx_power_dbm is None or lane.rx_power_dbm < LOS_DBM for lane in lanes)
    found = {
        135: _mask(not lane.laser for lane in links.lanes_of(port)),
        136: 0 if port.admin_up else every,
        137: 0 if port.admin_up or not kind.retimed else every,
        147: lost,
        148: lost if kind.retimed else _unlocked(optic),
    }
    inside = ((143, "bias_ma", kind.bias),) if optic.source is None else ()
    for first, name, limits in ((139, "tx_power_dbm", kind.tx), *inside):
        lit = [lane.tx_power_dbm is not None for lane in lanes]
        values = [getattr(lane, name) for lane in lanes]
        found |= _outside(
            first, [value if on else None for value, on in zip(values, lit, strict=True)], limits
        )
    return found | _outside(149, [lane.rx_power_dbm for lane in lanes], kind.rx)


def _unlocked(optic: Optic) -> int:
    """Lanes whose ring has lost its wavelength: without a retimer that is what "no lock" says."""
    return 0 if optic.source is None else _mask(not held for held in optic.source.locked)


def _outside(first: int, values: list[float | None], limits: Limits) -> dict[int, int]:
    """Four bytes from `first`: high alarm, low alarm, high warning, low warning; what is dark is low."""
    told = [float("-inf") if value is None else value for value in values]
    return {
        first: _mask(value >= limits.high_alarm for value in told),
        first + 1: _mask(value <= limits.low_alarm for value in told),
        first + 2: _mask(value >= limits.high_warning for value in told),
        first + 3: _mask(value <= limits.low_warning for value in told),
    }
