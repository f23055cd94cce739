"""OTDR files (`.sor`): the blocks of the Bellcore/Telcordia data format, issues 1 and 2.

The format's document is not public. What is read here are the offsets and units that public descriptions
of it agree on: a map of blocks first, little-endian integers, texts that end in NUL; wavelengths in 0.1 nm,
losses in 0.001 dB, times of travel one way in 0.1 ns, the index of refraction in 0.00001. The samples are
counted and left alone. The last two bytes are a CRC (polynomial 0x1021, from 0xFFFF, over all before it). A
file whose CRC is another is damaged: nothing else would show a loss with one bit turned.
"""

from __future__ import annotations

import struct
from binascii import crc_hqx
from itertools import pairwise
from typing import NamedTuple

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found
from bringup.model.facts_fibre import OtdrEvent, OtdrTrace
from bringup.model.measurement import NOT_AVAILABLE, Read, value

MOST_BLOCKS, MOST_EVENTS, LONGEST_TEXT, MOST_SAMPLES = 64, 4096, 400, 8_000_000
LIGHT_KM_PER_100_PS = 299_792.458 * 1e-10
"""How far light travels in vacuum in a tenth of a nanosecond."""
NEEDED = ("GenParams", "FxdParams", "KeyEvents", "Cksum")
ISSUE_1, ISSUE_2 = 1, 2
_MAP_2 = b"Map\x00"
ENDS = "ED"
"""Second letter of an event's code: the end of the fibre, as found and as corrected by a person."""
INDEX_RANGE = (1.3, 1.7)
"""No glass of a fibre bends light less, or more."""


class Block(NamedTuple):
    name: str
    start: int
    size: int


class _Reader:
    """Reads one block from its start to its end, and never behind it."""

    def __init__(self, data: bytes, block: Block, issue: int) -> None:
        self._data, self._at, self._end, self._name = data, block.start, block.start + block.size, block.name
        if issue == ISSUE_2 and self.text() != block.name:
            raise Damaged(f"the block {block.name} is not where the map says")

    def numbers(self, form: str) -> tuple[int, ...]:
        size = struct.calcsize(f"<{form}")
        if self._at + size > self._end:
            raise Damaged(f"the block {self._name} ends too soon")
        found = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += size
        return found

    def number(self, form: str) -> int:
        return self.numbers(form)[0]

    def fixed(self, size: int) -> str:
        if self._at + size > self._end:
            raise Damaged(f"the block {self._name} ends too soon")
        raw = self._data[self._at : self._at + size]
        self._at += size
        return _plain(raw)

    def text(self) -> str:
        end = self._data.find(b"\x00", self._at, min(self._end, self._at + LONGEST_TEXT + 1))
        if end < 0:
            raise Damaged(f"a text of the block {self._name} has no end")
        raw = self._data[self._at : end]
        self._at = end + 1
        return _plain(raw)


def _plain(raw: bytes) -> str:
    text = raw.decode("latin-1").strip()
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _said(text: str) -> Read:
    return value(text) if text else NOT_AVAILABLE


def _parse(data: bytes) -> Found:
    issue, blocks = _map(data)
    missing = [name for name in NEEDED if name not in blocks]
    if missing:
        raise Damaged(f"it has no block {', '.join(missing)}")
    _check_sum(data, blocks["Cksum"], issue)
    general = _general(_Reader(data, blocks["GenParams"], issue), issue)
    fixed = _fixed(_Reader(data, blocks["FxdParams"], issue), issue)
    supplier = _supplier(_Reader(data, blocks["SupParams"], issue)) if "SupParams" in blocks else {}
    index = fixed["refraction_index"].value
    assert isinstance(index, float)
    found = _events(_Reader(data, blocks["KeyEvents"], issue), issue, LIGHT_KM_PER_100_PS / index)
    trace = OtdrTrace(**general, **fixed, **supplier, **found[0], events=found[1])
    return Found(facts={"trace": trace})


def _map(data: bytes) -> tuple[int, dict[str, Block]]:
    """Which issue the file is of, and where its blocks lie: one behind the other, as the map lists them."""
    issue = ISSUE_2 if data.startswith(_MAP_2) else ISSUE_1
    head = _Reader(data, Block("Map", 0, min(len(data), 64 * 1024)), ISSUE_1)
    if issue == ISSUE_2:
        head.text()
    version, size, count = head.numbers("HIH")
    if version // 100 != issue or not 0 < count <= MOST_BLOCKS or size > len(data):
        raise Damaged("it begins with no map of blocks")
    blocks: dict[str, Block] = {}
    start = size
    for _ in range(count - 1):
        name = head.text()
        _, length = head.numbers("HI")
        if not name or name in blocks:
            raise Damaged("the map names a block twice, or not at all")
        blocks[name] = Block(name, start, length)
        start += length
    if start != len(data):
        raise Damaged(f"the map speaks of {start} bytes, and there are {len(data)}")
    return issue, blocks


def _check_sum(data: bytes, block: Block, issue: int) -> None:
    reader = _Reader(data, block, issue)
    if block.start + block.size != len(data) or reader.number("H") != crc_hqx(data[:-2], 0xFFFF):
        raise Damaged("its checksum is another than the one of these bytes")


def _general(reader: _Reader, issue: int) -> dict[str, Read]:
    reader.fixed(2)  # language
    found = {"cable_id": _said(reader.text()), "fibre_id": _said(reader.text())}
    if issue == ISSUE_2:
        reader.number("H")  # kind of fibre
    reader.number("H")  # nominal wavelength; that of the pulse stands in FxdParams
    found |= {"location_a": _said(reader.text()), "location_b": _said(reader.text())}
    reader.text()  # cable code
    reader.fixed(2)  # build condition
    reader.numbers("ii" if issue == ISSUE_2 else "i")  # user offset, and its distance
    return {**found, "operator": _said(reader.text())}


def _supplier(reader: _Reader) -> dict[str, Read]:
    names = ("supplier", "instrument", "instrument_serial")
    return {name: _said(reader.text()) for name in names}


def _fixed(reader: _Reader, issue: int) -> dict[str, Read]:
    taken = reader.number("I")
    reader.fixed(2)  # units of distance, for screens
    tenths = reader.number("H")
    reader.numbers("ii" if issue == ISSUE_2 else "i")  # acquisition offset, and its distance
    if reader.number("H") != 1:
        raise Damaged("it has no pulse width, or several: which one the events are of is not told")
    pulse_ns, _, samples = reader.numbers("HII")
    index = reader.number("I") / 1e5
    if not INDEX_RANGE[0] <= index <= INDEX_RANGE[1]:
        raise Damaged(f"{index:g} is no index of refraction of a fibre")
    if not 6_000 <= tenths <= 20_000 or samples > MOST_SAMPLES:
        raise Damaged("its wavelength or its number of samples is none of an OTDR")
    return {
        "taken_unix_s": value(taken) if taken else NOT_AVAILABLE,
        "wavelength_nm": value(tenths / 10),
        "pulse_ns": value(pulse_ns),
        "refraction_index": value(index),
        "samples": value(samples),
    }


def _events(reader: _Reader, issue: int, km_per_unit: float) -> tuple[dict[str, Read], tuple[OtdrEvent, ...]]:
    count = reader.number("H")
    if count > MOST_EVENTS:
        raise Damaged(f"{count} events are more than any fibre has")
    events: list[OtdrEvent] = []
    travels: list[int] = []
    for at in range(count):
        number, travel, slope, loss, reflectance = reader.numbers("HIhhi")
        kind = reader.fixed(8)
        if issue == ISSUE_2:
            reader.numbers("5I")  # where the events before, this and next begin and end
        if number != at + 1 or len(kind) != 8:
            raise Damaged(f"event {at + 1} is no event")
        travels.append(travel)
        events.append(
            OtdrEvent(
                number=number,
                distance_km=value(round(travel * km_per_unit, 6)),
                loss_db=value(loss / 1000),
                reflectance_db=value(reflectance / 1000) if reflectance else NOT_AVAILABLE,
                slope_db_km=value(slope / 1000),
                kind=kind,
                end=kind[1] in ENDS,
                comment=reader.text(),
            )
        )
    if any(after < before for before, after in pairwise(travels)):
        raise Damaged("its events do not stand in their order along the fibre")
    loss, _, _, back, _, _ = reader.numbers("iiIHiI")
    ended = [event for event in events if event.end]
    return {
        # Of a trace that never saw the end of its fibre the sum is no loss of the link.
        "link_loss_db": value(loss / 1000) if len(ended) == 1 and loss >= 0 else NOT_AVAILABLE,
        "return_loss_db": value(back / 1000) if back else NOT_AVAILABLE,
        "fibre_end_km": ended[0].distance_km if len(ended) == 1 else NOT_AVAILABLE,
    }, tuple(events)


def _looks_like(head: bytes) -> int:
    names = b"GenParams\x00" in head[:4096] and b"FxdParams\x00" in head[:4096]
    return 90 if names and (head.startswith(_MAP_2) or head[:2] == b"\x64\x00") else 0


FORMATS = (
    Format(
        name="fibre.otdr-sor",
        title="OTDR trace: Bellcore/Telcordia .sor",
        sniff=_looks_like,
        parse=_parse,
        facts={"trace": OtdrTrace},
    ),
)
