"""Typed facts about network adapters: what their drivers watch over themselves, and their RDMA ports."""

from __future__ import annotations

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class Reporter(Fact, frozen=True, kw_only=True):
    """One of the watches that a driver keeps over its adapter (devlink health): firmware, queues, hardware.

    `errors` and `recoveries` are totals since the driver was loaded.
    """

    name: str
    healthy: Read = ABSENT
    errors: Read = ABSENT
    recoveries: Read = ABSENT


class NicHealth(Fact, frozen=True, kw_only=True):
    """One adapter's port, with the watches of its PCI function."""

    port: str
    reporters: tuple[Reporter, ...] = ()


class RdmaPort(Fact, frozen=True, kw_only=True):
    """One RDMA port (`mlx5_0/1`), and the network interface that it belongs to, where it has one.

    Counts are totals since the driver was loaded, under one name for all makes: timeouts and retransmissions
    of the transport, requests that failed, packets dropped for want of a buffer, marks of congestion seen,
    and congestion notices sent and obeyed. Absent is what a driver does not count.
    """

    name: str
    interface: str | None = None
    active: Read = ABSENT
    timeouts: Read = ABSENT
    retransmits: Read = ABSENT
    failures: Read = ABSENT
    drops: Read = ABSENT
    ecn_marked: Read = ABSENT
    notices_sent: Read = ABSENT
    notices_obeyed: Read = ABSENT
