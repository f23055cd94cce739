"""Whole CMIS modules decoded in a second of CPU: raw bytes to typed facts.

The module is full: lower memory, pages 00h to 02h, 10h and 11h with eight lit lanes, 13h and 14h, and 64
observables with their limits and flags. Each decoding checks every check code and every value's limits.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from struct import pack

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figure import Benchmark, Figure
from benchmarks.table import render
from bringup.decode.registry import find_format

LEAST = 2000.0
ROUNDS = 5
MODULES, REPEATS = 100, 5
"""A round's number is the best of the repeats: what else the machine does only adds to CPU time."""
LANES, KINDS, LIMITED = 8, (15, 16, 5, 6, 4, 9, 11, 13), 16
HALF = 128


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    """Modules in a second of this process's CPU."""
    data, made = module(), find_format("module.cmis")
    decoded = made.decode(data)
    if decoded.outcome != "ok" or decoded.warnings or len(decoded.facts["observables"]) != LANES * len(KINDS):  # type: ignore[arg-type]
        raise RuntimeError(f"{decoded.outcome}: {decoded.warnings}")

    def rate() -> float:
        begun = time.process_time()
        for _ in range(MODULES):
            made.decode(data)
        return MODULES / (time.process_time() - begun)

    best = tuple(max(rate() for _ in range(REPEATS)) for _ in range(rounds))
    return [
        Figure(
            what=f"full CMIS modules of {len(data) // HALF} pages to facts",
            unit="1/s of CPU",
            ours=best,
            at_least=LEAST,
        )
    ]


def module() -> bytes:
    """The memory as a sysfs file holds it, up to page 2Ch."""
    pages = {
        -1: _half(
            0, {0: b"\x19\x52\x00\x07", 14: pack(">hH", 11_648, 33_100), 39: b"\x02\x07", 85: _applications()}
        ),
        0: _sealed(_half(HALF, {128: b"\x19" + _identity(), 200: b"\xe0\x40\x00\x28", 212: b"\x06"}), 0, 93),
        1: _sealed(_half(HALF, _advertised()), 2, 126),
        2: _sealed(_half(HALF, _limits()), 0, 126),
        0x10: _half(HALF, {145: b"\x10" * LANES}),
        0x11: _half(HALF, _lanes()),
        0x13: _half(HALF, {128: b"\x0f"}),
        0x14: _half(HALF, {128: b"\x06", 208: pack("<8H", *[5120] * 8), 240: pack("<8H", *[5504] * 8)}),
        0x20: b"".join(
            bytes([at % LIMITED << 4 | lane, kind]) for at, kind in enumerate(KINDS) for lane in range(LANES)
        ),
        0x24: b"".join(pack(">H", _value(kind)) for kind in KINDS for _ in range(LANES)),
        0x28: pack(">4H", 30_000, 100, 29_000, 200) * LIMITED,
    }
    return b"".join(bytes(pages.get(page, bytes(HALF))) for page in range(-1, 0x2D))


def _half(first: int, held: dict[int, bytes]) -> bytearray:
    made = bytearray(HALF)
    for at, part in held.items():
        made[at - first : at - first + len(part)] = part
    return made


def _sealed(page: bytearray, first: int, last: int) -> bytearray:
    page[last + 1] = sum(page[first : last + 1]) & 0xFF
    return page


def _applications() -> bytes:
    return b"\x02" + bytes([0x51, 0x56, 0x88, 0x01]) + bytes([0x4F, 0x1C, 0x44, 0x11]) * 7


def _identity() -> bytes:
    """Vendor, OUI, part number, revision, serial number and date, each in its width."""
    return (
        b"EXAMPLE OPTICS".ljust(16)
        + b"\x00\x1b\x21"
        + b"EX-800G-DR8".ljust(16)
        + b"1A"
        + b"EX0000001".ljust(16)
        + b"250228  "
    )


def _advertised() -> dict[int, bytes]:
    return {
        128: bytes([2, 6, 1, 3]),
        138: pack(">H", 26_220),
        142: b"\x60\x00\x37",
        159: bytes([3, 7, 1, 1, 0x40]),
        167: b"\x47\x34",
        176: bytes([0x01] + [0x11] * 7),
        223: b"\xff",
    }


def _limits() -> dict[int, bytes]:
    return {
        128: pack(">4h4H", 19_200, -1280, 17_920, 0, 36_300, 29_700, 35_000, 31_000),
        176: pack(">4H", 39_811, 2_570, 31_623, 3_236),
        184: pack(">4H", 60_000, 5_000, 55_000, 7_500),
        192: pack(">4H", 39_811, 1_288, 31_623, 1_622),
    }


def _lanes() -> dict[int, bytes]:
    return {
        128: b"\x44" * 4 + b"\xff\xff",
        134: b"\xff" * 19,
        154: pack(">24H", *[12_589 + at for at in range(8)], *[35_000] * 8, *[7_943 + at for at in range(8)]),
        202: b"\x11" * 4 + b"\x10" * LANES,
    }


def _value(kind: int) -> int:
    """A ratio of 2.5e-7 for what is a ratio, 22 dB or 22 °C for the rest."""
    return 15 << 11 | 250 if kind >= 9 else 22 * 256


BENCHMARK = Benchmark(name="module-decode", title="memories of CMIS modules to typed facts", measure=measure)

if __name__ == "__main__":
    print(render(measure(Path.cwd(), ROUNDS)))
