"""What EOS, PDUs, switches, BMCs and OpenConfig targets sent is read as the corpus says that it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import detect, find_format
from bringup.model.facts import Optic, Outlet
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Reading
from tests.decode import corpus_map_eos, corpus_map_redfish, corpus_map_snmp
from tests.decode.corpus import Case, cases, differences

BY_FILE = corpus_map_redfish.FORMAT_OF | corpus_map_snmp.FORMAT_OF
VIEWS = corpus_map_eos.VIEWS | corpus_map_redfish.VIEWS | corpus_map_snmp.VIEWS
FAMILIES = ("arista-eapi", "redfish", "gnmi", "snmp-switch", "snmp-pdu", "snmp-bmc")
LENIENT = "would_be"
"""What a lenient reader would make of a damaged file: for the reader of the corpus."""


def ours() -> list[object]:
    found: list[object] = []
    for parameter in cases(*FAMILIES, "cli-text"):
        case = getattr(parameter, "values", (None,))[0]
        if case is None or case.name.split("/")[1] in OTHERS or case.name.split("/")[0] in FAMILIES:
            found.append(parameter)
    return found


OTHERS = ("eos",)
"""Of families that other decoders share."""


def format_of(case: Case) -> str:
    return BY_FILE.get(case.name.rsplit("/", 1)[1]) or corpus_map_eos.FORMAT_OF[case.command]


@pytest.mark.parametrize("case", ours())
def test_a_recorded_reply_is_read_as_expected(case: Case) -> None:
    name = format_of(case)
    decoded = find_format(name).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    expected = {key: wanted for key, wanted in case.facts.items() if key != LENIENT}
    assert differences(expected, VIEWS[name](decoded)) == []


@pytest.mark.parametrize("case", ours())
def test_the_format_of_a_recorded_reply_is_detected(case: Case) -> None:
    made = detect(case.data)
    assert made is not None
    assert made.name == format_of(case)


def recorded(name: str) -> Case:
    for parameter in cases(*FAMILIES):
        case = getattr(parameter, "values", (None,))[0]
        if case is not None and case.name == name:
            return Case(*case)
    pytest.skip("no corpus: set BRINGUP_CORPUS")


def optics_of(name: str, made: str) -> dict[str, Optic]:
    found = find_format(made).decode(recorded(name).data).facts["optics"]
    assert isinstance(found, tuple)
    return {optic.port: optic for optic in found if isinstance(optic, Optic)}


def received(optic: Optic) -> list[Read]:
    return [lane.rx_power_dbm for lane in optic.lanes]


def test_minus_30_dbm_and_below_is_dark_and_minus_29_6_is_a_value() -> None:
    optics = optics_of("arista-eapi/anta/transceiver_dom_low_rx.json", "eos.transceiver")
    assert received(optics["Ethernet2/1"])[0] == DARK
    assert received(optics["Ethernet2/1"])[2] == DARK
    assert received(optics["Ethernet7/1/1"])[0] == value(-29.60190400978641)
    assert received(optics["Ethernet7/1/1"])[2] == value(-23.2242819530859)


def test_a_port_with_a_name_only_is_not_said_to_hold_a_module() -> None:
    optics = optics_of("arista-eapi/anta/transceiver_dom_low_rx.json", "eos.transceiver")
    assert optics["Ethernet1/1"].present == ABSENT
    assert optics["Ethernet1/1"].lanes == ()


def test_the_smallest_step_of_a_receiver_is_dark_and_an_overflow_is_no_reading() -> None:
    optics = optics_of("snmp-switch/arista-7050tx/arista_eos.snmprec", "snmp.switch")
    assert received(optics["Ethernet1"]) == [DARK]
    assert received(optics["Ethernet2"]) == [NOT_AVAILABLE]


def test_what_an_old_control_table_reads_back_is_no_state_of_an_outlet() -> None:
    decoded = find_format("snmp.apc-pdu").decode(recorded("snmp-pdu/apc-rpdu2/apc_ap8959eu3.snmprec").data)
    outlets = decoded.facts["outlets"]
    assert isinstance(outlets, tuple)
    states = {outlet.state.reading for outlet in outlets if isinstance(outlet, Outlet)}
    assert states == {Reading.ABSENT}
    assert any("not known" in warning for warning in decoded.warnings)


def test_a_floor_value_over_gnmi_is_dark() -> None:
    name = "gnmi/openconfig-800zr/component_transceiver_valid.json"
    optic = optics_of(name, "openconfig.component")["Ethernet4/1"]
    assert received(optic) == [DARK]
    assert optic.lanes[0].tx_power_dbm == DARK
    assert optic.lanes[0].index == 1
