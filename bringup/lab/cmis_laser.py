"""The external source that feeds a simulated module, as bytes: pages 1Ah and 1Bh (OIF-ELSFP-CMIS-01.0)."""

from __future__ import annotations

import struct

from bringup.lab.cmis_identity import PAGE
from bringup.lab.state import LaserSource

MAX_MW, MIN_MW, MAX_MA, MIN_MA = 30.0, 10.0, 300.0, 50.0
BIAS_LIMITS_MA, POWER_LIMITS_MW = (280.0, 80.0, 260.0, 100.0), (28.0, 12.0, 26.0, 14.0)
"""High alarm, low alarm, high warning, low warning."""
MA, MW = 10.0, 100.0
"""Counts of one mA and of one mW."""
CONSTANT_POWER, FAULT, ON, APC_LOOP = 0x01, 0x04, 2, 1


def page_1a(source: LaserSource) -> bytes:
    """What the source advertises, its faults, and which of its lasers are on."""
    page, count = bytearray(PAGE), len(source.lasers)
    dead = sum(1 << at for at, mw in enumerate(source.lasers) if mw <= 0.0)
    page[0:8] = struct.pack(
        ">4H", *(round(each) for each in (MAX_MW * MW, MIN_MW * MW, MAX_MA * MA, MIN_MA * MA))
    )
    page[12] = count << 1 | CONSTANT_POWER
    page[13:21] = struct.pack(">4H", *(round(each * MA) for each in BIAS_LIMITS_MA))
    page[21:29] = struct.pack(">4H", *(round(each * MW) for each in POWER_LIMITS_MW))
    page[37], page[38] = FAULT if dead else 0, dead
    for at, mw in enumerate(source.lasers):
        page[84 + at] = APC_LOOP if mw <= 0.0 else 0
        page[93 + at // 4] |= (ON if mw > 0.0 else 0) << 2 * (at % 4)
        page[96 + at] = 1
    page[92] = (1 << count) - 1
    return bytes(page)


def page_1b(source: LaserSource) -> bytes:
    """Set points and monitors, laser by laser."""
    page = bytearray(PAGE)
    for at, (mw, ma) in enumerate(zip(source.lasers, source.bias_ma, strict=True)):
        page[2 * at : 2 * at + 2] = struct.pack(">H", round(180.0 * MA))
        page[16 + 2 * at : 18 + 2 * at] = struct.pack(">H", round(20.0 * MW))
        page[56 + 2 * at : 58 + 2 * at] = struct.pack(">H", round((ma if mw > 0.0 else 0.0) * MA))
        page[72 + 2 * at : 74 + 2 * at] = struct.pack(">H", round(mw * MW))
        page[104 + at] = round(1.8 / 0.015)
    page[112:114] = struct.pack(">H", round(sum(source.bias_ma) / 0.2))
    return bytes(page)
