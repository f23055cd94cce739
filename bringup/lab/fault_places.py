"""Where faults can happen: ports with a plug or a module in them, as the world has them now."""

from __future__ import annotations

from bringup.lab.optic_kind import kind_of
from bringup.lab.physics import fibre_of
from bringup.lab.state import Adapter, Cable, CableEnd, Optic
from bringup.lab.world import World
from bringup.model.errors import InputError

LEAF = "leaf"


def device_of(subject: str) -> str:
    return subject.split("/", 1)[0]


def plugs(world: World) -> dict[str, tuple[Cable, CableEnd]]:
    """Port -> the cable and the plug that sit in it."""
    return {
        end.port: (cable, end) for cable in world.cables for end in (cable.a, cable.b) if end.port is not None
    }


def cabled(world: World) -> list[str]:
    """Data ports with a plug; a port that has no lanes of light (a management port) is none."""
    return sorted(port for port in plugs(world) if world.port(port).optic is not None)


def cabled_at_leaves(world: World) -> list[str]:
    return [port for port in cabled(world) if at_leaf(world, port)]


def fitted(world: World) -> list[str]:
    return [port.subject for device in world.devices for port in device.ports if port.optic is not None]


def fitted_at_leaves(world: World) -> list[str]:
    return [port for port in fitted(world) if at_leaf(world, port)]


def separable(world: World) -> list[str]:
    """Data ports whose plug can be taken off its module: not those of copper and active cables."""
    return [port for port in cabled(world) if not kind_of(optic_in(world, port).medium).assembly]


def separable_at_leaves(world: World) -> list[str]:
    return [port for port in separable(world) if at_leaf(world, port)]


def modules(world: World) -> list[str]:
    """Ports that hold a module of their own, which can be pulled without its cable."""
    return [port for port in fitted(world) if not kind_of(optic_in(world, port).medium).assembly]


def modules_at_leaves(world: World) -> list[str]:
    return [port for port in modules(world) if at_leaf(world, port)]


def lit(world: World) -> list[str]:
    """Ports with a module that has lasers and monitors: not those with copper."""
    return [port for port in fitted(world) if not kind_of(optic_in(world, port).medium).flat]


def lit_at_leaves(world: World) -> list[str]:
    return [port for port in lit(world) if at_leaf(world, port)]


def alike(world: World, subject: str) -> list[str]:
    """Other cabled ports of the same device into which the same kind of plug goes, as hands confuse them."""
    here = fibre_of(optic_in(world, subject).medium)
    return [
        port
        for port in cabled(world)
        if device_of(port) == device_of(subject)
        and port != subject
        and fibre_of(optic_in(world, port).medium) == here
    ]


def at_leaf(world: World, subject: str) -> bool:
    return world.device(device_of(subject)).role == LEAF


def leaves(world: World) -> list[str]:
    return [device.name for device in world.devices if device.role == LEAF]


def optic_in(world: World, subject: str) -> Optic:
    """The module of a port. Raises: InputError where its cage is empty."""
    optic = world.port(subject).optic
    if optic is None:
        raise InputError(f"{subject} holds no module", "Name a port that holds one, or put one in first.")
    return optic


def adapter_of(world: World, subject: str) -> Adapter:
    """The adapter behind a host's port. Raises: InputError where it has none."""
    adapter = world.port(subject).adapter
    if adapter is None:
        raise InputError(f"{subject} has no network adapter", "Name a port of a host.")
    return adapter
