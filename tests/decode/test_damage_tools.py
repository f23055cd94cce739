"""Damage to what tools wrote never gives a value, a crash or a hang; a run without an end has not passed."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest

from bringup.decode.registry import INPUT_CAP_BYTES, find_format
from bringup.model.facts import Decoded
from tests.decode.tool_samples import (
    COPY,
    CUDA,
    DIAGNOSIS,
    GPCNET,
    GPU_BURN,
    GPU_STREAM,
    LINKS,
    MEGATRON,
    NETDISCOVER,
    NVBANDWIDTH,
    NVBANDWIDTH_JSON,
    OCI,
    OCP,
    PARTITIONS,
    PERFTEST,
    SAMPLES,
    SINFO,
    SLURM_JSON,
    STREAM,
    encoded,
    lines,
)


def decode(name: str, data: bytes) -> Decoded:
    return find_format(name).decode(data)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_its_own_lines_repeated_without_end_take_no_time_to_speak_of(name: str) -> None:
    began = time.process_time()
    for line in SAMPLES[name].splitlines(keepends=True):
        decode(name, line * (200_000 // len(line) + 1))
        decode(name, line.rstrip(b"\n") * (200_000 // len(line) + 1))
    assert time.process_time() - began < 20.0


# --- the ways in which such parsers pass what failed -------------------------------------------------------


@pytest.mark.parametrize("cut", [b"Tested 2 GPUs", b"\tGPU 1: OK", b"done"])
def test_a_burn_in_without_its_table_of_results_has_not_passed(cut: bytes) -> None:
    assert decode("gpu-burn", GPU_BURN[: GPU_BURN.index(cut)]).outcome == "unparsable"


def test_a_burn_in_that_leaves_a_listed_gpu_out_says_so() -> None:
    one = GPU_BURN.replace(b"Tested 2 GPUs", b"Tested 1 GPUs").replace(b"\tGPU 1: OK\n", b"")
    decoded = decode("gpu-burn", one)
    assert decoded.warnings == ("GPU 1 is listed and was not tested",)
    gpus = decoded.facts["gpus"]
    assert isinstance(gpus, list) and isinstance(gpus[1], dict)
    assert gpus[1]["result"] is None


def test_a_faulty_gpu_is_named_and_errors_on_the_way_are_counted() -> None:
    bad = GPU_BURN.replace(b"GPU 1: OK", b"GPU 1: FAULTY").replace(
        b"errors: 0 - 0   temps: 40", b"errors: 0 - 7   temps: 40"
    )
    facts = decode("gpu-burn", bad).facts
    assert (facts["faulty"], facts["records_with_errors"]) == ([1], 1)


def test_a_test_of_nvbandwidth_without_a_sum_has_not_passed() -> None:
    decoded = decode("nvbandwidth", NVBANDWIDTH.replace(b"SUM host_device_latency_sm 772.58\n", b""))
    tests = decoded.facts["tests"]
    assert isinstance(tests, list) and isinstance(tests[1], dict)
    assert (tests[1]["status"], decoded.facts["complete"]) == (None, False)
    assert decoded.warnings == ("host_device_latency_sm: started, and no sum",)


def test_a_sum_that_is_not_that_of_its_cells_is_told() -> None:
    decoded = decode("nvbandwidth", NVBANDWIDTH.replace(b"ce 109.75", b"ce 209.75"))
    assert (decoded.facts["complete"], len(decoded.warnings)) == (False, 1)


def test_nvbandwidth_without_its_closing_note_is_not_complete() -> None:
    decoded = decode("nvbandwidth", NVBANDWIDTH[: NVBANDWIDTH.index(b"NOTE:")])
    assert decoded.facts["complete"] is False


@pytest.mark.parametrize("status", ["Failed", "Error", "passed", ""])
def test_a_status_of_nvbandwidth_that_is_not_passed_is_none(status: str) -> None:
    told: Any = json.loads(json.dumps(NVBANDWIDTH_JSON))
    told["nvbandwidth"]["testcases"][0]["status"] = status
    decoded = decode("nvbandwidth.json", encoded(told))
    assert decoded.outcome == "unparsable" or decoded.facts["complete"] is False


def test_a_bandwidth_test_without_its_result_line_is_cut() -> None:
    assert decode("cuda.bandwidth-test", CUDA.replace(b"Result = PASS\n", b"")).outcome == "unparsable"
    assert decode("cuda.bandwidth-test", CUDA.replace(b"PASS", b"FAIL")).facts["result"] == "FAIL"


def test_stream_that_did_not_check_its_results_has_no_rates() -> None:
    assert decode("stream", STREAM[: STREAM.index(b"Solution")]).outcome == "unparsable"
    failed = decode(
        "stream", STREAM.replace(b"Solution Validates: avg", b"Failed Validation on array a[], Avg")
    )
    assert (failed.facts["validates"], len(failed.warnings)) == (False, 1)


def test_a_gpu_with_fewer_rows_than_the_others_is_told() -> None:
    decoded = decode("superbench.gpu-stream", GPU_STREAM[: GPU_STREAM.rindex(b"STREAM_")])
    assert (decoded.facts["complete"], decoded.warnings) == (False, ("not every GPU has every row",))


def test_the_peak_of_perftest_in_duration_mode_is_no_reading_and_the_average_is() -> None:
    rows = decode("perftest", PERFTEST).facts["rows"]
    assert isinstance(rows, list)
    assert [(row["peak"], row["average"]) for row in rows if isinstance(row, dict)] == [
        (23330.56, 21167.79),
        (None, 21443.14),
    ]


def test_perftest_that_failed_in_the_middle_has_no_rows() -> None:
    assert decode("perftest", PERFTEST[: PERFTEST.rindex(b"---" * 29)]).outcome == "unparsable"
    failed = PERFTEST + b" Completion with error at client\n"
    assert decode("perftest", failed).outcome == "unparsable"


def test_rows_of_two_peers_that_differ_are_both_told() -> None:
    row = b"65536      2000             23330.56            21167.79                  0.338685\n"
    decoded = decode("perftest", PERFTEST.replace(row, row + row.replace(b"21167.79", b"11167.79")))
    assert decoded.warnings == ("65536 bytes: measured 2 times, differently",)


def test_a_run_of_ocp_diagnostics_without_an_end_has_no_result() -> None:
    assert decode("ocp.diag", b"".join(OCP.splitlines(keepends=True)[:-1])).outcome == "unparsable"


def test_a_failed_diagnosis_under_a_run_that_says_pass_is_told() -> None:
    decoded = decode("ocp.diag", OCP.replace(b'"type": "PASS"', b'"type": "FAIL"'))
    assert decoded.facts["diagnoses"] == {"FAIL": 1}
    assert decoded.facts["failures"] == [{"step": "0", "type": "FAIL", "symptom": "ok"}]
    assert decoded.warnings == ("1 diagnoses or errors speak against the device",)


def test_a_run_of_ocp_diagnostics_in_which_nothing_was_tried_says_so() -> None:
    told = [json.loads(line) for line in OCP.splitlines()]
    idle = [{**line, "sequenceNumber": at} for at, line in enumerate([*told[:2], *told[4:]])]
    assert decode("ocp.diag", lines(*idle)).warnings == ("neither a diagnosis nor a measurement was made",)


def test_a_step_that_is_open_and_a_number_that_is_missing_are_told() -> None:
    told = [json.loads(line) for line in OCP.splitlines()]
    warnings = decode("ocp.diag", lines(*told[:4], *told[5:])).warnings
    assert warnings == ("1 numbers are missing", "1 steps have no end")


def test_a_summary_that_lists_no_node_says_nothing_of_any() -> None:
    assert decode("superbench.diagnosis", b"[]\n").outcome == "no_data"
    assert decode("superbench.diagnosis", encoded([{"index": "n1"}])).outcome == "unparsable"
    assert decode("superbench.diagnosis", encoded(DIAGNOSIS)).outcome == "ok"


def test_gpcnet_that_was_aborted_tells_its_exit_code_and_no_figure() -> None:
    aborted = b"ERROR: this application must be run on at least 10 nodes\n  Exit code:    1\n"
    decoded = decode("gpcnet", aborted)
    assert (decoded.outcome, decoded.facts) == ("unparsable", {"exit_code": 1})
    assert decode("gpcnet", GPCNET + aborted).outcome == "unparsable"


def test_training_that_stopped_early_is_not_complete() -> None:
    cut = MEGATRON[: MEGATRON.index(b"node-01: time")]
    decoded = decode("megatron-deepspeed", cut)
    assert (decoded.facts["complete"], decoded.warnings) == (False, ("1 of 2 iterations are told",))


def test_a_loss_that_is_nan_is_no_number() -> None:
    told = decode("megatron-deepspeed", MEGATRON.replace(b"1.100492E+01", b"nan")).facts["iterations"]
    assert isinstance(told, list)
    assert [row["lm_loss"] for row in told if isinstance(row, dict)] == [None, None]


def test_a_test_of_oci_s_check_that_only_says_completed_has_not_passed() -> None:
    told: Any = json.loads(json.dumps(OCI))
    del told[0]["tests"]["compute_throughput"]["result"]
    del told[0]["final_result"]
    decoded = decode("oci.gpu-healthcheck", encoded(told))
    run: Any = decoded.facts["runs"]
    assert (run[0]["tests"]["compute_throughput"]["word"], run[0]["final_result"]) == ("completed", None)
    assert decoded.warnings == ("run 0 has no final result",)


@pytest.mark.parametrize("row", [b"node03|idle|a |a |1", b"node03|idle|x|a |a |idle |1", b"node03|idle"])
def test_a_row_of_sinfo_of_another_width_is_left_out_and_told(row: bytes) -> None:
    decoded = decode("slurm.sinfo", SINFO + row + b"\n")
    nodes: Any = decoded.facts["nodes"]
    assert "node03" not in nodes
    assert (decoded.facts["rows"], decoded.facts["rows_read"], len(decoded.warnings)) == (4, 3, 1)


def test_a_reply_of_slurm_with_errors_is_no_list_of_nodes() -> None:
    told = {**SLURM_JSON, "errors": [{"error": "Unable to contact slurm controller"}]}
    assert decode("slurm.nodes-json", encoded(told)).outcome == "unparsable"


def test_a_partition_without_its_state_is_cut() -> None:
    assert decode("slurm.partitions", PARTITIONS.replace(b" State=DOWN", b"")).outcome == "unparsable"


def test_a_copy_that_stands_there_twice_is_no_figure() -> None:
    assert decode("superbench.gpu-copy", COPY + COPY).outcome == "unparsable"


def test_an_adapter_without_a_port_makes_a_topology_no_topology() -> None:
    decoded = decode("ib.netdiscover", NETDISCOVER[: NETDISCOVER.index(b"[1](")])
    assert (decoded.outcome, decoded.facts["channel_adapters"], decoded.facts["links"]) == (
        "unparsable",
        1,
        0,
    )


def test_a_link_that_one_end_alone_tells_is_told_so() -> None:
    cut = NETDISCOVER.replace(b"\n[5]\t", b"\n[6]\t")
    assert decode("ib.netdiscover", cut).warnings == ("2 links are told by one end alone",)


def test_a_port_that_ends_two_cables_is_told() -> None:
    decoded = decode("cabling.sonic-links", LINKS + b"leaf-1,Ethernet4,leaf-3,Ethernet2,40000,1,Access\n")
    assert decoded.warnings == ("leaf-1 Ethernet4 ends 2 links",)
    assert decode("cabling.sonic-links", LINKS + b"leaf-1,Ethernet8,leaf-3\n").outcome == "unparsable"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_as_much_as_may_be_given_takes_less_than_100_mb(name: str) -> None:
    longest = max(SAMPLES[name].splitlines(keepends=True), key=len)
    head = SAMPLES[name].partition(longest)[0]
    whole = head + longest * ((INPUT_CAP_BYTES - len(head)) // len(longest))
    tracemalloc.start()
    try:
        decode(name, whole)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100e6
