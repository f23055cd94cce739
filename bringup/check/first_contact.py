"""First contact: what stands on a device's label, as the device itself tells it, against the delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, expected_device
from bringup.driver.capability import Identifies
from bringup.driver.redfish_account import TellsLabel
from bringup.model.account import Label, plain_mac
from bringup.model.catalogue import Requires, Spec
from bringup.model.measurement import Measurement, measured


async def label(at: At) -> AsyncIterator[Measurement]:
    """Serial, and the MAC address that the inventory or its manifest names: a device has several, and the one
    that is expected is looked for among them. A platform without addresses tells its serial alone.
    """
    for subject in at.subjects:
        if not at.can(subject, TellsLabel):
            sample = await at.read(subject, Identifies, "identity")
            yield measured(subject, "serial", sample.facts.serial)
            continue
        told: Label = (await at.read(subject, TellsLabel, "label")).facts
        yield measured(subject, "serial", told.serial)
        expected = expected_device(at, subject).mac
        if told.mac_addresses:
            wanted = plain_mac(expected) if expected is not None else None
            shown = wanted if wanted in told.mac_addresses else told.mac_addresses[0]
            yield measured(subject, "mac_address", shown)


SPECS = (
    Spec(
        name="first-contact.label",
        kind="check",
        title="Label",
        about="Serial and MAC address are those of the delivery: it is the device ordered for this place.",
        over="device",
        requires=(Requires("serial"), Requires("mac_address", if_expected=True)),
        run=label,
    ),
)
