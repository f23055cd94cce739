"""Typed facts about lossless traffic: priority flow control (PFC), its watchdog, congestion marks (ECN)."""

from __future__ import annotations

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class Pause(Fact, frozen=True, kw_only=True):
    """Pause frames of one priority of a port (0 to 7): totals since an unknown clear."""

    priority: int
    rx_frames: Read = ABSENT
    tx_frames: Read = ABSENT


class FlowControl(Fact, frozen=True, kw_only=True):
    """Flow control of one port. All counts are totals since an unknown clear.

    `enabled` are the priorities for which PFC is in force: `3`, `3,4`, or `none`. `rx_pause_frames` and
    `tx_pause_frames` are those of all priorities together, where the device does not tell them apart.
    `storms` counts how often the watchdog, where it is on (`watchdog`), found a queue held for too long.
    `drops` are packets of lossless classes that were dropped for want of room. `ecn_marked_packets` were
    marked by this device.
    """

    port: str
    enabled: Read = ABSENT
    pauses: tuple[Pause, ...] = ()
    rx_pause_frames: Read = ABSENT
    tx_pause_frames: Read = ABSENT
    watchdog: Read = ABSENT
    storms: Read = ABSENT
    drops: Read = ABSENT
    ecn_marked_packets: Read = ABSENT
