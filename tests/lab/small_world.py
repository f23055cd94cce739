"""The `mini` rack under a clock moved by hand, and servers that listen for the length of a block."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bringup.lab.clock import HandClock
from bringup.lab.profile import PASSWORD, USER, mini
from bringup.lab.server import LabServer
from bringup.lab.world import World

READ, WRITE = "public", "lab-write"
V3_USER, V3_AUTH, V3_PRIV = "bringup", "lab-auth-key", "lab-priv-key"
SMALL_S = 60.0

__all__ = ["PASSWORD", "READ", "USER", "V3_AUTH", "V3_PRIV", "V3_USER", "WRITE"]


def small_world() -> World:
    """A healthy rack whose leaves have been up for long; node-01 is off."""
    clock = HandClock()
    world = World(mini(7, 1.0, clock.origin_unix_s), clock)
    forward(world, SMALL_S)
    return world


def forward(world: World, seconds: float) -> None:
    """Let world time pass."""
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds)
    world.now()


@asynccontextmanager
async def serving(server: LabServer) -> AsyncIterator[int]:
    """The port of a server that listens on loopback for as long as the block runs."""
    port = await server.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await server.stop()
