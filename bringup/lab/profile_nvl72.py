"""The `nvl72-fabric` rack as a table: of an NVL72 rack, two NVLink switch trays and four compute trays.

A compute tray has four GPUs, all of their NVLinks into the trays' backplane, and four 800G adapters to one
leaf. Switch trays speak NVUE; the backplane itself has no plugs that hands could cross. The trays run.
"""

from __future__ import annotations

import uuid

from bringup.lab.blueprint import BUILDING, LONG_UP_S, Nic, Row, assemble, bmc, server, sonic_switch
from bringup.lab.blueprint_vendors import nvue_switch
from bringup.lab.parts import DR8, Builder
from bringup.lab.state import Device, Plant
from bringup.lab.state_gpu import Gpu, GpuStack
from bringup.lab.state_rack import LeakDetector

TRAYS, SWITCH_TRAYS, GPUS, LANES = (1, 2, 3, 4), (1, 2), 4, 8
NICS = (
    Nic("enp3s0np0", "0000:03:00.0"),
    Nic("enp131s0np0", "0002:03:00.0"),
    Nic("enp195s0np0", "0010:03:00.0"),
    Nic("enp227s0np0", "0012:03:00.0"),
)
GPU_MODEL, GPU_VBIOS = "NVIDIA GB200", "97.00.B9.00.69"
GPU_ADDRESSES = ("00000008:01:00.0", "00000009:01:00.0", "00000018:01:00.0", "00000019:01:00.0")
STACK = GpuStack(driver="570.124.06", cuda="12.8", nccl="2.25.1+cuda12.8")


def nvl72_fabric(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy part of a rack."""
    build = Builder(seed)
    plugs = (BUILDING, BUILDING)
    names = [f"Ethernet{LANES * number}" for number in range(len(TRAYS) * GPUS)]
    leaf = sonic_switch(build, "leaf-1", 1, names, plugs)
    leaf.model = "LT-9864"
    switch_trays = [
        nvue_switch(build, f"nvswitch-{number}", 1 + number, (), plugs, role="nvlink-switch")
        for number in SWITCH_TRAYS
    ]
    for tray in switch_trays:
        tray.model, tray.leak_detectors = "N5400_LD", []
    nodes = [_tray(build, number) for number in TRAYS]
    for port in (each for device in (leaf, *nodes) for each in device.ports):
        port.speed_gbps, port.lane_count = 100.0 * LANES, LANES
    bmcs = [bmc(build, f"bmc-{number:02d}", f"tray-{number:02d}") for number in TRAYS]
    rows = [
        Row(
            f"R-{number}{rail + 1:02d}",
            f"leaf-1/{names[GPUS * (number - 1) + rail]}",
            f"tray-{number:02d}/{nic.name}",
            15.0,
            DR8,
        )
        for number in TRAYS
        for rail, nic in enumerate(NICS)
    ]
    devices = [leaf, *switch_trays, *nodes, *bmcs]
    plant = assemble(build, "nvl72-fabric", speed, origin_unix_s, devices, rows)
    for node in nodes:
        _runs(node, origin_unix_s)
    return plant


def _tray(build: Builder, number: int) -> Device:
    name = f"tray-{number:02d}"
    node = server(
        build,
        name,
        16 + number,
        NICS,
        (BUILDING, BUILDING),
        f"bmc-{number:02d}",
        model="LT-GB200-TRAY",
        load_w=5400.0,
        supply=(6600.0, "PSU-6600DC"),
    )
    node.machine, node.cpu_count, node.memory_kib = "aarch64", 144, 1_006_632_960
    node.gpus = [_gpu(number, index, address) for index, address in enumerate(GPU_ADDRESSES)]
    for gpu in node.gpus:
        gpu.rise_c = round(build.dice.uniform(8.0, 11.0), 1)
    node.gpu_stack = GpuStack(driver=STACK.driver, cuda=STACK.cuda, dcgm=STACK.dcgm, nccl=STACK.nccl)
    node.leak_detectors = [
        LeakDetector(name=f"leak-{place.lower()}", place=place) for place in ("Manifold", "Tray")
    ]
    for port in node.ports:
        assert port.adapter is not None
        port.adapter.model, port.adapter.firmware = "ConnectX-8", "40.45.1020 (LAB0000000002)"
        port.adapter.gt_s = port.adapter.max_gt_s = 64.0
    return node


def _gpu(number: int, index: int, address: str) -> Gpu:
    serial = f"16506240{10 * number + index:05d}"
    return Gpu(
        index=index,
        model=GPU_MODEL,
        serial=serial,
        uuid=f"GPU-{uuid.uuid5(uuid.NAMESPACE_URL, serial)}",
        vbios=GPU_VBIOS,
        pci_address=address,
    )


def _runs(node: Device, origin_unix_s: float) -> None:
    assert node.host is not None
    node.host.on, node.host.changed_at = True, origin_unix_s - LONG_UP_S
    node.boot_started_at, node.booted, node.boots = origin_unix_s - LONG_UP_S, True, 1
    node.boot_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"nvl72-fabric/{node.serial}"))
