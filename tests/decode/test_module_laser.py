"""External lasers: every field of pages 1Ah and 1Bh is read from its bytes, and no laser out of nothing."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.module.facts import ExternalLaser
from bringup.decode.registry import find_format
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, value
from tests.decode import module_samples as samples
from tests.decode.module_samples import Bytes, half

CMIS = find_format("module.cmis")
PAGE_1A: Bytes = {
    128: pack(">4H", 31_623, 10_000, 4_000, 500),  # 316.23 and 100 mW, 400 and 50 mA
    140: 4 << 1 | 1,  # four lanes, constant power
    141: pack(">4H", 3_900, 600, 3_500, 800),
    149: pack(">4H", 30_000, 11_000, 25_000, 12_000),
    186: 0x02,
    212: bytes([0x00, 0x10, 0x01, 0x09]),
    220: 0x0F,
    221: 0b10_10_10_10,
    224: bytes([1, 2, 3, 4]),
    232: pack(">4H", *[45_850] * 4),  # 229.25 THz
}
PAGE_1B: Bytes = {
    128: pack(">4H", *[2_000] * 4),
    144: pack(">4H", *[20_000] * 4),
    184: pack(">4H", 2_010, 2_020, 2_030, 0),
    200: pack(">4H", 10_000, 20_000, 0, 0xFFFF),
    232: bytes([120] * 4),
    240: pack(">H", 5_000),
}


def held(a: Bytes | None = None, b: Bytes | None = None, *, own: bool = True) -> bytes:
    pages = samples.cmis_pages(lower={57: 1} if own else {})
    pages[0x1A] = bytes(half(128, PAGE_1A, a or {}))
    pages[0x1B] = bytes(half(128, PAGE_1B, b or {}))
    return samples.linear(pages)


def read(data: bytes) -> dict[str, Any]:
    decoded = CMIS.decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    return dict(decoded.facts)


def laser(data: bytes) -> ExternalLaser:
    found = read(data)["external_laser"]
    assert isinstance(found, ExternalLaser)
    return found


def test_what_a_source_advertises_is_in_its_units() -> None:
    found = laser(held())
    assert (found.control, found.lane_count) == ("constant power", 4)
    assert (found.min_power_mw, found.max_power_mw) == (100.0, 316.23)
    assert (found.min_bias_ma, found.max_bias_ma) == (50.0, 400.0)
    assert found.supply_ma == value(1000.0)
    bias, power = found.thresholds
    assert (bias.high_alarm, bias.low_alarm) == (value(390.0), value(60.0))
    assert power.high_alarm.value == pytest.approx(24.771, abs=0.001)


def test_every_laser_tells_its_own_bits_and_words() -> None:
    one, two, three, four = laser(held()).lanes
    assert [each.state for each in (one, two, three, four)] == [value("on")] * 4
    assert (one.bias_ma, one.bias_setpoint_ma, one.voltage_v) == (value(201.0), value(200.0), value(1.8))
    assert one.power_dbm.value == pytest.approx(20.0)
    assert (three.power_dbm, four.power_dbm, four.bias_ma) == (DARK, NOT_AVAILABLE, value(0.0))
    assert (two.latched_flags, one.latched_flags) == (("bias_high_alarm",), ())
    assert (two.warning_code, three.fault_code) == (value("control of power"), value("control of power"))
    assert four.fault_code == value("vendor's code 9")
    assert (one.fibre, one.frequency_thz) == (value(1), value(229.25))


def test_a_laser_module_has_its_lasers_as_lanes_and_no_receiver() -> None:
    optic = read(held())["optic"]
    assert [lane.index for lane in optic.lanes] == [1, 2, 3, 4]
    assert {lane.rx_power_dbm for lane in optic.lanes} == {ABSENT}
    assert optic.laser_source_ok == value(True)


def test_the_optic_that_a_source_feeds_keeps_its_own_lanes_and_limits() -> None:
    optic = read(held(own=False))["optic"]
    plain = read(samples.cmis())["optic"]
    assert (optic.lanes, optic.thresholds) == (plain.lanes, plain.thresholds)
    assert optic.laser_source_ok == value(True)
    assert [each.quantity for each in laser(held(own=False)).thresholds] == [
        "laser_bias_ma",
        "laser_tx_power_dbm",
    ]


NOT_WELL: dict[str, tuple[Bytes, object]] = {
    "the summary tells of a fault": ({165: 0x04}, value(False)),
    "one lane has a fault": ({166: 0x08}, value(False)),
    "one laser that should be on is off": ({221: 0b10_10_00_10}, value(False)),
    "one laser is still ramping": ({221: 0b10_01_10_10}, value(False)),
    "one state is reserved": ({221: 0b10_11_10_10}, NOT_AVAILABLE),
    "a bank was not captured": ({140: 12 << 1}, NOT_AVAILABLE),
}


@pytest.mark.parametrize("name", sorted(NOT_WELL))
def test_a_source_is_well_only_where_every_laser_is_on_and_without_fault(name: str) -> None:
    changed, expected = NOT_WELL[name]
    assert read(held(changed))["optic"].laser_source_ok == expected


def test_a_laser_that_is_switched_off_is_no_fault() -> None:
    assert read(held({220: 0x07, 221: 0b00_10_10_10}))["optic"].laser_source_ok == value(True)


def test_a_warning_is_told_and_is_no_fault() -> None:
    found = laser(held({165: 0x08, 174: 0x01}))
    assert (found.fault, found.warning, found.lanes[0].warning) == (value(False), value(True), value(True))


IMPOSSIBLE: dict[str, Bytes] = {
    "no lane": {140: 0},
    "more lanes than there can be": {140: 100 << 1},
    "power upside down": {128: pack(">2H", 100, 200)},
    "no power at all": {128: pack(">2H", 0, 0)},
    "bias upside down": {132: pack(">2H", 100, 200)},
}


@pytest.mark.parametrize("name", sorted(IMPOSSIBLE))
@pytest.mark.parametrize("own", [True, False])
def test_what_cannot_be_a_source_is_none(name: str, own: bool) -> None:
    facts = read(held(IMPOSSIBLE[name], own=own))
    assert facts["external_laser"] is None
    assert facts["optic"].laser_source_ok == ABSENT
    assert ("external laser" in facts["module"].unparsable) is own


def test_pages_of_zeros_are_no_laser() -> None:
    assert read(samples.cmis())["external_laser"] is None


def test_a_reserved_code_is_unparsable_and_no_word() -> None:
    facts = read(held({212: 0x03}))
    assert facts["external_laser"].lanes[0].fault_code == NOT_AVAILABLE
    assert "laser 1 fault code" in facts["module"].unparsable


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 255), bit=st.integers(0, 7))
def test_a_flipped_bit_never_makes_a_sick_source_well(at: int, bit: int) -> None:
    """Of two faults one flip takes away one at most."""
    sick = bytearray(held({165: 0x04, 166: 0x04, 221: 0b10_10_10_00}))
    first = len(sick) - 256
    sick[first + at] ^= 1 << bit
    decoded = CMIS.decode(bytes(sick))
    assert decoded.outcome == "ok"
    optic: Any = decoded.facts["optic"]
    assert optic.laser_source_ok != value(True)
