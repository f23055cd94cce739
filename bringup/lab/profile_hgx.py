"""The `hgx-h100` rack as a table: two PDUs of two makes, a management switch, two leaves, four nodes.

A node has eight GPUs and eight 400G adapters, one a rail: rails 0 to 3 go to leaf-1, 4 to 7 to leaf-2. All
outlets of nodes are off at first, so their BMCs are too.
"""

from __future__ import annotations

import uuid

from bringup.lab.blueprint import (
    Nic,
    Plug,
    Row,
    access,
    apc_pdu,
    assemble,
    bmc,
    eos_switch,
    outlets,
    raritan_pdu,
    server,
    sonic_switch,
)
from bringup.lab.keys import make_certificate
from bringup.lab.parts import Builder
from bringup.lab.state import Device, Fan, Outlet, Plant, Sensor
from bringup.lab.state_gpu import Gpu, GpuStack
from bringup.lab.state_rack import Jack, LeakDetector, ManagementCable, Socket

NODES = (1, 2, 3, 4)
RAILS = 8
RAILS_A_LEAF = 4
FEEDS = ("pdu-1", "pdu-2")
OUTLETS = 24
FED = ("leaf-1", "leaf-2", "mgmt-1", "node-01", "node-02", "node-03", "node-04")
"""Outlets 1 to 7 of either feed; psu-1 hangs on pdu-1, psu-2 on pdu-2."""
NODE_OUTLETS = (4, 5, 6, 7)
NICS = (
    Nic("enp26s0np0", "0000:1a:00.0"),
    Nic("enp60s0np0", "0000:3c:00.0"),
    Nic("enp77s0np0", "0000:4d:00.0"),
    Nic("enp94s0np0", "0000:5e:00.0"),
    Nic("enp156s0np0", "0000:9c:00.0"),
    Nic("enp188s0np0", "0000:bc:00.0"),
    Nic("enp204s0np0", "0000:cc:00.0"),
    Nic("enp220s0np0", "0000:dc:00.0"),
)
GPU_BUSES = ("1b", "43", "52", "61", "9d", "c3", "d1", "df")
GPU_MODEL, GPU_VBIOS = "NVIDIA H100 80GB HBM3", "96.00.A5.00.01"
JACKS = (
    ("pdu-1", "net"),
    ("pdu-2", "eth1"),
    ("leaf-1", "eth0"),
    ("leaf-2", "Management1"),
    *((f"node-{number:02d}", "eno1") for number in NODES),
    *((f"bmc-{number:02d}", "mgmt") for number in NODES),
)
"""Device and the name of its management port, in the order of the management switch's ports."""
DETECTORS = (("leak-front", "Front"), ("leak-rear", "Rear"))


def leaf_port(rail: int, number: int) -> str:
    """The leaf's port of a node's rail."""
    place = RAILS_A_LEAF * (number - 1) + rail % RAILS_A_LEAF
    return f"leaf-1/Ethernet{8 * place}" if rail < RAILS_A_LEAF else f"leaf-2/Ethernet{place + 1}/1"


def hgx_h100(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy rack: the nodes are off, their outlets too."""
    build = Builder(seed)
    names = [leaf_port(rail, number).split("/", 1) for number in NODES for rail in range(RAILS)]
    devices = [
        apc_pdu(build, "pdu-1", "AP8886", _outlets(1)),
        raritan_pdu(build, "pdu-2", _outlets(2)),
        _management_switch(build),
        sonic_switch(
            build, "leaf-1", 1, [port for leaf, port in names if leaf == "leaf-1"], _plugs("leaf-1")
        ),
        eos_switch(build, "leaf-2", 2, [port for leaf, port in names if leaf == "leaf-2"], _plugs("leaf-2")),
        *(_node(build, number) for number in NODES),
        *_bmcs(build),
    ]
    rows = [
        Row(
            f"C-{101 + RAILS * (number - 1) + rail}",
            leaf_port(rail, number),
            f"node-{number:02d}/{nic.name}",
            10.0,
        )
        for number in NODES
        for rail, nic in enumerate(NICS)
    ]
    plant = assemble(build, "hgx-h100", speed, origin_unix_s, devices, rows)
    plant.rack = "hgx-1"
    _wire_management(plant)
    return plant


def _outlets(supply: int) -> list[Outlet]:
    return outlets([f"{name} psu-{supply}" for name in FED], NODE_OUTLETS, OUTLETS)


def _plugs(device: str) -> tuple[Plug, ...]:
    return tuple((pdu, FED.index(device) + 1) for pdu in FEEDS)


def _management_switch(build: Builder) -> Device:
    found = access("mgmt-1")
    found.password, found.read_community = "", "public"
    return Device(
        name="mgmt-1",
        role="mgmt-switch",
        platform="snmp-switch",
        vendor="Labtron",
        model="LT-1048",
        serial=build.serial("LM"),
        os_version="3.14.2",
        hostname="mgmt-1",
        hardware_revision="B",
        chassis_id=build.mac(0xA0, 0),
        load_w=60.0,
        supplies=build.supplies(_plugs("mgmt-1"), 150.0, "PSU-150AC"),
        fans=[Fan(name="fan-1", rpm=5200.0)],
        sensors=[Sensor(name="Board", rise_c=14.0)],
        access=found,
        boot_s=45.0,
        sockets=[Socket(name=f"1/{index}", index=index) for index in range(1, len(JACKS) + 1)],
    )


def _node(build: Builder, number: int) -> Device:
    name = f"node-{number:02d}"
    node = server(
        build,
        name,
        2 + number,
        NICS,
        _plugs(name),
        f"bmc-{number:02d}",
        model="LT-G8-H100",
        load_w=3100.0,
        supply=(6000.0, "PSU-6000AC"),
    )
    node.serial = f"LG{number:08d}"
    node.cpu_count, node.memory_kib = 224, 2_113_431_552
    node.gpus = [_gpu(number, index, bus) for index, bus in enumerate(GPU_BUSES)]
    for gpu in node.gpus:
        gpu.rise_c = round(build.dice.uniform(10.0, 14.0), 1)
    node.gpu_stack = GpuStack()
    node.leak_detectors = [LeakDetector(name=each, place=place) for each, place in DETECTORS]
    return node


def _gpu(number: int, index: int, bus: str) -> Gpu:
    serial = f"16505230{10 * number + index:05d}"
    return Gpu(
        index=index,
        model=GPU_MODEL,
        serial=serial,
        uuid=f"GPU-{uuid.uuid5(uuid.NAMESPACE_URL, serial)}",
        vbios=GPU_VBIOS,
        pci_address=f"00000000:{bus.upper()}:00.0",
    )


def _bmcs(build: Builder) -> list[Device]:
    """They left the factory with one certificate for all of them, as many makes of BMC do."""
    key, certificate = make_certificate("bmc")
    found = [bmc(build, f"bmc-{number:02d}", f"node-{number:02d}") for number in NODES]
    for each in found:
        each.access.tls_key, each.access.tls_certificate = key, certificate
    return found


def _wire_management(plant: Plant) -> None:
    devices = {device.name: device for device in plant.devices}
    for index, (name, jack) in enumerate(JACKS, 1):
        port = f"mgmt-1/1/{index}"
        devices[name].jack = Jack(name=jack, mac=f"02:1a:b0:a1:00:{index:02x}")
        plant.management.append(ManagementCable(label=f"M-{index:03d}", port=port, device=name))
        plant.addresses[name] = port
