"""`nvidia-smi --query-gpu=… --format=csv`: a header with names and units, one line a GPU."""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode.nvidia_field import Fields, missing_of, total
from bringup.decode.nvidia_smi_xml import MAX_GPUS, refuse_twins
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, refuse_error_text, text_of
from bringup.model.facts_gpu import Accelerator
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_.]{0,79})(?: \[([A-Za-z%]{1,8})\])?")
_WORDS = MappingProxyType(
    {
        "model": "name",
        "uuid": "uuid",
        "serial": "serial",
        "vbios": "vbios_version",
        "driver": "driver_version",
        "pci_address": "pci.bus_id",
        "performance_state": "pstate",
        "fabric_state": "fabric.state",
        "fabric_status": "fabric.status",
        "fabric_clique": "fabric.cliqueId",
        "fabric_cluster": "fabric.clusterUuid",
    }
)
_COUNTS = MappingProxyType(
    {
        "pcie_generation": "pcie.link.gen.current",
        "pcie_generation_max": "pcie.link.gen.max",
        "pcie_width_lanes": "pcie.link.width.current",
        "pcie_width_max_lanes": "pcie.link.width.max",
        "remapped_corrected": "remapped_rows.correctable",
        "remapped_uncorrected": "remapped_rows.uncorrectable",
        "retired_single_bit": "retired_pages.single_bit_ecc.count",
        "retired_double_bit": "retired_pages.double_bit.count",
    }
)
_FLAGS = MappingProxyType(
    {
        "persistence": "persistence_mode",
        "mig": "mig.mode.current",
        "ecc_enabled": "ecc.mode.current",
        "remap_pending": "remapped_rows.pending",
        "remap_failure": "remapped_rows.failure",
        "retirement_pending": "retired_pages.pending",
    }
)
_REALS = MappingProxyType(
    {
        "temperature_c": "temperature.gpu",
        "memory_temperature_c": "temperature.memory",
        "temperature_margin_c": "temperature.gpu.tlimit",
        "power_w": "power.draw.instant",
        "power_average_w": "power.draw",
        "power_limit_w": "power.limit",
        "fan_percent": "fan.speed",
        "utilization_percent": "utilization.gpu",
        "memory_total_mib": "memory.total",
        "memory_used_mib": "memory.used",
        "memory_reserved_mib": "memory.reserved",
    }
)
_REASONS = MappingProxyType(
    {
        "idle": "gpu_idle",
        "sw_power_cap": "sw_power_cap",
        "hw_slowdown": "hw_slowdown",
        "hw_thermal_slowdown": "hw_thermal_slowdown",
        "hw_power_brake": "hw_power_brake_slowdown",
        "sync_boost": "sync_boost",
        "sw_thermal_slowdown": "sw_thermal_slowdown",
    }
)
_REASON_PREFIXES = ("clocks_event_reasons", "clocks_throttle_reasons")
_ALIASES = MappingProxyType({"gpu_name": "name", "gpu_uuid": "uuid", "gpu_bus_id": "pci.bus_id"})


def _parse(data: bytes) -> Found:
    """`rows` holds every cell under its column's name, as printed.

    Raises:
        Damaged: a header with a name twice, or a row of another length.
        Nothing: no row.
    """
    text, warned = text_of(data)
    refuse_error_text(text)
    lines = [line for line in text.split("\n") if line.strip()]
    names, units = _header(lines[0])
    unfinished = not text.endswith("\n")
    if len(lines) < 2:
        raise Nothing("there is a header and no row")
    if len(lines) - 1 > MAX_GPUS:
        raise Damaged(f"{len(lines) - 1} rows are more than any host has GPUs")
    rows: list[dict[str, str]] = []
    for number, line in enumerate(lines[1:], 1):
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(names):
            raise Damaged(f"row {number} has {len(cells)} cells, the header {len(names)}")
        rows.append(dict(zip(names, cells, strict=True)))
    fields = Fields("nvidia-smi")
    if unfinished:
        fields.warn("the last line has no end: its last cell may be cut, and is left out")
        rows[-1].pop(names[-1])
    found = [_gpu(row, place, units, fields) for place, row in enumerate(rows)]
    refuse_twins(found)
    if len({one.index for one in found}) != len(found):
        raise Damaged("two rows have the same index")
    held: list[object] = [dict(row) for row in rows]
    return Found(facts={"accelerators": tuple(found), "rows": held}, warnings=(*warned, *fields.warnings))


def _header(line: str) -> tuple[list[str], dict[str, str]]:
    matches = [_NAME.fullmatch(cell.strip()) for cell in line.split(",")]
    if any(match is None for match in matches):
        raise Damaged("the first line is no header of this tool")
    names = [_ALIASES.get(match[1], match[1]) for match in matches if match]
    if len(set(names)) != len(names):
        raise Damaged("a name stands twice in the header")
    return names, {name: match[2] or "" for name, match in zip(names, matches, strict=True) if match}


def _gpu(row: dict[str, str], place: int, units: dict[str, str], fields: Fields) -> Accelerator:
    reads: dict[str, Read] = {name: fields.word(row.get(key)) for name, key in _WORDS.items()}
    reads |= {name: fields.whole(row.get(key)) for name, key in _COUNTS.items()}
    reads |= {name: fields.flag(row.get(key)) for name, key in _FLAGS.items()}
    reads |= {name: _real(row.get(key), units.get(key, ""), fields) for name, key in _REALS.items()}
    index = fields.whole(row.get("index")).value
    ecc = _ecc(row, fields)
    made = Accelerator(index=index if isinstance(index, int) else place, ecc=ecc)
    return msgspec.structs.replace(
        made,
        **reads,
        clock_reasons=_reasons(row, fields),
        ecc_corrected=_sum(ecc, "volatile.corrected"),
        ecc_uncorrected=_sum(ecc, "volatile.uncorrected"),
        ecc_corrected_lifetime=_sum(ecc, "aggregate.corrected"),
        ecc_uncorrected_lifetime=_sum(ecc, "aggregate.uncorrected"),
    )


def _real(text: str | None, unit: str, fields: Fields) -> Read:
    """A cell repeats the unit of its column, or not (`nounits`)."""
    if text is None or missing_of(text) is not None:
        return fields.word(text)
    return fields.real(text if not unit or text.endswith(unit) else f"{text} {unit}", unit)


def _reasons(row: dict[str, str], fields: Fields) -> dict[str, Read]:
    found = {}
    for name, key in _REASONS.items():
        text = next((row[f"{start}.{key}"] for start in _REASON_PREFIXES if f"{start}.{key}" in row), None)
        found[name] = fields.flag(text)
    return {name: read for name, read in found.items() if read != ABSENT}


def _ecc(row: dict[str, str], fields: Fields) -> dict[str, Read]:
    """`ecc.errors.uncorrected.volatile.dram` as `volatile.uncorrected.dram`."""
    found = {}
    for name, text in row.items():
        parts = name.split(".")
        if parts[:2] == ["ecc", "errors"] and len(parts) == 5:
            found[f"{parts[3]}.{parts[2]}.{parts[4]}"] = fields.whole(text)
    return found


def _sum(ecc: dict[str, Read], start: str) -> Read:
    """The tool's own total, or what the parts sum up to where that is more; parts alone are no total."""
    whole = ecc.get(f"{start}.total", ABSENT)
    parts = total(
        read for name, read in ecc.items() if name.startswith(f"{start}.") and name != f"{start}.total"
    )
    if (
        isinstance(parts.value, int)
        and parts.value > 0
        and not (isinstance(whole.value, int) and whole.value)
    ):
        return value(parts.value)
    if whole == ABSENT and parts.value is not None:
        return NOT_AVAILABLE
    return whole


SMI_CSV = Format(
    name="nvidia.smi-csv",
    title="NVIDIA: nvidia-smi --query-gpu=… --format=csv",
    sniff=lambda head: 75 if _looks_like_header(head) else 0,
    parse=_parse,
    facts={"accelerators": tuple[Accelerator, ...], "rows": list[object]},
)


def _looks_like_header(head: bytes) -> bool:
    first = head.partition(b"\n")[0]
    cells = {cell.strip().partition(b" ")[0] for cell in first.split(b",")}
    return len(cells) > 1 and bool(cells & {b"uuid", b"gpu_uuid", b"driver_version", b"pci.bus_id"})


FORMATS = (SMI_CSV,)
