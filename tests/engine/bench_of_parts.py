"""Two devices whose serials and temperatures a test sets: what is on the bench, and which part it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from bringup.check.base import At
from bringup.driver.capability import Identifies
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Identity
from bringup.model.measurement import Measurement, Read, measured, value
from tests.engine.person import Person
from tests.engine.stand import Stand
from tests.engine.test_session import limit

WHO = {"name": "who", "step": [{"check": "management.identity", "id": "identity"}]}
WARM = {"name": "warm", "step": [{"check": "test.warm", "id": "warm"}]}
STAGES = (WHO, WARM)
FIRST, SECOND = "leaf-1", "leaf-2"
WARM_LIMIT = limit("temperature_c", max=70.0)


async def warm(at: At) -> AsyncIterator[Measurement]:
    """Tells a device's uptime as a temperature: any number will do."""
    for subject in at.subjects:
        sample = await at.read(subject, Identifies, "identity")
        told: Identity = sample.facts
        yield measured(subject, "temperature_c", told.uptime_s)


class Parts:
    """What each device is, and how warm."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.serials = {name: f"SN-{name}" for name in (FIRST, SECOND)}
        self.warmth: dict[str, Read] = {name: value(40.0) for name in (FIRST, SECOND)}
        for name in (FIRST, SECOND):
            stand.table[(name, "identity")] = lambda name=name: self.identity(name)
        stand.specs = (
            Spec(name="test.warm", kind="check", title="", about="", over="device", run=warm,
                 requires=(Requires("temperature_c"),)),
        )  # fmt: skip
        stand.limits = (WARM_LIMIT,)

    def identity(self, name: str) -> Identity:
        return Identity(serial=value(self.serials[name]), uptime_s=self.warmth[name])

    async def run(self, *stages: dict[str, Any]) -> Person:
        """A person at a session that has come to its end."""
        session = await self.stand.open(*(stages or STAGES))
        await session.run()
        return Person(self.stand, session)

    async def go_on(self) -> None:
        """As the runner does: until every row has a verdict."""
        session = self.stand.session
        while not session.complete:
            await session.run()
