"""Configurations that can be taken back: snapshots, timers that run by themselves, and a path that is cut.

Works on the records of `bringup.lab.state`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bringup.lab.breakout import set_mode
from bringup.lab.config_state import Commit, Configuration, PortSettings, Revision, Snapshot
from bringup.lab.state import Device

ACL, CONTROL_PLANE, DEFAULT_ROUTE = "acl ", "control-plane acl", "default route"
MANAGEMENT_DOWN = "management port down"
ROLLBACK = "config rollback "


def snapshot(device: Device) -> Snapshot:
    """The running configuration now."""
    return Snapshot(
        ports={
            port.name: PortSettings(
                admin_up=port.admin_up,
                mtu=port.mtu,
                fec_mode=port.fec_mode,
                speed_gbps=port.speed_gbps if port.cage is None else None,
            )
            for port in device.ports
        },
        settings=dict(device.configuration.settings),
        cages={cage.name: cage.mode for cage in device.cages},
    )


def restore(device: Device, held: Snapshot) -> None:
    """Run by `held` from now on."""
    for cage in device.cages:
        if held.cages.get(cage.name, cage.mode) != cage.mode:
            set_mode(device, cage, held.cages[cage.name])
    for port in device.ports:
        settings = held.ports.get(port.name)
        if settings is not None:
            port.admin_up, port.mtu, port.fec_mode = settings.admin_up, settings.mtu, settings.fec_mode
            if settings.speed_gbps is not None:
                port.speed_gbps = settings.speed_gbps
    device.configuration.settings = dict(held.settings)


def path_cut(device: Device) -> bool:
    """Whether the device's own configuration keeps everybody from its management address: an access list on
    the control plane that permits nothing, a default route that leads elsewhere, or a management port that
    is switched off.
    """
    settings = device.configuration.settings
    applied = settings.get(CONTROL_PLANE)
    shut_out = applied is not None and "permit" not in settings.get(ACL + applied, "permit")
    return shut_out or DEFAULT_ROUTE in settings or MANAGEMENT_DOWN in settings


def dues(devices: Iterable[Device]) -> Iterator[float]:
    """Moments at which a timer runs."""
    for device in devices:
        held = device.configuration
        yield from (timer.due_at for timer in held.timers)
        yield from (session.due_at for session in held.sessions.values() if session.due_at is not None)
        yield from (commit.due_at for commit in held.commits[:1] if commit.due_at is not None)
        yield from (each.due_at for each in held.revisions.values() if each.due_at is not None)


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
        _lapse(device, held, now, dead=dead)


def _lapse(device: Device, held: Configuration, now: float, *, dead: bool) -> None:
    """Take back a commit or a revision that nobody has confirmed in time."""
    newest = held.commits[0] if held.commits else None
    if newest is not None and newest.due_at is not None and (dead or newest.due_at <= now):
        newest.due_at = None
        before = held.commits[1].after
        restore(device, before)
        held.commits.insert(0, Commit(at=now, after=before, user="root", client="other"))
    for revision in list(held.revisions.values()):
        if revision.due_at is not None and (dead or revision.due_at <= now):
            revert_revision(device, revision)


def revert_revision(device: Device, revision: Revision) -> None:
    """Go back to the parent of a revision that waits to be confirmed."""
    revision.due_at, revision.state = None, "inactive"
    parent = device.configuration.revisions[revision.parent]
    assert parent.after is not None
    parent.state = "applied"
    restore(device, parent.after)
