"""What `dcgmi` 4 prints: its version, and `diag -r 1|2 --json` in the shape of DCGM 4.

Error numbers and severities are those of dcgm_errors.h: 2 isolate, 4 triage, 6 reset.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from bringup.lab import accelerator
from bringup.lab.collective import work
from bringup.lab.shell import Reply
from bringup.lab.state import Device
from bringup.lab.state_gpu import NVLINKS, Gpu
from bringup.lab.world import World

Json = dict[str, Any]
LEVEL_S = {1: 8.0, 2: 130.0}
"""World seconds that a level takes."""
FAILED = 226
"""Exit status when a test failed."""
GROUP = 1
HARDWARE = 1


class _Complaint(NamedTuple):
    text: str
    error_id: int
    severity: int
    category: int = HARDWARE


def version(node: Device) -> Reply:
    """`dcgmi --version`."""
    stack = node.gpu_stack
    return Reply(f"\ndcgmi  version: {stack.dcgm}\n\n") if stack is not None else Reply("", "", 127)


def diagnose(world: World, node: Device, level: int) -> Reply:
    """`dcgmi diag -r LEVEL --json`."""
    found, stack = accelerator.present(node), node.gpu_stack
    if not found or stack is None:
        return Reply(
            '{"DCGM Diagnostic" : {"runtime_error" : "No GPUs were found on the system."}}\n', "", 255
        )
    tests = [("Deployment", "software", [_software(index, gpu) for index, gpu in enumerate(found)])]
    if level > 1:
        tests += [
            ("Integration", "pcie", [_pcie(index, gpu) for index, gpu in enumerate(found)]),
            ("Hardware", "memory", [_memory(index, gpu) for index, gpu in enumerate(found)]),
        ]
        work(world, node, LEVEL_S[level])
    document = {
        "DCGM Diagnostic": {
            "test_categories": [
                {"category": category, "tests": [_test(name, complaints)]}
                for category, name, complaints in tests
            ]
        },
        "entity_groups": [_entities(found)],
        "metadata": {"Driver Version Detected": stack.driver, "version": stack.dcgm},
    }
    failed = any(complaint for _, _, complaints in tests for complaint in complaints)
    text = json.dumps(document, indent="\t", separators=(",", " : ")) + "\n"
    return Reply(text, "", FAILED if failed else 0, LEVEL_S[level])


def _entities(found: list[Gpu]) -> Json:
    entities = [
        {"device_id": "2330", "entity_id": index, "serial_num": gpu.serial} for index, gpu in enumerate(found)
    ]
    return {"entities": entities, "entity_group": "GPU", "entity_group_id": GROUP}


def _test(name: str, complaints: list[_Complaint | None]) -> Json:
    results = [_result(index, complaint) for index, complaint in enumerate(complaints)]
    summary = "Fail" if any(complaints) else "Pass"
    return {"name": name, "results": results, "test_summary": {"status": summary}}


def _result(index: int, complaint: _Complaint | None) -> Json:
    result: Json = {
        "entity_group": "GPU",
        "entity_group_id": GROUP,
        "entity_id": index,
        "status": "Pass" if complaint is None else "Fail",
    }
    if complaint is not None:
        result["warnings"] = [
            {
                "error_category": complaint.category,
                "error_id": complaint.error_id,
                "error_severity": complaint.severity,
                "warning": complaint.text,
            }
        ]
    return result


def _software(index: int, gpu: Gpu) -> _Complaint | None:
    if gpu.remap_failed:
        return _Complaint(f"GPU {index} had uncorrectable memory errors and row remapping failed", 80, 6)
    if gpu.remap_pending:
        text = f"GPU {index} had uncorrectable memory errors and row remappings are pending"
        return _Complaint(text, 85, 6)
    return None


def _pcie(index: int, gpu: Gpu) -> _Complaint | None:
    down = NVLINKS - accelerator.links_up(gpu)
    if down:
        which = next(number for number, link in enumerate(gpu.links) if not link.up)
        return _Complaint(f"GPU {index}'s NvLink link {which} is currently down", 14, 4)
    return None


def _memory(index: int, gpu: Gpu) -> _Complaint | None:
    if gpu.dram_uncorrected or gpu.sram_uncorrected:
        count = gpu.dram_uncorrected + gpu.sram_uncorrected
        return _Complaint(f"Detected {count} volatile double-bit ECC error(s) in GPU {index}.", 4, 2)
    return None
