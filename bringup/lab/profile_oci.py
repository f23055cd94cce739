"""The `oci-optical` rack as a table: two switches, eight fibres, four wavelengths each way.

Each fibre carries 200G both ways between modules without retimers, whose light comes from external sources
(OCI MSA GEN1). All of it hangs on the building's power.
"""

from __future__ import annotations

from bringup.lab.blueprint import BUILDING, Row, assemble, sonic_switch
from bringup.lab.optic_kind import OCI
from bringup.lab.parts import Builder
from bringup.lab.state import Plant

FIBRES, LANES = 8, 4
PORTS = tuple(f"Ethernet{8 * number}" for number in range(FIBRES))


def oci_optical(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy rack."""
    build = Builder(seed)
    switches = [
        sonic_switch(build, "leaf-1", 1, PORTS, (BUILDING, BUILDING)),
        sonic_switch(build, "spine-1", 2, PORTS, (BUILDING, BUILDING), role="spine"),
    ]
    for port in (each for switch in switches for each in switch.ports):
        port.speed_gbps, port.lane_count = 50.0 * LANES, LANES
    rows = [
        Row(f"F-{number:02d}", f"leaf-1/{port}", f"spine-1/{port}", 30.0, OCI)
        for number, port in enumerate(PORTS, 1)
    ]
    return assemble(build, "oci-optical", speed, origin_unix_s, switches, rows)
