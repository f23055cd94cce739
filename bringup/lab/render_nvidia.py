"""What NVIDIA's driver tools print on a server: `nvidia-smi -q -x` and `nvidia-smi nvlink`.

Names of elements are those of driver 550 (nvsmi_device_v12). The tools count only the GPUs that the driver
finds, so one that is missing shifts the indexes of those behind it; serials and PCIe addresses tell which.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from xml.sax.saxutils import escape

from bringup.lab import accelerator
from bringup.lab.shell import Reply
from bringup.lab.state import Device
from bringup.lab.state_gpu import Gpu
from bringup.lab.world import World

NO_DEVICES = Reply("No devices were found\n", "", 6)
MEMORY_MIB, RESERVED_MIB, USED_MIB = 81559, 551, 4
BAR1_MIB = 131072
Tree = list[tuple[str, "str | Tree"]]
"""Elements in order: name, and text or what is inside."""


def query_xml(world: World, node: Device) -> Reply:
    """`nvidia-smi -q -x`."""
    found, now, stack = accelerator.present(node), world.now(), node.gpu_stack
    if not found or stack is None:
        return NO_DEVICES
    when = datetime.datetime.fromtimestamp(world.wall_unix_s(node.name), datetime.UTC)
    head = (
        '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n<nvidia_smi_log>\n'
        f"\t<timestamp>{when:%a %b %e %H:%M:%S %Y}</timestamp>\n"
        f"\t<driver_version>{stack.driver}</driver_version>\n\t<cuda_version>{stack.cuda}</cuda_version>\n"
        f"\t<attached_gpus>{len(found)}</attached_gpus>\n"
    )
    body = "".join(
        f'\t<gpu id="{gpu.pci_address}">\n'
        + "".join(_written(_gpu(node, gpu, minor, now, stack.driver), "\t\t"))
        + "\t</gpu>\n"
        for minor, gpu in enumerate(found)
    )
    return Reply(f"{head}{body}</nvidia_smi_log>\n", takes_s=1.5)


def _written(tree: Tree, indent: str) -> Iterable[str]:
    for name, inside in tree:
        if isinstance(inside, str):
            yield f"{indent}<{name}>{escape(inside)}</{name}>\n"
        else:
            yield f"{indent}<{name}>\n"
            yield from _written(inside, indent + "\t")
            yield f"{indent}</{name}>\n"


def _gpu(node: Device, gpu: Gpu, minor: int, now: float, driver: str) -> Tree:
    return [
        *_identity(gpu, minor, driver),
        ("gpu_reset_status", _reset_status(gpu)),
        ("pci", _pci(gpu)),
        ("fan_speed", "N/A"),
        ("performance_state", "P0"),
        ("clocks_event_reasons", _reasons(node, gpu, now)),
        ("fb_memory_usage", _memory(MEMORY_MIB, RESERVED_MIB, USED_MIB)),
        ("bar1_memory_usage", _memory(BAR1_MIB, None, 1)),
        ("compute_mode", "Default"),
        ("utilization", _utilization(accelerator.working(gpu, now))),
        ("ecc_mode", [("current_ecc", "Enabled"), ("pending_ecc", "Enabled")]),
        ("ecc_errors", _ecc(gpu)),
        ("retired_pages", _NO_PAGES),
        ("remapped_rows", _remapped(gpu)),
        ("temperature", _temperature(node, gpu, now)),
        ("gpu_power_readings", _power(accelerator.power_w(node, gpu, now))),
        ("clocks", _clocks(accelerator.clock_mhz(node, gpu, now))),
        ("max_clocks", _clocks(accelerator.MAX_MHZ)),
        ("fabric", _FABRIC),
        ("processes", ""),
    ]


_NO_RETIREMENT: Tree = [("retired_count", "N/A"), ("retired_pagelist", "N/A")]
_NO_PAGES: Tree = [
    ("multiple_single_bit_retirement", _NO_RETIREMENT),
    ("double_bit_retirement", _NO_RETIREMENT),
    ("pending_blacklist", "N/A"),
    ("pending_retirement", "N/A"),
]
_FABRIC: Tree = [
    ("state", "Completed"),
    ("status", "Success"),
    ("cliqueId", "0"),
    ("clusterUuid", "00000000-0000-0000-0000-000000000000"),
    ("health", [("bandwidth", "N/A")]),
]
_INFOROM: Tree = [
    ("img_version", "G520.0200.00.05"),
    ("oem_object", "2.1"),
    ("ecc_object", "7.16"),
    ("pwr_object", "N/A"),
]


def _reset_status(gpu: Gpu) -> Tree:
    return [("reset_required", _yes(gpu.remap_pending)), ("drain_and_reset_recommended", "No")]


def _identity(gpu: Gpu, minor: int, driver: str) -> Tree:
    return [
        ("product_name", gpu.model),
        ("product_brand", "NVIDIA"),
        ("product_architecture", "Hopper"),
        ("display_mode", "Enabled"),
        ("display_active", "Disabled"),
        ("persistence_mode", "Enabled"),
        ("addressing_mode", "None"),
        ("mig_mode", [("current_mig", "Disabled"), ("pending_mig", "Disabled")]),
        ("mig_devices", "\n\t\t\tNone\n\t\t"),
        ("accounting_mode", "Disabled"),
        ("serial", gpu.serial),
        ("uuid", gpu.uuid),
        ("minor_number", str(minor)),
        ("vbios_version", gpu.vbios),
        ("multigpu_board", "No"),
        ("board_id", f"0x{gpu.pci_address.split(':')[1].lower()}00"),
        ("board_part_number", "692-2G520-0200-000"),
        ("gpu_part_number", "2330-885-A1"),
        ("gpu_fru_part_number", "N/A"),
        ("gpu_module_id", str(gpu.index + 1)),
        ("inforom_version", _INFOROM),
        ("gsp_firmware_version", driver),
    ]


def _yes(so: bool) -> str:
    return "Yes" if so else "No"


def _active(so: bool) -> str:
    return "Active" if so else "Not Active"


def _pci(gpu: Gpu) -> Tree:
    _, bus, _ = gpu.pci_address.split(":")
    generation, width = str(gpu.generation), f"{gpu.width}x"
    generations: Tree = [
        ("max_link_gen", "5"),
        ("current_link_gen", generation),
        ("device_current_link_gen", generation),
        ("max_device_link_gen", "5"),
        ("max_host_link_gen", "5"),
    ]
    widths: Tree = [("max_link_width", "16x"), ("current_link_width", width)]
    return [
        ("pci_bus", bus),
        ("pci_device", "00"),
        ("pci_domain", "0000"),
        ("pci_device_id", "233010DE"),
        ("pci_bus_id", gpu.pci_address),
        ("pci_sub_system_id", "16C110DE"),
        ("pci_gpu_link_info", [("pcie_gen", generations), ("link_widths", widths)]),
        ("replay_counter", "0"),
        ("replay_rollover_counter", "0"),
    ]


def _reasons(node: Device, gpu: Gpu, now: float) -> Tree:
    hot = accelerator.hot(node, gpu, now)
    told = (
        ("gpu_idle", not accelerator.working(gpu, now)),
        ("applications_clocks_setting", False),
        ("sw_power_cap", False),
        ("hw_slowdown", hot or gpu.power_brake),
        ("hw_thermal_slowdown", hot),
        ("hw_power_brake_slowdown", gpu.power_brake),
        ("sync_boost", False),
        ("sw_thermal_slowdown", False),
        ("display_clocks_setting", False),
    )
    return [(f"clocks_event_reason_{name}", _active(so)) for name, so in told]


def _memory(total: int, reserved: int | None, used: int) -> Tree:
    rows: Tree = [("total", f"{total} MiB")]
    if reserved is not None:
        rows.append(("reserved", f"{reserved} MiB"))
    free = total - (reserved or 0) - used
    return [*rows, ("used", f"{used} MiB"), ("free", f"{free} MiB")]


def _utilization(working: bool) -> Tree:
    return [("gpu_util", "100 %" if working else "0 %"), ("memory_util", "41 %" if working else "0 %")]


def _ecc(gpu: Gpu) -> Tree:
    counts: Tree = [
        ("sram_correctable", str(gpu.sram_corrected)),
        ("sram_uncorrectable_parity", "0"),
        ("sram_uncorrectable_secded", str(gpu.sram_uncorrected)),
        ("dram_correctable", str(gpu.dram_corrected)),
        ("dram_uncorrectable", str(gpu.dram_uncorrected)),
    ]
    return [("volatile", counts), ("aggregate", [*counts, ("sram_threshold_exceeded", "No")])]


def _remapped(gpu: Gpu) -> Tree:
    return [
        ("remapped_row_corr", "0"),
        ("remapped_row_unc", str(gpu.remapped_rows)),
        ("remapped_row_pending", _yes(gpu.remap_pending)),
        ("remapped_row_failure", _yes(gpu.remap_failed)),
    ]


def _temperature(node: Device, gpu: Gpu, now: float) -> Tree:
    celsius = accelerator.temperature_c(node, gpu, now)
    return [
        ("gpu_temp", f"{celsius:.0f} C"),
        ("gpu_temp_tlimit", f"{accelerator.SLOWDOWN_C - round(celsius):.0f} C"),
        ("gpu_temp_max_tlimit_threshold", "-8 C"),
        ("gpu_temp_slow_tlimit_threshold", "-2 C"),
        ("gpu_temp_max_gpu_tlimit_threshold", "0 C"),
        ("gpu_target_temperature", "N/A"),
        ("memory_temp", f"{accelerator.memory_temperature_c(node, gpu, now):.0f} C"),
        ("gpu_temp_max_mem_tlimit_threshold", "0 C"),
    ]


def _power(watts: float) -> Tree:
    limit = "700.00 W"
    return [
        ("power_state", "P0"),
        ("power_draw", f"{watts:.2f} W"),
        ("current_power_limit", limit),
        ("requested_power_limit", limit),
        ("default_power_limit", limit),
        ("min_power_limit", "200.00 W"),
        ("max_power_limit", limit),
    ]


def _clocks(graphics_mhz: int) -> Tree:
    return [
        ("graphics_clock", f"{graphics_mhz} MHz"),
        ("sm_clock", f"{graphics_mhz} MHz"),
        ("mem_clock", f"{accelerator.MEMORY_MHZ} MHz"),
        ("video_clock", f"{max(345, graphics_mhz - 435)} MHz"),
    ]


def nvlink_status(node: Device) -> Reply:
    """`nvidia-smi nvlink -s`."""
    lines = []
    for index, gpu in enumerate(accelerator.present(node)):
        lines.append(_named(index, gpu))
        if not accelerator.links_up(gpu):
            lines.append("NVML: Unable to retrieve NVLink information as all links are inactive\n")
            continue
        for number, link in enumerate(gpu.links):
            lines.append(f"\t Link {number}: {f'{gpu.nvlink_gbyte_s} GB/s' if link.up else '<inactive>'}\n")
    return Reply("".join(lines)) if lines else NO_DEVICES


def nvlink_errors(node: Device) -> Reply:
    """`nvidia-smi nvlink -e`."""
    lines = []
    for index, gpu in enumerate(accelerator.present(node)):
        lines.append(_named(index, gpu))
        for number, link in enumerate(gpu.links):
            counts = (("Replay", link.replays), ("Recovery", 0), ("CRC", link.crc_errors))
            lines += [f"\t Link {number}: {name} Errors: {count}\n" for name, count in counts if link.up]
    return Reply("".join(lines)) if lines else NO_DEVICES


def _named(index: int, gpu: Gpu) -> str:
    return f"GPU {index}: {gpu.model} (UUID: {gpu.uuid})\n"
