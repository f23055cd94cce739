"""One GPU of `nvidia-smi -q`, from its XML or its text: the same fields under two sets of names.

Names move with the driver (accelerators reference, section 2): all that are known are looked up, and where
none is there the field is absent, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from bringup.decode.nvidia_field import Fields, total
from bringup.decode.nvidia_xml_tree import Element
from bringup.model.facts_gpu import Accelerator
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

Reader = Callable[[Fields, str | None], Read]


class _Field(NamedTuple):
    read: Reader
    paths: tuple[str, ...]


def _word(fields: Fields, text: str | None) -> Read:
    return fields.word(text)


def _count(fields: Fields, text: str | None) -> Read:
    return fields.whole(text)


def _flag(fields: Fields, text: str | None) -> Read:
    return fields.flag(text)


def _unit(unit: str) -> Reader:
    return lambda fields, text: fields.real(text, unit)


def _width(fields: Fields, text: str | None) -> Read:
    return fields.whole(text, "x")


_LINK, _LINK_TEXT = "pci/pci_gpu_link_info", "PCI/GPU Link Info"
_FIELDS: Mapping[str, _Field] = MappingProxyType(
    {
        "model": _Field(_word, ("product_name", "Product Name")),
        "uuid": _Field(_word, ("uuid", "GPU UUID")),
        "serial": _Field(_word, ("serial", "Serial Number")),
        "vbios": _Field(_word, ("vbios_version", "VBIOS Version")),
        "pci_address": _Field(_word, ("pci/pci_bus_id", "PCI/Bus Id")),
        "pcie_generation": _Field(
            _count, (f"{_LINK}/pcie_gen/current_link_gen", f"{_LINK_TEXT}/PCIe Generation/Current")
        ),
        "pcie_generation_max": _Field(
            _count, (f"{_LINK}/pcie_gen/max_link_gen", f"{_LINK_TEXT}/PCIe Generation/Max")
        ),
        "pcie_width_lanes": _Field(
            _width, (f"{_LINK}/link_widths/current_link_width", f"{_LINK_TEXT}/Link Width/Current")
        ),
        "pcie_width_max_lanes": _Field(
            _width, (f"{_LINK}/link_widths/max_link_width", f"{_LINK_TEXT}/Link Width/Max")
        ),
        "pcie_replays": _Field(_count, ("pci/replay_counter", "PCI/Replays Since Reset")),
        "performance_state": _Field(_word, ("performance_state", "Performance State")),
        "fan_percent": _Field(_unit("%"), ("fan_speed", "Fan Speed")),
        "utilization_percent": _Field(_unit("%"), ("utilization/gpu_util", "Utilization/GPU")),
        "memory_total_mib": _Field(_unit("MiB"), ("fb_memory_usage/total", "FB Memory Usage/Total")),
        "memory_used_mib": _Field(_unit("MiB"), ("fb_memory_usage/used", "FB Memory Usage/Used")),
        "memory_reserved_mib": _Field(_unit("MiB"), ("fb_memory_usage/reserved", "FB Memory Usage/Reserved")),
        "temperature_c": _Field(_unit("C"), ("temperature/gpu_temp", "Temperature/GPU Current Temp")),
        "memory_temperature_c": _Field(
            _unit("C"), ("temperature/memory_temp", "Temperature/Memory Current Temp")
        ),
        "temperature_margin_c": _Field(
            _unit("C"), ("temperature/gpu_temp_tlimit", "Temperature/GPU T.Limit Temp")
        ),
        "power_w": _Field(
            _unit("W"),
            (
                "gpu_power_readings/instant_power_draw",
                "gpu_power_readings/power_draw",
                "power_readings/power_draw",
                "GPU Power Readings/Instantaneous Power Draw",
                "GPU Power Readings/Power Draw",
                "Power Readings/Power Draw",
            ),
        ),
        "power_average_w": _Field(
            _unit("W"),
            ("gpu_power_readings/average_power_draw", "GPU Power Readings/Average Power Draw"),
        ),
        "power_limit_w": _Field(
            _unit("W"),
            (
                "gpu_power_readings/current_power_limit",
                "power_readings/current_power_limit",
                "power_readings/enforced_power_limit",
                "power_readings/power_limit",
                "GPU Power Readings/Current Power Limit",
                "Power Readings/Enforced Power Limit",
            ),
        ),
        "persistence": _Field(_flag, ("persistence_mode", "Persistence Mode")),
        "mig": _Field(_flag, ("mig_mode/current_mig", "MIG Mode/Current")),
        "reset_required": _Field(
            _flag, ("gpu_reset_status/reset_required", "GPU Reset Status/Reset Required")
        ),
        "ecc_enabled": _Field(_flag, ("ecc_mode/current_ecc", "ECC Mode/Current", "Ecc Mode/Current")),
        "remap_pending": _Field(_flag, ("remapped_rows/remapped_row_pending", "Remapped Rows/Pending")),
        "remap_failure": _Field(
            _flag, ("remapped_rows/remapped_row_failure", "Remapped Rows/Remapping Failure Occurred")
        ),
        "remapped_corrected": _Field(
            _count, ("remapped_rows/remapped_row_corr", "Remapped Rows/Correctable Error")
        ),
        "remapped_uncorrected": _Field(
            _count, ("remapped_rows/remapped_row_unc", "Remapped Rows/Uncorrectable Error")
        ),
        "retired_single_bit": _Field(
            _count,
            ("retired_pages/multiple_single_bit_retirement/retired_count", "Retired Pages/Single Bit ECC"),
        ),
        "retired_double_bit": _Field(
            _count, ("retired_pages/double_bit_retirement/retired_count", "Retired Pages/Double Bit ECC")
        ),
        "retirement_pending": _Field(
            _flag,
            (
                "retired_pages/pending_retirement",
                "retired_pages/pending_blacklist",
                "Retired Pages/Pending Page Blacklist",
                "Retired Pages/Pending Page Retirement",
            ),
        ),
        "fabric_state": _Field(_word, ("fabric/state", "Fabric/State")),
        "fabric_status": _Field(_word, ("fabric/status", "Fabric/Status")),
        "fabric_clique": _Field(_word, ("fabric/cliqueId", "Fabric/CliqueId")),
        "fabric_cluster": _Field(_word, ("fabric/clusterUuid", "Fabric/ClusterUUID")),
    }
)
_WHOLE_SECTION_MISSING = MappingProxyType(
    {
        "remapped_rows": ("remapped_rows", "Remapped Rows"),
        "remap_pending": ("remapped_rows", "Remapped Rows"),
        "remap_failure": ("remapped_rows", "Remapped Rows"),
        "ecc_enabled": ("ecc_mode", "Ecc Mode", "ECC Mode"),
    }
)
"""Sections that are one `N/A` where the board has none of it."""
_REASONS = MappingProxyType(
    {
        "idle": ("gpu_idle", "Idle"),
        "sw_power_cap": ("sw_power_cap", "SW Power Cap"),
        "hw_slowdown": ("hw_slowdown", "HW Slowdown"),
        "hw_thermal_slowdown": ("hw_thermal_slowdown", "HW Slowdown/HW Thermal Slowdown"),
        "hw_power_brake": ("hw_power_brake_slowdown", "HW Slowdown/HW Power Brake Slowdown"),
        "sync_boost": ("sync_boost", "Sync Boost"),
        "sw_thermal_slowdown": ("sw_thermal_slowdown", "SW Thermal Slowdown"),
    }
)
_REASON_SECTIONS = ("Clocks Event Reasons", "Clocks Throttle Reasons")
_REASON_PREFIXES = ("clocks_event_reason", "clocks_throttle_reason")
_TEXT_ECC = MappingProxyType({"Volatile": "volatile", "Aggregate": "aggregate"})


def accelerator(
    told: Element, index: int, driver: Read, open_section: str = ""
) -> tuple[Accelerator, list[str]]:
    """The facts of one GPU, and warnings.

    `open_section` is the path of the last line of a text that may have been cut there: what is a sum over a
    section that is still open is not available.
    """
    fields = Fields(f"GPU {index}")
    reads = {name: field.read(fields, told.one(*field.paths)) for name, field in _FIELDS.items()}
    for name, sections in _WHOLE_SECTION_MISSING.items():
        if name in reads and reads[name] == ABSENT:
            reads[name] = fields.word(told.one(*sections) or None)
            if reads[name].value is not None:
                reads[name] = ABSENT
    reads["recovery_action"] = _action(told)
    ecc = _ecc(told, fields)
    made = Accelerator(
        index=index,
        driver=driver,
        clock_reasons=_clock_reasons(told, fields),
        ecc=ecc,
        ecc_corrected=_sum(ecc, "volatile", "corrected", told, open_section),
        ecc_uncorrected=_sum(ecc, "volatile", "uncorrected", told, open_section),
        ecc_corrected_lifetime=_sum(ecc, "aggregate", "corrected", told, open_section),
        ecc_uncorrected_lifetime=_sum(ecc, "aggregate", "uncorrected", told, open_section),
        **reads,
    )
    if made.pci_address.value is None and told.id:
        made = msgspec.structs.replace(made, pci_address=fields.word(told.id))
    return made, fields.warnings


def _action(told: Element) -> Read:
    """`None` is an answer here: the driver wants nothing done."""
    text = told.one("gpu_recovery_action", "GPU Recovery Action")
    return value("None") if text is not None and text.strip() == "None" else Fields("").word(text)


def _clock_reasons(told: Element, fields: Fields) -> dict[str, Read]:
    found = {}
    for name, (key, label) in _REASONS.items():
        paths = [f"{prefix}s/{prefix}_{key}" for prefix in _REASON_PREFIXES]
        paths += [f"{section}/{label}" for section in _REASON_SECTIONS]
        found[name] = fields.flag(told.one(*paths))
    return {name: read for name, read in found.items() if read != ABSENT}


def _ecc(told: Element, fields: Fields) -> dict[str, Read]:
    """Every counter of memory errors, as `volatile.dram_uncorrectable`.

    Drivers before 450 tell them as `single_bit` and `double_bit` of each kind of memory, with a total.
    """
    found: dict[str, Read] = {}
    for path, text in {**told.under("ecc_errors"), **told.under("ECC Errors")}.items():
        section, _, rest = path.partition("/")
        section = _TEXT_ECC.get(section, section)
        name = rest.lower().replace("sec-ded", "secded").replace(" ", "_").replace("/", ".")
        if section in ("volatile", "aggregate") and ("correctable" in name or "_bit." in name):
            found[f"{section}.{name}"] = fields.whole(text)
    return found


def _sum(ecc: Mapping[str, Read], section: str, kind: str, told: Element, open_section: str) -> Read:
    title = section.capitalize()
    if open_section.startswith(f"ECC Errors/{title}") or open_section in ("ECC Errors",):
        return NOT_AVAILABLE
    words = ("uncorrectable", "double_bit.") if kind == "uncorrected" else ("correctable", "single_bit.")
    names = [name.partition(".")[2] for name in ecc if name.startswith(f"{section}.")]
    mine = [
        name
        for name in names
        if any(word in name for word in words) and not (kind == "corrected" and "uncorrectable" in name)
    ]
    totals = [name for name in mine if name.endswith(".total")]
    parts = total(ecc[f"{section}.{name}"] for name in mine if name not in totals)
    whole = total(ecc[f"{section}.{name}"] for name in totals) if totals else ABSENT
    both = [read for read in (whole, parts) if isinstance(read.value, int)]
    return max(both, key=lambda read: read.value or 0) if both else (whole if totals else parts)
