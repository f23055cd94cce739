"""What the tools of a host with two H100 print, written by us after their shape: no recording."""
# ruff: noqa: E501 (lines are as long as the tools print them)

from __future__ import annotations

import json
from typing import Any

MODEL, DRIVER = "NVIDIA H100 80GB HBM3", "550.127.05"
UUIDS = tuple(f"GPU-0a1b2c3d-0000-4000-8000-00000000000{number}" for number in (1, 2))
SERIALS = ("1650523000010", "1650523000011")
BUSES = ("1B", "43")


def gpu_xml(index: int, **over: str) -> str:
    """One `gpu` element; `over` replaces texts by the element's name."""
    told = {
        "serial": SERIALS[index],
        "uuid": UUIDS[index],
        "minor_number": str(index),
        "current_link_gen": "5",
        "current_link_width": "16x",
        "sram_uncorrectable_secded": "0",
        "dram_uncorrectable": "0",
        "remapped_row_pending": "No",
        "hw_slowdown": "Not Active",
        "gpu_temp": "45 C",
        "gpu_temp_tlimit": "42 C",
        **over,
    }
    return f"""\t<gpu id="00000000:{BUSES[index]}:00.0">
\t\t<product_name>{MODEL}</product_name>
\t\t<persistence_mode>Enabled</persistence_mode>
\t\t<mig_mode>
\t\t\t<current_mig>Disabled</current_mig>
\t\t</mig_mode>
\t\t<mig_devices>
\t\t\tNone
\t\t</mig_devices>
\t\t<serial>{told["serial"]}</serial>
\t\t<uuid>{told["uuid"]}</uuid>
\t\t<minor_number>{told["minor_number"]}</minor_number>
\t\t<vbios_version>96.00.A5.00.01</vbios_version>
\t\t<pci>
\t\t\t<pci_bus_id>00000000:{BUSES[index]}:00.0</pci_bus_id>
\t\t\t<pci_gpu_link_info>
\t\t\t\t<pcie_gen>
\t\t\t\t\t<max_link_gen>5</max_link_gen>
\t\t\t\t\t<current_link_gen>{told["current_link_gen"]}</current_link_gen>
\t\t\t\t</pcie_gen>
\t\t\t\t<link_widths>
\t\t\t\t\t<max_link_width>16x</max_link_width>
\t\t\t\t\t<current_link_width>{told["current_link_width"]}</current_link_width>
\t\t\t\t</link_widths>
\t\t\t</pci_gpu_link_info>
\t\t\t<replay_counter>0</replay_counter>
\t\t</pci>
\t\t<fan_speed>N/A</fan_speed>
\t\t<performance_state>P0</performance_state>
\t\t<clocks_event_reasons>
\t\t\t<clocks_event_reason_gpu_idle>Active</clocks_event_reason_gpu_idle>
\t\t\t<clocks_event_reason_sw_power_cap>Not Active</clocks_event_reason_sw_power_cap>
\t\t\t<clocks_event_reason_hw_slowdown>{told["hw_slowdown"]}</clocks_event_reason_hw_slowdown>
\t\t\t<clocks_event_reason_hw_thermal_slowdown>Not Active</clocks_event_reason_hw_thermal_slowdown>
\t\t\t<clocks_event_reason_hw_power_brake_slowdown>Not Active</clocks_event_reason_hw_power_brake_slowdown>
\t\t\t<clocks_event_reason_sw_thermal_slowdown>Not Active</clocks_event_reason_sw_thermal_slowdown>
\t\t</clocks_event_reasons>
\t\t<fb_memory_usage>
\t\t\t<total>81559 MiB</total>
\t\t\t<used>4 MiB</used>
\t\t</fb_memory_usage>
\t\t<ecc_mode>
\t\t\t<current_ecc>Enabled</current_ecc>
\t\t</ecc_mode>
\t\t<ecc_errors>
\t\t\t<volatile>
\t\t\t\t<sram_correctable>0</sram_correctable>
\t\t\t\t<sram_uncorrectable_parity>0</sram_uncorrectable_parity>
\t\t\t\t<sram_uncorrectable_secded>{told["sram_uncorrectable_secded"]}</sram_uncorrectable_secded>
\t\t\t\t<dram_correctable>3</dram_correctable>
\t\t\t\t<dram_uncorrectable>{told["dram_uncorrectable"]}</dram_uncorrectable>
\t\t\t</volatile>
\t\t\t<aggregate>
\t\t\t\t<sram_correctable>0</sram_correctable>
\t\t\t\t<sram_uncorrectable_parity>0</sram_uncorrectable_parity>
\t\t\t\t<sram_uncorrectable_secded>0</sram_uncorrectable_secded>
\t\t\t\t<dram_correctable>3</dram_correctable>
\t\t\t\t<dram_uncorrectable>{told["dram_uncorrectable"]}</dram_uncorrectable>
\t\t\t\t<sram_threshold_exceeded>No</sram_threshold_exceeded>
\t\t\t</aggregate>
\t\t</ecc_errors>
\t\t<remapped_rows>
\t\t\t<remapped_row_corr>0</remapped_row_corr>
\t\t\t<remapped_row_unc>0</remapped_row_unc>
\t\t\t<remapped_row_pending>{told["remapped_row_pending"]}</remapped_row_pending>
\t\t\t<remapped_row_failure>No</remapped_row_failure>
\t\t</remapped_rows>
\t\t<temperature>
\t\t\t<gpu_temp>{told["gpu_temp"]}</gpu_temp>
\t\t\t<gpu_temp_tlimit>{told["gpu_temp_tlimit"]}</gpu_temp_tlimit>
\t\t\t<memory_temp>50 C</memory_temp>
\t\t</temperature>
\t\t<gpu_power_readings>
\t\t\t<power_draw>91.20 W</power_draw>
\t\t\t<current_power_limit>700.00 W</current_power_limit>
\t\t</gpu_power_readings>
\t\t<fabric>
\t\t\t<state>Completed</state>
\t\t\t<status>Success</status>
\t\t\t<cliqueId>0</cliqueId>
\t\t\t<clusterUuid>00000000-0000-0000-0000-000000000000</clusterUuid>
\t\t</fabric>
\t\t<processes>
\t\t</processes>
\t</gpu>
"""


def smi_xml(*gpus: str, attached: int | None = None) -> bytes:
    told = gpus or (gpu_xml(0), gpu_xml(1))
    count = len(told) if attached is None else attached
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n<nvidia_smi_log>\n'
        "\t<timestamp>Tue Mar  4 10:00:00 2025</timestamp>\n"
        f"\t<driver_version>{DRIVER}</driver_version>\n\t<cuda_version>12.4</cuda_version>\n"
        f"\t<attached_gpus>{count}</attached_gpus>\n{''.join(told)}</nvidia_smi_log>\n"
    ).encode()


SMI_XML = smi_xml()
SMI_TEXT = f"""
==============NVSMI LOG==============

Timestamp                                 : Tue Mar  4 10:00:00 2025
Driver Version                            : {DRIVER}
CUDA Version                              : 12.4

Attached GPUs                             : 1
GPU 00000000:1B:00.0
    Product Name                          : {MODEL}
    Serial Number                         : {SERIALS[0]}
    GPU UUID                              : {UUIDS[0]}
    PCI
        Bus Id                            : 00000000:1B:00.0
        GPU Link Info
            PCIe Generation
                Max                       : 5
                Current                   : 5
            Link Width
                Max                       : 16x
                Current                   : 16x
    ECC Mode
        Current                           : Enabled
    ECC Errors
        Volatile
            SRAM Correctable              : 0
            SRAM Uncorrectable Parity     : 0
            SRAM Uncorrectable SEC-DED    : 0
            DRAM Correctable              : 0
            DRAM Uncorrectable            : 5
        Aggregate
            SRAM Correctable              : 0
            SRAM Uncorrectable Parity     : 0
            SRAM Uncorrectable SEC-DED    : 0
            DRAM Correctable              : 0
            DRAM Uncorrectable            : 5
    Remapped Rows
        Correctable Error                 : 0
        Uncorrectable Error               : 1
        Pending                           : Yes
        Remapping Failure Occurred        : No
    Temperature
        GPU Current Temp                  : 45 C
    Fabric
        State                             : Completed
        Status                            : Success
    Processes                             : None
""".encode()
FABRIC = b"""        State                             : Completed
        Status                            : Success
        CliqueId                          : 0
        ClusterUUID                       : 00000000-0000-0000-0000-000000000000
"""
SMI_CSV = (
    "index, name, uuid, driver_version, ecc.errors.uncorrected.volatile.dram, ecc.errors.uncorrected.volatile.sram,"
    " ecc.errors.uncorrected.volatile.total, temperature.gpu, power.draw [W], remapped_rows.pending\n"
    f"0, {MODEL}, {UUIDS[0]}, {DRIVER}, 0, 0, 0, 45, 91.20 W, No\n"
    f"1, {MODEL}, {UUIDS[1]}, {DRIVER}, 2, 0, 2, 46, [N/A], Yes\n"
).encode()
SMI_TABLE = f"""\
Tue Mar  4 10:00:00 2025
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI {DRIVER}             Driver Version: {DRIVER}     CUDA Version: 12.4     |
|-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  {MODEL}          On  |   00000000:1B:00.0 Off |                    0 |
| N/A   45C    P0             91W /  700W |       4MiB /  81559MiB |      0%      Default |
|                                         |                        |             Disabled |
+-----------------------------------------+------------------------+----------------------+

+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|  GPU   GI   CI        PID   Type   Process name                              GPU Memory |
|        ID   ID                                                               Usage      |
|=========================================================================================|
|  No running processes found                                                             |
+-----------------------------------------------------------------------------------------+
""".encode()
TOPO = (
    b"\t\x1b[4mGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m\n"
    b"GPU0\t X \tNV18\tPXB\t0-55\t0\t\tN/A\n"
    b"GPU1\tNV18\t X \tSYS\t56-111\t1\t\tN/A\n"
    b"NIC0\tPXB\tSYS\t X \t\t\t\t\n\nLegend:\n\n  X    = Self\n\nNIC Legend:\n\n  NIC0: mlx5_0\n"
)


def nvlink_status(*lines: str, gpu: int = 0, number: int = 18) -> bytes:
    """`nvidia-smi nvlink -s` of one GPU; `lines` in place of its links."""
    told = lines or tuple(f"\t Link {each}: 26.562 GB/s" for each in range(number))
    return "".join(f"{line}\n" for line in (f"GPU {gpu}: {MODEL} (UUID: {UUIDS[gpu]})", *told)).encode()


def nvlink_errors(gpu: int = 0, number: int = 18, crc: int = 0) -> bytes:
    names = (("Replay", 0), ("Recovery", 0), ("CRC", crc))
    links = [f"\t Link {each}: {name} Errors: {count}\n" for each in range(number) for name, count in names]
    return (f"GPU {gpu}: {MODEL} (UUID: {UUIDS[gpu]})\n" + "".join(links)).encode()


NVLINK_STATUS = nvlink_status() + nvlink_status(gpu=1)
NVLINK_ERRORS = nvlink_errors() + nvlink_errors(1)
DCGM_NVLINK = json.dumps(
    {
        "header": ["NVLINK Error Counts", "GPU 0"],
        "body": {
            "Link 0": {"children": {"CRC FLIT Error": {"value": "0"}, "Replay Error": {"value": "4"}}},
            "Link 1": {"children": {"CRC FLIT Error": {"value": "0"}, "Replay Error": {"value": "0"}}},
        },
    }
).encode()


def result(entity: int, status: str = "Pass", **more: Any) -> dict[str, Any]:
    return {"entity_group": "GPU", "entity_group_id": 1, "entity_id": entity, "status": status, **more}


WARNING = {
    "error_category": 1,
    "error_id": 4,
    "error_severity": 2,
    "warning": "Detected 1 volatile double-bit ECC error in GPU 1.",
}


def diag(*tests: tuple[str, str, list[dict[str, Any]]], root: str = "DCGM Diagnostic") -> bytes:
    """DCGM 4; `tests` are (category, name, results)."""
    told = tests or (
        ("Deployment", "software", [result(0), result(1)]),
        ("Integration", "pcie", [result(0), result(1)]),
        ("Hardware", "memory", [result(0), result(1)]),
    )
    categories = [
        {
            "category": category,
            "tests": [{"name": name, "results": results, "test_summary": {"status": _worst(results)}}],
        }
        for category, name, results in told
    ]
    entities = [{"device_id": "2330", "entity_id": at, "serial_num": SERIALS[at]} for at in (0, 1)]
    document = {
        root: {"test_categories": categories},
        "entity_groups": [{"entities": entities, "entity_group": "GPU", "entity_group_id": 1}],
        "metadata": {"Driver Version Detected": DRIVER, "version": "4.2.3"},
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def _worst(results: list[dict[str, Any]]) -> str:
    told = [each["status"] for each in results]
    return "Fail" if "Fail" in told else "Skip" if told and set(told) == {"Skip"} else "Pass"


DIAG = diag()
DIAG_TABLE = b"""\
Successfully ran diagnostic for group.
+---------------------------+------------------------------------------------+
| Diagnostic                | Result                                         |
+===========================+================================================+
|-----  Metadata  ----------+------------------------------------------------|
| DCGM Version              | 3.3.9                                          |
| Driver Version Detected   | 550.127.05                                     |
| GPU Device IDs Detected   | 2330,2330                                      |
|-----  Deployment  --------+------------------------------------------------|
| Denylist                  | Pass                                           |
| NVML Library              | Pass                                           |
+-----  Integration  -------+------------------------------------------------+
| PCIe                      | Fail - GPU: 1                                  |
| Warning                   | GPU 1 is running at 8 lanes.                   |
+---------------------------+------------------------------------------------+
"""
KERNEL_LOG = b"""\
2025-03-04T09:58:00,000000+00:00 Linux version 6.8.0-51-generic (buildd@host) (gcc 13.2.0)
2025-03-04T09:58:31,100000+00:00 NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.127.05
2025-03-04T10:02:11,250000+00:00 NVRM: Xid (PCI:0000:1b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.
2025-03-04T10:02:12,000000+00:00 EXT4-fs (sda2): mounted filesystem
"""
FABRIC_MANAGER = b"""\
[Mar 04 2025 09:58:40] [INFO] [tid 1200] Fabric Manager version 550.127.05 is running
[Mar 04 2025 10:01:02] [ERROR] [tid 1300] detected NVSwitch fatal error 20034 on fid 0 on NVSwitch pci bus id 00000000:05:00.0 physical id 1 port 33
"""
HEADER = """\
# nThread 1 nGpus 8 minBytes 8388608 maxBytes 8589934592 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 \
validation: {validation} graph: 0
#
# Using devices
"""
COLUMNS = """\
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw {wrong:>6}     time   algbw   busbw {wrong:>6}
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
"""


def ranks(number: int = 8, hosts: tuple[str, ...] = ("node-01",)) -> str:
    each = number // len(hosts)
    return "".join(
        f"#  Rank {rank:>2} Group  0 Pid  66421 on {hosts[rank // each]:>10} device {rank % each:>2}"
        f" [0x1b] {MODEL}\n"
        for rank in range(number)
    )


def nccl_row(size: int, busbw: float = 476.0, wrong: str = "0", wrong_in: str | None = None) -> str:
    algbw = busbw / 1.75
    time_us = size / algbw / 1e3
    half = f"  {time_us:>7.0f}  {algbw:>6.2f}  {busbw:>6.2f}  "
    inside = wrong if wrong_in is None else wrong_in
    return f"{size:>12}  {size // 4:>12}     float     sum      -1{half}{wrong:>5}{half}{inside:>5}\n"


def nccl(
    *rows: str,
    validation: int = 1,
    bad: int = 0,
    who: str | None = None,
    wrong: str = "#wrong",
    footer: bool = True,
) -> bytes:
    """What `all_reduce_perf` prints."""
    told = rows or tuple(nccl_row(size) for size in (2**30, 2**33))
    closing = (
        f"# Out of bounds values : {bad} {'FAILED' if bad else 'OK'}\n# Avg bus bandwidth    : 390.1\n#\n"
    )
    head = HEADER.format(validation=validation) + (ranks() if who is None else who)
    version = "NCCL version 2.21.5+cuda12.4\n"
    return (
        head + version + COLUMNS.format(wrong=wrong) + "".join(told) + (closing if footer else "")
    ).encode()


NCCL = nccl()
HALF = {"time": 31580.0, "alg_bw": 272.0, "bus_bw": 476.0, "nwrong": 0}


def nccl_json(**over: Any) -> bytes:
    """The file of `-J`, with an environment that must never be kept."""
    row = {"size": 2**33, "count": 2**31, "type": "float", "redop": "sum", "root": "  -1"}
    document = {
        "version": 1,
        "start_time": "2025-03-04 10:00:00",
        "args": ["all_reduce_perf", "-J", "/home/someone/out.json"],
        "env": ["AWS_SECRET_ACCESS_KEY=verysecret", "NCCL_DEBUG=INFO"],
        "nccl_version": "2.21.5",
        "config": {"ngpus": 1, "validation": 1, "iterations": 20},
        "devices": [
            {"rank": rank, "hostname": "node-01", "device": rank, "device_info": MODEL} for rank in range(8)
        ],
        "results": [{**row, "out_of_place": HALF, "in_place": HALF}],
        "out_of_bounds": {"count": 0, "okay": "true"},
        "average_bus_bandwidth": {"bandwidth": 476.0, "okay": "unchecked"},
        "end_time": "2025-03-04 10:01:00",
        **over,
    }
    return json.dumps({key: held for key, held in document.items() if held is not None}).encode()


NCCL_JSON = nccl_json()
SAMPLES = {
    "nvidia.smi-xml": SMI_XML,
    "nvidia.smi-text": SMI_TEXT,
    "nvidia.fabric": FABRIC,
    "nvidia.smi-csv": SMI_CSV,
    "nvidia.smi-table": SMI_TABLE,
    "nvidia.topo": TOPO,
    "nvidia.nvlink-status": NVLINK_STATUS,
    "nvidia.nvlink-errors": NVLINK_ERRORS,
    "nvidia.kernel-log": KERNEL_LOG,
    "nvidia.fabric-manager": FABRIC_MANAGER,
    "dcgm.diag": DIAG,
    "dcgm.diag-table": DIAG_TABLE,
    "dcgm.nvlink-errors": DCGM_NVLINK,
    "nccl.text": NCCL,
    "nccl.json": NCCL_JSON,
}
