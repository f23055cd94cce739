"""Calibration by the host (SFF-8472, A2h:56 to 91): slopes, offsets and the polynomial of received power."""

from __future__ import annotations

import math
from struct import unpack_from

import msgspec

from bringup.decode.module.memory import Ledger


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Slope and offset for each monitor in its own counts; `received` from the constant term upwards."""

    temperature: tuple[float, float] = (1.0, 0.0)
    supply: tuple[float, float] = (1.0, 0.0)
    current: tuple[float, float] = (1.0, 0.0)
    sent: tuple[float, float] = (1.0, 0.0)
    received: tuple[float, ...] = (0.0, 1.0)

    def celsius(self, raw: int) -> float:
        return raw * self.temperature[0] + self.temperature[1]

    def volts(self, raw: int) -> float:
        return raw * self.supply[0] + self.supply[1]

    def bias(self, raw: int) -> float:
        return raw * self.current[0] + self.current[1]

    def tx(self, raw: int) -> float:
        return raw * self.sent[0] + self.sent[1]

    def rx(self, raw: int) -> float:
        return math.fsum(factor * raw**power for power, factor in enumerate(self.received))


INTERNAL = Calibration()
"""The module has done it: counts are values."""


def calibration_of(page: bytes, ledger: Ledger) -> Calibration | None:
    """What A2h tells; None, and noted, where a factor is no number or a slope is none."""
    received = unpack_from(">5f", page, 56)[::-1]
    current, sent, temperature, supply = (
        (slope / 256, float(offset))
        for slope, offset in (unpack_from(">Hh", page, at) for at in (76, 80, 84, 88))
    )
    slopes = (current[0], sent[0], temperature[0], supply[0])
    if not all(map(math.isfinite, received)) or not all(slopes) or not any(received[1:]):
        ledger.impossible("calibration", "its constants are no numbers, or slopes of zero")
        return None
    return Calibration(
        temperature=temperature, supply=supply, current=current, sent=sent, received=tuple(received)
    )
