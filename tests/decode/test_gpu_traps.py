"""Ways in which parsers of accelerator tools are known to pass what failed: none of them does here.

Each is a row of the accelerators reference, section 2.2, or of what it says of the formats.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bringup.check.accelerator import links_up
from bringup.check.accelerator_diagnosis import is_failure, passed
from bringup.check.collective import bandwidth, wrong_results
from bringup.check.xid_policy import APPLICATION, FAULT, NOTED, Held, held_of
from bringup.decode.registry import find_format
from bringup.model.facts import Decoded
from bringup.model.facts_gpu import Accelerator, Collective, Diagnosis, NvlinkPorts, XidLog
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from tests.driver.linux import gpu_replies as told

GIB8 = 2**33


def facts(name: str, data: bytes) -> dict[str, Any]:
    decoded = find_format(name).decode(data)
    assert decoded.outcome == "ok", decoded.warnings
    return dict(decoded.facts)


def outcome(name: str, data: bytes) -> str:
    return find_format(name).decode(data).outcome


def collective(data: bytes, name: str = "nccl.text") -> Collective:
    made: Collective = facts(name, data)["collective"]
    return made


def diagnosis(data: bytes) -> Diagnosis:
    made: Diagnosis = facts("dcgm.diag", data)["diagnosis"]
    return made


def gpu(*gpus: str) -> Accelerator:
    found: tuple[Accelerator, ...] = facts("nvidia.smi-xml", told.smi_xml(*gpus))["accelerators"]
    return found[0]


# --- nccl-tests -------------------------------------------------------------------------------------------


def test_the_word_false_is_not_true() -> None:
    made = collective(told.nccl_json(out_of_bounds={"count": 0, "okay": "false"}), "nccl.json")
    assert made.out_of_bounds_ok == value(False)
    assert wrong_results(made) == value(1)


@pytest.mark.parametrize("okay", ["unchecked", "true", "false", None, 7])
def test_what_the_tool_thinks_of_its_bandwidth_changes_nothing(okay: object) -> None:
    made = collective(told.nccl_json(average_bus_bandwidth={"bandwidth": 476.0, "okay": okay}), "nccl.json")
    assert made == collective(told.NCCL_JSON, "nccl.json")


@pytest.mark.parametrize("nwrong", [None, "nan", "N/A"])
def test_wrong_values_that_were_not_counted_are_not_none(nwrong: object) -> None:
    row = {"size": GIB8, "count": 2**31, "type": "float", "out_of_place": {**told.HALF, "nwrong": nwrong}}
    made = collective(told.nccl_json(results=[row]), "nccl.json")
    assert wrong_results(made) == NOT_AVAILABLE


def test_a_run_in_replay_mode_has_one_half() -> None:
    row = {"size": GIB8, "count": 2**31, "type": "float", "out_of_place": None, "in_place": told.HALF}
    made = collective(told.nccl_json(results=[row]), "nccl.json")
    assert bandwidth(made, GIB8) == value(476.0)
    assert wrong_results(made) == value(0)


@pytest.mark.parametrize("missing", ["end_time", "out_of_bounds", "average_bus_bandwidth", "results"])
def test_a_file_without_its_end_is_no_result(missing: str) -> None:
    assert outcome("nccl.json", told.nccl_json(**{missing: None})) == "unparsable"


def test_the_environment_of_a_run_is_never_kept() -> None:
    kept = msgspec.json.encode(find_format("nccl.json").decode(told.NCCL_JSON))
    assert b"verysecret" not in kept
    assert b"AWS_" not in kept
    assert b"/home/" not in kept


def test_validation_that_was_off_shows_nothing_though_the_closing_line_says_ok() -> None:
    made = collective(told.nccl(told.nccl_row(GIB8, wrong="N/A"), validation=0))
    assert made.out_of_bounds_ok == value(True)
    assert made.validation == value(False)
    assert wrong_results(made) == NOT_AVAILABLE


def test_a_header_that_says_no_validation_outweighs_zeros_in_the_rows() -> None:
    assert wrong_results(collective(told.nccl(validation=0))) == NOT_AVAILABLE


def test_one_row_without_a_count_is_enough_to_know_nothing() -> None:
    rows = (told.nccl_row(2**30), told.nccl_row(GIB8, wrong_in="N/A"))
    assert wrong_results(collective(told.nccl(*rows))) == NOT_AVAILABLE


@pytest.mark.parametrize("wrong", ["1", "2.68435e+08"])
def test_wrong_values_are_counted_in_any_notation_and_in_either_half(wrong: str) -> None:
    for row in (told.nccl_row(2**30, wrong=wrong, wrong_in="0"), told.nccl_row(2**30, wrong_in=wrong)):
        found = wrong_results(collective(told.nccl(row, told.nccl_row(GIB8), bad=1)))
        assert isinstance(found.value, int)
        assert found.value >= 1


def test_the_average_is_not_the_bandwidth_at_the_planned_size() -> None:
    made = collective(told.nccl(told.nccl_row(2**30, 480.0), told.nccl_row(GIB8, 120.0)))
    assert made.average_busbw_gbyte_s == value(390.1)
    assert bandwidth(made, GIB8) == value(120.0)
    assert bandwidth(made, 2**34) == ABSENT


def test_old_builds_call_the_column_error_and_have_no_root() -> None:
    header = told.COLUMNS.format(wrong="error").replace("    root", "")
    row = told.nccl_row(GIB8, wrong="0").replace("      -1", "")
    whole = told.HEADER.format(validation=1) + told.ranks() + header + row
    made = collective((whole + "# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 476\n").encode())
    assert (bandwidth(made, GIB8), wrong_results(made)) == (value(476.0), value(0))


def test_columns_are_found_by_name_where_more_of_them_stand_in_each_half() -> None:
    more = "time     min     max     p99      CV   algbw   busbw #wrong"
    header = f"#       size         count      type   redop    root     {more}     {more}\n"
    half = "  31580.0  31000.0  32000.0  31990.0    0.42  272.00  476.00      0"
    row = f"{GIB8:>12}  {GIB8 // 4:>12}     float     sum      -1{half}{half}\n"
    whole = told.HEADER.format(validation=1) + told.ranks() + header + row
    made = collective((whole + "# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 476\n").encode())
    assert (bandwidth(made, GIB8), wrong_results(made)) == (value(476.0), value(0))


@pytest.mark.parametrize("stamp", [" 2025-03-04 10:00:31", " 2025-03-04 10:00:31.221"])
def test_a_time_behind_a_row_is_no_count_of_wrong_values(stamp: str) -> None:
    row = told.nccl_row(GIB8).rstrip("\n") + stamp + "\n"
    made = collective(told.nccl(row))
    assert (bandwidth(made, GIB8), wrong_results(made)) == (value(476.0), value(0))


def test_a_row_with_a_column_too_many_is_not_read_from_the_right() -> None:
    row = told.nccl_row(GIB8).rstrip("\n") + "      0\n"
    assert outcome("nccl.text", told.nccl(row)) == "unparsable"


def test_bandwidth_in_exponent_form_is_a_number() -> None:
    row = told.nccl_row(GIB8).replace("476.00", "4.76e+02")
    assert bandwidth(collective(told.nccl(row)), GIB8) == value(476.0)


def test_tags_of_a_launcher_are_taken_off() -> None:
    for tag in ("[1,0]<stdout>:", "0: "):
        tagged = "".join(f"{tag}{line}\n" for line in told.NCCL.decode().splitlines()).encode()
        assert collective(tagged) == collective(told.NCCL)


@pytest.mark.parametrize(
    "said",
    [
        "node-01: Test NCCL failure common.cu:392 'unhandled cuda error'",
        "mpirun noticed that process rank 3 with PID 0 on node node-02 exited on signal 9 (Killed).",
        "ORTE was unable to launch one or more daemons: unable to launch",
    ],
)
def test_a_failure_in_the_middle_of_good_rows_is_a_failure(said: str) -> None:
    lines = told.NCCL.decode().splitlines(keepends=True)
    for at in range(len(lines)):
        broken = "".join([*lines[:at], said + "\n", *lines[at:]]).encode()
        assert outcome("nccl.text", broken) == "unparsable"


def test_rows_without_the_closing_lines_have_shown_nothing() -> None:
    decoded = find_format("nccl.text").decode(told.nccl(footer=False))
    assert decoded.outcome == "unparsable"
    assert isinstance(decoded.facts["collective"], Collective)
    assert wrong_results(decoded.facts["collective"]) == NOT_AVAILABLE


# --- dcgmi ------------------------------------------------------------------------------------------------


def test_a_wrapper_of_iterations_is_looked_into() -> None:
    bad = told.diag(("Hardware", "memory", [told.result(0), told.result(1, "Fail")]))
    rounds = [json.loads(told.DIAG), json.loads(bad)]
    for iterations in (rounds, [{"iteration": at, "result": each} for at, each in enumerate(rounds)]):
        made = diagnosis(json.dumps({"iterations": iterations, "Overall Result": "Fail"}).encode())
        assert made.iterations == 2
        assert made.overall == value("Fail")
        assert any(one.test == "memory" and one.entity == 1 and is_failure(one) for one in made.results)
        assert passed(made.results, ("memory",), 1) == value(False)


def test_a_wrapper_without_iterations_is_no_pass() -> None:
    assert outcome("dcgm.diag", b'{"iterations": [], "Overall Result": "Pass"}') == "no_data"


@pytest.mark.parametrize("root", ["DCGM Diagnostic", "DCGM GPU Diagnostic"])
def test_a_run_that_could_not_start_is_no_pass(root: str) -> None:
    said = {root: {"runtime_error": "Unable to create diagnostic"}}
    decoded = find_format("dcgm.diag").decode(json.dumps(said).encode())
    assert decoded.outcome == "no_data"
    assert "Unable to create" in decoded.warnings[0]


def test_the_diagnosis_of_several_nodes_has_a_text_under_its_root() -> None:
    tests = [
        {"category": "MNUBERGEMM", "tests": [{"name": "mnubergemm", "results": [told.result(0, "Fail")]}]}
    ]
    whole = {"DCGM Diagnostic": "DCGM Multi-Node Diagnostic", "test_categories": tests}
    (one,) = diagnosis(json.dumps(whole).encode()).results
    assert (one.test, one.status) == ("mnubergemm", "fail")


def test_both_roots_give_the_same() -> None:
    assert diagnosis(told.diag(root="DCGM GPU Diagnostic")) == diagnosis(told.DIAG)


def test_a_pass_with_a_warning_is_not_a_pass() -> None:
    odd = told.result(1, warnings=[{**told.WARNING, "warning": "Unable to allocate 60% of memory"}])
    made = diagnosis(told.diag(("Hardware", "memory", [told.result(0), odd])))
    assert passed(made.results, ("memory",), 0) == value(True)
    assert passed(made.results, ("memory",), 1) == value(False)


@pytest.mark.parametrize("status", ["Skip", "Not Run"])
def test_what_was_skipped_has_not_passed(status: str) -> None:
    made = diagnosis(told.diag(("Hardware", "memory", [told.result(0), told.result(1, status)])))
    assert passed(made.results, ("memory",), 1) == NOT_AVAILABLE


def test_a_gpu_that_is_not_in_the_results_has_not_passed() -> None:
    made = diagnosis(told.diag(("Hardware", "memory", [told.result(0)])))
    assert passed(made.results, ("memory",), 1) == NOT_AVAILABLE


def test_a_failed_test_that_names_no_gpu_is_not_hidden() -> None:
    nobody = {"status": "Fail", "warnings": [told.WARNING]}
    made = diagnosis(told.diag(("Hardware", "memory", [told.result(0), told.result(1), nobody])))
    assert sum(map(is_failure, made.results)) == 1


def test_a_pass_that_names_no_gpu_is_no_pass_of_a_gpu() -> None:
    made = diagnosis(told.diag(("Hardware", "memory", [{"status": "Pass"}])))
    assert passed(made.results, ("memory",), 0) == NOT_AVAILABLE


@pytest.mark.parametrize("severity", range(7))
def test_no_severity_makes_a_failure_good(severity: int) -> None:
    bad = told.result(1, "Fail", warnings=[{**told.WARNING, "error_severity": severity}])
    made = diagnosis(told.diag(("Integration", "pcie", [told.result(0), bad])))
    assert passed(made.results, ("pcie",), 1) == value(False)


@pytest.mark.parametrize("status", ["PASSED?", "", None, True, 1, ["Pass"]])
def test_a_status_that_nobody_knows_is_a_failure(status: object) -> None:
    whole = json.loads(told.DIAG)
    whole["DCGM Diagnostic"]["test_categories"][2]["tests"][0]["results"][1]["status"] = status
    assert passed(diagnosis(json.dumps(whole).encode()).results, ("memory",), 1) == value(False)


def test_a_test_without_results_has_not_passed() -> None:
    whole = json.loads(told.diag(("Hardware", "memory", [])))
    assert passed(diagnosis(json.dumps(whole).encode()).results, ("memory",), 0) == NOT_AVAILABLE


def test_a_summary_that_fails_above_results_that_pass_is_a_failure() -> None:
    whole = json.loads(told.diag(("Hardware", "memory", [told.result(0)])))
    whole["DCGM Diagnostic"]["test_categories"][0]["tests"][0]["test_summary"]["status"] = "Fail"
    assert any(map(is_failure, diagnosis(json.dumps(whole).encode()).results))


@pytest.mark.parametrize("number", range(4))
def test_an_integer_of_dcgm_that_means_nothing_is_nothing(number: int) -> None:
    blank = str(0x7FFFFFFFFFFFFFF0 + number)
    data = told.DCGM_NVLINK.replace(b'"0"', f'"{blank}"'.encode(), 1)
    (port,) = facts("dcgm.nvlink-errors", data)["nvlinks"]
    assert port.links[0].errors["CRC FLIT Error"] == NOT_AVAILABLE


# --- nvidia-smi -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "N/A",
        "[N/A]",
        "[Not Supported]",
        "[GPU requires reset]",
        "[Unknown Error]",
        "GPU is lost",
        "ERR!",
        "?",
    ],
)
def test_a_word_where_a_number_is_due_is_never_zero(word: str) -> None:
    one = gpu(told.gpu_xml(0, dram_uncorrectable=word, gpu_temp=word, current_link_gen=word))
    for read in (one.ecc_uncorrected, one.temperature_c, one.pcie_generation):
        assert read.value is None
        assert read != ABSENT


def test_a_sum_of_errors_is_no_zero_where_one_part_is_not_told() -> None:
    assert gpu(told.gpu_xml(0, dram_uncorrectable="N/A")).ecc_uncorrected == NOT_AVAILABLE
    part = told.gpu_xml(0, dram_uncorrectable="N/A", sram_uncorrectable_secded="3")
    assert gpu(part).ecc_uncorrected == value(3)


def test_errors_of_static_memory_count_as_those_of_dynamic() -> None:
    assert gpu(told.gpu_xml(0, sram_uncorrectable_secded="1")).ecc_uncorrected == value(1)


def test_fields_that_moved_are_found_under_either_name() -> None:
    old = told.gpu_xml(0, hw_slowdown="Active").replace("clocks_event_reason", "clocks_throttle_reason")
    old = old.replace("gpu_power_readings", "power_readings")
    assert gpu(old) == gpu(told.gpu_xml(0, hw_slowdown="Active"))
    assert gpu(old).clock_reasons["hw_slowdown"] == value(True)


def test_fields_under_no_known_name_are_absent() -> None:
    moved = (
        told.gpu_xml(0).replace("clocks_event_reason", "clocks_of_tomorrow").replace("ecc_errors", "ecc_x")
    )
    one = gpu(moved)
    assert one.clock_reasons == {}
    assert one.ecc_uncorrected == ABSENT


def test_a_part_of_the_gpus_is_told_as_a_part() -> None:
    decoded = find_format("nvidia.smi-xml").decode(told.smi_xml(told.gpu_xml(0), attached=8))
    assert any("8 attached GPUs and lists 1" in warning for warning in decoded.warnings)


def test_no_gpu_is_no_data() -> None:
    empty = told.smi_xml(told.gpu_xml(0)).replace(told.gpu_xml(0).encode(), b"")
    assert outcome("nvidia.smi-xml", empty) == "no_data"


def test_two_gpus_that_are_one_are_none() -> None:
    twins = told.smi_xml(told.gpu_xml(0), told.gpu_xml(1, uuid=told.UUIDS[0]))
    assert outcome("nvidia.smi-xml", twins) == "unparsable"


def test_a_field_that_is_told_twice_and_differs_is_damage() -> None:
    twice = told.SMI_XML.replace(
        b"<dram_uncorrectable>0</dram_uncorrectable>",
        b"<dram_uncorrectable>7</dram_uncorrectable><dram_uncorrectable>0</dram_uncorrectable>",
        1,
    )
    assert outcome("nvidia.smi-xml", twice) == "unparsable"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE nvidia_smi_log [<!ENTITY a "ha">]>',
        '<!DOCTYPE nvidia_smi_log [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE nvidia_smi_log SYSTEM "x.dtd" [<!ENTITY % a SYSTEM "http://192.0.2.1/x"> %a;]>',
        "<!DOCTYPE other>",
    ],
)
def test_a_document_that_declares_entities_is_refused(doctype: str) -> None:
    data = told.SMI_XML.replace(b'<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">', doctype.encode())
    assert outcome("nvidia.smi-xml", data) == "unparsable"


def test_a_laugh_a_billion_times_is_refused_at_once() -> None:
    levels = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE nvidia_smi_log [<!ENTITY l0 "ha">{levels}]>'
    assert outcome("nvidia.smi-xml", f"{head}<nvidia_smi_log>&l11;</nvidia_smi_log>".encode()) == "unparsable"


@pytest.mark.parametrize("entity", [b"&nobody;", b"&xxe;"])
def test_an_entity_that_nobody_declares_is_refused(entity: bytes) -> None:
    assert outcome("nvidia.smi-xml", told.SMI_XML.replace(b"12.4", entity)) == "unparsable"


def test_a_document_without_end_of_depth_is_refused() -> None:
    deep = b"<nvidia_smi_log>" + b"<gpu>" * 200_000
    assert outcome("nvidia.smi-xml", deep) == "unparsable"


def test_columns_are_counted_before_they_are_read() -> None:
    short = told.SMI_CSV.replace(b", [N/A], Yes", b", [N/A]")
    assert outcome("nvidia.smi-csv", short) == "unparsable"


def test_parts_without_a_total_are_no_total() -> None:
    header, first, _ = told.SMI_CSV.decode().splitlines()
    names, cells = header.split(", "), first.split(", ")
    at = names.index("ecc.errors.uncorrected.volatile.total")
    del names[at], cells[at]
    data = f"{', '.join(names)}\n{', '.join(cells)}\n".encode()
    (one,) = facts("nvidia.smi-csv", data)["accelerators"]
    assert one.ecc_uncorrected == NOT_AVAILABLE


def test_a_text_that_ends_inside_the_memory_errors_gives_no_sum() -> None:
    cut = told.SMI_TEXT[: told.SMI_TEXT.index(b"            DRAM Uncorrectable")]
    (one,) = facts("nvidia.smi-text", cut)["accelerators"]
    assert one.ecc_uncorrected == NOT_AVAILABLE
    (whole,) = facts("nvidia.smi-text", told.SMI_TEXT)["accelerators"]
    assert whole.ecc_uncorrected == value(5)


def test_an_inactive_link_is_a_link_without_a_rate() -> None:
    data = told.nvlink_status("\t Link 0: 26.562 GB/s", "\t Link 1: <inactive>")
    (port,) = facts("nvidia.nvlink-status", data)["nvlinks"]
    assert [link.up for link in port.links] == [value(True), value(False)]
    assert port.links[1].rate_gbyte_s == NOT_AVAILABLE


def test_all_links_inactive_is_told_and_is_no_empty_list() -> None:
    data = told.nvlink_status("NVML: Unable to retrieve NVLink information as all links are inactive")
    (port,) = facts("nvidia.nvlink-status", data)["nvlinks"]
    assert port == NvlinkPorts(gpu=0, uuid=value(told.UUIDS[0]), all_inactive=True)


def test_a_gpu_without_nvlink_tells_nothing() -> None:
    assert outcome("nvidia.nvlink-status", b"") == "no_data"


@pytest.mark.parametrize(
    ("state", "status"), [("Completed", "Insufficient Resources"), ("In Progress", "N/A"), ("N/A", "N/A")]
)
def test_a_state_of_the_fabric_is_told_with_its_status(state: str, status: str) -> None:
    data = told.FABRIC.replace(b": Completed", f": {state}".encode()).replace(
        b": Success", f": {status}".encode()
    )
    (one,) = facts("nvidia.fabric", data)["accelerators"]
    assert one.fabric_state.value == (None if state == "N/A" else state)
    assert one.fabric_status.value == (None if status == "N/A" else status)


def test_a_cluster_of_zeros_is_a_value_and_one_of_another_shape_is_none() -> None:
    (one,) = facts("nvidia.fabric", told.FABRIC)["accelerators"]
    assert one.fabric_cluster == value("00000000-0000-0000-0000-000000000000")
    (other,) = facts("nvidia.fabric", told.FABRIC.replace(b"00000000-0000-", b"0000-0000-", 1))[
        "accelerators"
    ]
    assert other.fabric_cluster == NOT_AVAILABLE


# --- the kernel's log -------------------------------------------------------------------------------------


def log(data: bytes) -> XidLog:
    made: XidLog = facts("nvidia.kernel-log", data)["log"]
    return made


def test_an_empty_log_is_not_a_clean_one() -> None:
    assert outcome("nvidia.kernel-log", b"") == "no_data"


def test_none_found_is_bounded_by_what_was_read() -> None:
    made = log(told.KERNEL_LOG)
    assert (made.first_at, made.last_at) == (
        "2025-03-04T09:58:00,000000+00:00",
        "2025-03-04T10:02:12,000000+00:00",
    )
    assert made.from_boot
    later = log(b"".join(told.KERNEL_LOG.splitlines(keepends=True)[2:]))
    assert not later.from_boot


def test_the_same_error_twice_is_two_errors() -> None:
    line = next(line for line in told.KERNEL_LOG.splitlines(keepends=True) if b"Xid" in line)
    assert [event.code for event in log(told.KERNEL_LOG + line + line).events] == [79, 79, 79]


@pytest.mark.parametrize(
    "broken", [b"NVRM: Xid (PCI:0000:1b:00): ", b"NVRM: Xid 79", b"NVRM: Xid (PCI:?): 79, x"]
)
def test_an_error_that_can_not_be_read_is_not_lost(broken: bytes) -> None:
    whole = told.KERNEL_LOG + b"2025-03-04T10:03:00,000000+00:00 " + broken + b"\n"
    assert outcome("nvidia.kernel-log", whole) == "unparsable"


def test_an_error_of_a_mig_instance_is_one() -> None:
    line = b"[  12.5] NVRM: Xid (PCI:0000:01:00 GPU-I:05): 94, pid=7194, Contained: CE User Channel\n"
    assert [event.code for event in log(line).events] == [94]


def test_lines_that_the_kernel_left_out_are_told() -> None:
    line = b"2025-03-04T10:03:00,000000+00:00 nvidia: 41 callbacks suppressed\n"
    assert log(told.KERNEL_LOG + line).suppressed


def test_every_code_of_the_catalogue_has_one_meaning_and_others_have_none() -> None:
    assert not FAULT & APPLICATION
    assert not FAULT & NOTED
    assert not APPLICATION & NOTED
    for code in (48, 63, 64, 74, 79, 92, 94, 95, 109, 119, 140, *range(144, 151), 154, 156, 158):
        assert held_of(code) is Held.FAULT, code
    for code in (*range(162, 173), 0, 1, 999):
        assert held_of(code) is Held.UNKNOWN, code


def test_a_decoded_collective_survives_the_record() -> None:
    decoded: Decoded = find_format("nccl.text").decode(told.NCCL)
    assert msgspec.json.decode(msgspec.json.encode(decoded))["outcome"] == "ok"


# --- a cut never makes good of bad ------------------------------------------------------------------------


def cuts(data: bytes) -> range:
    return range(0, len(data), max(1, len(data) // 250))


def test_no_cut_of_a_run_with_a_wrong_last_row_is_a_clean_run() -> None:
    data = told.nccl(told.nccl_row(2**30), told.nccl_row(GIB8, wrong="12"), bad=2)
    for cut in cuts(data):
        decoded = find_format("nccl.text").decode(data[:cut])
        made = decoded.facts.get("collective")
        assert decoded.outcome != "ok" or (isinstance(made, Collective) and wrong_results(made).value != 0)


def test_no_cut_of_a_host_with_a_dead_last_link_has_all_its_links() -> None:
    rates = [f"\t Link {each}: 26.562 GB/s" for each in range(17)]
    data = told.NVLINK_STATUS[: len(told.NVLINK_STATUS) // 2] + told.nvlink_status(
        *rates, "\t Link 17: <inactive>", gpu=1
    )
    for cut in cuts(data):
        decoded = find_format("nvidia.nvlink-status").decode(data[:cut])
        ports: Any = decoded.facts.get("nvlinks", ())
        assert all(links_up(port.links) != value(18) for port in ports if port.gpu == 1)


def test_no_cut_of_a_text_with_memory_errors_tells_of_none() -> None:
    for cut in cuts(told.SMI_TEXT):
        decoded = find_format("nvidia.smi-text").decode(told.SMI_TEXT[:cut])
        gpus: Any = decoded.facts.get("accelerators", ())
        assert all(one.ecc_uncorrected != value(0) for one in gpus)


def test_no_cut_of_a_failed_diagnosis_passes() -> None:
    bad = told.diag(("Hardware", "memory", [told.result(0), told.result(1, "Fail", warnings=[told.WARNING])]))
    for data, name in ((bad, "dcgm.diag"), (told.DIAG_TABLE, "dcgm.diag-table")):
        for cut in cuts(data):
            made = find_format(name).decode(data[:cut]).facts.get("diagnosis")
            assert made is None or any(map(is_failure, made.results))  # type: ignore[union-attr]


def test_no_cut_of_a_document_gives_anything() -> None:
    for cut in cuts(told.SMI_XML[:-1]):
        assert outcome("nvidia.smi-xml", told.SMI_XML[:cut]) != "ok"
