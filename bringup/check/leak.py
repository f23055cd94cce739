"""Leaks: every expected detector says that it is dry. A missing or silent one is not known, and never dry."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.decode.part_name import part_name
from bringup.driver.capability import DetectsLeaks
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import LeakDetector
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import Subject, parse_subject

DRY = "OK"


async def leak(at: At) -> AsyncIterator[Measurement]:
    """The state of each expected detector; and of one that nobody expects where it tells of liquid, as a part
    of the first that is expected there: water does not wait for an inventory.
    """
    owners: dict[str, list[str]] = {}
    for subject in at.subjects:
        owners.setdefault(parse_subject(subject).device, []).append(subject)
    for owner, subjects in owners.items():
        sample = await at.read(leak_source(at, owner), DetectsLeaks, "leak_detectors")
        told: tuple[LeakDetector, ...] = sample.facts
        for subject in subjects:
            found = named(told, subject)
            if found is not None:
                yield measured(subject, "leak_state", found.state)
        known = {part_name(name) for name in at.inventory.devices[owner].expect.leak_detectors}
        for detector in told:
            if is_wet(detector) and known.isdisjoint(detector.names):
                part = Subject(
                    owner, parse_subject(subjects[0]).component, "".join(detector.names[:1]) or "other"
                )
                yield measured(part, "leak_state", detector.state)


def leak_source(at: At, device: str) -> str:
    """Who tells of a device's leak detectors: the device itself where it can, else its BMC."""
    bmc = at.inventory.devices[device].bmc
    return bmc if bmc is not None and not at.can(device, DetectsLeaks) else device


def named(told: tuple[LeakDetector, ...], subject: str) -> LeakDetector | None:
    """The detector that bears the expected name; of several the one that tells of liquid.

    Raises:
        Unparsable: several bear it, and none tells of liquid.
    """
    name = part_name(parse_subject(subject).component or "")
    found = [one for one in told if name in one.names]
    return next((one for one in found if is_wet(one)), None) or the_one(found, subject)


def is_wet(detector: LeakDetector) -> bool:
    """Whether it says anything but that it is dry."""
    return detector.state.value is not None and detector.state.value != DRY


SPECS = (
    Spec(
        name="power.leak",
        kind="check",
        title="Leak detectors",
        about="Every expected leak detector reads OK; one that is missing or silent holds back all power.",
        over="leak",
        device_of="bmc",
        transport="redfish",
        requires=(Requires("leak_state"),),
        run=leak,
    ),
)
