"""What really hangs on the ports that an action will drop (field rule 6): neighbours that LLDP has seen, and
bundles whose last active member one of them is.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At
from bringup.driver.capability import HasBundles, HasPorts, SeesNeighbors
from bringup.model.errors import DeviceError
from bringup.model.facts import Bundle, Neighbor, Port
from bringup.model.inventory import Inventory
from bringup.model.subject import LINK, Subject, link, parse_subject

LEAVE = "Take the port out of the step, or add what hangs on it to the inventory."


class Seen(msgspec.Struct, frozen=True):
    """What nobody knows, and what will drop beside what the inventory says."""

    doubts: tuple[Doubt, ...] = ()
    drops: tuple[str, ...] = ()


async def observed_drops(at: At, inventory: Inventory, target: str, drops: Sequence[str]) -> Seen:
    """Look at every port in `drops` on the device that is changed, and on those that go dark as a whole.

    Raises:
        Unsafe: a far end is outside this run, or a bundle would lose its last active member.
    """
    ends = [parse_subject(each) for each in drops if LINK not in each]
    whole = {end.device for end in ends if end.component is None}
    doubts: list[Doubt] = []
    found: list[str] = []
    for device in dict.fromkeys((target, *sorted(whole))):
        ports = {end.component for end in ends if end.device == device and end.component is not None}
        if not ports and device not in whole:
            continue
        seen = await _neighbors(at, inventory, device, ports)
        doubts += seen.doubts
        found += seen.drops
        if device not in whole:
            doubts += await _last_member(at, device, ports)
    return Seen(tuple(doubts), tuple(found))


async def _neighbors(at: At, inventory: Inventory, device: str, ports: set[str]) -> Seen:
    if not at.can(device, SeesNeighbors):
        return Seen()
    try:
        sample = await at.read(device, SeesNeighbors, "neighbors")
    except DeviceError as error:
        return Seen((Doubt(f"What hangs on the ports of {device} can't be read: {error.message}"),))
    told: tuple[Neighbor, ...] = sample.facts
    found: list[str] = []
    heard: set[str] = set()
    for neighbor in told:
        if neighbor.local_port not in ports:
            continue
        heard.add(neighbor.local_port)
        near = str(Subject(device, neighbor.local_port))
        far = _known(inventory, neighbor)
        if far is None:
            raise Unsafe(
                f"{str(neighbor.system_name.value)[:60]!r} hangs on {near}, and is outside this run",
                LEAVE,
                cause=near,
            )
        found += [far, link(near, far)] if "/" in far else [far]
    return Seen(await _silent(at, inventory, device, ports - heard), tuple(found))


def _known(inventory: Inventory, neighbor: Neighbor) -> str | None:
    """The far end as a subject of this run; the device alone where its port is told in other words."""
    name = neighbor.system_name.value
    if not isinstance(name, str):
        return None
    short = name.partition(".")[0]
    for device in inventory.device:
        if name in (device.name, device.expect.hostname) or short in (device.name, device.expect.hostname):
            for port in (neighbor.port_id.value, neighbor.port_description.value):
                subject = f"{device.name}/{port}"
                if subject in inventory.ports or subject in inventory.far_ends:
                    return subject
            return device.name
    return None


async def _silent(at: At, inventory: Inventory, device: str, ports: set[str]) -> tuple[Doubt, ...]:
    """Ports on which nobody is heard: the cable list may say who it is; else one with a link is a doubt."""
    unknown = {port for port in ports if str(Subject(device, port)) not in inventory.far_ends}
    if not unknown or not at.can(device, HasPorts):
        return ()
    try:
        sample = await at.read(device, HasPorts, "ports")
    except DeviceError:
        return ()
    told: tuple[Port, ...] = sample.facts
    return tuple(
        Doubt(f"{device}/{port.name} has a link, and nobody knows to what")
        for port in told
        if port.name in unknown and port.oper_up.value is True
    )


async def _last_member(at: At, device: str, ports: set[str]) -> tuple[Doubt, ...]:
    """Raises `Unsafe` where a bundle would be left without any active member."""
    names = ", ".join(sorted(ports))
    if not at.can(device, HasBundles):
        return (Doubt(f"Whether {device}/{names} is the last active member of a bundle is not known"),)
    try:
        sample = await at.read(device, HasBundles, "bundles")
    except DeviceError as error:
        return (Doubt(f"Whether {device}/{names} is in a bundle can't be read: {error.message}"),)
    told: tuple[Bundle, ...] = sample.facts
    for bundle in told:
        if bundle.active and ports.issuperset(bundle.active):
            raise Unsafe(
                f"{names} would be the last of {device}'s {bundle.name[:60]} to go",
                "Bring another member of the bundle up first.",
                cause=device,
            )
    return ()
