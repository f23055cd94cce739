"""Switches: fans and temperatures, and the ports that are expected."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At
from bringup.check.port import port_facts
from bringup.check.power import environment_source
from bringup.driver.capability import HasEnvironment
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Environment
from bringup.model.measurement import NOT_AVAILABLE, Measurement, measured
from bringup.model.verdict import Reading


async def environment(at: At) -> AsyncIterator[Measurement]:
    """Each fan and sensor by itself, and `fan_ok` of the device: all of its fans, and at least one."""
    for subject in at.subjects:
        sample = await at.read(environment_source(at, subject), HasEnvironment, "environment")
        told: Environment = sample.facts
        for fan in told.fans:
            yield measured(f"{subject}/{fan.name}", "fan_speed_rpm", fan.speed_rpm)
            yield measured(f"{subject}/{fan.name}", "fan_ok", fan.ok)
        if told.fans:
            known = all(fan.ok.reading is Reading.VALUE for fan in told.fans)
            turning = all(fan.ok.value is True for fan in told.fans)
            yield measured(subject, "fan_ok", turning if known else NOT_AVAILABLE)
        for sensor in told.sensors:
            yield measured(f"{subject}/{sensor.name}", "sensor_temperature_c", sensor.temperature_c)


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
