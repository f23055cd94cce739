"""The `first-light` rack as a table: 20 hosts that run, one leaf, one spine, one trunk, one breakout cage.

Hosts 1 to 16 have a 400G link each; hosts 17 to 20 share one cage of the leaf, broken out to 100G. Eight
straight 400G cables go up to the spine, and four duplex links in a trunk of eight fibres. All of it hangs on
the building's power.
"""

from __future__ import annotations

import uuid

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
from bringup.lab.breakout import set_mode
from bringup.lab.parts import DR1, FR4, Builder
from bringup.lab.state import Device, Plant
from bringup.lab.state_rack import Cage

DIRECT, BROKEN_OUT, STRAIGHT, IN_TRUNK = 16, 4, 8, 4
CAGE, MODE = "etp17", "4x100G"
TRUNK = "T-1"
NIC = Nic("enp65s0np0", "0000:41:00.0")
FIRST_SUBPORT = 8 * DIRECT
CAGED = tuple(f"Ethernet{FIRST_SUBPORT + lane}" for lane in range(BROKEN_OUT))
UPLINKS = tuple(f"Ethernet{FIRST_SUBPORT + 8 * (1 + number)}" for number in range(STRAIGHT + IN_TRUNK))
SPINE = tuple(f"Ethernet{number}/1" for number in range(1, STRAIGHT + IN_TRUNK + 1))


def first_light(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy rack; every host has been running for long."""
    build = Builder(seed)
    plugs = (BUILDING, BUILDING)
    names = [f"Ethernet{8 * number}" for number in range(DIRECT + 1)]
    hosts = range(1, DIRECT + BROKEN_OUT + 1)
    leaf = sonic_switch(build, "leaf-1", 1, [*names, *UPLINKS], plugs)
    _cage(build, leaf)
    nodes = [
        server(build, f"host-{number:02d}", 2 + number, (NIC,), plugs, f"bmc-{number:02d}")
        for number in hosts
    ]
    devices = [
        leaf,
        eos_switch(build, "spine-1", 2, SPINE, plugs, role="spine"),
        *nodes,
        *(bmc(build, f"bmc-{number:02d}", f"host-{number:02d}") for number in hosts),
    ]
    for node in nodes[DIRECT:]:
        node.ports[0].speed_gbps, node.ports[0].lane_count = 100.0, 1
    plant = assemble(build, "first-light", speed, origin_unix_s, devices, _rows())
    for node in nodes:
        _runs(node, origin_unix_s)
    return plant


def _cage(build: Builder, leaf: Device) -> None:
    """Put a port for each lane in the place of the last of the hosts' ports."""
    place = next(at for at, port in enumerate(leaf.ports) if port.name == CAGED[0])
    whole = leaf.ports[place]
    made = [whole]
    for lane, name in enumerate(CAGED[1:], 1):
        made.append(build.port(leaf.name, name, whole.index + lane, 1, f"{CAGE}{'abcd'[lane]}"))
    whole.alias = f"{CAGE}a"
    for port in made:
        port.cage = CAGE
    leaf.ports[place : place + 1] = made
    cage = Cage(name=CAGE, ports=list(CAGED), mode=MODE)
    leaf.cages.append(cage)
    set_mode(leaf, cage, MODE)


def _rows() -> list[Row]:
    rows = [
        Row(f"H-{number:02d}", f"leaf-1/Ethernet{8 * (number - 1)}", f"host-{number:02d}/{NIC.name}", 5.0)
        for number in range(1, DIRECT + 1)
    ]
    rows += [
        Row(
            f"H-{DIRECT + 1 + lane:02d}",
            f"leaf-1/{name}",
            f"host-{DIRECT + 1 + lane:02d}/{NIC.name}",
            5.0,
            DR1,
        )
        for lane, name in enumerate(CAGED)
    ]
    for number, (near, far) in enumerate(zip(UPLINKS, SPINE, strict=True), 1):
        ends = (f"leaf-1/{near}", f"spine-1/{far}", 30.0)
        if number <= STRAIGHT:
            rows.append(Row(f"U-{number:02d}", *ends))
        else:
            rows.append(Row(f"{TRUNK}.{number - STRAIGHT}", *ends, FR4, TRUNK))
    return rows


def _runs(node: Device, origin_unix_s: float) -> None:
    assert node.host is not None
    node.host.on, node.host.changed_at = True, origin_unix_s - LONG_UP_S
    node.boot_started_at, node.booted, node.boots = origin_unix_s - LONG_UP_S, True, 1
    node.boot_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"first-light/{node.serial}"))
