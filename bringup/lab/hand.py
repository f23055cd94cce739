"""The simulated hand at one plug: out of a port, or a loose plug into it. It knows nothing of faults."""

from __future__ import annotations

from collections.abc import Iterable

from bringup.lab.fault_places import plugs
from bringup.lab.state import Cable, CableEnd
from bringup.lab.world import World
from bringup.model.errors import InputError

Home = list[list[str]]
"""Where plugs belong, as plain JSON: [port, label of the cable, `a` or `b`] of each."""


def take_out(world: World, port: str) -> str:
    """The label of the cable whose plug hangs free now.

    Raises:
        InputError: no plug is in that port.
    """
    found = plugs(world).get(port)
    if found is None:
        raise InputError(f"no plug is in {port}", "`bringup lab list` names the rack; look at its ports.")
    cable, end = found
    with world.changing():
        end.port = None
    return cable.label


def put_in(world: World, label: str, port: str) -> None:
    """The loose plug of that cable goes into the port.

    Raises:
        InputError: the port is taken or there is none, or no plug of that cable hangs free.
    """
    world.port(port)
    if port in plugs(world):
        raise InputError(f"{port} holds a plug already", "Take that out first.")
    loose = [
        end for cable in world.cables if cable.label == label for end in _ends(cable) if end.port is None
    ]
    if not loose:
        raise InputError(f"no plug of {label!r} hangs free", "Take one out first.")
    with world.changing():
        loose[0].port = port


def homes(world: World, ports: Iterable[str]) -> Home:
    """Where the plugs that are in these ports now belong, once others are in them."""
    found = plugs(world)
    return [
        [port, found[port][0].label, "a" if found[port][1] is found[port][0].a else "b"] for port in ports
    ]


def at_home(world: World, home: Home) -> bool:
    """Whether every plug is where it belongs."""
    return all(end.port == port for port, end in _of(world, home))


def hangs(world: World, home: Home) -> bool:
    """Whether a hand is at it: one of the plugs hangs free."""
    return any(end.port is None for _, end in _of(world, home))


def bring_home(world: World, home: Home) -> None:
    """Each plug to where it belongs, unless another one is there."""
    for _, end in _of(world, home):
        end.port = None
    taken = plugs(world)
    for port, end in _of(world, home):
        if port not in taken:
            end.port = port


def _of(world: World, home: Home) -> list[tuple[str, CableEnd]]:
    by_label = {cable.label: cable for cable in world.cables}
    return [
        (port, by_label[label].a if side == "a" else by_label[label].b)
        for port, label, side in home
        if label in by_label
    ]


def _ends(cable: Cable) -> tuple[CableEnd, CableEnd]:
    return cable.a, cable.b
