"""Who a simulated module is, as bytes: CMIS lower memory's fixed part, pages 00h, 01h and 02h.

Places and scales are those of OIF-CMIS 5.0: page 00h's check code is byte 222 over 128 to 221, those of pages
01h and 02h byte 255 over 130 to 254 and over 128 to 254, each the low byte of the sum. Numbers of two bytes
are big-endian. Codes of interfaces are those of SFF-8024.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from bringup.lab.optic_kind import TEMPERATURE, VOLTAGE, Limits, OpticKind
from bringup.lab.physics import milliwatt
from bringup.lab.state import Optic

PAGE = 128
OSFP, QSFP = 0x19, 0x1E
REVISION = 0x50
END_OF_APPLICATIONS = b"\xff\x00\x00\x00"
OUI, DATE, HARDWARE = bytes.fromhex("021ab0"), b"250311  ", (1, 0)
MICROWATT_PER_COUNT, MICROAMPERE_PER_COUNT, VOLT_PER_COUNT = 0.1, 2.0, 1e-4
POWER_CLASS_W = (1.5, 3.5, 7.0, 8.0, 10.0, 12.0, 14.0)
"""The most of classes 1 to 7; what draws more is of class 8."""

DURATIONS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 600.0)
"""Code -> the bound that it advertises."""
POWER_DOWN_S, DEINIT_S, TURN_OFF_S = 1.0, 0.5, 0.1
SHARE_OF_POWER_UP, SHARE_OF_INIT = 0.35, 0.55
"""Of a module's way to light: power up, then its data path; the rest its transmitters take to turn on."""
USED_OF_BOUND = 0.8
"""A part takes at most this much of what it advertises."""


def form_of(kind: OpticKind, in_host: bool) -> int:
    """The identifier: eight lanes sit in an OSFP cage; adapters of hosts take QSFP modules else."""
    return QSFP if in_host and kind.lanes < 8 else OSFP


def code_of(seconds: float) -> int:
    """The least duration code whose bound a part of this speed keeps."""
    return next(at for at, bound in enumerate(DURATIONS_S) if seconds <= bound * USED_OF_BOUND)


def applications(kind: OpticKind) -> bytes:
    """The descriptors of what the module can run as: host interface, media interface, lanes, first lanes."""
    lanes = kind.lanes << 4 | (0 if kind.flat else kind.lanes)
    found = bytes((kind.host.code, kind.media.code, lanes, 0x01))
    if kind.medium == "800GBASE-DR8":
        found += bytes((79, 28, 0x44, 0x11)) + bytes((75, 20, 0x11, 0xFF))
    if kind.medium == "400GBASE-DR4":
        found += bytes((75, 20, 0x11, 0x0F))
    return found + END_OF_APPLICATIONS


def lower(optic: Optic, kind: OpticKind, identifier: int) -> bytearray:
    """Bytes 0 to 127; states, flags and monitors are filled in by whoever knows them."""
    held = bytearray(PAGE)
    held[0], held[1], held[2] = identifier, REVISION, 0x80 if kind.flat else 0x00
    held[39:41] = bytes(_version(optic.firmware)) if not kind.flat else b"\0\0"
    held[85] = kind.media_type
    told = applications(kind)
    held[86 : 86 + len(told)] = told
    return held


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major or 0) & 0xFF, int(minor.partition(".")[0] or 0) & 0xFF


def _text(text: str, width: int) -> bytes:
    return text.encode("ascii", "replace")[:width].ljust(width)


def _check(page: bytearray, first: int, last: int, at: int) -> bytes:
    """Write the check code over bytes `first` to `last` (of the whole memory's count) to `at`."""
    page[at - PAGE] = sum(page[first - PAGE : last - PAGE + 1]) & 0xFF
    return bytes(page)


def page_00(optic: Optic, kind: OpticKind, identifier: int) -> bytes:
    """Administrative information."""
    page = bytearray(PAGE)
    page[0] = identifier
    page[1:17] = _text(optic.vendor, 16)
    page[17:20] = OUI
    page[20:36] = _text(optic.part_number, 16)
    page[36:38] = _text(optic.revision, 2)
    page[38:54] = _text(optic.serial, 16)
    page[54:62] = DATE
    page[62:72] = b" " * 10
    power_class = next((at for at, most in enumerate(POWER_CLASS_W) if kind.power_w <= most), 7)
    page[72], page[73] = power_class << 5, round(kind.power_w * 4)
    page[74], page[75] = _length(optic.length_m), kind.connector.code
    if kind.flat:
        # Loss of the copper at 5, 7, 12.9 and 25.8 GHz, in dB.
        page[76:80] = bytes(min(255, round(optic.length_m * each) + 1) for each in (2.6, 3.1, 4.4, 6.4))
    page[82] = ~((1 << kind.lanes) - 1) & 0xFF
    page[84] = kind.technology.code
    return _check(page, 128, 221, 222)


def _length(metres: float) -> int:
    """Multiplier in the two highest bits (0.1, 1, 10, 100 m), base in the others; 0 for a separable one."""
    for code, step in enumerate((0.1, 1.0, 10.0, 100.0)):
        if round(metres / step) <= 63 and math.isclose(
            round(metres / step) * step, metres, abs_tol=step / 10
        ):
            return code << 6 | round(metres / step)
    return 0x3F


def page_01(optic: Optic, kind: OpticKind) -> bytes:
    """What the module advertises."""
    page = bytearray(PAGE)
    page[2:4] = bytes(HARDWARE)
    if not kind.assembly:
        page[4] = 5  # 500 m of single-mode fibre, in 0.1 km
    nanometre = 850.0 if kind.assembly else 1310.0
    page[10:12] = struct.pack(">H", round(nanometre * 20))
    page[12:14] = struct.pack(">H", round(6.5 * 200))
    page[14] = (0x40 if kind.retimed else 0x00) | 0x20  # observables, diagnostics; one bank
    power_up, init = optic.power_up_s * SHARE_OF_POWER_UP, optic.power_up_s * SHARE_OF_INIT
    turn_on = optic.power_up_s - power_up - init
    page[16] = code_of(DEINIT_S * USED_OF_BOUND) << 4 | code_of(init)
    page[18], page[19] = 70, 0  # rated case temperature, from and to
    page[22] = round(3.135 / 0.02)
    page[27], page[28] = 0x02, 0x02  # transmitters and outputs to the host can be switched off
    page[29], page[30] = (0x07, 0x06) if kind.retimed else (0x03, 0x02)
    # temperature and supply; sent and received power, and bias (times one) where a laser is inside
    page[31], page[32] = 0x03, 0x07 if optic.source is None else 0x06
    page[33] = page[34] = 0x01 if kind.retimed else 0x00
    page[39] = code_of(POWER_DOWN_S * USED_OF_BOUND) << 4 | code_of(power_up)
    page[40] = code_of(TURN_OFF_S * USED_OF_BOUND) << 4 | code_of(turn_on)
    every = applications(kind)
    for at in range(len(every) // 4 - 1):
        page[48 + at] = every[4 * at + 3]
    page[95] = 0xFF
    return _check(page, 130, 254, 255)


def page_02(kind: OpticKind) -> bytes:
    """The module's own limits."""
    page = bytearray(PAGE)
    page[0:8] = _limits(TEMPERATURE, ">4h", lambda celsius: celsius * 256)
    page[8:16] = _limits(VOLTAGE, ">4H", lambda volt: volt / VOLT_PER_COUNT)
    page[48:56] = _limits(kind.tx, ">4H", light_count)
    page[56:64] = _limits(kind.bias, ">4H", bias_count)
    page[64:72] = _limits(kind.rx, ">4H", light_count)
    return _check(page, 128, 254, 255)


def _limits(limits: Limits, shape: str, count: Callable[[float], float]) -> bytes:
    """In the order of the map: high alarm, low alarm, high warning, low warning."""
    order = (limits.high_alarm, limits.low_alarm, limits.high_warning, limits.low_warning)
    return struct.pack(shape, *(round(count(each)) for each in order))


def light_count(dbm: float | None) -> float:
    """Counts of 0.1 microwatt; 0 for no light."""
    return 0.0 if dbm is None else min(65535.0, milliwatt(dbm) * 1000.0 / MICROWATT_PER_COUNT)


def bias_count(ma: float) -> float:
    """Counts of 2 microampere."""
    return min(65535.0, ma * 1000.0 / MICROAMPERE_PER_COUNT)
