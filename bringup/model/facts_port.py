"""Typed facts about how a port is configured: what a change of it would say, and drop."""

from __future__ import annotations

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class PortPlan(Fact, frozen=True, kw_only=True):
    """One change of a port in its platform's own words. `cage`: the ports, as the device names them now, that
    share its cage and drop with it, itself among them. `now`: how it is set. `reached`: whether it is set so
    already; no value where the device does not tell.
    """

    lines: tuple[str, ...]
    cage: tuple[str, ...]
    now: Read = ABSENT
    reached: Read = ABSENT
