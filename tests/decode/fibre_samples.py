"""What instruments for fibre write, made by the rules of each format."""

from __future__ import annotations

import struct
from binascii import crc_hqx

KM = 1.46800 / 299_792.458e-10
"""Tenths of a nanosecond that light needs for one kilometre of this fibre."""


def text(words: str) -> bytes:
    return words.encode("latin-1") + b"\x00"


def event(number: int, km: float, loss: int, reflectance: int, kind: str, issue: int = 2) -> bytes:
    """Loss and reflectance in thousandths of a decibel."""
    head = struct.pack("<HIhhi", number, round(km * KM), 350, loss, reflectance) + kind.encode()
    return head + (struct.pack("<5I", 0, 0, 0, 0, 0) if issue == 2 else b"") + text("")


EVENTS = (
    (1, 0.0, 0, -48_000, "1F9999LS"),
    (2, 0.052, 310, -55_200, "1F9999LS"),
    (3, 0.104, 0, -14_000, "1E9999LE"),
)


def sor(
    *,
    issue: int = 2,
    events: tuple[tuple[int, float, int, int, str], ...] = EVENTS,
    loss: int = 420,
    index: int = 146_800,
    wavelength: int = 13_100,
    pulses: int = 1,
    samples: int = 4,
    checksum: int | None = None,
    more: tuple[tuple[str, bytes], ...] = (),
) -> bytes:
    """A trace of two connectors and the end of a fibre, 104 m long."""
    offset = b"\x00" * (8 if issue == 2 else 4)
    general = b"EN" + text("T-17") + text("3") + (struct.pack("<H", 652) if issue == 2 else b"")
    general += (
        struct.pack("<H", 1310) + text("leaf-1/Ethernet8") + text("leaf-2/Ethernet2/1") + text("") + b"BC"
    )
    general += offset + text("kim") + text("")
    supplier = b"".join(text(each) for each in ("Acme", "OT-7", "SN-4711", "M1", "SN-1", "1.0", ""))
    fixed = struct.pack("<I2sH", 1_760_000_000, b"mt", wavelength) + offset
    fixed += struct.pack("<HHIII", pulses, 10, 50_000, samples, index) + b"\x00" * 20
    key = struct.pack("<H", len(events)) + b"".join(event(*each, issue) for each in events)
    key += struct.pack("<iiIHiI", loss, 0, round(0.104 * KM), 32_100, 0, round(0.104 * KM))
    named = [
        ("GenParams", general),
        ("SupParams", supplier),
        ("FxdParams", fixed),
        ("KeyEvents", key),
        ("DataPts", struct.pack("<IhI", samples, 1, samples) + b"\x00\x01" * samples),
        *more,
        ("Cksum", b"\x00\x00"),
    ]
    blocks = [(name, (text(name) if issue == 2 else b"") + body) for name, body in named]
    listed = b"".join(text(name) + struct.pack("<HI", 100 * issue, len(body)) for name, body in blocks)
    head = text("Map") if issue == 2 else b""
    size = len(head) + 8 + len(listed)
    whole = head + struct.pack("<HIH", 100 * issue, size, len(blocks) + 1) + listed
    whole += b"".join(body for _, body in blocks)
    right = crc_hqx(whole[:-2], 0xFFFF) if checksum is None else checksum
    return whole[:-2] + struct.pack("<H", right)


END_FACE = b"""\
Fiber,Result,Standard,Date
1,PASS,IEC 61300-3-35 ed.3 SM APC,2026-01-02T03:00:00Z
2,PASS,IEC 61300-3-35 ed.3 SM APC,2026-01-02T03:00:00Z
3,FAIL,IEC 61300-3-35 ed.3 SM APC,2026-01-02T03:00:00Z
"""
END_FACE_TEXT = b"""\
Inspection report
Connector: C-003 A
Profile: IEC 61300-3-35:2022 SM UPC
Date: 2026-01-02T03:00:00Z
Overall result: PASS
"""
LOSS = b"""\
Fibre,Wavelength (nm),Loss (dB),Limit (dB),Result
1,1310,0.42,1.5,PASS
2,1310,0.55,1.5,PASS
1,1550,0.39,1.5,PASS
2,1550,1.71,1.5,FAIL
"""
SAMPLES = {
    "fibre.otdr-sor": sor(),
    "fibre.end-face": END_FACE,
    "fibre.loss": LOSS,
}
