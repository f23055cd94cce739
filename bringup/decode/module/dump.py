"""Captures of a module's memory taken apart: raw bytes (`ethtool -m IF raw on`, sysfs `eeprom`), and texts in
hex of `ethtool -m IF hex on`, SONiC `sfputil show eeprom-hexdump`, Junos `show picd optics`, plain digits,
and of any other system that names its pages above rows with offsets.

Raw bytes and texts without headings are linear: lower memory, then upper pages from 00h on; on SFP A0h, then
A2h. Lines with an offset have to follow each other without a gap.
"""

from __future__ import annotations

import re

from bringup.decode.module.codes import SFP_IDENTIFIERS
from bringup.decode.module.memory import (
    A0_LOWER,
    A0_UPPER,
    A2_LOWER,
    A2_UPPER,
    BANKED_FROM,
    HALF,
    LOWER,
    Memory,
    name_of,
    page_key,
)
from bringup.decode.result import Damaged, refuse_error_text, text_of, whole_lines

MOST_BYTES = 2 * 1024 * 1024
"""256 pages in each of 32 banks are half of it."""
MOST_LINES = 200_000
LONGEST_LINE = 200
"""Characters; no row and no heading has so many. Longer ones are prose."""
LINEAR = 1 << 20
"""The key of a region without a heading."""
_BANK_0 = HALF + 256 * HALF
_BANK = (256 - BANKED_FROM) * HALF
_TEXT = bytes([9, 10, 13, *range(32, 127)])
_HEADING = re.compile(
    r"\b(?:bank\s+([0-9]{1,2})\s+)?(lower|upper) page(?: *(?:0x)?([0-9a-f]{1,2})h?)?(?: bank ([0-9]{1,2}))?"
    r" *:?$",
    re.IGNORECASE,
)
_PAGE_HEADING = re.compile(
    r"\s*page\s+(?:0x)?([0-9a-f]{1,2})h?(?:[ ,]+bank\s+([0-9]{1,2}))?(?:[ ,]+\(?(lower|upper)\)?)?\s*:?\s*",
    re.IGNORECASE,
)
"""The page before the half, alone on its line: `Page 11h, bank 0:`, `Page 00h (lower)`."""
_SFP_HEADING = re.compile(r"\bA([02])h dump\b(.*)", re.IGNORECASE)
_COMMAND = re.compile(r"ethtool (?:-m|--module-info) (\S{1,40})(.*)")
_PAGE = re.compile(r"\bpage (0x[0-9a-f]{1,2}|[0-9]{1,3})\b", re.IGNORECASE)
_BANK_WORD = re.compile(r"\bbank (0x[0-9a-f]{1,2}|[0-9]{1,3})\b", re.IGNORECASE)
_PORT = re.compile(
    r"(?:EEPROM hexdump for port|EEPROM details for XCVR:) *(\S{1,60}?):?(?: page \S{1,8})?\s*$"
)
_ROW = re.compile(
    r"\s*(?:0x([0-9a-f]{2,8}):?|([0-9a-f]{4,8}):?(?=\s)|([0-9a-f]{2}):)\s*"
    r"((?:[0-9a-f]{2}\s+){0,15}[0-9a-f]{2})\s*(?:\|.{0,16}\|)?",
    re.IGNORECASE,
)
_LOOKS_LIKE_ROW = re.compile(r"\s*(?:0x[0-9a-f]{2}|[0-9a-f]{8}\s|[0-9a-f]{4}:|[0-9a-f]{2}:)", re.IGNORECASE)
_DIGITS = re.compile(r"\s*(?:[0-9a-f]{2} ?){1,256}\s*", re.IGNORECASE)


def memory_of(data: bytes) -> Memory:
    """The halves that `data` holds whole.

    Raises:
        Damaged: it is no such capture, has gaps, tells two things of one byte, or names several ports.
    """
    if len(data) > MOST_BYTES * 4:
        raise Damaged("more bytes than any module has")
    if data.translate(None, _TEXT):
        if len(data) > MOST_BYTES:
            raise Damaged("more bytes than any module has")
        return _linear(data, "")
    return _from_text(data)


def _linear(data: bytes, port: str) -> Memory:
    halves: dict[int, bytes] = {}
    cut: list[str] = []
    sfp = bool(data) and data[0] in SFP_IDENTIFIERS
    for at in range(0, len(data), HALF):
        key = _sfp_key(at) if sfp else _key_at(at)
        if key is None:
            if (len(data) - at) % HALF:
                raise Damaged("it ends within a page beyond the last: lines are missing, or came twice")
            break
        part = bytes(data[at : at + HALF])
        if len(part) == HALF:
            halves[key] = part
        else:
            cut.append(name_of(key))
    return Memory(port=port, halves=halves, cut=tuple(cut))


def _sfp_key(at: int) -> int | None:
    keys = (A0_LOWER, A0_UPPER, A2_LOWER, A2_UPPER)
    return keys[at // HALF] if at // HALF < len(keys) else None


def _key_at(at: int) -> int:
    """Linear as the optoe driver lays it out: what follows bank 0 are pages 10h to FFh of the next banks."""
    if at < HALF:
        return LOWER
    if at < _BANK_0:
        return page_key(at // HALF - 1)
    bank, rest = divmod(at - _BANK_0, _BANK)
    return page_key(BANKED_FROM + rest // HALF, bank + 1)


class _Rows:
    """Regions of a text while its lines are read: (key, first offset) and the bytes from there on."""

    def __init__(self) -> None:
        self.port = ""
        self.said: list[str] = []
        self.key = LINEAR
        self.open: tuple[int, int, bytearray] | None = None
        self.closed: list[tuple[int, int, bytes]] = []

    def head(self, key: int) -> None:
        self.close()
        self.key = key

    def close(self) -> None:
        if self.open is not None:
            key, first, held = self.open
            self.closed.append((key, first, bytes(held)))
            self.open = None

    def row(self, at: int, held: bytes) -> None:
        if self.open is None:
            if at % HALF:
                raise Damaged(f"a dump begins at offset 0x{at:02x}, not at a page")
            self.open = (self.key, at, bytearray(held))
            return
        _, first, before = self.open
        if at != first + len(before):
            raise Damaged(f"offset 0x{at:02x} instead of 0x{first + len(before):02x}: lines are missing")
        if len(before) > MOST_BYTES:
            raise Damaged("more bytes than any module has")
        before += held

    def named(self, port: str) -> None:
        if self.port and self.port != port:
            raise Damaged("the text holds the modules of several ports: decode each for itself")
        self.port = port


def _from_text(data: bytes) -> Memory:
    text, _ = text_of(data, max_lines=MOST_LINES)
    refuse_error_text(text)
    lines = whole_lines(text, longest=1024)
    plain = [line for line in lines if line.strip()]
    if plain and all(_DIGITS.fullmatch(line) for line in plain):
        return _linear(_digits(plain), "")
    rows = _Rows()
    for line in lines:
        _take(line, rows)
    rows.close()
    if not rows.closed:
        raise Damaged("no line holds bytes of a memory")
    return _assembled(rows)


def _digits(lines: list[str]) -> bytes:
    held = [bytes.fromhex(line) for line in lines]
    if len({len(part) for part in held[:-1]}) > 1 or len(held[-1]) > len(held[0]):
        raise Damaged("lines of digits are of different lengths: some may be cut")
    return b"".join(held)


def _take(line: str, rows: _Rows) -> None:
    line = line.rstrip()
    if len(line) > LONGEST_LINE and not _LOOKS_LIKE_ROW.match(line):
        return
    match = _ROW.fullmatch(line)
    if match is not None:
        offset = int(match[1] or match[2] or match[3], 16)
        rows.row(offset, bytes.fromhex(match[4]))
        return
    if _LOOKS_LIKE_ROW.match(line):
        raise Damaged(f"a line of bytes can't be read: {line.strip()[:60]!r}")
    key = _heading(line)
    if key is not None:
        rows.head(key)
        return
    if line.strip().startswith("Warning:"):
        rows.said.append(line.strip()[:120])
    port = _PORT.search(line)
    command = _COMMAND.search(line)
    if port or command:
        rows.named((port or command)[1])  # type: ignore[index]
        rows.head(_named_page(command[2]) if command else LINEAR)


def _heading(line: str) -> int | None:
    match = _HEADING.search(line)
    if match is not None:
        if match[2].lower() == "lower":
            return LOWER
        if match[3] is None:
            raise Damaged(f"a heading names no page: {line.strip()[:60]!r}")
        return page_key(int(match[3], 16), int(match[1] or match[4] or 0))
    page = _PAGE_HEADING.fullmatch(line)
    if page is not None:
        lower = page[3] is not None and page[3].lower() == "lower"
        return LOWER if lower else page_key(int(page[1], 16), int(page[2] or 0))
    sfp = _SFP_HEADING.search(line)
    if sfp is not None:
        upper = "upper" in sfp[2].lower()
        return (A0_UPPER if upper else A0_LOWER) if sfp[1] == "0" else (A2_UPPER if upper else A2_LOWER)
    return None


def _named_page(options: str) -> int:
    page, bank = _PAGE.search(options), _BANK_WORD.search(options)
    if page is None:
        return LINEAR
    return page_key(int(page[1], 0), int(bank[1], 0) if bank else 0)


def _assembled(rows: _Rows) -> Memory:
    if len(rows.closed) == 1 and rows.closed[0][0] == LINEAR and rows.closed[0][1] == 0:
        return _linear(rows.closed[0][2], rows.port)
    memory = Memory(port=rows.port, said=tuple(rows.said))
    halves: dict[int, bytes] = {}
    cut: list[str] = []
    for key, first, held in rows.closed:
        for at in range(0, len(held), HALF):
            place = _placed(key, first + at)
            part = held[at : at + HALF]
            if len(part) < HALF:
                cut.append(name_of(place))
            elif halves.setdefault(place, part) != part:
                raise Damaged(f"page {name_of(place)} is there twice and not the same")
    memory.halves, memory.cut = halves, tuple(cut)
    return memory


def _placed(key: int, at: int) -> int:
    """Which half the bytes from offset `at` of a region are."""
    if key in (A0_LOWER, A2_LOWER) and at == HALF:
        return A0_UPPER if key == A0_LOWER else A2_UPPER
    if (key == LINEAR and at == 0) or (key >= 0 and key != LINEAR and at == 0):
        return LOWER
    lower = key in (LOWER, A0_LOWER, A2_LOWER)
    if at != (0 if lower else HALF) or key == LINEAR:
        raise Damaged(f"offset 0x{at:02x} does not belong to a page that is named")
    return key
