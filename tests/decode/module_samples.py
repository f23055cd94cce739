"""Memories of modules written byte by byte from the standards' tables; none is a copy of a real module."""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack

Bytes = Mapping[int, int | bytes]
"""Byte number as the standard counts -> what stands from there on."""


def half(first: int, *written: Bytes) -> bytearray:
    """128 bytes from byte number `first`, what is written later over what is earlier; all else is 0."""
    made = bytearray(128)
    for at, part in (pair for held in written for pair in held.items()):
        put = bytes([part]) if isinstance(part, int) else part
        made[at - first : at - first + len(put)] = put
    return made


def sealed(page: bytearray, first: int, last: int) -> bytes:
    """With the check code of bytes `first` to `last` (counted within the half) after them."""
    page[last + 1] = sum(page[first : last + 1]) & 0xFF
    return bytes(page)


def padded(text: str, width: int) -> bytes:
    return text.encode().ljust(width)


CMIS_LOWER: Bytes = {
    0: 0x18,
    1: 0x52,
    2: 0x00,
    3: 0x07,  # Ready (3 << 1), interrupt not asserted (bit 0)
    8: 0x01,  # module state changed
    9: 0x21,  # temperature high alarm (bit 0), supply low alarm (bit 5)
    14: pack(">h", 45 * 256 + 128),  # 45.5 °C
    16: pack(">H", 33_100),  # 3.31 V
    26: 0x40,
    37: 0x01,
    38: 0x46,
    39: bytes([2, 7]),
    41: 0,
    85: 2,
    86: bytes([0x51, 0x56, 0x88, 0x01]),  # 800GAUI-8-S, 800GBASE-DR8, 8 and 8 lanes, from lane 1
    90: bytes([0x4F, 0x1C, 0x44, 0x11]),  # 400GAUI-4-S, 400GBASE-DR4, 4 and 4 lanes, from lanes 1 and 5
    94: 0xFF,
}
CMIS_00: Bytes = {
    128: 0x18,
    129: padded("EXAMPLE OPTICS", 16),
    145: b"\x00\x1b\x21",
    148: padded("EX-800G-DR8", 16),
    164: b"1A",
    166: padded("EX0000001", 16),
    182: b"25022814",
    200: 0xE0,
    201: 64,
    202: 0,
    203: 0x28,
    210: 0x00,
    212: 6,
}
CMIS_01: Bytes = {
    128: bytes([2, 6]),
    130: bytes([1, 3]),
    138: pack(">H", 26_220),  # 1311 nm in 0.05 nm
    142: 0x60,
    144: 0x37,
    159: 0x03,
    160: 0x0F,  # bias, tx, rx; multiplier 2
    161: 0x01,
    162: 0x01,
    163: 0x80,
    167: 0x47,
    168: 0x34,
    176: bytes([0x01, 0x11]),
}
CMIS_02: Bytes = {
    128: pack(">4h", 75 * 256, -5 * 256, 70 * 256, 0),
    136: pack(">4H", 36_300, 29_700, 35_000, 31_000),
    176: pack(">4H", 39_811, 2_570, 31_623, 3_236),
    184: pack(">4H", 60_000, 5_000, 55_000, 7_500),
    192: pack(">4H", 39_811, 1_288, 31_623, 1_622),
}
CMIS_10: Bytes = {128: 0x00, 130: 0x04, 138: 0x01, 145: bytes([0x10] * 8)}
TX = (10_000, 12_589, 0, 20_000, 10_000, 10_000, 10_000, 15_849)
BIAS = (17_500, 17_600, 0, 17_500, 17_500, 17_500, 17_500, 17_500)
RX = (5_012, 1, 10_000, 7_943, 5_012, 5_012, 5_012, 6_310)
CMIS_11: Bytes = {
    128: bytes([0x44, 0x47, 0x44, 0x41]),  # lanes 3: Initialized, 7: Deactivated
    132: bytes([0xFF, 0xFB]),
    134: 0x04,
    135: 0x02,
    136: 0x01,
    142: 0x80,  # tx power low warning, lane 8
    147: 0x02,
    154: pack(">8H", *TX),
    170: pack(">8H", *BIAS),
    186: pack(">8H", *RX),
    202: bytes([0x11, 0x1C, 0x11, 0x61]),
    206: bytes([0x10] * 6 + [0x00, 0x12]),
}
CMIS_13: Bytes = {128: 0x0F, 144: 0x03, 160: 0x80, 183: 0x81}
CMIS_14: Bytes = {128: 6, 208: pack("<8H", *[20 * 256] * 8), 240: pack("<8H", *[21 * 256 + 128] * 7, 0)}
VDM_20: Bytes = {
    128: bytes([0x00, 15]),  # set 0, lane 1, pre-FEC BER media current
    130: bytes([0x11, 5]),  # set 1, lane 2, SNR media
    132: bytes([0x2F, 2]),  # set 2, module, TEC
    134: bytes([0x00, 99]),  # a type that we do not know
    136: bytes([0x02, 16]),  # lane 3, pre-FEC BER host current
}
VDM_24: Bytes = {
    128: pack(">H", 15 << 11 | 250),  # 250e-9
    130: pack(">H", 22 * 256),
    132: pack(">h", -16_384),
    134: b"\x12\x34",
    136: b"\x00\x00",
}
VDM_28: Bytes = {
    128: pack(">4H", 20 << 11 | 1, 0, 19 << 11 | 1, 0),
    136: pack(">4H", 40 * 256, 15 * 256, 38 * 256, 17 * 256),
}
VDM_2C: Bytes = {128: 0x20}
"""Second observable: its low alarm (bit 1 of the high nibble)."""


def cmis_pages(**changed: Bytes) -> dict[int, bytes]:
    """Page number (-1 is lower memory) -> its 128 bytes; `lower={26: 0x50}`, `p11={…}` change bytes."""
    written = {0x10: CMIS_10, 0x11: CMIS_11, 0x13: CMIS_13, 0x14: CMIS_14}
    written |= {0x20: VDM_20, 0x24: VDM_24, 0x28: VDM_28, 0x2C: VDM_2C}
    made = {-1: bytes(half(0, CMIS_LOWER, changed.get("lower", {})))}
    made[0] = sealed(half(128, CMIS_00, changed.get("p00", {})), 0, 93)
    made[1] = sealed(half(128, CMIS_01, changed.get("p01", {})), 2, 126)
    made[2] = sealed(half(128, CMIS_02, changed.get("p02", {})), 0, 126)
    for page, held in written.items():
        made[page] = bytes(half(128, held, changed.get(f"p{page:02x}", {})))
    return made


def linear(pages: Mapping[int, bytes]) -> bytes:
    """As sysfs gives it: lower memory, then every page up to the last, those that are not there as zeros."""
    return b"".join(pages.get(page, bytes(128)) for page in range(-1, max(pages) + 1))


def cmis(**changed: Bytes) -> bytes:
    return linear(cmis_pages(**changed))


SFF8636_LOWER: Bytes = {
    0: 0x11,
    1: 0x08,
    2: 0x00,
    3: 0x42,  # tx LOS lane 3, rx LOS lane 2
    4: 0x08,  # tx fault lane 4
    6: 0x90,  # temperature high alarm and low warning
    9: 0x84,  # rx power: lane 1 high alarm, lane 2 low alarm
    22: pack(">h", 30 * 256 + 64),
    26: pack(">H", 32_900),
    34: pack(">4H", 10_000, 0, 5_012, 7_943),
    42: pack(">4H", 17_500, 0, 17_500, 17_500),
    50: pack(">4H", 12_589, 10_000, 10_000, 10_000),
    86: 0x02,
    93: 0x04,
}
SFF8636_00: Bytes = {
    128: 0x11,
    129: 0xC2,  # class 6
    130: 0x0C,
    147: 0x40,
    148: padded("EXAMPLE OPTICS", 16),
    165: b"\x00\x1b\x21",
    168: padded("EX-100G-PSM4", 16),
    184: b"B ",
    186: pack(">H", 26_200),
    192: 0x07,
    196: padded("EX0000002", 16),
    212: b"240131  ",
    220: 0x0C,
}
SFF8636_03: Bytes = {
    128: pack(">4h", 75 * 256, -5 * 256, 70 * 256, 0),
    144: pack(">4H", 36_300, 29_700, 35_000, 31_000),
    176: pack(">4H", 39_811, 1_288, 31_623, 1_622),
    184: pack(">4H", 37_500, 5_000, 35_000, 7_500),
    192: pack(">4H", 39_811, 2_570, 31_623, 3_236),
}


def sff8636(lower: Bytes | None = None, p00: Bytes | None = None, p03: Bytes | None = None) -> bytes:
    """640 bytes, as `ethtool -m IF raw on` gives them."""
    upper = bytearray(sealed(half(128, SFF8636_00, p00 or {}), 0, 62))
    pages = [half(0, SFF8636_LOWER, lower or {}), bytearray(sealed(upper, 64, 94))]
    return b"".join([*map(bytes, pages), bytes(256), bytes(half(128, SFF8636_03, p03 or {}))])


SFF8472_A0: Bytes = {
    0: 0x03,
    1: 0x04,
    2: 0x07,
    3: 0x10,
    20: padded("EXAMPLE OPTICS", 16),
    37: b"\x00\x1b\x21",
    40: padded("EX-10G-SR", 16),
    56: padded("C", 4),
    60: pack(">H", 850),
    68: padded("EX0000003", 16),
    84: b"230704  ",
    92: 0x68,
}
SFF8472_A2: Bytes = {
    0: pack(">4h", 75 * 256, -5 * 256, 70 * 256, 0),
    8: pack(">4H", 36_300, 29_700, 35_000, 31_000),
    16: pack(">4H", 6_000, 500, 5_500, 750),
    24: pack(">4H", 12_589, 1_000, 10_000, 1_585),
    32: pack(">4H", 15_849, 501, 12_589, 794),
    96: pack(">h", -2 * 256 - 64),  # -2.25 °C
    98: pack(">H", 33_333),
    100: pack(">H", 3_500),
    102: pack(">H", 5_623),
    104: pack(">H", 4_467),
    110: 0x82,
    112: bytes([0x80, 0x40]),
    116: bytes([0x04, 0x00]),
}


def sff8472(a0: Bytes | None = None, a2: Bytes | None = None) -> bytes:
    """512 bytes, as `ethtool -m IF raw on` gives them: A0h, then A2h."""
    base = bytearray(sealed(half(0, SFF8472_A0, a0 or {}), 0, 62))
    monitors = sealed(half(0, SFF8472_A2, a2 or {}), 0, 94)
    return sealed(base, 64, 94) + bytes(128) + monitors + bytes(128)


def rows(data: bytes, first: int, shape: str) -> str:
    """Lines of sixteen bytes after their offset, which `shape` writes."""
    lines = (shape % (first + at) + data[at : at + 16].hex(" ") for at in range(0, len(data), 16))
    return "".join(f"{line} \n" for line in lines)


def ethtool_hex(data: bytes) -> bytes:
    return ("Offset\t\tValues\n------\t\t------\n" + rows(data, 0, "0x%04x:\t\t")).encode()


def ethtool_by_page(pages: Mapping[int, bytes]) -> bytes:
    """One command for each page, with the commands between, as a shell's record has them."""
    parts: list[str] = []
    for page, held in pages.items():
        where = "page 0x00 offset 0x00" if page < 0 else f"page 0x{page:02x} offset 0x80"
        parts.append(f"# ethtool -m eth0 hex on {where} length 0x80\nOffset\t\tValues\n------\t\t------\n")
        parts.append(rows(held, 0 if page < 0 else 128, "0x%04x:\t\t"))
    return "".join(parts).encode()


def sonic_hexdump(pages: Mapping[int, bytes], port: str = "Ethernet8") -> bytes:
    parts = [f"EEPROM hexdump for port {port}\n"]
    for page, held in pages.items():
        parts.append("        Lower page 0h\n" if page < 0 else f"        Upper page {page:x}h\n")
        for at in range(0, 128, 16):
            part = held[at : at + 16]
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
            offset = at if page < 0 else at + 128
            parts.append(f"        {offset:08x} {part[:8].hex(' ')}  {part[8:].hex(' ')} |{shown}|\n")
        parts.append("\n")
    return "".join(parts).encode()


def digits(data: bytes) -> bytes:
    return b"".join(data[at : at + 16].hex().encode() + b"\n" for at in range(0, len(data), 16))
