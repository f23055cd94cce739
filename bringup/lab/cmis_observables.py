"""What a simulated module observes of its signals, as bytes: CMIS pages 20h, 24h, 28h, 2Ch and 2Fh (VDM).

Of each media lane and each host lane its SNR (U16, 1/256 dB) and its error ratio before correction (F16),
each with limits of its own. While a freeze is asked for the minima, maxima and averages hold still.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence

from bringup.lab.cmis_identity import PAGE

SNR_MEDIA, SNR_HOST = 5, 6
BER_MEDIA_MIN, BER_MEDIA_MAX, BER_MEDIA_AVERAGE, BER_MEDIA, BER_HOST = 9, 11, 13, 15, 16
HOST_SNR_DB, HOST_BER = 25.5, 3e-13
"""Of the electrical side, which the lab does not spoil."""
SNR_LIMITS_DB, BER_LIMITS = (60.0, 16.0, 50.0, 17.5), (2.4e-4, 0.0, 1e-5, 0.0)
"""High alarm, low alarm, high warning, low warning."""
SPREAD = (0.8, 1.25, 1.0)
"""Least, most and average ratio of a window beside the present one."""
FREEZE, FREEZE_DONE, UNFREEZE_DONE = 0x80, 0x80, 0x40

Row = tuple[int, int, Callable[[int], float]]


def f16(ratio: float) -> int:
    """A ratio as CMIS writes it: five bits of a power of ten (less 24), eleven of a mantissa.

    The mantissa is as large as it can be: three digits at least are right.
    """
    if ratio <= 0.0:
        return 0
    power = max(-24, math.floor(math.log10(ratio)) - 2)
    mantissa = round(ratio / 10.0**power)
    return min(31, power + 24) << 11 | min(0x7FF, mantissa)


def _rows() -> list[tuple[int, int]]:
    """(type, lane from 0) of each instance, in the order of the descriptors."""
    kinds = (SNR_MEDIA, SNR_HOST, BER_MEDIA, BER_HOST, BER_MEDIA_MIN, BER_MEDIA_MAX, BER_MEDIA_AVERAGE)
    return [(kind, lane) for kind in kinds for lane in range(8)]


def page_20(lanes: int) -> bytes:
    """The descriptors: limits' set and lane, then type."""
    page = bytearray(PAGE)
    for at, (kind, lane) in enumerate(_rows()):
        if lane < lanes:
            limits = 0 if kind in (SNR_MEDIA, SNR_HOST) else 1
            page[2 * at], page[2 * at + 1] = limits << 4 | lane, kind
    return bytes(page)


def page_24(snr_db: Sequence[float | None], bers: Sequence[float | None]) -> bytes:
    """The values, of as many lanes as are given; None where nothing is received."""
    page = bytearray(PAGE)
    for at, (kind, lane) in enumerate(_rows()):
        if lane < len(snr_db):
            raw = _raw(kind, snr_db[lane], bers[lane])
            page[2 * at : 2 * at + 2] = struct.pack(">H", raw)
    return bytes(page)


def _raw(kind: int, snr_db: float | None, ber: float | None) -> int:
    if kind in (SNR_MEDIA, SNR_HOST):
        decibel = HOST_SNR_DB if kind == SNR_HOST else snr_db
        return 0 if decibel is None else max(0, min(0xFFFF, round(decibel * 256)))
    if kind == BER_HOST:
        return f16(HOST_BER)
    factors = dict(zip((BER_MEDIA_MIN, BER_MEDIA_MAX, BER_MEDIA_AVERAGE), SPREAD, strict=True))
    return 0 if ber is None else f16(min(0.5, ber * factors.get(kind, 1.0)))


def page_28() -> bytes:
    """Two sets of limits: of SNR and of ratios."""
    page = bytearray(PAGE)
    page[0:8] = struct.pack(">4H", *(round(each * 256) for each in SNR_LIMITS_DB))
    page[8:16] = struct.pack(">4H", *(f16(each) for each in BER_LIMITS))
    return bytes(page)


def page_2c(snr_db: Sequence[float | None], bers: Sequence[float | None]) -> bytes:
    """Flags, four bits an instance: high alarm, low alarm, high warning, low warning."""
    page = bytearray(PAGE)
    for at, (kind, lane) in enumerate(_rows()):
        if lane >= len(snr_db) or kind not in (SNR_MEDIA, BER_MEDIA):
            continue
        value = snr_db[lane] if kind == SNR_MEDIA else bers[lane]
        limits = SNR_LIMITS_DB if kind == SNR_MEDIA else BER_LIMITS
        if value is None:
            continue
        high, low, warm, cool = limits
        bits = (value >= high) | (value <= low) << 1 | (value >= warm) << 2 | (value <= cool) << 3
        page[at // 2] |= bits << 4 * (at & 1)
    return bytes(page)


def page_2f(frozen: bool) -> bytes:
    """One group; whether a freeze was asked for and is done."""
    page = bytearray(PAGE)
    page[16] = FREEZE if frozen else 0
    page[17] = FREEZE_DONE if frozen else UNFREEZE_DONE
    return bytes(page)
