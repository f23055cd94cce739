"""The light of one end of a cable: by which way it can be switched off, whether it is told to be off, and
whether it is off. What actions on transmitters are made of.

A module's own controls are used where its platform has them; else the port is shut, which on most platforms
takes its light with it. Whether it did is read, and never assumed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bringup.check.base import At, Sample
from bringup.check.optic import find_optic
from bringup.check.port import find_port
from bringup.check.watching import in_world_time
from bringup.driver.capability import HasOptics, HasPorts, HoldsTransmitters, SwitchesPorts
from bringup.model.errors import NoData
from bringup.model.facts import Optic
from bringup.model.facts_module import Transmitters
from bringup.model.intent import Intent
from bringup.model.measurement import Read
from bringup.model.media import family_of
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading

Way = Literal["lanes", "port"]
Seen = Literal["dark", "lit", "unmonitored", "unknown"]
SETTLES_S = 180.0
"""World time in which a change of light has to show: switches read their modules once a minute."""
OFF_DBM = -20.0
"""A transmitter that is off sends no more than this: -15 dBm (IEEE 802.3 clause 124, DR) and -20 dBm (clause
151, FR); the stricter holds for all.
"""


class Light(msgspec.Struct, frozen=True):
    """One end. `told_off`: every transmitter is told to be off (None: not known). `dark`: True where every
    lane is read without light after the change, False where one is read with light, None where nobody can
    tell. `at_s` is when it was read (seconds of the engine's clock).
    """

    way: Way
    told_off: bool | None
    dark: bool | None
    at_s: float

    @property
    def off(self) -> bool:
        """Proven: told to be off, and read to be."""
        return self.told_off is True and self.dark is True


def way_of(at: At, end: str) -> Way:
    """How the light of an end can be switched.

    Raises:
        NoData: it can't be.
    """
    device = parse_subject(end).device
    if at.can(device, HoldsTransmitters):
        return "lanes"
    if at.can(device, SwitchesPorts):
        return "port"
    raise NoData(
        f"{end}: its platform can switch neither transmitters nor ports",
        "Take the fibre out at this end, or switch the light off by hand and see with a power meter.",
    )


async def light_at(at: At, end: str, since_s: float | None = None) -> Light:
    """What is read of one end. Samples from before `since_s` (seconds of the engine's clock) show nothing.

    Raises:
        DeviceError: it can't be read.
        NoData: its light can't be switched.
    """
    way, device = way_of(at, end), parse_subject(end)
    if way == "lanes":
        sample = await at.read(device.device, HoldsTransmitters, "transmitters", arguments=(_name(end),))
        found: Transmitters = sample.facts
        told = _all([lane.disabled for lane in found.lanes])
        sending = _any([lane.sending for lane in found.lanes])
        at_s = sample.at_s
    else:
        ports = await at.read(device.device, HasPorts, "ports")
        port = await find_port(at, end)
        up = None if port is None else port.admin_up.value
        told, sending, at_s = (not up if isinstance(up, bool) else None), None, ports.at_s
    return Light(way, told, _joined(sending, await _monitored(at, end, since_s)), at_s)


def _name(end: str) -> str:
    name = parse_subject(end).component
    assert name is not None
    return name


def _all(reads: list[Read]) -> bool | None:
    """Whether all are True; None where one is neither True nor False, or where there are none."""
    told = [read.value for read in reads]
    if not told or not all(isinstance(each, bool) for each in told):
        return None
    return all(told)


def _any(reads: list[Read]) -> bool | None:
    """True where one is True; False where all are False; None where that is not known."""
    told = [read.value for read in reads]
    if any(each is True for each in told):
        return True
    return False if told and all(each is False for each in told) else None


def _joined(sending: bool | None, seen: Seen) -> bool | None:
    """Two witnesses: one that has seen light outweighs the other. A module that monitors its power has to
    show a new sample; one that does not is taken at its word.
    """
    if sending is True or seen == "lit":
        return False
    if seen == "unmonitored":
        return True if sending is False else None
    return True if seen == "dark" else None


async def _monitored(at: At, end: str, since_s: float | None) -> Seen:
    """What the module's own power monitors say of every lane that the inventory expects."""
    device = parse_subject(end).device
    if not at.can(device, HasOptics):
        return "unmonitored"
    sample: Sample[tuple[Optic, ...]] = await at.read(device, HasOptics, "optics")
    optic = await find_optic(at, end)
    if optic is None:
        return "unknown"
    seen = [_seen(in_world_time(at, lane.tx_power_dbm), sample.at_s, since_s) for lane in optic.lanes]
    if "lit" in seen:
        return "lit"
    if all(each == "unmonitored" for each in seen):
        return "unmonitored"
    missing = len({lane.index for lane in optic.lanes}) < (Intent(at.inventory).lanes(end) or 1)
    return "dark" if all(each == "dark" for each in seen) and not missing else "unknown"


def _seen(read: Read, read_at_s: float, since_s: float | None) -> Seen:
    """What one lane's monitor says; a sample from before the change is none."""
    if since_s is not None and read.age_s is not None and read_at_s - read.age_s < since_s:
        return "unknown"
    if read.reading is Reading.DARK:
        return "dark"
    if read.reading in (Reading.UNSUPPORTED, Reading.ABSENT):
        return "unmonitored"
    told = read.value
    if isinstance(told, bool) or not isinstance(told, int | float):
        return "unknown"
    return "dark" if told <= OFF_DBM else "lit"


def carries_light(at: At, subject: str) -> bool:
    """Whether a port's medium is light, as far as the inventory says: copper has no transmitter to hold."""
    return family_of(Intent(at.inventory).medium(subject) or "") != "copper"


async def switch(at: At, end: str, way: Way, *, on: bool, lanes: tuple[int, ...] = ()) -> None:
    """Let an end's transmitters shine, or not.

    Raises:
        DeviceError: the device would not, or its answer was lost.
    """
    device = parse_subject(end).device
    if way == "lanes":
        await at.change(device, HoldsTransmitters, "set_transmitters", _name(end), lanes, on)
    else:
        await at.change(device, SwitchesPorts, "set_admin", _name(end), on)
