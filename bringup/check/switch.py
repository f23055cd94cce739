"""Switches: fans and temperatures, and the ports that are expected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bringup.check.base import At, part_named
from bringup.check.port import port_facts
from bringup.check.power import environment_source
from bringup.driver.capability import HasEnvironment
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Environment
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Measurement, Read, measured, value


async def environment(at: At) -> AsyncIterator[Measurement]:
    """Each fan and sensor by itself, and `fan_ok` of the device: all of its fans, all that the inventory
    names among them, and at least one.
    """
    for subject in at.subjects:
        sample = await at.read(environment_source(at, subject), HasEnvironment, "environment")
        told: Environment = sample.facts
        for fan in told.fans:
            yield measured(part_named(subject, fan.name), "fan_speed_rpm", fan.speed_rpm)
            yield measured(part_named(subject, fan.name), "fan_ok", fan.ok)
        listed = {fan.name for fan in told.fans}
        lacking = [name for name in at.inventory.devices[subject].expect.fans if name not in listed]
        for name in lacking:
            yield measured(part_named(subject, name), "fan_ok", ABSENT)
        if told.fans:
            unlisted = [NOT_AVAILABLE] if lacking else []
            yield measured(subject, "fan_ok", all_turn([*(fan.ok for fan in told.fans), *unlisted]))
        for sensor in told.sensors:
            yield measured(part_named(subject, sensor.name), "sensor_temperature_c", sensor.temperature_c)


def all_turn(fans: Sequence[Read]) -> Read:
    """True where all of them say so; one that stands still decides; else what the first odd one says."""
    stands = next((fan for fan in fans if fan.value is False), None)
    return stands or next((fan for fan in fans if fan.value is not True), value(True))


SPECS = (
    Spec(
        name="switch.environment",
        kind="check",
        title="Environment",
        about="All fans turn; temperatures are recorded.",
        over="device",
        requires=(Requires("fan_ok"),),
        reports=("fan_speed_rpm", "sensor_temperature_c"),
        run=environment,
    ),
    Spec(
        name="switch.ports",
        kind="check",
        title="Switch ports",
        about="Every expected port exists and is switched on.",
        over="port",
        requires=(Requires("port_present"), Requires("admin_up")),
        run=port_facts,
    ),
)
