"""The facts of accelerator tools in the words of the corpus, which keep the units of the source text.

A family's expectation names the file, seldom the command: formats go by folder, and by file where one holds
several.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bringup.model.facts import Decoded
from bringup.model.facts_gpu import Accelerator, Collective, CollectivePass, Diagnosis, NvlinkPorts, XidLog
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read
from bringup.model.verdict import Reading
from tests.decode.corpus import ROOT, Case

FORMAT_OF = {
    "nvidia_smi_xml": "nvidia.smi-xml",
    "nvidia_smi_csv": "nvidia.smi-csv",
    "nvidia_smi_nvlink": "nvidia.nvlink-status",
    "nvidia_smi_table": "nvidia.smi-table",
    "nvidia_smi_text": "nvidia.smi-text",
    "nvidia_smi_topo": "nvidia.topo",
    "dcgm_diag": "dcgm.diag",
    "dcgm_nvlink": "dcgm.nvlink-errors",
    "nccl_tests": "nccl.text",
    "xid_dmesg": "nvidia.kernel-log",
    "fabric_state": "nvidia.fabric",
    "fabricmanager": "nvidia.fabric-manager",
    "bad_nvsmi8_output.txt": "nvidia.smi-text",
    "v3_aws_r2_a100_table.txt": "dcgm.diag-table",
}
FAMILIES = tuple(name for name in FORMAT_OF if "." not in name)
WORDS = frozenset(
    {"note", "why", "verdict", "verdict_facts", "cause", "text", "library", "process", "format"}
)
"""For the reader of the corpus: what they say stands in a test by name."""
OUTCOMES = {
    "error": "unparsable",
    "truncated: no trailer, last row cut; must not pass": "unparsable",
    "incomplete: CliqueId missing, UUID malformed (no 8-digit first group)": "ok",
    "not_applicable, not a failure": "ok",
}
"""Outcomes in words of the corpus; what a Fabric block lacks stands in its readings."""


def cases() -> list[object]:
    """One for each file of the families; one skip without a corpus."""
    if not ROOT.is_dir():
        skip = pytest.mark.skip(reason=f"no corpus in {ROOT}: set BRINGUP_CORPUS")
        return [pytest.param(None, marks=skip, id="no-corpus")]
    found: list[object] = []
    for family in FAMILIES:
        folder = ROOT / "gpu" / family
        for name, expected in json.loads((folder / "expected.json").read_text())["files"].items():
            told = expected.get("outcome", "ok")
            case = Case(
                name=f"{family}/{name}",
                data=(folder / name).read_bytes(),
                command=FORMAT_OF.get(name, FORMAT_OF[family]),
                outcome=OUTCOMES.get(told, told),
                facts={key: each for key, each in expected.items() if key not in WORDS | {"outcome"}},
            )
            found.append(pytest.param(case, id=case.name))
    return found


def view_of(case: Case, decoded: Decoded) -> dict[str, object]:
    family = case.name.partition("/")[0]
    if case.command == "nvidia.smi-text" and family == "nvidia_smi_table":
        family = "page_retirement"
    return VIEWS[family](decoded, case)


def printed(read: Read, unit: str = "", digits: int | None = None) -> str | None:
    """As the tool prints it: `N/A` for what it says it has not, None for what it does not speak of."""
    if read == ABSENT:
        return None
    if read.reading is not Reading.VALUE or read.value is None:
        return "N/A"
    if isinstance(read.value, bool):
        return "Enabled" if read.value else "Disabled"
    number = read.value
    text = (
        f"{number:.{digits}f}"
        if digits is not None
        else f"{number:g}"
        if not isinstance(number, str)
        else number
    )
    return f"{text} {unit}".strip() if unit != "x" else f"{text}x"


def accelerators(decoded: Decoded) -> tuple[Accelerator, ...]:
    facts: dict[str, Any] = dict(decoded.facts)
    found: tuple[Accelerator, ...] = facts["accelerators"]
    return found


def _xml_gpu(one: Accelerator, details: Mapping[str, Any]) -> dict[str, object]:
    ecc = {name: printed(read) for name, read in one.ecc.items()}
    power = printed(one.power_w, "W", 2)
    told: dict[str, object] = {
        "bus_id": one.pci_address.value,
        "name": one.model.value,
        "uuid": one.uuid.value,
        "fan_speed": printed(one.fan_percent, "%"),
        "perf": one.performance_state.value,
        "mem_total": printed(one.memory_total_mib, "MiB", 0),
        "mem_used": printed(one.memory_used_mib, "MiB", 0),
        "mem_reserved": printed(one.memory_reserved_mib, "MiB", 0),
        "util_gpu": printed(one.utilization_percent, "%"),
        "temp": printed(one.temperature_c, "C"),
        "power_draw": power,
        "gpu_power_draw": power,
        "instant_power": power,
        "avg_power": printed(one.power_average_w, "W", 2),
        "pcie_gen": printed(one.pcie_generation),
        "pcie_width": printed(one.pcie_width_lanes, "x"),
        "ecc_mode": printed(one.ecc_enabled),
        "mig": printed(one.mig),
        "vol_sram_unc": ecc.get("volatile.sram_uncorrectable"),
        "vol_dram_unc": ecc.get("volatile.dram_uncorrectable"),
        "vol_sram_par": ecc.get("volatile.sram_uncorrectable_parity"),
        "dbe_vol": ecc.get("volatile.double_bit.total"),
        "fabric_state": printed(one.fabric_state),
        "fabric_status": printed(one.fabric_status),
        "mig_devices": details["mig_devices"],
        "processes": details["processes"],
    }
    return told


def _xml(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    host, attached = facts["host"], facts["host"]["attached"]
    pairs = zip(accelerators(decoded), facts["details"], strict=True)
    return {
        "driver_version": host["driver"],
        "cuda_version": host["cuda"],
        "attached_gpus": None if attached is None else str(attached),
        "gpu_elements": len(accelerators(decoded)),
        "gpus": [_xml_gpu(one, details) for one, details in pairs],
    }


def _csv(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    one, row = accelerators(decoded)[0], facts["rows"][0]
    active = row.get("clocks_event_reasons.active")
    idle = one.clock_reasons.get("idle", NOT_AVAILABLE).value is True
    yes_no = {True: "Yes", False: "No", None: None}
    retired = row.get("retired_pages.pending", "[N/A]") == "[N/A]"
    cut = not case.data.endswith(b"\n")
    return {
        "rows": len(accelerators(decoded)),
        "fields": len(row) + cut,
        "name": one.model.value,
        "driver": one.driver.value,
        "memory_total_MiB": one.memory_total_mib.value,
        "fabric_state": one.fabric_state.value,
        "fabric_status": one.fabric_status.value,
        "ecc_mode": printed(one.ecc_enabled) if one.ecc_enabled.value is not None else None,
        "ecc_uncorr_volatile_total": one.ecc_uncorrected.value,
        "remapped_pending": yes_no[_flag(one.remap_pending)],
        "remapped_failure": yes_no[_flag(one.remap_failure)],
        "retired_pages": "[N/A] (not zero)" if retired and one.retired_double_bit.value is None else "told",
        "pcie_gen": one.pcie_generation.value,
        "pcie_width": one.pcie_width_lanes.value,
        "memory_used_MiB": one.memory_used_mib.value,
        "util_gpu_pct": one.utilization_percent.value,
        "temp_C": one.temperature_c.value,
        "power_draw_W": one.power_average_w.value,
        "power_instant_W": one.power_w.value,
        "event_reasons_active": f"{active} (gpu_idle)" if idle else active,
        "sw_power_cap_us": int(
            row.get("clocks_event_reasons_counters.sw_power_cap", "0 us").removesuffix(" us")
        ),
    }


def _flag(read: Read) -> bool | None:
    return read.value if isinstance(read.value, bool) else None


def _nvlink(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    ports: tuple[NvlinkPorts, ...] = facts["nvlinks"]
    counts = {len(port.links) for port in ports}
    rates = {link.rate_gbyte_s.value for port in ports for link in port.links}
    return {
        "gpus": len(ports),
        "gpu_index": ports[0].gpu,
        "links": counts.pop() if len(counts) == 1 else counts,
        "links_per_gpu": len(ports[0].links),
        "speed_GBps_each": rates.pop() if len(rates) == 1 else rates,
    }


def _dcgm_nvlink(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    (port,) = facts["nvlinks"]
    told: dict[str, object] = {"gpu": port.gpu, "links": len(port.links)}
    every = [read.value for link in port.links for read in link.errors.values()]
    told["all_zero"] = all(count == 0 for count in every)
    for link in port.links:
        counts = {name: read.value for name, read in link.errors.items()}
        zero = all(count == 0 for count in counts.values())
        told[f"Link {link.index}"] = "all 0" if zero else counts
    return told


def _table(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    (one,) = accelerators(decoded)
    return {
        "gpus": 1,
        "name": one.model.value,
        "driver": facts["host"]["driver"],
        "cuda": facts["host"]["cuda"],
        "temp_C": one.temperature_c.value,
        "power_W": one.power_w.value,
        "power_cap_W": one.power_limit_w.value,
        "mem_used_MiB": one.memory_used_mib.value,
        "mem_total_MiB": one.memory_total_mib.value,
        "util_pct": one.utilization_percent.value,
        "vol_uncorr_ecc": one.ecc_uncorrected.value,
        "processes": facts["host"]["processes"],
    }


def _page_retirement(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    every = accelerators(decoded)
    return {
        "kind": "nvidia-smi -q -d PAGE_RETIREMENT text",
        "driver": facts["host"]["driver"],
        "gpus": len(every),
        "single_bit": [one.retired_single_bit.value for one in every],
        "double_bit": [one.retired_double_bit.value for one in every],
        "pending": ["Yes" if one.retirement_pending.value else "No" for one in every],
    }


def _text(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    one = accelerators(decoded)[0]
    return {
        "driver": facts["host"]["driver"],
        "cuda": facts["host"]["cuda"],
        "attached_gpus": facts["host"]["attached"],
        "name": one.model.value,
        "fabric_state": one.fabric_state.value,
        "fabric_status": one.fabric_status.value,
    }


def _fabric(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    (one,) = accelerators(decoded)
    cluster = facts["printed"].get("ClusterUUID")
    return {
        "state": one.fabric_state.value,
        "status": one.fabric_status.value,
        "clique_id": one.fabric_clique.value,
        "cluster_uuid": None if cluster == "N/A" else cluster,
    }


def _topo(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    matrix, affinity = facts["matrix"], facts["affinity"]
    gpus = [name for name in matrix if name.startswith("GPU")]
    nics = [name for name in matrix if name.startswith("NIC")]
    between = {matrix[one][other] for one in gpus for other in gpus if one != other}
    first = affinity["GPU0"]
    pair = f"all {between.pop()}" if len(between) == 1 else sorted(between)
    return {
        "gpus": len(gpus),
        "nics": len(nics),
        "pair": pair,
        "gpu_gpu": pair,
        "nvlink": str(pair).startswith("all NV"),
        "cpu_affinity": first["CPU Affinity"],
        "GPU0_cpu_affinity": first["CPU Affinity"],
        "numa": first["NUMA Affinity"],
        "GPU0_numa": first["NUMA Affinity"],
        "gpu_numa_id": first.get("GPU NUMA ID") or "N/A",
        "GPU0_PXB_nics": [name for name in nics if matrix["GPU0"][name] == "PXB"],
    }


def _diagnosis(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    made: Diagnosis = facts["diagnosis"]
    failed = [one for one in made.results if one.status == "fail"]
    first = failed[0] if failed else None
    told: dict[str, object] = {
        "tests": len({(one.category, one.test) for one in made.results}),
        "results": len(made.results),
        "fail": list(dict.fromkeys(one.test for one in failed)),
        "warn": [one.test for one in made.results if one.status == "warn"],
        "failed_gpus": [one.entity for one in failed],
        "dcgm": made.version.value,
        "driver": made.driver.value,
        "gpus_detected": len(made.device_ids),
        "device_id": made.device_ids[0] if made.device_ids else None,
        "all_pass": all(one.status == "pass" for one in made.results),
        "sections": [*_sections(made, facts)],
        "no_metadata": made.version == ABSENT,
    }
    if first is not None and first.error_ids:
        told["error_id"], told["error_severity"] = first.error_ids[0], first.severities[0]
        told["error_category"] = first.error_categories[0]
        told["entity"] = f"{first.entity_group} {first.entity}"
    # The exit status is no part of a file: the driver puts it beside what it has read.
    told["exit_code"] = case.facts.get("exit_code")
    return told


def _sections(made: Diagnosis, facts: Mapping[str, Any]) -> Iterator[str]:
    filled = {one.category for one in made.results}
    for name in facts.get("sections", ()):
        yield name if name in filled else f"{name} (empty)"


def _half(prefix: str, half: CollectivePass | None) -> dict[str, object]:
    assert half is not None
    wrong = half.wrong.value
    big = isinstance(wrong, int | float) and wrong >= 1_000_000
    return {
        f"{prefix}_time_us": half.time_us.value,
        f"{prefix}_algbw": half.algbw_gbyte_s.value,
        f"{prefix}_busbw": half.busbw_gbyte_s.value,
        f"{prefix}_wrong": "N/A" if wrong is None else f"{wrong:g}" if big else str(wrong),
    }


def _collective(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    made: Collective = facts["collective"]
    rows, last = made.rows, made.rows[-1] if made.rows else None
    told: dict[str, object] = {
        "data_rows": len(rows),
        "ranks": made.ranks.value or 0,
        "validation_performed": made.validation.value,
        "wrong_nonzero_cells": sum(bool(read.value) for row in rows for read in row.wrongs),
        "avg_busbw_GBps": made.average_busbw_gbyte_s.value,
        "out_of_bounds": None
        if made.out_of_bounds.value is None
        else [made.out_of_bounds.value, "OK" if made.out_of_bounds_ok.value else "FAILED"],
        "error": "Test NCCL failure common.cu:392 unhandled cuda error"
        if b"Test NCCL failure common.cu:392" in case.data and "the run failed" in decoded.warnings[0]
        else None,
    }
    if last is not None:
        told |= {"first_size_B": rows[0].size_bytes, "last_size_B": last.size_bytes, "type": last.type}
        told["last_row"] = {**_half("oop", last.out_of_place), **_half("ip", last.in_place)}
        told["max_oop_busbw"] = max(_speed(row.out_of_place) for row in rows)
        told["max_ip_busbw"] = max(_speed(row.in_place) for row in rows)
    return told


def _speed(half: CollectivePass | None) -> float:
    assert half is not None and isinstance(half.busbw_gbyte_s.value, float)
    return half.busbw_gbyte_s.value


def _xid(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    log: XidLog = facts["log"]
    codes = Counter(str(event.code) for event in log.events)
    told: dict[str, object] = {
        "xid_events": len(log.events),
        "xids": dict(codes),
        "pci": log.events[0].pci_address if log.events else None,
        "first": log.events[0].at if log.events else None,
        "last": log.events[-1].at if log.events else None,
        "gpu_uuid": next(iter(facts["uuids"].values()), None),
        "rate_limited": "printing 1 of every 30 (true count is higher)" if log.suppressed else None,
        "peermem_invalid_context_lines": log.mentions.get("peermem_invalid_context", 0),
        "nccl_segfaults": log.mentions.get("nccl_segfault", 0),
        "timestamps": "ISO with comma decimals" if "," in (log.first_at or "") else "other",
    }
    if log.events:
        told["pid"] = int(log.events[0].text.partition("pid=")[2].partition(",")[0])
    return told


def _fabric_manager(decoded: Decoded, case: Case) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    (error,) = facts["errors"]
    kind = "fatal" if error["fatal"] else "non-fatal"
    return {
        "lines": facts["lines"],
        "errors": len(facts["errors"]),
        "error": f"NVSwitch {kind} error {error['code']} fid {error['fid']} pci {error['pci_address']}"
        f" physical id {error['physical_id']} port {error['port']}",
        "when": error["at"],
    }


VIEWS = {
    "nvidia_smi_xml": _xml,
    "nvidia_smi_csv": _csv,
    "nvidia_smi_nvlink": _nvlink,
    "nvidia_smi_table": _table,
    "page_retirement": _page_retirement,
    "nvidia_smi_text": _text,
    "nvidia_smi_topo": _topo,
    "dcgm_diag": _diagnosis,
    "dcgm_nvlink": _dcgm_nvlink,
    "nccl_tests": _collective,
    "xid_dmesg": _xid,
    "fabric_state": _fabric,
    "fabricmanager": _fabric_manager,
}
