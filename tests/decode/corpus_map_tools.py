"""The facts of the tools' formats (burn-in, bandwidth, scheduler, cable lists) in the words of the corpus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bringup.model.facts import Decoded
from tests.decode.corpus import ROOT, Case, View

FORMAT_OF = {
    "topograph_ibnetdiscover-bad.out": "ib.netdiscover",
    "cuda_memory_h2d_bw.log": "cuda.bandwidth-test",
    "rocm_memory_h2d_bw.log": "shoc.bus-speed",
    "gpu_copy_bw_performance.log": "superbench.gpu-copy",
    "gpu_burn.log": "gpu-burn",
    "oci_nvidia_h100_singlenode.json": "oci.gpu-healthcheck",
    "gpcnet_network_test.log": "gpcnet",
    "gpcnet_network_load_error.log": "gpcnet",
    "nvbandwidth_results.log": "nvbandwidth",
    "dcgm_nvbandwidth_v0.5_passed_and_waived.json": "nvbandwidth.json",
    "cpu_integrity_test.jsonl": "ocp.diag",
    "cpu_power_virus_test.jsonl": "ocp.diag",
    "example_monitor_test.jsonl": "ocp.diag",
    "memtester_test.jsonl": "ocp.diag",
    "mlc_test.jsonl": "ocp.diag",
    "ib_loopback_all_sizes.log": "perftest",
    "gcm-sinfo-output.txt": "slurm.sinfo",
    "gcm-scontrol-output.txt": "slurm.partitions",
    "rivos_sinfo_out.json": "slurm.nodes-json",
    "rivos_sinfo_fallback.txt": "slurm.sinfo-lines",
    "soperator_usual_node_rest.json": "slurm.nodes-json",
    "streamResultNeo.log": "stream",
    "gpu_stream.log": "superbench.gpu-stream",
    "mlc_bandwidth_matrix.txt": "mlc.bandwidth-matrix",
    "diagnosis_summary.jsonl": "superbench.diagnosis",
    "diagnosis_summary_json.json": "superbench.diagnosis",
    "monitor.jsonl": "superbench.monitor",
    "megatron_deepspeed.log": "megatron-deepspeed",
    "topology.dot.sample": "cabling.ptm-dot",
    "sonic_lab_links.csv": "cabling.sonic-links",
}
FAMILIES = (
    "fabric_topology",
    "gpu_bandwidth_misc",
    "gpu_burn",
    "gpu_healthcheck_summary",
    "hpc_misc",
    "nvbandwidth",
    "ocp_diag",
    "perftest",
    "slurm",
    "stream_mlc",
    "superbench",
    "torch_distributed",
)
CONFIGURATION = "test.yaml"
"""A file of rules among results: no output of anything, and no format is it."""
OUTCOMES = {
    "topograph_ibnetdiscover-bad.out": "unparsable",
    "gpcnet_network_load_error.log": "unparsable",
}
"""In these folders `outcome` is a word for the reader, where there is one at all."""
READER = frozenset({"note", "outcome", "columns", "format", "kind", "keys", "data_row_1", "final"})
"""Words for the reader; what `columns`, `final` and `data_row_1` say has a test of its own."""


def tool_cases() -> list[object]:
    """A parameter for each file of these folders, whose expectations are the facts themselves."""
    if not ROOT.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no corpus in {ROOT}"), id="no-corpus")]
    found: list[object] = []
    for folder in (ROOT / "gpu" / family for family in FAMILIES):
        for name, expected in json.loads((folder / "expected.json").read_text())["files"].items():
            if name != CONFIGURATION:
                case = tool_case(folder / name, expected)
                found.append(pytest.param(case, id=case.name))
    return found


def tool_case(path: Path, expected: dict[str, Any]) -> Case:
    facts = {key: wanted for key, wanted in expected.items() if key not in READER}
    outcome = OUTCOMES.get(path.name, "ok")
    return Case(f"gpu/{path.parent.name}/{path.name}", path.read_bytes(), "", outcome, facts)


def _facts(decoded: Decoded) -> dict[str, Any]:
    return dict(decoded.facts)


def _netdiscover(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    (name,) = facts["without_ports"].values()
    return {
        "cas": facts["channel_adapters"],
        "switches": facts["switches"],
        "links": facts["links"],
        "ca_name": name,
    }


def _cuda(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    last = facts["rows"][-1]
    return {
        "last_bandwidth_GBps": last["bandwidth_gbyte_s"],
        "last_size_B": last["size_bytes"],
        "result": facts["result"],
    }


def _shoc(decoded: Decoded) -> dict[str, object]:
    rows = {(row["size"], row["test"], row["unit"]): row for row in _facts(decoded)["rows"]}
    return {"524288kB H2D_Time ms": rows["524288kB", "H2D_Timepinned", "ms"]}


def _gpu_burn(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    gpus = facts["gpus"]
    return {
        "gpus": len(gpus),
        "name": gpus[0]["name"] if len({gpu["name"] for gpu in gpus}) == 1 else None,
        "error_count_progress_lines_nonzero": facts["records_with_errors"],
        "max_gflops_per_gpu": [gpu["max_gflops"] for gpu in gpus],
        "last_full_progress_gflops": [gpu["last_gflops"] for gpu in gpus],
    }


def _oci(decoded: Decoded) -> dict[str, object]:
    runs = _facts(decoded)["runs"]
    tests = runs[0]["tests"]
    assert runs[0]["dtype"] == "float16"
    throughput = tests["compute_throughput"]
    return {
        "top_level_list_len": len(runs),
        "compute_throughput": throughput | {"result": throughput["word"]},
        **{name: told["word"] for name, told in tests.items() if name.endswith("_check")},
    }


def _gpcnet(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    if decoded.outcome != "ok":
        return {"exit_code": facts["exit_code"], "metrics": facts.get("metrics")}
    metrics = facts["metrics"]
    return {
        "tool": "GPCNeT network_test",
        "metric_names": [name for name in metrics if name in METRICS],
        "RR_Put_BW_MiBps_rank": metrics["RR Put BW (131072 B)"]["average"],
    }


METRICS = ("RR Put BW (131072 B)", "Nat Two-sided BW (131072 B)", "Multiple Allreduce (8 B)")
"""The corpus lists three of the eight."""


def _nvbandwidth(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    tests = {test["name"]: test for test in facts["tests"]}
    latency = tests["host_device_latency_sm"]
    return {
        "version": facts["version"],
        "driver": facts["driver"],
        "device": facts["devices"][0]["name"] if facts["devices"] else None,
        "sums_GBps": {name: test["sum"] for name, test in tests.items() if test["unit"] == "GB/s"},
        "host_device_latency_sm_ns": latency["sum"] if latency["unit"] == "ns" else None,
        "waived_lines": facts["waived"],
        "waived": facts["waived"],
        "testcases": len(tests),
        "passed": sum(test["status"] == "Passed" for test in tests.values()),
        "h2d_memcpy_ce_sum_GBps": tests["host_to_device_memcpy_ce"]["sum"],
    }


def _ocp(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    sequence = facts["sequence"]
    return {
        "lines": facts["lines"],
        "run_name": facts["run"]["name"],
        "run_version": facts["run"]["version"],
        "run_end": facts["end"],
        "step_status": facts["steps"],
        "diagnoses": facts["diagnoses"],
        "sequence_contiguous": sequence["contiguous"],
        "first_seq": sequence["first"],
        "artifact_keys": facts["artifacts"],
        "log_severity": facts["log_severities"],
        "duplicate_sequence_numbers": sequence["duplicates"],
        "out_of_order": sequence["out_of_order"],
    }


def _perftest(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    rows = facts["rows"]
    assert facts["unit"] == "MB/sec"
    largest = max(rows, key=lambda row: int(row["size_bytes"]))
    best = max(rows, key=lambda row: float(row["average"]))
    return {
        "largest_B": largest["size_bytes"],
        "largest_avg_MBps": largest["average"],
        "max_avg_MBps": best["average"],
        "max_avg_at_B": best["size_bytes"],
    }


def _sinfo(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)

    def state(node: dict[str, Any]) -> str:
        """The long form; `twice` for a node that two rows tell."""
        text = str(max(node["states"], key=len))
        return text + (" (listed twice)" if node["rows"] == 2 else "")

    return {
        "rows": facts["rows"],
        "hosts": sorted(facts["nodes"]),
        **{f"{name}_state": state(node) for name, node in facts["nodes"].items()},
    }


def _partitions(decoded: Decoded) -> dict[str, object]:
    partitions = _facts(decoded)["partitions"]
    return {
        "partitions": len(partitions),
        **{
            name: told | {"gres/gpu": int(told["tres"].get("gres/gpu", 0))}
            for name, told in partitions.items()
        },
    }


def _nodes_json(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    nodes = {name.partition(".")[0]: node for name, node in facts["nodes"].items()}
    name, first = next(iter(nodes.items()))
    single = len(nodes) == 1
    (cpus,) = {node["cpus"] for node in nodes.values()}
    return {
        "slurm": facts["release"],
        "nodes": len(nodes),
        "states": {short: node["states"][0] for short, node in nodes.items()},
        "cpus_each": cpus,
        "state_type": "list" if single else "string",
        "name": name,
        "state": first["states"],
        "cpus": cpus,
        "real_memory_MB": first["memory_mib"],
        "gres": first["gres"],
    }


def _sinfo_lines(decoded: Decoded) -> dict[str, object]:
    return {"rows": _facts(decoded)["rows"]}


def _stream(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    return {
        **{f"{kernel}_MBps": rate for kernel, rate in facts["best_rate_mbyte_s"].items()},
        "threads": facts["threads"],
        "validates": facts["validates"],
    }


def _gpu_stream(decoded: Decoded) -> dict[str, object]:
    return {
        f"gpu{row['gpu']}_{row['kernel'].upper()}_block_{row['block']}_GBps": row["bandwidth_gbyte_s"]
        for row in _facts(decoded)["rows"]
    }


def _mlc(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    return {"version": facts["version"].removeprefix("v"), "matrix_MBps": facts["bandwidth_mbyte_s"]}


def _diagnosis(decoded: Decoded) -> dict[str, object]:
    defective = _facts(decoded)["defective"]
    told = re.fullmatch(r"(\S+)\(B/L: (\S+) VAL: (\S+) VAR: (\S+) Rule:.*\)", defective[0]["details"])
    assert told is not None
    return {
        "rows": len(defective),
        "defective": [[row["node"], row["category"]] for row in defective],
        "index": [row["node"] for row in defective],
        "rule": f"{told[1]} B/L {told[2]} VAL {told[3]} VAR {told[4]}",
    }


def _monitor(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    (total,) = {each for gpu in facts["gpus"].values() for each in gpu["gpu_mem_total"]}
    # of the first sample: in the fourth, one GPU is at 200 W, which the corpus does not speak of
    (limit,) = {gpu["gpu_power_limit"][0] for gpu in facts["gpus"].values()}
    return {
        "rows": facts["samples"],
        "first": facts["first"],
        "last": facts["last"],
        "gpus": len(facts["gpus"]),
        "gpu_mem_total_B": total,
        "gpu_power_limit_W": limit,
    }


def _megatron(decoded: Decoded) -> dict[str, object]:
    iterations = {told["iteration"]: told for told in _facts(decoded)["iterations"]}
    (batch,) = {told["global_batch_size"] for told in iterations.values()}
    return {
        "iterations_logged": len(iterations),
        "iteration_1_ms": iterations[1]["elapsed_ms"],
        "iteration_5_ms": iterations[5]["elapsed_ms"],
        "iteration_5_lm_loss": iterations[5]["lm_loss"],
        "global_batch_size": batch,
        "skipped_iterations": sum(told["skipped"] for told in iterations.values()),
    }


def _dot(decoded: Decoded) -> dict[str, object]:
    links = {link["a_port"]: link for link in _facts(decoded)["links"]}
    ends = ("a_device", "a_port", "b_device", "b_port")
    return {
        "links": len(links),
        "per_link_attrs": {port: link["attributes"] for port, link in links.items()},
        **{port: [link[end] for end in ends] for port, link in links.items()},
    }


def _sonic_links(decoded: Decoded) -> dict[str, object]:
    links = _facts(decoded)["links"]
    ends = ("a_device", "a_port", "b_device", "b_port")
    (speed,) = {link["speed_mbps"] for link in links}
    return {
        "links": len(links),
        "devices": len({link[end] for link in links for end in ("a_device", "b_device")}),
        "bandwidth_mbps": speed,
        "row1": [links[0][end] for end in ends],
        "last": [links[-1][end] for end in (*ends, "vlans")],
    }


VIEWS: dict[str, View] = {
    "ib.netdiscover": _netdiscover,
    "cuda.bandwidth-test": _cuda,
    "shoc.bus-speed": _shoc,
    "superbench.gpu-copy": lambda decoded: _facts(decoded)["bandwidth_gbyte_s"],
    "gpu-burn": _gpu_burn,
    "oci.gpu-healthcheck": _oci,
    "gpcnet": _gpcnet,
    "nvbandwidth": _nvbandwidth,
    "nvbandwidth.json": _nvbandwidth,
    "ocp.diag": _ocp,
    "perftest": _perftest,
    "slurm.sinfo": _sinfo,
    "slurm.partitions": _partitions,
    "slurm.nodes-json": _nodes_json,
    "slurm.sinfo-lines": _sinfo_lines,
    "stream": _stream,
    "superbench.gpu-stream": _gpu_stream,
    "mlc.bandwidth-matrix": _mlc,
    "superbench.diagnosis": _diagnosis,
    "superbench.monitor": _monitor,
    "megatron-deepspeed": _megatron,
    "cabling.ptm-dot": _dot,
    "cabling.sonic-links": _sonic_links,
}
