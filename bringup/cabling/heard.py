"""Cables that devices themselves tell of, without any plan: whom each hears by LLDP, and whose address alone
was learned on a port. Found, never expected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from bringup.cabling.link import CableList, End, Link, end_of
from bringup.cabling.neighbours import links_told
from bringup.model.facts import Attached, Neighbor, Port

NO_NAME = frozenset({"", "?", "unknown", "none", "n/a", "not available"})


class Talker(msgspec.Struct, frozen=True, kw_only=True):
    """One device that answered: by which name it stands in the list that is made, what it calls itself, its
    interfaces, and whom it hears.
    """

    device: str
    system_name: str = ""
    ports: tuple[Port, ...] = ()
    attached: tuple[Attached, ...] = ()


def cables_heard(talkers: Sequence[Talker]) -> CableList:
    """Every cable between two of them, once. A note for each that leads to somebody else.

    An address proves a cable only where it is one interface's alone, and alone on its port: behind an uplink
    there are many, and many switches give all of their interfaces one address.
    """
    names = _names(talkers)
    devices = {each.device for each in talkers}
    known = {End(each.device, port.name) for each in talkers for port in each.ports}
    told = [
        (End(each.device, port.port), far_end(neighbor, known, names))
        for each in talkers
        for port in each.attached
        for neighbor in port.neighbors
    ]
    listed = links_told(told)
    inside = [link for link in listed.links if _within(link, devices)]
    notes = [*listed.notes, *(_outside(link, devices) for link in listed.links if not _within(link, devices))]
    taken = {end for link in listed.links for end in link.ends if end is not None}
    inside += _by_address(talkers, taken | {here for here, _ in told})
    return CableList(tuple(inside), notes=tuple(notes))


def far_end(neighbor: Neighbor, ports: Collection[End], names: Mapping[str, str] | None = None) -> End | None:
    """The port that a neighbour names: the one that is known of that device, else its id unless that is an
    address. `names` has devices by what they call themselves.
    """
    system = neighbor.system_name.value
    told = [
        read.value for read in (neighbor.port_id, neighbor.port_description) if isinstance(read.value, str)
    ]
    if not isinstance(system, str) or not told:
        return None
    device = (names or {}).get(plain_name(system), system)
    for port in told:
        if End(device, port) in ports:
            return End(device, port)
    plain = [port for port in told if port.count(":") != 5]
    return end_of(device, plain[0]) if plain else None


def plain_name(name: str) -> str:
    """A device's own name without its domain and letter case."""
    head, dot, _ = name.casefold().partition(".")
    return name.casefold() if not dot or head.isdigit() else head


def _names(talkers: Sequence[Talker]) -> dict[str, str]:
    """What devices call themselves -> device; a name that two have is nobody's."""
    found: dict[str, str | None] = {}
    for each in talkers:
        for name in {plain_name(each.system_name), plain_name(each.device)} - NO_NAME:
            found[name] = each.device if found.get(name, each.device) == each.device else None
    return {name: device for name, device in found.items() if device is not None}


def _within(link: Link, devices: set[str]) -> bool:
    return all(end is not None and end.device in devices for end in link.ends)


def _outside(link: Link, devices: set[str]) -> str:
    here, there = link.ends if link.a is not None and link.a.device in devices else link.ends[::-1]
    return f"{here} sees {there}, which did not answer"


def _by_address(talkers: Sequence[Talker], taken: set[End]) -> Iterator[Link]:
    owners: dict[str, End | None] = {}
    for each in talkers:
        for port in each.ports:
            mac = plain_mac(port.mac.value)
            if mac:
                owners[mac] = None if mac in owners else End(each.device, port.name)
    used = set(taken)
    for each in talkers:
        for heard in each.attached:
            here = End(each.device, heard.port)
            there = owners.get(plain_mac(heard.macs[0])) if len(heard.macs) == 1 else None
            if there is not None and there.device != here.device and not {here, there} & used:
                used |= {here, there}
                yield Link(here, there)


def plain_mac(mac: object) -> str:
    """A hardware address without what people put between its digits; empty where it is none, or no one's."""
    text = "".join(letter for letter in str(mac or "").lower() if letter in "0123456789abcdef")
    return text if len(text) == 12 and text.strip("0") else ""


def by_device_address(
    device: str, told: Sequence[Attached], owners: Mapping[str, str], plan: Mapping[End, End]
) -> Iterator[tuple[End, End | None]]:
    """What a switch's forwarding table says where LLDP is silent: (here, whom it leads to), for ports on
    which the address of one planned device alone was learned. `owners` has devices by address, `plan` each
    planned end's far end: it is the device's only plug at this switch, or the only one that it has.
    """
    spoken = {End(device, each.port) for each in told if each.neighbors}
    for each in told:
        here = End(device, each.port)
        owner = owners.get(plain_mac(each.macs[0])) if len(each.macs) == 1 else None
        if owner is None or here in spoken:
            continue
        every = [end for end in plan if end.device == owner]
        plugs = [end for end in every if plan[end].device == device] or every
        if len(plugs) == 1:
            yield here, plugs[0]
