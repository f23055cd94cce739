"""The `fabric-800g` fabric as a table: two spines, four leaves of mixed makes, eight nodes, 200 links.

A node has eight 800G adapters, one a rail, and a 400G one for storage; two rails go to each leaf, and the
storage links of two nodes. What is near is copper, what is in the next rack an active cable, what is farther
linear optics; storage has plain optics. Each leaf has sixteen links to each spine. All of it hangs on the
building's power, and the nodes run.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

from bringup.lab.blueprint import (
    BUILDING,
    LONG_UP_S,
    Nic,
    Row,
    assemble,
    bmc,
    eos_switch,
    server,
    sonic_switch,
)
from bringup.lab.blueprint_vendors import junos_switch, nvue_switch, nxos_switch
from bringup.lab.parts import AOC, DAC, DR4, DR4_LANES, DR8, LPO, Builder
from bringup.lab.state import Device, Plant

LEAVES, SPINES, NODES = (1, 2, 3, 4), (1, 2), tuple(range(1, 9))
RAILS, RAILS_A_LEAF = 8, 2
UPLINKS, IN_TRUNK = 16, 8
"""From each leaf to each spine, and those of one trunk."""
CAGES, LANES = 64, 8
DOWNLINKS = RAILS_A_LEAF * len(NODES) + len(NODES) // len(LEAVES)
RAIL_NICS = (
    Nic("enp26s0np0", "0000:1a:00.0"),
    Nic("enp60s0np0", "0000:3c:00.0"),
    Nic("enp77s0np0", "0000:4d:00.0"),
    Nic("enp94s0np0", "0000:5e:00.0"),
    Nic("enp156s0np0", "0000:9c:00.0"),
    Nic("enp188s0np0", "0000:bc:00.0"),
    Nic("enp204s0np0", "0000:cc:00.0"),
    Nic("enp220s0np0", "0000:dc:00.0"),
)
STORAGE_NIC = Nic("enp170s0np0", "0000:aa:00.0")
NEAR = ((2, DAC, 1.5), (5, AOC, 7.0), (8, LPO, 15.0))
"""Up to which node, what medium its rails have, and how long they are in m."""
MAKES: Mapping[str, str] = MappingProxyType(
    {
        "leaf-1": "sonic",
        "leaf-2": "eos",
        "leaf-3": "nvue",
        "leaf-4": "nxos",
        "spine-1": "eos",
        "spine-2": "junos",
    }
)
"""Switch -> its platform."""


def cage(device: str, number: int) -> str:
    """The name of a switch's port by the number of its cage, from 1."""
    names = {
        "sonic": f"Ethernet{LANES * (number - 1)}",
        "eos": f"Ethernet{number}/1",
        "nvue": f"swp{number}",
        "nxos": f"Ethernet1/{number}",
        "junos": f"et-0/0/{number - 1}",
    }
    return f"{device}/{names[MAKES[device]]}"


def fabric_800g(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy fabric; every node has been running for long."""
    build = Builder(seed)
    plugs = (BUILDING, BUILDING)
    leaves = [_switch(build, f"leaf-{number}", number, "leaf") for number in LEAVES]
    spines = [_switch(build, f"spine-{number}", len(LEAVES) + number, "spine") for number in SPINES]
    nodes = [
        server(
            build,
            f"node-{number:02d}",
            16 + number,
            (*RAIL_NICS, STORAGE_NIC),
            plugs,
            f"bmc-{number:02d}",
            model="LT-G8-800",
            load_w=3400.0,
        )
        for number in NODES
    ]
    for node in nodes:
        _widen(node)
    bmcs = [bmc(build, f"bmc-{number:02d}", f"node-{number:02d}") for number in NODES]
    devices = [*spines, *leaves, *nodes, *bmcs]
    rows = [*_down(), *_up()]
    slow = {row.a for row in rows if row.medium == DR4}
    for port in (each for leaf in leaves for each in leaf.ports if each.subject in slow):
        port.speed_gbps, port.lane_count = 400.0, DR4_LANES
    plant = assemble(build, "fabric-800g", speed, origin_unix_s, devices, rows)
    for node in nodes:
        _runs(node, origin_unix_s)
    return plant


def _switch(build: Builder, name: str, number: int, role: str) -> Device:
    """64 cages of 800G, whatever the make."""
    names = [cage(name, place).split("/", 1)[1] for place in range(1, CAGES + 1)]
    make, model = {
        "sonic": (sonic_switch, "LT-9864"),
        "eos": (eos_switch, "DCS-7060X6-64PE"),
        "nvue": (nvue_switch, "SN5600"),
        "nxos": (nxos_switch, "Nexus9000 C9364E-SG2-O"),
        "junos": (junos_switch, "qfx5240-64od"),
    }[MAKES[name]]
    device = make(build, name, number, names, (BUILDING, BUILDING), role=role)
    device.model = model
    for port in device.ports:
        port.speed_gbps, port.lane_count = 100.0 * LANES, LANES
    return device


def _widen(node: Device) -> None:
    """All are ConnectX-8 on PCIe Gen6; the rails run at 800 Gb/s, storage at half of it."""
    for port in node.ports:
        assert port.adapter is not None
        port.adapter.model, port.adapter.firmware = "ConnectX-8", "40.45.1020 (LAB0000000002)"
        port.adapter.gt_s = port.adapter.max_gt_s = 64.0
        if port.name != STORAGE_NIC.name:
            port.speed_gbps, port.lane_count = 100.0 * LANES, LANES


def _down() -> list[Row]:
    """Leaf n carries rails 2n-1 and 2n of every node, and the storage of two nodes."""
    rows = []
    for rail, nic in enumerate(RAIL_NICS):
        leaf, place = f"leaf-{rail // RAILS_A_LEAF + 1}", rail % RAILS_A_LEAF
        for number in NODES:
            medium, length_m = next((medium, m) for last, medium, m in NEAR if number <= last)
            end = cage(leaf, place * len(NODES) + number)
            rows.append(Row(f"N-{number}0{rail + 1}", end, f"node-{number:02d}/{nic.name}", length_m, medium))
    for number in NODES:
        leaf = f"leaf-{(number - 1) % len(LEAVES) + 1}"
        end = cage(leaf, RAILS_A_LEAF * len(NODES) + (number - 1) // len(LEAVES) + 1)
        rows.append(Row(f"S-{number}01", end, f"node-{number:02d}/{STORAGE_NIC.name}", 20.0, DR4))
    return rows


def _up() -> list[Row]:
    """In trunks of eight links each: two from a leaf to a spine."""
    rows = []
    for leaf, spine, link in product(LEAVES, SPINES, range(UPLINKS)):
        trunk = f"T-{leaf}{spine}{'AB'[link // IN_TRUNK]}"
        rows.append(
            Row(
                f"{trunk}.{link % IN_TRUNK + 1}",
                cage(f"leaf-{leaf}", DOWNLINKS + UPLINKS * (spine - 1) + link + 1),
                cage(f"spine-{spine}", UPLINKS * (leaf - 1) + link + 1),
                60.0,
                DR8,
                trunk,
            )
        )
    return rows


def _runs(node: Device, origin_unix_s: float) -> None:
    assert node.host is not None
    node.host.on, node.host.changed_at = True, origin_unix_s - LONG_UP_S
    node.boot_started_at, node.booted, node.boots = origin_unix_s - LONG_UP_S, True, 1
    node.boot_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"fabric-800g/{node.serial}"))
