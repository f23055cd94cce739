"""InfiniBand's names for the rate of a lane.

Source: InfiniBand Architecture Specification, volume 2, and the trade association's roadmap: signalling rates
of 2.5 to 14.0625 Gb/s up to FDR; from EDR on the rate of the data, by which links are named (4x EDR is
100 Gb/s).
"""

from __future__ import annotations

from types import MappingProxyType

LANE_GBPS = MappingProxyType(
    {
        "SDR": 2.5,
        "DDR": 5.0,
        "QDR": 10.0,
        "FDR10": 10.3125,
        "FDR": 14.0625,
        "EDR": 25.0,
        "HDR": 50.0,
        "NDR": 100.0,
        "XDR": 200.0,
    }
)
