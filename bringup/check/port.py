"""What host and switch ports have in common: is the port there, is it switched on."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.driver.capability import HasPorts
from bringup.model.facts import Port
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import parse_subject


async def find_port(at: At, subject: str, moment: str = "now") -> Port | None:
    """The port as its device tells it, or None when the device does not list it."""
    end = parse_subject(subject)
    sample = await at.read(end.device, HasPorts, "ports", moment)
    told: tuple[Port, ...] = sample.facts
    return the_one([port for port in told if port.name == end.component], subject)


async def port_facts(at: At) -> AsyncIterator[Measurement]:
    """A port that the device does not list is measured as not present: that is a value, and a bad one."""
    for subject in at.subjects:
        port = await find_port(at, subject)
        yield measured(subject, "port_present", port is not None)
        if port is not None:
            yield measured(subject, "admin_up", port.admin_up)
