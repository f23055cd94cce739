"""Lossless traffic: flow control in force at both ends alike, and who held whom up over a window."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from bringup.check.base import At, the_one
from bringup.check.link import difference, up_throughout
from bringup.check.port import find_port
from bringup.check.watching import AFTER, BEFORE
from bringup.driver.capability import ControlsFlow
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Port
from bringup.model.facts_flow import FlowControl
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import ends, parse_subject

LONGEST_PAUSE_BITS = 65_535 * 512
"""What one pause frame can ask for at most: 65,535 quanta of 512 bit times (IEEE 802.3 annex 31B, IEEE 802.1Q
clause 36).
"""
NONE = "none"


class Seen(msgspec.Struct, frozen=True):
    """A port's flow control, and when it was read (seconds of the engine's clock)."""

    flow: FlowControl | None
    at_s: float


async def lossless(at: At) -> AsyncIterator[Measurement]:
    """PFC as it stands at the end of the window; counts as they grew over it. A link that was down was held
    up by nobody, and that says nothing.
    """
    every = [end for subject in at.subjects for end in ends(subject)]
    ports = {end: await find_port(at, end, BEFORE) for end in every}
    first = {end: await _look(at, end, BEFORE) for end in every}
    await at.window()
    last = {end: await _look(at, end, AFTER) for end in every}
    for end in every:
        port = await find_port(at, end, AFTER)
        yield measured(end, "oper_up", up_throughout(ports[end], port))
        for quantity, read in _of_port(at, end, port, first[end], last[end]).items():
            yield measured(end, quantity, read)
    for subject in at.subjects:
        yield measured(subject, "pfc_agrees", _agrees(*(_enabled(last[end]) for end in ends(subject))))


async def _look(at: At, end: str, moment: str) -> Seen:
    subject = parse_subject(end)
    sample = await at.read(subject.device, ControlsFlow, "flow_control", moment)
    told: tuple[FlowControl, ...] = sample.facts
    return Seen(the_one([each for each in told if each.port == subject.component], end), sample.at_s)


def _enabled(seen: Seen) -> Read:
    return ABSENT if seen.flow is None else seen.flow.enabled


def _agrees(one: Read, other: Read) -> Read:
    """Whether PFC is in force for the same priorities at both ends; unknown where one end does not tell."""
    untold = next((read for read in (one, other) if read.value is None), None)
    return untold or value(one.value == other.value)


def _of_port(at: At, end: str, port: Port | None, first: Seen, last: Seen) -> dict[str, Read]:
    if first.flow is None or last.flow is None:
        return {}
    enabled = last.flow.enabled
    found = {
        "pfc_on": value(enabled.value != NONE) if enabled.value is not None else enabled,
        "pfc_watchdog": last.flow.watchdog,
        "pause_share": _pause_share(at, end, port, first, last),
        "pause_storms": difference(first.flow.storms, last.flow.storms),
        "lossless_drops": difference(first.flow.drops, last.flow.drops),
        "ecn_marked_packets": difference(first.flow.ecn_marked_packets, last.flow.ecn_marked_packets),
    }
    return {quantity: read for quantity, read in found.items() if read is not None}


def _pause_share(at: At, end: str, port: Port | None, first: Seen, last: Seen) -> Read | None:
    """The largest share of the window for which the far end may have held a priority of this port: each frame
    counts as the longest pause, which is an upper bound. None after a reset: then nobody knows.
    """
    assert first.flow is not None and last.flow is not None
    before = {pause.priority: pause.rx_frames for pause in first.flow.pauses}
    grown = [
        difference(before.get(pause.priority, ABSENT), pause.rx_frames) for pause in last.flow.pauses
    ] or [difference(first.flow.rx_pause_frames, last.flow.rx_pause_frames)]
    if any(read is None for read in grown):
        return None
    told = [read for read in grown if read is not None]
    untold = next((read for read in told if not isinstance(read.value, int)), None)
    bits = _slowest_gbps(at, end, port) * 1e9 * (last.at_s - first.at_s)
    if untold is not None or bits <= 0:
        return untold or NOT_AVAILABLE
    frames = max(int(read.value) for read in told if isinstance(read.value, int))
    return value(min(1.0, frames * LONGEST_PAUSE_BITS / bits))


def _slowest_gbps(at: At, end: str, port: Port | None) -> float:
    """The speed that the inventory states, or at which the port runs where that is lower; 0: nobody knows."""
    stated = at.inventory.ports.get(end)
    runs = None if port is None else port.speed_gbps.value
    told = [each for each in (stated.speed_gbps if stated else None, runs) if isinstance(each, int | float)]
    return float(min(told)) if told else 0.0


SPECS = (
    Spec(
        name="link.lossless",
        kind="check",
        title="Lossless traffic",
        about="Flow control is in force at both ends for the same priorities, and holds nobody up for long.",
        over="link",
        device_of="both",
        needs_window=True,
        requires=(
            Requires("oper_up", per="end"),
            Requires("pfc_on", per="end"),
            Requires("pfc_agrees"),
            Requires("pause_share", per="end"),
        ),
        reports=("pfc_watchdog", "pause_storms", "lossless_drops", "ecn_marked_packets"),
        run=lossless,
    ),
)
