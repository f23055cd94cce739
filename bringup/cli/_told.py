"""What one live read told, as measurements (contracts, section 1): facts under the names that limits use.

A total since an unknown clear is no quantity of ours and stays a fact; so does what the device did not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bringup.model import facts as told
from bringup.model import facts_gpu as gpu
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import Subject
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Reading

QUANTITIES_OF: Mapping[type, Mapping[str, str]] = MappingProxyType(
    {
        told.Identity: {
            name: name
            for name in (
                "hostname",
                "model",
                "serial",
                "os_version",
                "uptime_s",
                "boot_id",
                "kernel",
                "machine",
            )
        },
        told.Clock: {"synchronized": "clock_synchronized"},
        told.Supply: {"present": "supply_present", "ok": "supply_ok", "input_v": "supply_input_v"},
        told.Fan: {"ok": "fan_ok", "speed_rpm": "fan_speed_rpm"},
        told.Sensor: {"temperature_c": "sensor_temperature_c"},
        told.Outlet: {"state": "outlet_state", "power_w": "power_w"},
        told.Port: {name: name for name in ("admin_up", "oper_up", "speed_gbps", "fec_mode")},
        told.Optic: {
            "present": "optic_present",
            "medium": "optic_medium",
            "serial": "optic_serial",
            "temperature_c": "temperature_c",
            "supply_voltage_v": "supply_voltage_v",
        },
        told.Lane: {name: name for name in ("rx_power_dbm", "tx_power_dbm", "bias_ma")},
        told.Adapter: {
            "driver": "driver_name",
            "firmware": "nic_firmware",
            "pcie_width_lanes": "pcie_width_lanes",
            "pcie_width_max_lanes": "pcie_width_max_lanes",
            "pcie_speed_gt_s": "pcie_speed_gt_s",
            "pcie_speed_max_gt_s": "pcie_speed_max_gt_s",
        },
        told.HostPower: {"power_state": "power_state"},
        told.Processor: {"cpu_count": "cpu_count", "memory_gib": "memory_gib"},
        told.Inlet: {"power_w": "power_w"},
        told.LeakDetector: {"state": "leak_state"},
        told.Image: {"version": "firmware_version"},
        gpu.Accelerator: {
            "serial": "gpu_serial",
            "model": "gpu_model",
            "driver": "gpu_driver",
            "vbios": "gpu_vbios",
            "ecc_enabled": "ecc_enabled",
            "ecc_corrected": "ecc_corrected",
            "ecc_uncorrected": "ecc_uncorrected",
            "ecc_uncorrected_lifetime": "ecc_uncorrected_lifetime",
            "remap_pending": "remap_pending",
            "remap_failure": "remap_failure",
            "remapped_uncorrected": "remapped_rows",
            "pcie_width_lanes": "pcie_width_lanes",
            "pcie_width_max_lanes": "pcie_width_max_lanes",
            "temperature_c": "gpu_temperature_c",
            "memory_temperature_c": "gpu_memory_temperature_c",
            "power_w": "gpu_power_w",
            "fabric_state": "fabric_state",
            "fabric_status": "fabric_status",
        },
        gpu.Nvlink: {"up": "nvlink_up", "rate_gbyte_s": "nvlink_gbyte_s"},
    }
)


def measurements_of(device: str, facts: object) -> Iterator[Measurement]:
    """The measurements in a fact of `device`, or in a tuple of facts, parts after wholes."""
    if isinstance(facts, tuple):
        for one in facts:
            yield from measurements_of(device, one)
    elif isinstance(facts, told.Environment):
        yield from measurements_of(device, (*facts.supplies, *facts.fans, *facts.sensors))
    elif isinstance(facts, told.FirmwareState):
        yield from measurements_of(device, facts.images)
    elif isinstance(facts, gpu.NvlinkPorts):
        for link in facts.links:
            yield from _of(Subject(device, f"gpu-{facts.gpu}", f"nvlink-{link.index}"), link)
    else:
        yield from _of(_subject(device, facts), facts)
        if isinstance(facts, told.Optic):
            for lane in facts.lanes:
                yield from _of(Subject(device, facts.port, f"lane-{lane.index}"), lane)
        elif isinstance(facts, gpu.Accelerator):
            for name, read in facts.clock_reasons.items():
                if name in QUANTITIES:
                    yield measured(_subject(device, facts), name, read)


def as_record(measurement: Measurement) -> dict[str, Any]:
    """A measurement with its unit, as it is printed."""
    return {
        "subject": measurement.subject,
        "quantity": measurement.quantity,
        "value": measurement.value,
        "unit": measurement.unit,
        "reading": measurement.reading,
        "age_s": measurement.age_s,
        "accuracy": measurement.accuracy,
    }


def _of(subject: Subject, fact: object) -> Iterator[Measurement]:
    for field, quantity in QUANTITIES_OF.get(type(fact), {}).items():
        read = getattr(fact, field)
        if read.reading is not Reading.ABSENT:
            yield measured(subject, quantity, read)


def _subject(device: str, fact: object) -> Subject:
    match fact:
        case told.Outlet():
            return Subject(device, f"outlet-{fact.index}")
        case gpu.Accelerator():
            return Subject(device, f"gpu-{fact.index}")
        case told.LeakDetector():
            return Subject(device, fact.names[0]) if fact.names else Subject(device)
        case told.Optic() | told.Adapter():
            return Subject(device, fact.port)
        case told.Port() | told.Supply() | told.Fan() | told.Sensor() | told.Inlet() | told.Image():
            return Subject(device, fact.name)
        case _:
            return Subject(device)
