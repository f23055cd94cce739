"""A leaf of each of three more makes, each with links to a SONiC switch, under a clock moved by hand."""

from __future__ import annotations

from bringup.lab.blueprint import BUILDING, Row, assemble, sonic_switch
from bringup.lab.blueprint_vendors import junos_switch, make_cage, nvue_switch, nxos_switch
from bringup.lab.clock import HandClock
from bringup.lab.parts import Builder
from bringup.lab.state import Plant
from bringup.lab.world import World

SPINE_PORTS = tuple(f"Ethernet{8 * at}" for at in range(8))
NVUE, NXOS, JUNOS = "leaf-3", "leaf-4", "leaf-5"
PORTS = {
    NVUE: ("swp1", "swp2", "swp3"),
    NXOS: ("Ethernet1/1", "Ethernet1/2", "Ethernet1/3"),
    JUNOS: ("et-0/0/0", "et-0/0/1", "et-0/0/2"),
}
"""The first two of each are cabled to the spine, in order; the third cage is empty, and can be broken out."""
SETTLED_S = 120.0


def vendor_plant(seed: int = 3, speed: float = 1.0, origin_unix_s: float = 0.0) -> Plant:
    build, plugs = Builder(seed), (BUILDING, BUILDING)
    devices = [
        sonic_switch(build, "spine-1", 1, SPINE_PORTS, plugs, role="spine"),
        nvue_switch(build, NVUE, 3, PORTS[NVUE], plugs),
        nxos_switch(build, NXOS, 4, PORTS[NXOS], plugs),
        junos_switch(build, JUNOS, 5, PORTS[JUNOS], plugs),
    ]
    for number, device in enumerate(devices[1:], 3):
        make_cage(build, device, PORTS[device.name][2], number)
    ends = [f"{leaf}/{port}" for leaf, ports in PORTS.items() for port in ports[:2]]
    rows = [Row(f"V-{at}", end, f"spine-1/{SPINE_PORTS[at]}", 5.0) for at, end in enumerate(ends)]
    return assemble(build, "vendors", speed, origin_unix_s, devices, rows)


def vendor_world(seed: int = 3) -> World:
    """All links up for a while."""
    clock = HandClock()
    world = World(vendor_plant(seed, 1.0, clock.origin_unix_s), clock)
    clock.forward(SETTLED_S)
    world.now()
    return world
