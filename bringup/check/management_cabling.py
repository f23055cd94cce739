"""Management cabling: who hangs on each port of a management switch, against the cable list.

Two witnesses: the forwarding tables, whose addresses the inventory's `mac` names, and LLDP. PDUs and BMCs
only have the first. A port on which nobody was heard proves nothing, unless who belongs there was heard on
another port.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

from bringup.check.base import At, the_one
from bringup.check.link import named
from bringup.driver.capability import SeesAttached
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Attached
from bringup.model.inventory import Inventory
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject

Heard = tuple[Attached, tuple[str, ...]]
"""One port, and everybody whom the inventory knows there."""


async def cabling(at: At) -> AsyncIterator[Measurement]:
    by_mac = {plain(device.mac): name for name, device in at.inventory.devices.items() if device.mac}
    heard: dict[str, list[Heard]] = {}
    for subject in at.subjects:
        switch = parse_subject(subject).device
        sample = await at.read(switch, SeesAttached, "attached")
        if switch not in heard:
            told: tuple[Attached, ...] = sample.facts
            heard[switch] = [(one, tuple(dict.fromkeys(_ends(at, switch, one, by_mac)))) for one in told]
        yield measured(subject, "neighbor", heard_at(at, subject, heard[switch]))


def heard_at(at: At, subject: str, told: Sequence[Heard]) -> Read:
    """Who hangs on a port, as DEVICE/PORT of the cable list. Who has no cable of its own to this switch may
    share a port with whom is expected there (a BMC on its host's plug, whatever is behind an uplink).
    """
    here, far_ends = parse_subject(subject), at.inventory.far_ends
    expected = far_ends.get(subject, "")
    found = the_one([one for one in told if one[0].port == here.component], subject)
    port, seen = found if found is not None else (None, ())
    if expected in seen:
        others = [
            end for end in seen if end != expected and far_ends.get(end, "").startswith(f"{here.device}/")
        ]
        return value(" and ".join((expected, *others)))
    if seen:
        return value(" and ".join(seen))
    elsewhere = [f"{here.device}/{one.port}" for one, ends in told if expected in ends]
    if elsewhere:
        return value(f"none; {expected} is at {' and '.join(elsewhere)}")
    strangers = port.macs if port is not None and _mac_of(at, expected) else ()
    return value(" and ".join(f"unknown {mac}" for mac in strangers)) if strangers else NOT_AVAILABLE


def _ends(at: At, switch: str, port: Attached, by_mac: Mapping[str, str]) -> Iterator[str]:
    """Everybody whom the inventory knows at one port: by address, then by LLDP."""
    for mac in port.macs:
        if plain(mac) in by_mac:
            yield end_at(at.inventory, by_mac[plain(mac)], switch)
    for neighbor in port.neighbors:
        if neighbor.system_name.value is None:
            continue
        told = named(at.inventory, neighbor)
        known = told in at.inventory.far_ends
        yield told if known else end_at(at.inventory, told.partition("/")[0], switch)


def end_at(inventory: Inventory, device: str, switch: str) -> str:
    """The plug of a device that is cabled to `switch`; the device alone where there is none, or several."""
    plugs = [
        end
        for end, far in inventory.far_ends.items()
        if parse_subject(end).device == device and parse_subject(far).device == switch
    ]
    return plugs[0] if len(plugs) == 1 else device


def _mac_of(at: At, end: str) -> str | None:
    device = at.inventory.devices.get(parse_subject(end).device) if end else None
    return device.mac if device is not None else None


def plain(mac: str | None) -> str:
    """A MAC address without what people put between its digits."""
    return "".join(letter for letter in (mac or "").lower() if letter in "0123456789abcdef")


SPECS = (
    Spec(
        name="management.cabling",
        kind="check",
        title="Management cabling",
        about="On each port of a management switch hangs the device that the cable list says (MAC, LLDP).",
        over="end",
        transport="snmp",
        requires=(Requires("neighbor"),),
        run=cabling,
    ),
)
