"""CMIS: every field of a memory written by hand is read from its own bytes, and nothing else is."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from bringup.decode.registry import detect, find_format
from bringup.model.facts import Decoded
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, value
from tests.decode import module_samples as samples

CMIS = find_format("module.cmis")


def read(data: bytes) -> dict[str, Any]:
    decoded = CMIS.decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    return dict(decoded.facts)


def unparsable(data: bytes) -> Decoded:
    decoded = CMIS.decode(data)
    assert decoded.outcome == "unparsable"
    assert decoded.facts == {}
    return decoded


def test_identity_stands_in_page_00h() -> None:
    facts = read(samples.cmis())
    optic, module = facts["optic"], facts["module"]
    assert (optic.vendor, optic.part_number, optic.serial) == (
        value("EXAMPLE OPTICS"),
        value("EX-800G-DR8"),
        value("EX0000001"),
    )
    assert (module.identifier, module.identifier_code, module.revision) == ("QSFP-DD", 0x18, value("5.2"))
    assert (module.vendor_oui, module.vendor_revision) == (value("00:1b:21"), value("1A"))
    assert module.date_code == value("250228")
    assert (module.power_class, module.max_power_w) == (value(8), value(16.0))
    assert (module.connector, module.technology) == (value("MPO 1x16"), value("1310 nm EML"))
    assert (module.cable_length_m, module.wavelength_nm) == (ABSENT, value(1311.0))
    assert (optic.firmware, module.firmware_inactive) == (value("2.7"), value("2.6"))
    assert module.hardware_revision == value("1.3")
    assert module.unparsable == ()


def test_a_cable_s_length_is_its_base_times_its_factor() -> None:
    for byte, metres in ((0x23, 3.5), (0x43, 3.0), (0x83, 30.0), (0xC1, 100.0)):
        assert read(samples.cmis(p00={202: byte}))["module"].cable_length_m == value(metres)


def test_state_monitors_and_latched_flags_stand_in_lower_memory() -> None:
    facts = read(samples.cmis())
    optic, module = facts["optic"], facts["module"]
    assert (module.state, module.state_code, module.interrupt) == (value("Ready"), value(3), value(False))
    assert (optic.temperature_c, optic.supply_voltage_v) == (value(45.5), value(3.31))
    assert module.latched_flags == (
        "module_state_changed",
        "temperature_high_alarm",
        "supply_voltage_low_alarm",
    )
    assert (module.low_power_pin_allowed, module.low_power_requested) == (value(True), value(False))
    assert module.fault_cause == value("none")
    assert (module.cdb_instances, module.cdb_status) == (value(2), ("success", "failed (code 6)"))


def test_auxiliary_monitors_are_what_page_01h_says_that_they_are() -> None:
    lower = {18: pack(">h", -16_384), 20: pack(">h", 52 * 256), 22: pack(">h", 33)}
    module = read(samples.cmis(lower=lower, p01={145: 0x01, 159: 0x0F}))["module"]
    assert module.tec_current_percent.value == pytest.approx(-50.0, abs=0.01)
    assert module.laser_temperature_c == value(52.0)
    module = read(samples.cmis(lower=lower, p01={145: 0x00, 159: 0x07}))["module"]
    assert (module.tec_current_percent, module.laser_temperature_c) == (ABSENT, ABSENT)
    module = read(samples.cmis(lower={20: b"\x7f\xff"}, p01={145: 0x01, 159: 0x0B}))["module"]
    assert (module.laser_temperature_c, module.unparsable) == (NOT_AVAILABLE, ("laser_temperature_c",))


def test_a_data_path_that_waits_for_its_initialization_is_told() -> None:
    lanes = read(samples.cmis(p11={235: 0x81}))["lanes"]
    assert [lane.index for lane in lanes if lane.data_path_init_pending.value] == [1, 8]


@pytest.mark.parametrize(
    ("code", "state"), [(1, "LowPwr"), (2, "PwrUp"), (3, "Ready"), (4, "PwrDn"), (5, "Fault")]
)
def test_the_module_s_state_is_bits_3_to_1(code: int, state: str) -> None:
    assert read(samples.cmis(lower={3: code << 1}))["module"].state == value(state)


@pytest.mark.parametrize("code", [0, 6, 7])
def test_a_reserved_state_is_unparsable_and_no_state(code: int) -> None:
    module = read(samples.cmis(lower={3: code << 1}))["module"]
    assert (module.state, module.state_code) == (NOT_AVAILABLE, NOT_AVAILABLE)
    assert module.unparsable == ("state",)


def test_applications_have_codes_names_lanes_and_assignments() -> None:
    first, second = read(samples.cmis())["applications"]
    assert (first.select, first.host, first.media) == (1, "800GAUI-8-S C2M", "800GBASE-DR8")
    assert (first.host_lanes, first.media_lanes, first.host_assignment) == (8, 8, 0x01)
    assert (second.host_code, second.media_code, second.media) == (0x4F, 0x1C, "400GBASE-DR4")
    assert (second.host_assignment, second.media_assignment) == (0x11, 0x11)


def test_the_ninth_application_stands_in_page_01h() -> None:
    one = bytes([0x4F, 0x1C, 0x44, 0x11])
    eight = {86: one, 90: one, 94: one * 6}
    more = {223: bytes([0x51, 0x56, 0x88, 0x01, 0xFF])}
    applications = read(samples.cmis(lower=eight, p01=more))["applications"]
    assert [each.select for each in applications] == list(range(1, 10))
    assert applications[8].media == "800GBASE-DR8"


def test_the_medium_is_that_of_the_application_that_is_active() -> None:
    assert read(samples.cmis())["optic"].medium == value("800GBASE-DR8")
    assert read(samples.cmis(p11={206: bytes([0x20] * 8)}))["optic"].medium == value("400GBASE-DR4")
    assert read(samples.cmis(p11={206: bytes([0x10] * 4 + [0x20] * 4)}))["optic"].medium == NOT_AVAILABLE
    assert read(samples.cmis(p11={206: bytes(8)}))["optic"].medium == ABSENT


def test_an_active_application_that_is_not_advertised_is_unparsable() -> None:
    facts = read(samples.cmis(p11={206: 0x50}))
    assert facts["lanes"][0].active_application == NOT_AVAILABLE
    assert facts["module"].unparsable == ("lane 1 active_application",)


def test_lanes_have_power_in_dbm_and_bias_times_its_multiplier() -> None:
    lanes = read(samples.cmis())["optic"].lanes
    assert [lane.index for lane in lanes] == list(range(1, 9))
    assert lanes[0].tx_power_dbm == value(0.0)
    assert lanes[1].tx_power_dbm.value == pytest.approx(1.0, abs=1e-4)
    assert lanes[7].tx_power_dbm.value == pytest.approx(2.0, abs=1e-4)
    assert lanes[0].rx_power_dbm.value == pytest.approx(-3.0, abs=1e-3)
    assert lanes[0].bias_ma == value(17_500 * 0.002 * 2)
    assert lanes[2].bias_ma == value(0.0)


def test_a_dark_lane_is_a_lane() -> None:
    lanes = read(samples.cmis())["optic"].lanes
    assert lanes[2].tx_power_dbm == DARK
    assert lanes[1].rx_power_dbm == DARK


def test_a_count_at_its_end_is_unparsable() -> None:
    facts = read(samples.cmis(p11={186: b"\xff\xff", 170: b"\xff\xff"}))
    lane = facts["optic"].lanes[0]
    assert (lane.rx_power_dbm, lane.bias_ma) == (NOT_AVAILABLE, NOT_AVAILABLE)
    assert set(facts["module"].unparsable) == {"lane 1 rx_power_dbm", "lane 1 bias_ma"}


def test_a_monitor_that_is_not_advertised_is_unsupported_whatever_its_bytes_hold() -> None:
    facts = read(samples.cmis(p01={159: 0x00, 160: 0x01}))
    optic = facts["optic"]
    assert (optic.temperature_c, optic.supply_voltage_v) == (UNSUPPORTED, UNSUPPORTED)
    assert {lane.tx_power_dbm for lane in optic.lanes} == {UNSUPPORTED}
    assert {lane.rx_power_dbm for lane in optic.lanes} == {UNSUPPORTED}
    assert optic.lanes[0].bias_ma == value(35.0)


@pytest.mark.parametrize(("code", "multiplier"), [(0, 1), (1, 2), (2, 4)])
def test_the_multiplier_of_bias_scales_readings_and_limits(code: int, multiplier: int) -> None:
    optic = read(samples.cmis(p01={160: 0x07 | code << 3}))["optic"]
    assert optic.lanes[0].bias_ma == value(35.0 * multiplier)
    limit = next(each for each in optic.thresholds if each.quantity == "bias_ma")
    assert limit.high_alarm == value(120.0 * multiplier)


def test_a_reserved_multiplier_leaves_no_bias_at_all() -> None:
    facts = read(samples.cmis(p01={160: 0x1F}))
    assert {lane.bias_ma for lane in facts["optic"].lanes} == {NOT_AVAILABLE}
    assert "bias_ma" not in {each.quantity for each in facts["optic"].thresholds}
    assert "bias multiplier" in facts["module"].unparsable


def test_lanes_that_the_module_has_not_are_left_out() -> None:
    assert [lane.index for lane in read(samples.cmis(p00={210: 0xF0}))["optic"].lanes] == [1, 2, 3, 4]


def test_limits_stand_in_page_02h() -> None:
    limits = {each.quantity: each for each in read(samples.cmis())["optic"].thresholds}
    assert sorted(limits) == ["bias_ma", "rx_power_dbm", "supply_voltage_v", "temperature_c", "tx_power_dbm"]
    warm = limits["temperature_c"]
    assert (warm.high_alarm, warm.low_alarm) == (value(75.0), value(-5.0))
    assert (warm.high_warning, warm.low_warning) == (value(70.0), value(0.0))
    assert limits["supply_voltage_v"].high_alarm == value(3.63)
    assert limits["tx_power_dbm"].high_alarm.value == pytest.approx(6.0, abs=1e-3)
    assert limits["tx_power_dbm"].low_alarm.value == pytest.approx(-5.9, abs=1e-2)
    assert limits["rx_power_dbm"].low_alarm.value == pytest.approx(-8.9, abs=1e-2)
    assert limits["bias_ma"].low_warning == value(7_500 * 0.002 * 2)


def test_limits_of_zero_are_not_provided() -> None:
    facts = read(samples.cmis(p02={192: bytes(8)}))
    assert "rx_power_dbm" not in {each.quantity for each in facts["optic"].thresholds}
    assert facts["module"].limits_not_provided == ("rx_power_dbm",)


def test_limits_in_the_wrong_order_are_unparsable() -> None:
    facts = read(samples.cmis(p02={192: pack(">4H", 100, 200, 150, 180)}))
    assert "rx_power_dbm" not in {each.quantity for each in facts["optic"].thresholds}
    assert facts["module"].unparsable == ("limits of rx_power_dbm",)


def test_advertised_times_are_upper_bounds_in_seconds() -> None:
    times = read(samples.cmis())["module"].times
    assert (times.data_path_init_s, times.data_path_deinit_s) == (value(5.0), value(0.05))
    assert (times.power_up_s, times.power_down_s) == (value(5.0), value(0.1))
    assert (times.tx_turn_on_s, times.tx_turn_off_s) == (value(0.1), value(0.05))


def test_what_a_module_may_take_to_light_is_the_sum_of_its_steps_or_not_known() -> None:
    assert read(samples.cmis())["optic"].light_up_max_s == value(10.1)
    assert read(samples.cmis(p01={144: 0xED}))["optic"].light_up_max_s == NOT_AVAILABLE


def test_fifty_minutes_or_more_is_no_bound_and_a_reserved_time_is_unparsable() -> None:
    module = read(samples.cmis(p01={144: 0xED}))["module"]
    assert module.times.data_path_init_s == NOT_AVAILABLE
    assert module.times.data_path_deinit_s == NOT_AVAILABLE
    assert module.unparsable == ("data_path_deinit_s",)


def test_data_paths_have_states_by_lane() -> None:
    lanes = read(samples.cmis())["lanes"]
    states = [lane.data_path_state.value for lane in lanes]
    assert states[:4] == ["Activated", "Activated", "Initialized", "Activated"]
    assert states[4:] == ["Activated", "Activated", "Deactivated", "Activated"]
    assert lanes[2].config_status == value("in progress")
    assert lanes[7].config_status == value("rejected: lane in use")
    assert (lanes[0].active_application, lanes[6].active_application) == (value(1), value(0))
    assert lanes[7].data_path_id == value(1)


def test_controls_and_outputs_are_one_bit_for_each_lane() -> None:
    lanes = read(samples.cmis())["lanes"]
    assert [lane.index for lane in lanes if lane.tx_disabled.value] == [3]
    assert [lane.index for lane in lanes if lane.rx_disabled.value] == [1]
    assert [lane.index for lane in lanes if not lane.tx_output_valid.value] == [3]
    assert all(lane.rx_output_valid.value for lane in lanes)
    assert {lane.staged_application for lane in lanes} == {value(1)}


def test_flags_of_lanes_are_called_latched() -> None:
    lanes = read(samples.cmis())["lanes"]
    assert lanes[0].latched_flags == ("tx_los",)
    assert lanes[1].latched_flags == ("tx_fault", "rx_los")
    assert lanes[2].latched_flags == ("data_path_state_changed",)
    assert lanes[7].latched_flags == ("tx_power_low_warning",)


@pytest.mark.parametrize("code", [0, 8, 15])
def test_a_reserved_data_path_state_is_unparsable(code: int) -> None:
    facts = read(samples.cmis(p11={128: 0x40 | code}))
    assert facts["lanes"][0].data_path_state == NOT_AVAILABLE
    assert facts["module"].unparsable == ("lane 1 data_path_state",)


def test_loopbacks_and_patterns_stand_in_page_13h() -> None:
    told = read(samples.cmis())["diagnostics"]
    assert told.loopbacks_supported == ("media_output", "media_input", "host_output", "host_input")
    assert told.loopbacks_on == {"host_input": (1, 8)}
    assert told.patterns_on == {"host_generator": (1, 2), "host_checker": (8,)}


def test_results_of_page_14h_are_of_what_it_has_selected() -> None:
    told = read(samples.cmis())["diagnostics"]
    assert told.selected == "snr_db"
    assert told.host == (value(20.0),) * 8
    assert told.media == (value(21.5),) * 7 + (NOT_AVAILABLE,)
    ratios: samples.Bytes = {128: 1, 192: pack(">8H", 18 << 11 | 15, *[0] * 7)}
    told = read(samples.cmis(p14=ratios))["diagnostics"]
    assert told.selected == "ber"
    assert told.host[0].value == pytest.approx(15e-6)
    assert told.host[1] == NOT_AVAILABLE


def firmware(reply: bytes, **changed: int) -> bytes:
    """A memory whose page 9Fh holds a reply of 110 bytes to the question for its firmware."""
    reply = reply.ljust(110, b"\0")
    told = {"command": 0x0100, "check": ~sum(reply) & 0xFF, "status": 1, **changed}
    pages = samples.cmis_pages(lower={37: told["status"]})
    head: samples.Bytes = {128: pack(">H", told["command"]), 134: 110, 135: told["check"], 136: reply}
    pages[0x9F] = bytes(samples.half(128, head))
    return samples.linear(pages)


REPLY = (bytes([0x03 | 0x40, 0x03, 2, 7, 0, 12]).ljust(38, b"\0") + bytes([2, 6, 1, 0])).ljust(110, b"\0")
"""A runs and is committed, B is not valid, whatever version stands there; 2.7.12 and 2.6.256."""


def test_firmware_banks_are_those_of_the_last_reply() -> None:
    a, b = read(firmware(REPLY))["module"].firmware_banks
    assert (a.name, a.version, a.running, a.committed, a.valid) == ("A", "2.7.12", True, True, True)
    assert (b.name, b.version, b.running, b.committed, b.valid) == ("B", None, False, False, False)


@pytest.mark.parametrize("changed", [{"command": 0x0101}, {"check": 0}, {"status": 0x41}, {"status": 0x81}])
def test_a_reply_that_is_another_s_or_damaged_gives_no_firmware_bank(changed: dict[str, int]) -> None:
    assert read(firmware(REPLY, **changed))["module"].firmware_banks == ()


def test_a_ratio_above_one_is_unparsable() -> None:
    facts = read(samples.cmis(p14={128: 1, 192: b"\xff\xff"}))
    assert facts["diagnostics"].host[0] == NOT_AVAILABLE
    assert facts["module"].unparsable == ("host lane 1 ber",)


def test_observables_have_names_lanes_limits_and_latched_flags() -> None:
    ber, snr, tec, unknown, host = read(samples.cmis())["observables"]
    assert (ber.index, ber.name, ber.lane) == (0, "pre_fec_ber_media_current", 1)
    assert ber.reading.value == pytest.approx(250e-9)
    assert (ber.high_alarm, ber.high_warning) == (pytest.approx(1e-4), pytest.approx(1e-5))
    assert (snr.name, snr.lane, snr.reading) == ("snr_media_db", 2, value(22.0))
    assert (snr.high_alarm, snr.low_alarm, snr.low_warning) == (40.0, 15.0, 17.0)
    assert snr.latched_flags == ("low_alarm",)
    assert (tec.name, tec.lane) == ("tec_current_percent", 0)
    assert tec.reading.value == pytest.approx(-50.0, abs=0.01)
    assert (unknown.name, unknown.reading) == ("type_99", NOT_AVAILABLE)
    assert (host.name, host.reading) == ("pre_fec_ber_host_current", NOT_AVAILABLE)


def test_pages_that_are_not_advertised_are_not_read() -> None:
    facts = read(samples.cmis(p01={142: 0x00}))
    assert facts["observables"] == ()
    assert facts["diagnostics"] is None


def test_flat_memory_has_no_page_but_00h() -> None:
    facts = read(samples.cmis(lower={2: 0x80, 85: 3}, p00={212: 10}))
    optic, module = facts["optic"], facts["module"]
    assert optic.vendor == value("EXAMPLE OPTICS")
    assert (optic.lanes, optic.thresholds, facts["lanes"]) == ((), (), ())
    assert (module.state, module.optical, module.flat_memory) == (ABSENT, value(False), value(True))


def test_lanes_9_to_16_stand_in_bank_1() -> None:
    pages = samples.cmis_pages()
    banked = samples.sonic_hexdump(pages)
    second = samples.sonic_hexdump({0x11: pages[0x11]}).replace(b"Upper page 11h", b"Bank 1 Upper page 11h")
    facts = read(banked + second)
    assert [lane.index for lane in facts["optic"].lanes] == list(range(1, 17))
    assert facts["lanes"][8].data_path_state == value("Activated")


@pytest.mark.parametrize(
    ("lower", "linear"),
    [
        ({86: bytes([0x23, 0x92, 0x88, 0x01])}, value("linear")),
        ({86: bytes([0x96, 0x56, 0x88, 0x01])}, value("half")),
        ({}, value("no")),
    ],
)
def test_linear_and_half_retimed_modules_are_known_by_their_codes(
    lower: samples.Bytes, linear: object
) -> None:
    assert read(samples.cmis(lower=lower))["module"].linear == linear


def test_without_clock_recovery_and_without_such_a_code_nothing_is_said() -> None:
    assert read(samples.cmis(p01={161: 0, 162: 0}))["module"].linear == NOT_AVAILABLE


@pytest.mark.parametrize(
    ("lower", "field"),
    [
        ({14: pack(">h", 127 * 256)}, "temperature_c"),
        ({14: pack(">h", -100 * 256)}, "temperature_c"),
        ({16: pack(">H", 0)}, "supply_voltage_v"),
        ({16: pack(">H", 65_535)}, "supply_voltage_v"),
        ({41: 7}, "fault_cause"),
    ],
)
def test_what_can_not_be_is_unparsable_and_no_number(lower: samples.Bytes, field: str) -> None:
    decoded = CMIS.decode(samples.cmis(lower=lower))
    facts: dict[str, Any] = dict(decoded.facts)
    where = facts["module"] if field == "fault_cause" else facts["optic"]
    assert getattr(where, field) == NOT_AVAILABLE
    assert facts["module"].unparsable == (field,)
    assert any(warning.startswith(f"unparsable: {field}") for warning in decoded.warnings)


@pytest.mark.parametrize("code", [b"251301  ", b"25022x  ", b"250230  ", b"2502    "])
def test_a_date_that_can_not_be_is_unparsable(code: bytes) -> None:
    module = read(samples.cmis(p00={182: code}))["module"]
    assert module.date_code == NOT_AVAILABLE
    assert module.unparsable == ("date_code",)


def test_a_name_that_is_no_text_is_unparsable() -> None:
    facts = read(samples.cmis(p00={129: b"EX\x07MPLE"}))
    assert facts["optic"].vendor == NOT_AVAILABLE


def test_a_wrong_checksum_of_page_00h_makes_all_of_it_unparsable() -> None:
    data = bytearray(samples.cmis())
    data[128 + 30] ^= 1
    assert "checksum of page 00h" in unparsable(bytes(data)).warnings[0]


def test_a_wrong_checksum_of_page_01h_takes_what_depends_on_it() -> None:
    pages = samples.cmis_pages()
    pages[1] = bytes([*pages[1][:32], pages[1][32] ^ 0x08, *pages[1][33:]])
    decoded = CMIS.decode(samples.linear(pages))
    facts: dict[str, Any] = dict(decoded.facts)
    assert decoded.outcome == "ok"
    assert "checksum of page 01h" in decoded.warnings[0]
    lane = facts["optic"].lanes[0]
    assert (lane.tx_power_dbm, lane.bias_ma) == (NOT_AVAILABLE, NOT_AVAILABLE)
    assert (facts["observables"], facts["diagnostics"]) == ((), None)
    assert facts["module"].times.power_up_s == ABSENT
    assert facts["optic"].light_up_max_s in (ABSENT, NOT_AVAILABLE)
    assert facts["optic"].vendor == value("EXAMPLE OPTICS")
    assert "bias_ma" not in {each.quantity for each in facts["optic"].thresholds}


def test_a_wrong_checksum_of_page_02h_takes_the_limits_only() -> None:
    pages = samples.cmis_pages()
    pages[2] = bytes([pages[2][0] ^ 1, *pages[2][1:]])
    facts = read(samples.linear(pages))
    assert facts["optic"].thresholds == ()
    assert facts["optic"].lanes[0].tx_power_dbm == value(0.0)


def test_two_identifiers_that_differ_are_unparsable() -> None:
    unparsable(samples.cmis(p00={128: 0x19}))


def test_lower_memory_alone_tells_state_and_monitors_and_not_who_it_is() -> None:
    decoded = CMIS.decode(samples.cmis()[:128])
    facts: dict[str, Any] = dict(decoded.facts)
    assert facts["optic"].vendor == ABSENT
    assert facts["optic"].temperature_c == value(45.5)
    assert facts["module"].state == value("Ready")
    assert any("page 00h is not there" in warning for warning in decoded.warnings)


@pytest.mark.parametrize(
    "data",
    [
        samples.ethtool_hex(samples.cmis()),
        samples.ethtool_by_page(samples.cmis_pages()),
        samples.sonic_hexdump(samples.cmis_pages()),
        samples.digits(samples.cmis()),
    ],
    ids=["hex", "by-page", "sonic", "digits"],
)
def test_every_way_of_capture_tells_the_same(data: bytes) -> None:
    made = detect(data)
    assert made is not None
    assert made.name == "module.cmis"
    told, raw = read(data), read(samples.cmis())
    for name in ("applications", "lanes", "observables", "diagnostics"):
        assert told[name] == raw[name]
    assert told["optic"].lanes == raw["optic"].lanes
    assert told["optic"].serial == raw["optic"].serial


def test_the_port_is_given_where_the_dump_names_it() -> None:
    assert read(samples.sonic_hexdump(samples.cmis_pages()))["optic"].port == "Ethernet8"
    assert read(samples.ethtool_by_page(samples.cmis_pages()))["optic"].port == "eth0"
    assert read(samples.cmis())["optic"].port == ""


def test_two_modules_in_one_text_are_refused() -> None:
    one = samples.sonic_hexdump(samples.cmis_pages())
    other = samples.sonic_hexdump(samples.cmis_pages(), "Ethernet16")
    unparsable(one + other)


def test_a_missing_line_of_a_dump_is_seen() -> None:
    lines = samples.sonic_hexdump(samples.cmis_pages()).splitlines(keepends=True)
    rows = [at for at, line in enumerate(lines) if b"|" in line]
    middle = [at for at in rows if at - 1 in rows and at + 1 in rows]
    for at in middle:
        assert CMIS.decode(b"".join(lines[:at] + lines[at + 1 :])).outcome == "unparsable"


@pytest.mark.parametrize(
    "heading", ["Page {page:02x}h:", "Page 0x{page:02x}", "page {page:02x}h, bank 0 (upper):"]
)
def test_pages_named_in_another_order_of_words_are_the_same_pages(heading: str) -> None:
    parts = ["Page 00h (lower):\n", samples.rows(samples.cmis_pages()[-1], 0, "%08x  ")]
    for page, held in samples.cmis_pages().items():
        if page >= 0:
            parts += [heading.format(page=page) + "\n", samples.rows(held, 128, "%08x  ")]
    found, whole = read("".join(parts).encode()), read(samples.cmis())
    assert (found["optic"], found["lanes"]) == (whole["optic"], whole["lanes"])


def test_a_page_of_one_bank_is_not_that_of_another() -> None:
    pages = samples.cmis_pages()
    text = "Page 00h (lower):\n" + samples.rows(pages[-1], 0, "%08x  ")
    for page in (0, 1, 2):
        text += f"Page {page:02x}h:\n" + samples.rows(pages[page], 128, "%08x  ")
    text += "Page 11h, bank 1:\n" + samples.rows(pages[0x11], 128, "%08x  ")
    assert [lane.index for lane in read(text.encode())["lanes"]] == list(range(9, 17))
