"""Configurations that can be taken back: snapshots, timers that run by themselves, and a path that is cut.

Works on the records of `bringup.lab.state`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bringup.lab.config_state import PortSettings, Snapshot
from bringup.lab.state import Device

ACL, CONTROL_PLANE, DEFAULT_ROUTE = "acl ", "control-plane acl", "default route"
ROLLBACK = "config rollback "


def snapshot(device: Device) -> Snapshot:
    """The running configuration now."""
    return Snapshot(
        ports={
            port.name: PortSettings(admin_up=port.admin_up, mtu=port.mtu, fec_mode=port.fec_mode)
            for port in device.ports
        },
        settings=dict(device.configuration.settings),
    )


def restore(device: Device, held: Snapshot) -> None:
    """Run by `held` from now on."""
    for port in device.ports:
        settings = held.ports.get(port.name)
        if settings is not None:
            port.admin_up, port.mtu, port.fec_mode = settings.admin_up, settings.mtu, settings.fec_mode
    device.configuration.settings = dict(held.settings)


def path_cut(device: Device) -> bool:
    """Whether the device's own configuration keeps everybody from its management address: an access list on
    the control plane that permits nothing, or a default route that leads elsewhere.
    """
    settings = device.configuration.settings
    applied = settings.get(CONTROL_PLANE)
    shut_out = applied is not None and "permit" not in settings.get(ACL + applied, "permit")
    return shut_out or DEFAULT_ROUTE in settings


def dues(devices: Iterable[Device]) -> Iterator[float]:
    """Moments at which a timer runs."""
    for device in devices:
        held = device.configuration
        yield from (timer.due_at for timer in held.timers)
        yield from (session.due_at for session in held.sessions.values() if session.due_at is not None)


def react(devices: Mapping[str, Device], now: float) -> None:
    """Let timers that are due take back what they stand for. A switch that loses its power loses what is on
    trial at once: that is not in what it starts with.
    """
    for device in devices.values():
        held, dead = device.configuration, device.boot_started_at is None
        for timer in [timer for timer in held.timers if dead or timer.due_at <= now]:
            held.timers.remove(timer)
            before = held.checkpoints.get(timer.command.partition(ROLLBACK)[2])
            if before is not None:
                restore(device, before)
        for name, session in list(held.sessions.items()):
            if session.due_at is not None and (dead or session.due_at <= now):
                if session.before is not None:
                    restore(device, session.before)
                del held.sessions[name]
