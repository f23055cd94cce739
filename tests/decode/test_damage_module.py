"""Damage to a module's memory never gives a value that the whole would not give, a crash or a hang."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import all_formats, decode_detected, detect, find_format
from bringup.model.facts import Decoded
from tests.decode import module_samples as samples
from tests.decode.damage import HOSTILE, check_cut, values

SAMPLES: dict[str, tuple[str, bytes]] = {
    "cmis-raw": ("module.cmis", samples.cmis()),
    "cmis-hex": ("module.cmis", samples.ethtool_hex(samples.cmis())),
    "cmis-by-page": ("module.cmis", samples.ethtool_by_page(samples.cmis_pages())),
    "cmis-sonic": ("module.cmis", samples.sonic_hexdump(samples.cmis_pages())),
    "qsfp-raw": ("module.sff8636", samples.sff8636()),
    "qsfp-hex": ("module.sff8636", samples.ethtool_hex(samples.sff8636())),
    "sfp-raw": ("module.sff8472", samples.sff8472()),
    "sfp-digits": ("module.sff8472", samples.digits(samples.sff8472())),
}
RAW = {name: held for name, held in SAMPLES.items() if name.endswith("raw")}
OURS = [made for made in all_formats() if made.name.startswith("module.")]
CHECKED = {"cmis-raw": range(128, 128 + 95), "qsfp-raw": range(128, 128 + 64), "sfp-raw": range(64)}
"""What a check code guards that makes all of the capture unparsable."""


def who(decoded: Decoded) -> tuple[object, ...]:
    optic: Any = decoded.facts["optic"]
    return optic.vendor, optic.part_number


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_detected_and_read_whole(name: str) -> None:
    made, data = SAMPLES[name]
    found = detect(data)
    assert found is not None
    assert found.name == made
    assert found.decode(data).outcome == "ok"
    assert found.decode(data).warnings == ()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_cut_anywhere_gives_no_value_that_the_whole_does_not(name: str) -> None:
    made, whole = find_format(SAMPLES[name][0]), SAMPLES[name][1]
    all_of_it = values(made.decode(whole))
    step = max(1, len(whole) // 500)
    for cut in range(0, len(whole), step):
        check_cut(made, whole, cut, all_of_it)


@pytest.mark.parametrize("name", sorted(RAW))
def test_a_flip_of_any_bit_that_guards_who_it_is_makes_it_unparsable(name: str) -> None:
    made, whole = find_format(RAW[name][0]), RAW[name][1]
    for at in CHECKED[name]:
        for bit in range(8):
            wrong = bytearray(whole)
            wrong[at] ^= 1 << bit
            decoded = made.decode(bytes(wrong))
            assert (decoded.outcome, decoded.facts) == ("unparsable", {}), (at, bit)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_flipped_bits_never_change_who_it_is_nor_give_a_limit_that_is_not_its_own(
    data: st.DataObject,
) -> None:
    name = data.draw(st.sampled_from(sorted(RAW)))
    made, whole = find_format(RAW[name][0]), RAW[name][1]
    wrong = bytearray(whole)
    wrong[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    decoded, before = made.decode(bytes(wrong)), made.decode(whole)
    if decoded.outcome != "ok":
        assert decoded.facts == {}
        assert decoded.warnings
        return
    assert who(decoded) == who(before)
    if name != "qsfp-raw":  # SFF-8636 has no check code over its limits
        told: Any = decoded.facts["optic"]
        was: Any = before.facts["optic"]
        assert set(told.thresholds) <= set(was.thresholds)
    again = msgspec.json.encode(decoded)
    assert b"NaN" not in again


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_many_wrong_bytes_are_no_crash_and_no_detected_success_without_its_checksum(
    data: st.DataObject,
) -> None:
    made, whole = SAMPLES[data.draw(st.sampled_from(sorted(SAMPLES)))]
    wrong = bytearray(whole)
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=40)
    ):
        wrong[at] = byte
    for each in OURS:
        decoded = each.decode(bytes(wrong))
        assert not any("does not know" in warning for warning in decoded.warnings), decoded.warnings
        assert decoded.outcome != "ok" or each.name == made or bytes(wrong) == whole


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=3000))
def test_random_bytes_are_no_module(data: bytes) -> None:
    assert decode_detected(data).outcome in ("unparsable", "no_data")
    for made in OURS:
        assert made.decode(b"\x05" + data).outcome == "unparsable"


@settings(max_examples=150, deadline=None)
@given(
    page=st.sampled_from([-1, 0x10, 0x11, 0x13, 0x14, 0x20, 0x24, 0x28, 0x2C]), held=st.binary(max_size=128)
)
def test_any_content_of_an_unchecked_page_is_read_without_a_crash(page: int, held: bytes) -> None:
    pages = samples.cmis_pages()
    pages[page] = held.ljust(128, b"\xff") if page >= 0 else pages[page][:3] + held.ljust(125, b"\xff")[:125]
    decoded = find_format("module.cmis").decode(samples.linear(pages))
    assert decoded.outcome == "ok", decoded.warnings


@pytest.mark.parametrize("fill", [0x00, 0xFF])
def test_a_bus_on_which_nothing_answers_is_no_module(fill: int) -> None:
    for length in (128, 256, 512, 640, 32_896):
        for made in OURS:
            assert made.decode(bytes([fill]) * length).outcome in ("unparsable", "no_data")
        assert decode_detected(bytes([fill]) * length).outcome in ("unparsable", "no_data")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_memory_that_came_twice_gives_no_new_values(name: str) -> None:
    made, whole = find_format(SAMPLES[name][0]), SAMPLES[name][1]
    once, twice = values(made.decode(whole)), made.decode(whole + whole)
    if twice.outcome == "ok" and not name.endswith(("raw", "digits")):
        assert values(twice) == once
    if twice.outcome == "ok":
        assert who(twice) == who(made.decode(whole))


@pytest.mark.parametrize("name", ["cmis-hex", "cmis-by-page", "cmis-sonic", "qsfp-hex"])
def test_an_error_after_a_dump_is_seen(name: str) -> None:
    made, whole = SAMPLES[name]
    decoded = find_format(made).decode(whole + b"Error: i2c is gone\n")
    assert (decoded.outcome, decoded.facts) == ("unparsable", {})


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_input_takes_no_time_to_speak_of(kind: str) -> None:
    began = time.process_time()
    for made in OURS:
        for head in (b"", b"Offset\t\tValues\n", b"Upper page 0h\n", b"\x18\x52\x00\x07"):
            assert made.decode(head + HOSTILE[kind]).outcome in ("unparsable", "no_data")
            made.sniff(head + HOSTILE[kind])
    assert time.process_time() - began < 10.0


@pytest.mark.parametrize(
    "line",
    [
        b"0000 aa" + b" " * 900 + b"x\n",
        b"upper page 1h" + b" " * 180 + b"x\n",
        b"upper page 1h:" + b" " * 900 + b"\n",
        b"0000 " + b"aa " * 60 + b"x\n",
        b"bank " * 39 + b"\n",
        b"EEPROM hexdump for port " + b" " * 150 + b"a b\n",
    ],
)
def test_lines_that_nearly_fit_are_read_in_linear_time(line: bytes) -> None:
    data = line * (4 * 1024 * 1024 // len(line))
    began = time.process_time()
    for made in OURS[:1]:
        assert made.decode(data).outcome == "unparsable"
    assert time.process_time() - began < 5.0


def test_the_largest_input_takes_bounded_memory() -> None:
    data = samples.cmis() + b"\xa5" * (2 * 1024 * 1024 - len(samples.cmis()))
    tracemalloc.start()
    try:
        decoded = find_format("module.cmis").decode(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert decoded.outcome == "ok"
    assert peak < 32 * 1024 * 1024
    assert find_format("module.cmis").decode(data + b"\xa5").outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(RAW))
def test_facts_have_the_types_that_the_format_declares(name: str) -> None:
    made = find_format(RAW[name][0])
    decoded = made.decode(RAW[name][1])
    assert set(decoded.facts) == set(made.facts)
    for key, kind in made.facts.items():
        msgspec.convert(msgspec.to_builtins(decoded.facts[key]), kind)
    assert made.schema()["title"] == made.name
