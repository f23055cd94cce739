"""What InfiniBand's tools, Cumulus, NX-OS and Junos printed is read as the corpus says that it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import decode_detected, detect, find_format
from bringup.model.facts import Neighbor, Optic
from bringup.model.measurement import NOT_AVAILABLE
from tests.decode import corpus_map_ib, corpus_map_platform
from tests.decode.corpus import ROOT, Case, cases, differences

FORMAT_OF = corpus_map_ib.FORMAT_OF | corpus_map_platform.FORMAT_OF
VIEWS = corpus_map_ib.VIEWS | corpus_map_platform.VIEWS
FAMILIES = ("mlxlink-ibdiagnet", "nxos", "junos")
SHARED = ("cli-text/nxos", "cli-text/junos", "cumulus/nvue-text")
"""Of families that other decoders share."""
NOT_IN_THE_FILE = {"junos/qfx5240-64od/show_lldp_neighbors.txt": "et-0/0/1:0"}
"""What an expectation names and its file does not hold: the recording was cut out of a longer one."""


def format_of(case: Case) -> str:
    """The format of what a command prints: by platform, else by its longest beginning in the table."""
    for part in case.name.split("/")[:2]:
        if (part, case.command) in corpus_map_platform.BY_PLATFORM:
            return corpus_map_platform.BY_PLATFORM[part, case.command]
    return FORMAT_OF[max((known for known in FORMAT_OF if case.command.startswith(known)), key=len)]


def ours() -> list[object]:
    found: list[object] = []
    for parameter in cases(*FAMILIES, "cli-text", "cumulus"):
        case = getattr(parameter, "values", (None,))[0]
        if case is None or case.name.startswith((*SHARED, *(f"{family}/" for family in FAMILIES))):
            found.append(parameter)
    return found


@pytest.mark.parametrize("case", ours())
def test_a_recorded_output_is_read_as_expected(case: Case) -> None:
    name = format_of(case)
    decoded = find_format(name).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    if case.outcome == "ok":
        missing = NOT_IN_THE_FILE.get(case.name)
        assert missing is None or missing.encode() not in case.data
        expected = {key: wanted for key, wanted in case.facts.items() if key != missing}
        assert differences(expected, VIEWS[name](decoded)) == []
    else:
        assert decoded.facts == {}


@pytest.mark.parametrize("case", ours())
def test_the_format_of_a_recorded_output_is_detected(case: Case) -> None:
    if case.outcome == "ok":
        made = detect(case.data)
        assert made is not None
        assert made.name == format_of(case)


def test_six_losses_of_a_carrier_are_six_events() -> None:
    if not ROOT.is_dir():
        pytest.skip("no corpus: set BRINGUP_CORPUS")
    decoded = decode_detected((ROOT / "gpu" / "ib_flap_syslog" / "1dev_6flap_syslog").read_bytes())
    assert decoded.format == "ib.carrier-log"
    events = decoded.facts["events"]
    assert isinstance(events, list)
    told = [each for each in events if isinstance(each, dict)]
    assert {event["interface"] for event in told} == {"ib6"}
    assert [event["carrier"] for event in told] == [False] * 6 + [True] * 6
    assert told[0]["at"] == "Aug 17 06:18:01"
    assert len({event["at"] for event in told if not event["carrier"]}) == 2


def of_corpus(path: str) -> dict[str, object]:
    if not ROOT.is_dir():
        pytest.skip("no corpus: set BRINGUP_CORPUS")
    return decode_detected((ROOT / path).read_bytes()).facts


def optics_of(path: str) -> dict[str, Optic]:
    found = of_corpus(path)["optics"]
    assert isinstance(found, tuple)
    return {optic.port: optic for optic in found}


def test_a_power_whose_two_units_contradict_each_other_is_no_reading() -> None:
    optic = optics_of("junos/napalm/get-interface-optics-diagnostics-information.xml")["xe-2/2/2"]
    assert optic.lanes[0].tx_power_dbm == NOT_AVAILABLE


def test_a_part_that_junos_does_not_know_has_no_part_number() -> None:
    optics = optics_of("junos/qfx5240-64od/show_chassis_hardware_detail.txt")
    assert optics["0/0/0"].part_number == NOT_AVAILABLE
    assert optics["0/0/0"].serial.value == "BL8J4455150007V"
    assert optics["0/0/37"].medium.value == "800GBASE-DR8"
    assert optics["0/0/63"].present.value is False


def test_lanes_of_a_cfp_count_from_1_without_what_they_share() -> None:
    optic = optics_of("cli-text/nxos/show_interface_transceiver_details.txt")["Ethernet4/1"]
    assert [(lane.index, lane.rx_power_dbm.value) for lane in optic.lanes] == [(1, -1.77), (2, -1.57)]
    assert (optic.temperature_c.value, optic.supply_voltage_v.value) == (40.44, 3.28)


def test_a_port_text_longer_than_its_column_is_read_whole() -> None:
    found = of_corpus("junos/qfx5240-64od/show_lldp_neighbors.txt")["neighbors"]
    assert isinstance(found, tuple)
    told = {each.local_port: each for each in found if isinstance(each, Neighbor)}
    assert told["et-0/0/44:1"].port_id.value == "Connected to R0 Spine1"
    assert told["et-0/0/44:1"].system_name.value == "san-q5240-06.lab.example"
