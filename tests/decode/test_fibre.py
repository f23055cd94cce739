"""Files of instruments for fibre: read whole or not at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import detect, find_format
from bringup.model.facts_fibre import OtdrTrace
from tests.decode.damage import check_cut, figures, values
from tests.decode.fibre_samples import END_FACE, END_FACE_TEXT, EVENTS, LOSS, SAMPLES, sor

OTDR, FACE, TEST_SET = (find_format(name) for name in ("fibre.otdr-sor", "fibre.end-face", "fibre.loss"))


def trace(data: bytes) -> OtdrTrace:
    decoded = OTDR.decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    found = decoded.facts["trace"]
    assert isinstance(found, OtdrTrace)
    return found


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_read_whole_and_detected(name: str) -> None:
    made = detect(SAMPLES[name])
    assert made is not None and made.name == name
    assert made.decode(SAMPLES[name]).outcome == "ok"


@pytest.mark.parametrize("issue", [1, 2])
def test_a_trace_tells_who_measured_what_and_when(issue: int) -> None:
    read = trace(sor(issue=issue))
    assert (read.cable_id.value, read.fibre_id.value, read.instrument_serial.value) == (
        "T-17",
        "3",
        "SN-4711",
    )
    assert (read.location_a.value, read.location_b.value) == ("leaf-1/Ethernet8", "leaf-2/Ethernet2/1")
    assert (read.taken_unix_s.value, read.wavelength_nm.value) == (1_760_000_000, 1310.0)
    assert (read.link_loss_db.value, read.return_loss_db.value) == (0.42, 32.1)
    assert [event.loss_db.value for event in read.events] == [0.0, 0.31, 0.0]
    assert [event.end for event in read.events] == [False, False, True]
    assert read.fibre_end_km.value == pytest.approx(0.104, abs=1e-4)


def test_a_trace_that_never_saw_the_end_of_its_fibre_tells_no_loss_of_the_link() -> None:
    assert trace(sor(events=EVENTS[:2])).link_loss_db.value is None
    assert trace(sor(loss=-1)).link_loss_db.value is None


@pytest.mark.parametrize(
    "data",
    [
        sor(checksum=1),
        sor(index=100_000),
        sor(wavelength=40_000),
        sor(pulses=2),
        sor(pulses=0),
        sor(samples=0)[:-3] + b"xyz",
        sor(events=(EVENTS[1], EVENTS[0])),
        sor(events=tuple((number, 9.0 - number, 0, 0, "1F9999LS") for number in range(1, 4))),
        sor(more=(("KeyEvents", b""),)),
        sor()[:-1],
        sor() + b"\x00",
        sor()[:40],
        b"Map\x00" + b"\xff" * 400,
    ],
)
def test_a_trace_that_is_damaged_tells_nothing(data: bytes) -> None:
    decoded = OTDR.decode(data)
    assert (decoded.outcome, decoded.facts) == ("unparsable", {})


def test_no_bit_of_a_trace_can_turn_unseen() -> None:
    whole = sor()
    for at in range(0, len(whole) * 8, 7):
        wrong = bytearray(whole)
        wrong[at // 8] ^= 1 << at % 8
        assert OTDR.decode(bytes(wrong)).outcome != "ok", at


def test_huge_counts_cost_nothing() -> None:
    began = time.process_time()
    for data in (b"Map\x00\xc8\x00" + b"\xff" * 6 + b"\x00" * 10**6, sor(samples=4)[:30] + b"\xff" * 10**6):
        assert OTDR.decode(data).outcome == "unparsable"
    assert time.process_time() - began < 5.0


def test_a_scope_passes_an_end_face_only_where_every_fibre_passes() -> None:
    assert FACE.decode(END_FACE).facts["result"] == "fail"
    mended = FACE.decode(END_FACE.replace(b"FAIL", b"PASS"))
    assert mended.facts["result"] == "pass" and mended.facts["taken_unix_s"] == 1_767_322_800.0
    assert FACE.decode(END_FACE_TEXT).facts["result"] == "pass"


@pytest.mark.parametrize(
    "data",
    [
        END_FACE.replace(b"IEC 61300-3-35", b"house rule"),
        END_FACE.replace(b"PASS", b"ok", 1),
        END_FACE.replace(b"PASS", b"", 1),
        END_FACE.replace(b"2,PASS", b"1,PASS"),
        END_FACE.replace(b"Standard", b"Status"),
        END_FACE.replace(b"2,PASS", b"2,PASS,PASS"),
        END_FACE_TEXT + b"Result: FAIL\n",
        END_FACE_TEXT.replace(b"Overall", b"Some"),
        LOSS,
        END_FACE[:-1],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 400,
    ],
)
def test_what_is_no_result_of_a_scope_passes_nothing(data: bytes) -> None:
    decoded = FACE.decode(data)
    assert decoded.outcome != "ok" and decoded.facts == {}


def test_each_fibre_of_a_list_is_an_end_face() -> None:
    told = b"IEC 61300-3-35\nFiber 1: PASS\nFiber 2: FAIL\n"
    decoded = FACE.decode(told)
    assert decoded.facts["result"] == "fail"
    assert FACE.decode(told.replace(b"Fiber 2: FAIL", b"Fiber 1: PASS")).outcome == "unparsable"


def test_a_date_without_its_zone_is_no_date() -> None:
    assert FACE.decode(END_FACE.replace(b"03:00:00Z", b"03:00:00")).facts["taken_unix_s"] is None
    assert FACE.decode(END_FACE.replace(b"2026-01-02T03:00:00Z", b"02/01/26")).facts["taken_unix_s"] is None


def test_the_worst_loss_of_all_fibres_and_wavelengths_is_told() -> None:
    assert TEST_SET.decode(LOSS).facts["worst_loss_db"] == 1.71


@pytest.mark.parametrize("loss", [b"-0.42", b"", b"nan", b"inf", b"1e9", b"61", b"0,42", b"n/a"])
def test_what_no_meter_can_show_is_no_loss(loss: bytes) -> None:
    assert TEST_SET.decode(LOSS.replace(b"0.42", loss)).outcome == "unparsable"


@pytest.mark.parametrize("name", ["fibre.end-face", "fibre.loss"])
def test_a_cut_of_a_report_gives_no_value_that_the_whole_does_not(name: str) -> None:
    """A table that is cut between rows is a shorter table: its own rows stay true, its sum does not."""
    made, whole = find_format(name), SAMPLES[name]
    all_of_it = values(made.decode(whole))
    for cut in range(len(whole)):
        if whole[:cut].endswith(b"\n"):
            continue
        check_cut(made, whole, cut, all_of_it)


def test_a_cut_of_a_trace_is_damage() -> None:
    whole = sor()
    assert {OTDR.decode(whole[:cut]).outcome for cut in range(1, len(whole))} == {"unparsable"}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_bytes_at_all_end_a_decoder(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    whole = SAMPLES[name]
    at = data.draw(st.integers(0, len(whole)))
    wrong = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + data.draw(st.integers(0, 40)) :]
    decoded = find_format(name).decode(wrong)
    assert decoded.outcome == "ok" or decoded.facts == {}
    if name == "fibre.otdr-sor" and wrong != whole:
        assert not figures(decoded)
