"""Loopbacks, test patterns and their results of a simulated module: CMIS pages 13h and 14h."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from bringup.lab.cmis_identity import PAGE
from bringup.lab.cmis_observables import HOST_SNR_DB, f16
from bringup.lab.state import Optic
from bringup.lab.state_module import ModuleControls

LOOPBACKS = ("media-side-output", "media-side-input", "host-side-output", "host-side-input")
"""By the bits of 13h:128, and of the bytes from 13h:180 on."""
FIRST_LOOPBACK, EVERY_LOOPBACK = 180, 0x0F
ENABLES = {
    144: ("generators", "host"),
    152: ("generators", "media"),
    160: ("checkers", "host"),
    168: ("checkers", "media"),
}
PATTERNS, FIRST_PATTERN = bytes((0x03, 0x00)), 132
"""PRBS-31 in both forms, of each generator and checker."""
SELECT, BER, SNR = (0x14, 128), 1, 6
HOST_UNLOCKED, MEDIA_UNLOCKED, HOST_RATIOS, MEDIA_RATIOS = 138, 139, 192, 208
HOST_SNR, MEDIA_SNR = 208, 240


def page_13(optic: Optic) -> bytes:
    """What can be told and what is."""
    page, told = bytearray(PAGE), optic.controls
    page[0] = EVERY_LOOPBACK
    page[FIRST_PATTERN - PAGE : FIRST_PATTERN - PAGE + 8] = PATTERNS * 4
    for at, name in enumerate(LOOPBACKS):
        page[FIRST_LOOPBACK - PAGE + at] = told.loopbacks.get(name, 0)
    for at, (kind, side) in ENABLES.items():
        page[at - PAGE] = getattr(told, kind).get(side, 0)
    return bytes(page)


def page_14(optic: Optic, pattern_bers: Sequence[float | None], snr_db: Sequence[float | None]) -> bytes:
    """Results as the selector asks: ratios of checkers that find their pattern, or SNR (little-endian)."""
    page, told = bytearray(PAGE), optic.controls
    page[0] = told.selector
    if told.selector == SNR:
        for lane, decibel in enumerate(snr_db):
            raw = 0 if decibel is None else round(decibel * 256)
            page[MEDIA_SNR - PAGE + 2 * lane : MEDIA_SNR - PAGE + 2 * lane + 2] = struct.pack("<H", raw)
            host = struct.pack("<H", round(HOST_SNR_DB * 256))
            page[HOST_SNR - PAGE + 2 * lane : HOST_SNR - PAGE + 2 * lane + 2] = host
    for side, unlocked, first in (
        ("host", HOST_UNLOCKED, HOST_RATIOS),
        ("media", MEDIA_UNLOCKED, MEDIA_RATIOS),
    ):
        checking = told.checkers.get(side, 0)
        ratios = pattern_bers if side == "media" else ()
        for lane in range(8):
            ratio = ratios[lane] if lane < len(ratios) else None
            if not checking >> lane & 1:
                continue
            if ratio is None:
                page[unlocked - PAGE] |= 1 << lane
            elif told.selector == BER:
                at = first - PAGE + 2 * lane
                page[at : at + 2] = struct.pack(">H", f16(ratio))
    return bytes(page)


def write(told: ModuleControls, page: int, at: int, byte: int) -> None:
    """Do what one byte says; what can't be written is left."""
    if (page, at) == SELECT:
        told.selector = byte
    elif page == 0x13 and at in ENABLES:
        kind, side = ENABLES[at]
        getattr(told, kind)[side] = byte
    elif page == 0x13 and FIRST_LOOPBACK <= at < FIRST_LOOPBACK + len(LOOPBACKS):
        told.loopbacks[LOOPBACKS[at - FIRST_LOOPBACK]] = byte
