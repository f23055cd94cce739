"""Firmware of BMCs and hosts as time goes by: a task writes a slot, what is staged runs after a restart.

Works on the records of `bringup.lab.state`. A power cut while a task runs spoils the slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bringup.lab import power
from bringup.lab.firmware_state import UpdateTask
from bringup.lab.state import Device

BMC = "BMC"
BIOS = "BIOS"
_VERSION = re.compile(r".*[-_](\d[\w.]*?)\.(?:bin|fwpkg|hpm)")


def begin(bmc: Device, image: str, uri: str, now: float) -> UpdateTask | None:
    """Start writing the image at `uri` to the slot of `image`; None for a URI that leads to no image."""
    found = _VERSION.fullmatch(uri)
    if found is None:
        return None
    held = bmc.firmware_work
    task = UpdateTask(
        key=str(len(held.tasks) + 1),
        image=image,
        version=found[1],
        begun_at=now,
        ends_at=now + held.task_s,
    )
    held.tasks.append(task)
    held.writes[image] = held.writes.get(image, 0) + 1
    return task


def activate_bmc(bmc: Device, now: float) -> None:
    """The BMC starts again, with what is staged."""
    bmc.os_version = bmc.firmware_work.staged.pop(BMC, bmc.os_version)
    bmc.boot_started_at, bmc.booted = now, False
    bmc.boots += 1


def activate_host(bmc: Device, host: Device) -> None:
    """The host starts again, with what is staged."""
    staged = bmc.firmware_work.staged.pop(BIOS, None)
    if staged is not None:
        host.firmware["bios"] = staged


def dues(devices: Iterable[Device]) -> Iterator[float]:
    for device in devices:
        yield from (task.ends_at for task in device.firmware_work.tasks if task.state == "Running")


def react(devices: Mapping[str, Device], now: float) -> None:
    """Let tasks end by what is so at `now`."""
    for device in devices.values():
        for task in device.firmware_work.tasks:
            if task.state != "Running":
                continue
            if not power.powered(devices, device):
                task.state, task.message = "Exception", "The power failed while the image was written."
            elif task.ends_at <= now:
                task.state = "Completed"
                device.firmware_work.staged[task.image] = task.version
