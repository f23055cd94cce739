"""What burn-in, bandwidth, diagnosis and scheduler tools wrote is read as the corpus says it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import decode_detected, detect, find_format
from bringup.model.facts import Decoded
from tests.decode.corpus import ROOT, Case, cases, differences
from tests.decode.corpus_map_tools import CONFIGURATION, FORMAT_OF, VIEWS, tool_cases


def ours() -> list[object]:
    return [*tool_cases(), *cases("cabling")]


def name_of(case: Case) -> str:
    return FORMAT_OF[case.name.rsplit("/", 1)[1]]


def recorded(name: str) -> Decoded:
    if not ROOT.is_dir():
        pytest.skip("no corpus: set BRINGUP_CORPUS")
    return decode_detected((ROOT / "gpu" / name).read_bytes())


@pytest.mark.parametrize("case", ours())
def test_a_recorded_output_is_read_as_expected(case: Case) -> None:
    name = name_of(case)
    decoded = find_format(name).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    assert differences(case.facts, VIEWS[name](decoded)) == []


@pytest.mark.parametrize("case", ours())
def test_the_format_of_a_recorded_output_is_detected(case: Case) -> None:
    made = detect(case.data)
    assert made is not None
    assert made.name == name_of(case)


def test_a_file_of_rules_among_results_is_no_result() -> None:
    decoded = recorded(f"superbench/{CONFIGURATION}")
    assert (decoded.format, decoded.outcome) == ("unknown", "unparsable")


def test_every_gpu_of_a_burn_in_has_a_result_of_its_own() -> None:
    facts = recorded("gpu_burn/gpu_burn.log").facts
    assert isinstance(facts["gpus"], list)
    assert [gpu["result"] for gpu in facts["gpus"] if isinstance(gpu, dict)] == ["OK"] * 8
    assert (facts["tested"], facts["faulty"]) == (8, [])


def test_a_row_with_more_cells_than_the_head_is_told_of() -> None:
    decoded = recorded("slurm/gcm-sinfo-output.txt")
    assert decoded.warnings == ("row 1 has 44 cells under 43 names",)


def test_a_row_that_two_peers_print_is_there_once() -> None:
    rows = recorded("perftest/ib_loopback_all_sizes.log").facts["rows"]
    assert isinstance(rows, list)
    sizes = [row["size_bytes"] for row in rows if isinstance(row, dict)]
    assert len(sizes) == len(set(sizes)) == 23


def test_what_speaks_against_a_run_s_own_pass_is_told() -> None:
    assert recorded("ocp_diag/mlc_test.jsonl").warnings == ("3 errors were logged",)
    assert recorded("ocp_diag/memtester_test.jsonl").warnings == ("3 numbers are missing",)
    nothing = "neither a diagnosis nor a measurement was made"
    assert recorded("ocp_diag/example_monitor_test.jsonl").warnings == (nothing,)


def test_figures_that_nobody_checked_are_not_said_to_be_validated() -> None:
    facts = recorded("stream_mlc/gpu_stream.log").facts
    assert (facts["validated"], facts["complete"]) == (False, True)


def test_a_run_of_oci_s_check_without_tests_has_no_result() -> None:
    runs = recorded("gpu_healthcheck_summary/oci_nvidia_h100_singlenode.json").facts["runs"]
    assert isinstance(runs, list)
    results = [(run["final_result"], bool(run["tests"])) for run in runs if isinstance(run, dict)]
    assert results == [("pass", True), (None, False)]
