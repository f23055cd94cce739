"""A `mini` world on a clock that tests move by hand."""

from bringup.lab.clock import HandClock
from bringup.lab.profile import mini
from bringup.lab.world import World

NODE_BOOT_S = 170.0


def make_world(seed: int = 1) -> tuple[World, HandClock]:
    """The healthy rack as it is found: node-01 off, outlet 5 off."""
    clock = HandClock()
    return World(mini(seed, 1.0, clock.origin_unix_s), clock), clock


def make_booted_world(seed: int = 1) -> tuple[World, HandClock]:
    """The same with node-01 switched on and booted, and all links up for a while."""
    world, clock = make_world(seed)
    world.set_outlet("pdu-1", 5, True)
    world.reset_host("node-01", "On")
    clock.forward(NODE_BOOT_S)
    world.now()
    clock.forward(130.0)
    world.now()
    return world, clock


CABLED = (
    "leaf-1/Ethernet0",
    "leaf-1/Ethernet16",
    "leaf-1/Ethernet8",
    "leaf-2/Ethernet1/1",
    "leaf-2/Ethernet2/1",
    "leaf-2/Ethernet3/1",
    "node-01/enp193s0np0",
    "node-01/enp65s0np0",
)
