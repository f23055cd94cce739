"""SFF-8636 and SFF-8472: every field of a memory written by hand is read from its own bytes."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from bringup.decode.registry import detect, find_format
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, value
from tests.decode import module_samples as samples

QSFP, SFP = find_format("module.sff8636"), find_format("module.sff8472")


def qsfp(data: bytes) -> dict[str, Any]:
    decoded = QSFP.decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    return dict(decoded.facts)


def sfp(data: bytes) -> dict[str, Any]:
    decoded = SFP.decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    return dict(decoded.facts)


def limits_of(facts: dict[str, Any]) -> dict[str, Any]:
    return {each.quantity: each for each in facts["optic"].thresholds}


def test_identity_of_a_qsfp_stands_in_page_00h() -> None:
    facts = qsfp(samples.sff8636())
    optic, module = facts["optic"], facts["module"]
    assert (optic.vendor, optic.part_number, optic.serial) == (
        value("EXAMPLE OPTICS"),
        value("EX-100G-PSM4"),
        value("EX0000002"),
    )
    assert optic.medium == value("100G-PSM4")
    assert (module.identifier, module.vendor_oui, module.vendor_revision) == (
        "QSFP28",
        value("00:1b:21"),
        value("B"),
    )
    assert (module.date_code, module.connector, module.wavelength_nm) == (
        value("240131"),
        value("MPO 1x12"),
        value(1310.0),
    )


def test_monitors_of_a_qsfp_stand_in_lower_memory() -> None:
    optic = qsfp(samples.sff8636())["optic"]
    assert (optic.temperature_c, optic.supply_voltage_v) == (value(30.25), value(3.29))
    assert optic.lanes[0].rx_power_dbm == value(0.0)
    assert optic.lanes[1].rx_power_dbm == DARK
    assert optic.lanes[0].tx_power_dbm.value == pytest.approx(1.0, abs=1e-4)
    assert [lane.bias_ma for lane in optic.lanes] == [value(35.0), value(0.0), value(35.0), value(35.0)]


def test_flags_of_a_qsfp_are_latched_and_belong_to_their_lane() -> None:
    facts = qsfp(samples.sff8636())
    assert facts["module"].latched_flags == ("temperature_high_alarm", "temperature_low_warning")
    assert [lane.latched_flags for lane in facts["lanes"]] == [
        ("rx_power_high_alarm",),
        ("rx_los", "rx_power_low_alarm"),
        ("tx_los",),
        ("tx_fault",),
    ]
    assert [lane.tx_disabled.value for lane in facts["lanes"]] == [False, True, False, False]


def test_limits_of_a_qsfp_stand_in_page_03h() -> None:
    limits = limits_of(qsfp(samples.sff8636()))
    assert limits["temperature_c"].high_warning == value(70.0)
    assert limits["supply_voltage_v"].low_alarm.value == pytest.approx(2.97)
    assert limits["bias_ma"].high_alarm == value(75.0)
    assert limits["rx_power_dbm"].low_alarm.value == pytest.approx(-8.9, abs=1e-2)
    assert limits["tx_power_dbm"].low_alarm.value == pytest.approx(-5.9, abs=1e-2)


@pytest.mark.parametrize(
    ("code", "power_class", "watts", "enabled"),
    [
        (0x00, 1, value(1.5), ABSENT),
        (0xC0, 4, value(3.5), ABSENT),
        (0xC1, 5, value(4.0), value(True)),
        (0xC3, 7, value(5.0), value(True)),
        (0x20, 8, value(6.5), value(False)),
    ],
)
def test_a_high_power_class_has_to_be_enabled_by_the_host(
    code: int, power_class: int, watts: object, enabled: object
) -> None:
    module = qsfp(samples.sff8636(lower={107: 65}, p00={129: code}))["module"]
    assert module.power_class == value(power_class)
    assert (module.max_power_w, module.high_power_enabled) == (watts, enabled)


def test_a_transmitter_s_power_that_is_not_measured_is_unsupported() -> None:
    lanes = qsfp(samples.sff8636(p00={220: 0x08}))["optic"].lanes
    assert {lane.tx_power_dbm for lane in lanes} == {UNSUPPORTED}
    assert lanes[0].rx_power_dbm == value(0.0)


def test_monitors_are_not_available_while_the_data_are_not_ready() -> None:
    optic = qsfp(samples.sff8636(lower={2: 0x01}))["optic"]
    assert optic.temperature_c == NOT_AVAILABLE
    assert {lane.rx_power_dbm for lane in optic.lanes} == {NOT_AVAILABLE}


def test_a_passive_cable_has_a_length_and_no_light() -> None:
    lower = {22: bytes(2), 26: bytes(2), 34: bytes(24)}
    facts = qsfp(samples.sff8636(lower=lower, p00={146: 3, 147: 0xA0}))
    optic, module = facts["optic"], facts["module"]
    assert (module.optical, module.cable_length_m, module.wavelength_nm) == (
        value(False),
        value(3),
        UNSUPPORTED,
    )
    assert (optic.lanes, optic.temperature_c, optic.supply_voltage_v) == ((), UNSUPPORTED, UNSUPPORTED)


def test_a_wrong_base_checksum_of_a_qsfp_makes_all_of_it_unparsable() -> None:
    data = bytearray(samples.sff8636())
    data[128 + 25] ^= 4
    decoded = QSFP.decode(bytes(data))
    assert (decoded.outcome, decoded.facts) == ("unparsable", {})
    assert "CC_BASE" in decoded.warnings[0]


def test_a_wrong_second_checksum_of_a_qsfp_takes_serial_date_and_monitors() -> None:
    data = bytearray(samples.sff8636())
    data[128 + 70] ^= 4
    decoded = QSFP.decode(bytes(data))
    facts: dict[str, Any] = dict(decoded.facts)
    assert "CC_EXT" in decoded.warnings[0]
    assert facts["optic"].vendor == value("EXAMPLE OPTICS")
    assert (facts["optic"].serial, facts["module"].date_code) == (ABSENT, ABSENT)
    assert facts["optic"].temperature_c == NOT_AVAILABLE
    assert {lane.rx_power_dbm for lane in facts["optic"].lanes} == {NOT_AVAILABLE}


def test_256_bytes_of_a_qsfp_have_no_limits() -> None:
    facts = qsfp(samples.sff8636()[:256])
    assert facts["optic"].thresholds == ()
    assert facts["optic"].serial == value("EX0000002")


@pytest.mark.parametrize("lower", [{22: b"\x7f\x00"}, {26: b"\x00\x00"}, {34: b"\xff\xff"}])
def test_what_can_not_be_of_a_qsfp_is_unparsable_and_no_number(lower: samples.Bytes) -> None:
    facts = qsfp(samples.sff8636(lower=lower))
    optic = facts["optic"]
    assert len(facts["module"].unparsable) == 1
    reads = (optic.temperature_c, optic.supply_voltage_v, optic.lanes[0].rx_power_dbm)
    assert reads.count(NOT_AVAILABLE) == 1


def test_identity_of_an_sfp_stands_in_a0h() -> None:
    facts = sfp(samples.sff8472())
    optic, module = facts["optic"], facts["module"]
    assert (optic.vendor, optic.part_number, optic.serial) == (
        value("EXAMPLE OPTICS"),
        value("EX-10G-SR"),
        value("EX0000003"),
    )
    assert (optic.medium, module.wavelength_nm, module.date_code) == (
        value("10GBASE-SR"),
        value(850),
        value("230704"),
    )
    assert (module.vendor_revision, module.connector, module.calibration) == (
        value("C"),
        value("LC"),
        value("internal"),
    )


def test_monitors_limits_and_flags_of_an_sfp_stand_in_a2h() -> None:
    facts = sfp(samples.sff8472())
    optic = facts["optic"]
    (lane,) = optic.lanes
    assert (optic.temperature_c, optic.supply_voltage_v) == (value(-2.25), value(3.3333))
    assert lane.bias_ma == value(7.0)
    assert lane.tx_power_dbm.value == pytest.approx(-2.5, abs=1e-2)
    assert lane.rx_power_dbm.value == pytest.approx(-3.5, abs=1e-2)
    limits = limits_of(facts)
    assert limits["bias_ma"].high_alarm == value(12.0)
    assert limits["tx_power_dbm"].high_alarm.value == pytest.approx(1.0, abs=1e-3)
    assert limits["rx_power_dbm"].high_alarm.value == pytest.approx(2.0, abs=1e-3)
    assert facts["module"].latched_flags == ()
    assert facts["module"].flags_now == (
        "tx_disabled",
        "rx_los",
        "temperature_high_alarm",
        "rx_power_low_alarm",
        "bias_low_warning",
    )


EXTERNAL = {
    56: pack(">5f", 0.0, 0.0, 0.0, 0.5, 100.0),
    76: pack(">Hh", 512, 10),
    80: pack(">Hh", 256, 20),
    84: pack(">Hh", 256, 512),
    88: pack(">Hh", 256, -333),
}


def test_an_sfp_that_its_host_calibrates_is_calibrated() -> None:
    facts = sfp(samples.sff8472(a0={92: 0x58}, a2=EXTERNAL))
    optic = facts["optic"]
    (lane,) = optic.lanes
    assert facts["module"].calibration == value("external")
    assert (optic.temperature_c, optic.supply_voltage_v) == (value(-0.25), value(3.3))
    assert lane.bias_ma == value((3_500 * 2 + 10) / 500)
    assert 10 ** (lane.tx_power_dbm.value / 10) == pytest.approx(0.5643)
    assert 10 ** (lane.rx_power_dbm.value / 10) == pytest.approx((4_467 * 0.5 + 100) * 1e-4)


@pytest.mark.parametrize("held", [{76: bytes(2)}, {56: pack(">f", float("nan"))}, {68: bytes(8)}])
def test_constants_that_are_no_calibration_leave_no_monitor(held: samples.Bytes) -> None:
    facts = sfp(samples.sff8472(a0={92: 0x58}, a2={**EXTERNAL, **held}))
    assert facts["optic"].temperature_c == NOT_AVAILABLE
    assert facts["optic"].lanes[0].rx_power_dbm == NOT_AVAILABLE
    assert facts["optic"].thresholds == ()
    assert facts["module"].unparsable == ("calibration",)


def test_a_module_without_diagnostics_says_so() -> None:
    optic = sfp(samples.sff8472(a0={92: 0x00}))["optic"]
    assert (optic.temperature_c, optic.lanes[0].rx_power_dbm) == (UNSUPPORTED, UNSUPPORTED)


def test_a0h_alone_gives_who_it_is_and_no_monitor() -> None:
    decoded = SFP.decode(samples.sff8472()[:256])
    facts: dict[str, Any] = dict(decoded.facts)
    assert facts["optic"].serial == value("EX0000003")
    assert facts["optic"].lanes[0].rx_power_dbm == NOT_AVAILABLE
    assert any("A2h was not captured" in warning for warning in decoded.warnings)


def test_a_direct_attach_cable_has_no_light() -> None:
    facts = sfp(samples.sff8472(a0={8: 0x04, 18: 2, 92: 0}))
    assert facts["optic"].lanes == ()
    assert (facts["module"].optical, facts["module"].cable_length_m) == (value(False), value(2))


@pytest.mark.parametrize(("at", "what"), [(25, "CC_BASE"), (70, "CC_EXT"), (256 + 5, "CC_DMI")])
def test_each_checksum_of_an_sfp_is_told(at: int, what: str) -> None:
    data = bytearray(samples.sff8472())
    data[at] ^= 2
    decoded = SFP.decode(bytes(data))
    facts: dict[str, Any] = dict(decoded.facts)
    assert what in decoded.warnings[0]
    assert (decoded.outcome == "ok") is (what != "CC_BASE")
    if what == "CC_EXT":
        assert (facts["optic"].serial, facts["optic"].temperature_c) == (ABSENT, NOT_AVAILABLE)
    if what == "CC_DMI":
        assert facts["optic"].thresholds == ()
        assert facts["optic"].temperature_c == value(-2.25)


def test_calibration_constants_with_a_wrong_checksum_leave_no_monitor() -> None:
    data = bytearray(samples.sff8472(a0={92: 0x58}, a2=EXTERNAL))
    data[256 + 77] ^= 2
    assert sfp(bytes(data))["optic"].temperature_c == NOT_AVAILABLE


@pytest.mark.parametrize("shape", [samples.ethtool_hex, samples.digits])
def test_texts_of_a_memory_tell_what_its_bytes_do(shape: Any) -> None:
    for made, data in ((QSFP, samples.sff8636()), (SFP, samples.sff8472())):
        assert detect(data) is not None
        assert detect(shape(data)) == detect(data) == made
        assert made.decode(shape(data)) == made.decode(data)


def test_a_sonic_dump_of_an_sfp_has_its_two_addresses() -> None:
    data = samples.sff8472()
    text = "EEPROM hexdump for port Ethernet4\n        A0h dump\n" + samples.rows(
        data[:256], 0, "        %08x "
    )
    text += "\n        A2h dump (lower 128 bytes)\n" + samples.rows(data[256:384], 0, "        %08x ")
    text += "\n        A2h dump (upper 128 bytes) page 0h\n" + samples.rows(data[384:], 128, "        %08x ")
    found = sfp(text.encode())
    assert found["optic"].lanes == sfp(data)["optic"].lanes
    assert found["optic"].port == "Ethernet4"
    made = detect(text.encode())
    assert made is not None
    assert made.name == "module.sff8472"


def test_another_map_s_module_is_refused() -> None:
    for made, data in ((QSFP, samples.sff8472()), (SFP, samples.cmis()), (QSFP, samples.cmis())):
        assert made.decode(data).outcome == "unparsable"
