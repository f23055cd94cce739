"""An `hgx-h100` world whose nodes are up, on a clock that tests move by hand."""

from bringup.lab.clock import HandClock
from bringup.lab.profile_hgx import hgx_h100
from bringup.lab.world import World

NODES = ("node-01", "node-02", "node-03", "node-04")
SPEED = 1000.0
"""So that a command of two world minutes holds a test up for an eighth of a second."""


def found_world(seed: int = 1) -> tuple[World, HandClock]:
    """The rack as it is found: nodes and their outlets off."""
    clock = HandClock()
    clock.speed = SPEED
    return World(hgx_h100(seed, SPEED, clock.origin_unix_s), clock), clock


def forward(world: World, seconds: float) -> None:
    """Let world seconds pass."""
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds / SPEED)
    world.now()


def booted_world(seed: int = 1) -> World:
    """The same with every outlet and node switched on and all links up for a while."""
    world, _ = found_world(seed)
    for pdu in ("pdu-1", "pdu-2"):
        for outlet in world.device(pdu).outlets:
            if outlet.index <= 7:
                world.set_outlet(pdu, outlet.index, True)
    forward(world, 90.0)
    for node in NODES:
        world.reset_host(node, "On")
    forward(world, 200.0)
    forward(world, 200.0)
    return world
