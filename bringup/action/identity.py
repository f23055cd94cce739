"""Identity at the moment of danger (field rule 5): read again, over the same connection, and compared."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bringup.action.base import State
from bringup.check.base import At
from bringup.driver.capability import Identifies
from bringup.model.facts import Identity
from bringup.model.inventory import Inventory
from bringup.model.measurement import recordable


async def identity_of(at: At, device: str) -> State:
    """Serial and model of `device`, read now."""
    sample = await at.read(device, Identifies, "identity")
    told: Identity = sample.facts
    return {"serial": recordable(told.serial.value), "model": recordable(told.model.value)}


def mismatch(inventory: Inventory, device: str, found: State) -> str | None:
    """In words, what contradicts the inventory, or None. A serial that can't be read, or that the inventory
    does not state, proves nothing, so it is a mismatch too: nothing dangerous is done to a device nobody
    has named.
    """
    expect = inventory.devices[device].expect
    if expect.serial is None:
        return f"the inventory states no serial for {device}, so its identity can't be proven"
    if found.get("serial") is None and "pinned_certificate" in found:
        # It shows nothing else yet, and each connection was held against this certificate.
        if found["pinned_certificate"]:
            return None
        return f"{device} shows no serial yet, and the inventory pins no `fingerprint` of its certificate"
    if found.get("serial") != expect.serial:
        return f"{device} says its serial is {found.get('serial')!r}; the inventory expects {expect.serial!r}"
    if expect.model is not None and not fnmatchcase(str(found.get("model")), expect.model):
        return f"{device} says it is a {found.get('model')!r}; the inventory expects {expect.model!r}"
    if found.get("label_names_device") is False:
        label = found.get("label")
        return f"the outlet's label {label!r} does not name the device that the inventory feeds by it"
    return None


async def boot_id(at: At, device: str) -> str | None:
    """Which boot of `device` runs now; None where its platform tells none.

    Raises:
        DeviceError: it can't be read.
    """
    if not at.can(device, Identifies):
        return None
    sample = await at.read(device, Identifies, "identity")
    told: Identity = sample.facts
    found = told.boot_id.value
    return found if isinstance(found, str) and found else None
