"""Network adapters in themselves: what their drivers watch over them, and how their RDMA ports fare."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.check.link import difference
from bringup.check.watching import AFTER, BEFORE
from bringup.driver.capability import HasRdma, TellsNicHealth
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts_nic import NicHealth, RdmaPort
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject

COUNTED = ("timeouts", "failures", "drops", "retransmits")


async def health(at: At) -> AsyncIterator[Measurement]:
    """All watches together: one that finds a fault decides."""
    for subject in at.subjects:
        end = parse_subject(subject)
        sample = await at.read(end.device, TellsNicHealth, "nic_health")
        told: tuple[NicHealth, ...] = sample.facts
        found = the_one([each for each in told if each.port == end.component], subject)
        if found is not None:
            yield measured(subject, "nic_healthy", _all_healthy(found))


def _all_healthy(found: NicHealth) -> Read:
    ill = next((each.healthy for each in found.reporters if each.healthy.value is False), None)
    untold = next((each.healthy for each in found.reporters if each.healthy.value is not True), None)
    if not found.reporters:
        return NOT_AVAILABLE
    return ill or untold or value(True)


async def rdma(at: At) -> AsyncIterator[Measurement]:
    """Whether the port is active at both edges of the window, and what its counts grew by. What went
    backwards was cleared, or its driver loaded anew: that is no difference.
    """
    first = {subject: await _port(at, subject, BEFORE) for subject in at.subjects}
    await at.window()
    for subject in at.subjects:
        before, after = first[subject], await _port(at, subject, AFTER)
        if before is None or after is None:
            continue
        yield measured(
            subject, "rdma_active", before.active if before.active.value is False else after.active
        )
        for name in COUNTED:
            grown = difference(getattr(before, name), getattr(after, name))
            if grown is not None:
                yield measured(subject, f"rdma_{name}", grown)


async def _port(at: At, subject: str, moment: str) -> RdmaPort | None:
    """By its network interface; an EFA has none, and goes by the RDMA device's own name."""
    end = parse_subject(subject)
    sample = await at.read(end.device, HasRdma, "rdma_ports", moment)
    told: tuple[RdmaPort, ...] = sample.facts
    names = [
        each for each in told if end.component in (each.interface, each.name, each.name.partition("/")[0])
    ]
    return the_one(names, subject)


SPECS = (
    Spec(
        name="nic.health",
        kind="check",
        title="NIC health",
        about="What an adapter's driver watches over it finds it healthy: firmware, queues and hardware.",
        over="port",
        transport="ssh",
        requires=(Requires("nic_healthy"),),
        run=health,
    ),
    Spec(
        name="nic.rdma",
        kind="check",
        title="RDMA ports",
        about="Each RDMA port is active, and over a window nothing is lost, fails or is dropped on it.",
        over="port",
        transport="ssh",
        needs_window=True,
        requires=(Requires("rdma_active"), Requires("rdma_timeouts")),
        reports=("rdma_failures", "rdma_drops", "rdma_retransmits"),
        run=rdma,
    ),
)
