"""Hosts: powered, booted, network ports there and switched on."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At
from bringup.check.management import tells_anything
from bringup.check.port import port_facts
from bringup.driver.capability import Identifies, PowersHost
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import HostPower, Identity
from bringup.model.measurement import Measurement, measured


async def powered(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        bmc = at.inventory.devices[subject].bmc or subject
        sample = await at.read(bmc, PowersHost, "host_power")
        told: HostPower = sample.facts
        yield measured(subject, "power_state", told.power_state)


async def booted(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        sample = await at.read(subject, Identifies, "identity")
        told: Identity = sample.facts
        if tells_anything(told):
            yield measured(subject, "booted", True)
        yield measured(subject, "boot_id", told.boot_id)
        yield measured(subject, "uptime_s", told.uptime_s)


SPECS = (
    Spec(
        name="host.powered",
        kind="check",
        title="Host power",
        about="The BMC says that the host is powered on.",
        over="device",
        device_of="bmc",
        transport="redfish",
        requires=(Requires("power_state"),),
        run=powered,
    ),
    Spec(
        name="host.booted",
        kind="check",
        title="Booted",
        about="The host's operating system answers over SSH.",
        over="device",
        transport="ssh",
        requires=(Requires("booted"),),
        reports=("boot_id", "uptime_s"),
        run=booted,
    ),
    Spec(
        name="host.ports",
        kind="check",
        title="Host ports",
        about="Every expected network port of the host exists and is switched on.",
        over="port",
        transport="ssh",
        requires=(Requires("port_present"), Requires("admin_up")),
        run=port_facts,
    ),
)
