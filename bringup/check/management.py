"""Management: does each device answer, is it the one expected, does it run what it should, is its clock
right.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, Sample, part_named
from bringup.driver.capability import Identifies, TellsTime
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Clock, Identity
from bringup.model.measurement import Measurement, Read, measured, value
from bringup.model.verdict import Reading


async def reach(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        sample = await at.read(subject, Identifies, "identity")
        if tells_anything(sample.facts):
            yield measured(subject, "reachable", True)


def tells_anything(told: Identity) -> bool:
    """Whether a device has said one thing about itself: an answer without any is no sign of life."""
    fields = (getattr(told, name) for name in told.__struct_fields__)
    return any(isinstance(field, Read) and field.reading is Reading.VALUE for field in fields)


async def identity(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        sample = await at.read(subject, Identifies, "identity")
        told: Identity = sample.facts
        yield measured(subject, "serial", told.serial)
        yield measured(subject, "model", told.model)
        yield measured(subject, "hostname", told.hostname)


async def firmware(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        sample = await at.read(subject, Identifies, "identity")
        told: Identity = sample.facts
        yield measured(subject, "os_version", told.os_version)
        for component, version in told.firmware.items():
            yield measured(part_named(subject, component), "firmware_version", version)


QUICK_S = 0.5
"""A clock that was read in so long is known to a quarter of a second: no need to read it again."""
CLOCK_AGAIN = ("again", "once more")


def _took_s(sample: Sample[Clock]) -> float:
    """Worse than any other where this machine's own clock was set back meanwhile."""
    return sample.took_s if sample.took_s >= 0.0 else float("inf")


async def clock(at: At) -> AsyncIterator[Measurement]:
    """The offset is taken mid-request, so it is known to half the time that the read took, which is stated as
    its accuracy: an answer that was long under way proves little. The quickest of a few reads counts, as in
    NTP: the first may have had to log in.
    """
    for subject in at.subjects:
        sample: Sample[Clock] = await at.read(subject, TellsTime, "clock")
        for moment in CLOCK_AGAIN:
            if 0.0 <= sample.took_s <= QUICK_S:
                break
            again: Sample[Clock] = await at.read(subject, TellsTime, "clock", moment)
            sample = min(sample, again, key=_took_s)
        told: Clock = sample.facts
        if told.unix_s.reading is Reading.VALUE and isinstance(told.unix_s.value, int | float):
            offset = float(told.unix_s.value) - sample.wall_unix_s
            known_to = round(sample.took_s / 2, 3)
            yield measured(subject, "clock_offset_s", value(round(offset, 3), accuracy=known_to or None))
        else:
            yield measured(subject, "clock_offset_s", told.unix_s)
        if told.synchronized.reading is not Reading.ABSENT:
            yield measured(subject, "clock_synchronized", told.synchronized)


SPECS = (
    Spec(
        name="management.reach",
        kind="check",
        title="Reachable",
        about="The device answers over its own protocol with the credentials of the inventory.",
        over="device",
        requires=(Requires("reachable"),),
        run=reach,
    ),
    Spec(
        name="management.identity",
        kind="check",
        title="Identity",
        about="Serial, model and name are those of the inventory: the cable leads to the device it should.",
        over="device",
        requires=(
            Requires("serial"),
            Requires("model", if_expected=True),
            Requires("hostname", if_expected=True),
        ),
        run=identity,
    ),
    Spec(
        name="management.firmware",
        kind="check",
        title="Firmware",
        about="The release that is running is the one expected.",
        over="device",
        requires=(Requires("os_version"),),
        reports=("firmware_version",),
        run=firmware,
    ),
    Spec(
        name="management.clock",
        kind="check",
        title="Clock",
        about="The device's clock agrees with this machine's, so that logs of both can be laid side by side.",
        over="device",
        requires=(Requires("clock_offset_s"),),
        reports=("clock_synchronized",),
        run=clock,
    ),
)
