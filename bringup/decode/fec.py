"""Which Reed-Solomon code a device means where it only says "RS": the rate of a lane decides."""

from __future__ import annotations

from bringup.model.measurement import NOT_AVAILABLE, Read, value

PAM4_LANE_GBPS = 50.0
"""From this lane rate on it is RS(544,514), below it RS(528,514) (IEEE 802.3 clauses 91, 119, 134)."""
PAM4_PORT_GBPS = 200.0
"""From this port speed on every lane is that fast (IEEE 802.3 clause 119), however many there are."""
ONE_LANE_NRZ_GBPS = 25.0


def reed_solomon(speed_gbps: float | None, lane_count: int | None) -> Read:
    """`rs544` or `rs528`; not available where neither the speed nor the lanes tell."""
    if not speed_gbps:
        return NOT_AVAILABLE
    if speed_gbps >= PAM4_PORT_GBPS:
        return value("rs544")
    if lane_count:
        return value("rs544" if speed_gbps / lane_count >= PAM4_LANE_GBPS else "rs528")
    return value("rs528") if speed_gbps == ONE_LANE_NRZ_GBPS else NOT_AVAILABLE
